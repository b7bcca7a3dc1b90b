"""What a text is: its bytes are decoded, then its beginning is looked at, then its name is believed."""

from __future__ import annotations

import re
from typing import BinaryIO
from unicodedata import category

from domain.files.kinds import UNKNOWN_TYPE, kind_of

READ = 64 * 1024
"""How much of a text is looked at."""

PLAIN = "text/plain"
_MARKS = {
    b"\xff\xfe\0\0": "utf-32-le",
    b"\0\0\xfe\xff": "utf-32-be",
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
"""How texts say in which encoding they are; the longer marks first, since the shorter ones begin them."""
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_UNMARKED = ("utf-8", "utf-16-le", "utf-16-be")
_NO_LETTERS = frozenset({"Cn", "Co"})
"""What Unicode has given no shape to, or left to private use."""
_BLANKS = re.compile(r"[ \n\r\t]")

_TEXT_KINDS = frozenset(
    {"text", "table", "page", "code", "data", "calendar", "contact", "email", "signature", "drawing"}
)

_SPACE = r"(?:\s|<!--.*?-->|<\?xml[^>]*\?>|<!doctype[^>\[]*(?:\[.*?\])?\s*>)*"
_BEGINNINGS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), media_type)
    for pattern, media_type in (
        (r"\s*<\?php", "application/x-php"),
        (r"\s*<!doctype\s+html", "text/html"),
        (_SPACE + r"<(?:html|head|body|script|title)\b", "text/html"),
        (_SPACE + r"<(?:\w+:)?svg\b", "image/svg+xml"),
        (_SPACE + r"<gpx\b", "application/gpx+xml"),
        (_SPACE + r"<kml\b", "application/vnd.google-earth.kml+xml"),
        (r"\s*<\?xml\b", "application/xml"),
        (r"\{\\rtf", "application/rtf"),
        (r"BEGIN:VCALENDAR", "text/calendar"),
        (r"BEGIN:VCARD", "text/vcard"),
        (r"-----BEGIN PGP PUBLIC|-----BEGIN PGP PRIVATE", "application/pgp-keys"),
        (r"-----BEGIN PGP SIGN", "application/pgp-signature"),
        (r"-----BEGIN PGP", "application/pgp-encrypted"),
        (r"-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|KEY)", "application/x-pem-file"),
        (r"#!\S*[ \t]*\S*python", "text/x-script.python"),
        (r"#!", "application/x-sh"),
    )
)
"""How texts begin that are of a kind whatever their name is."""


def recognise(file: BinaryIO, found: str, claimed: str | None) -> str | None:
    """Return which kind of text it is, or None for what is no text; ``found`` is what libmagic takes it for."""
    if not _may_be_text(found):
        return None
    head = _head(file)
    text = decoded(head)
    if text is None and found == UNKNOWN_TYPE:
        return None
    text = text or head.decode("latin-1")  # libmagic takes it for one of the old encodings, which agree on markup
    begun = next((media_type for beginning, media_type in _BEGINNINGS if beginning.match(text)), None)
    if begun is not None:
        return _named(begun, claimed)
    return _refined(found, claimed)


def decoded(head: bytes) -> str | None:
    """Return the text that the bytes are, in UTF-8, UTF-16 or UTF-32, with a mark or without; else None."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return _tried(head[len(mark) :], encoding)
    return next((text for encoding in _UNMARKED if (text := _tried(head, encoding)) is not None), None)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(READ)


def _may_be_text(found: str) -> bool:
    return found == UNKNOWN_TYPE or found.startswith(("text/", "message/")) or kind_of(found).key in _TEXT_KINDS


def _tried(head: bytes, encoding: str) -> str | None:
    """Decode; the last letter may be cut."""
    try:
        text = head[: len(head) // 4 * 4 if len(head) >= READ else None].decode(encoding)
    except UnicodeDecodeError as error:
        if len(head) < READ or error.start < len(head) - 4:
            return None
        text = head[: error.start].decode(encoding)
    return None if _NO_TEXT.search(text) or (encoding != "utf-8" and not _is_likely(text)) else text


def _is_likely(text: str) -> bool:
    """Whether two-byte letters are such: noise would soon hold one that nobody has given a shape."""
    return bool(_BLANKS.search(text)) and _NO_LETTERS.isdisjoint(map(category, text))


def _refined(found: str, claimed: str | None) -> str:
    """Believe the name of a text, since many kinds of text begin alike."""
    if claimed is not None and kind_of(claimed).key in _TEXT_KINDS and claimed.partition("/")[0] != "image":
        return claimed
    return PLAIN if found == UNKNOWN_TYPE else found


def _named(begun: str, claimed: str | None) -> str:
    """Let the name choose among kinds of markup that begin alike."""
    same = begun == "application/xml" and claimed is not None and claimed.endswith(("xml", "html"))
    return claimed if same and claimed is not None else begun
