"""What a file really is, told from its first bytes; its name and the browser's claim are never trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import puremagic

from core.messages import Message, messages_of

N_ = messages_of("files")

HEAD_SIZE = 64 * 1024
"""How many first bytes ``recognise`` wants to see."""

Rendering = Literal["picture", "document", "none"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken: its media type, what people call it, and what can be drawn of it."""

    type: str
    title: Message
    icon: str
    rendering: Rendering = "none"


_PICTURE, _PDF = N_("Picture"), N_("PDF document")
_TEXT, _DOCUMENT, _SHEET, _SLIDES = N_("Text"), N_("Document"), N_("Spreadsheet"), N_("Presentation")
_ARCHIVE, _SOUND, _VIDEO = N_("Archive"), N_("Sound"), N_("Video")
_OFFICE, _OPEN = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"

_PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/heic")
_PLAIN_KINDS = (
    Kind("text/plain", _TEXT, "document"),
    Kind(f"{_OFFICE}.wordprocessingml.document", _DOCUMENT, "document"),
    Kind(f"{_OFFICE}.spreadsheetml.sheet", _SHEET, "document"),
    Kind(f"{_OFFICE}.presentationml.presentation", _SLIDES, "document"),
    Kind(f"{_OPEN}.text", _DOCUMENT, "document"),
    Kind(f"{_OPEN}.spreadsheet", _SHEET, "document"),
    Kind(f"{_OPEN}.presentation", _SLIDES, "document"),
    Kind("application/zip", _ARCHIVE, "archive"),
    Kind("audio/mpeg", _SOUND, "audio"),
    Kind("audio/wav", _SOUND, "audio"),
    Kind("video/mp4", _VIDEO, "video"),
    Kind("video/quicktime", _VIDEO, "video"),
)

KINDS = {
    kind.type: kind
    for kind in (
        *(Kind(picture, _PICTURE, "image", "picture") for picture in _PICTURE_TYPES),
        Kind("application/pdf", _PDF, "document", "document"),
        *_PLAIN_KINDS,
    )
}
"""Every kind that is taken, by media type."""

# (offset, bytes, type): https://www.iana.org/assignments/media-types and each format's own specification.
_SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    "image/heic": (b"heic", b"heix", b"heim", b"heis", b"mif1"),
    "video/quicktime": (b"qt  ",),
    "video/mp4": (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"),
}
_ZIP_MEMBERS = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", f"{_OPEN}.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", f"{_OPEN}.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", f"{_OPEN}.presentation"),
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"#!")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def recognise(head: bytes) -> str:
    """Return the media type that the first bytes prove, or ``application/octet-stream``.

    A type outside :data:`KINDS` is one that is not taken; it is named so that the refusal can say what it is.
    """
    return _by_signature(head) or _by_container(head) or _by_text(head) or _by_name_only(head)


def _by_signature(head: bytes) -> str | None:
    for offset, signature, media_type in _SIGNATURES:
        if head.startswith(signature, offset):
            return media_type
    return None


def _by_container(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return next((media for media, brands in _BRANDS.items() if head[8:12] in brands), None)
    if head.startswith(b"PK\x03\x04"):
        return next((media for member, media in _ZIP_MEMBERS if member in head), "application/zip")
    return None


def _by_text(head: bytes) -> str | None:
    """Plain text has no control characters and does not begin like something that a browser or a shell would run."""
    if _BINARY.search(head):
        return None
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return None if start.startswith(_MARKUP) else "text/plain"


def _by_name_only(head: bytes) -> str:
    """Name a kind that is not taken. What this says is shown, never believed: it cannot make a file acceptable."""
    try:
        guesses = [guess.mime_type for guess in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        guesses = []
    return next((guess for guess in guesses if guess and guess not in KINDS), "application/octet-stream")
