"""The kinds of files: what people call them, by media type, and what the end of a name says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.messages import Message, messages_of
from domain.files.suffixes import SHARED, SUFFIXES

N_ = messages_of("files")

Rendering = Literal["picture", "document", "none"]

UNKNOWN_TYPE = "application/octet-stream"
"""The media type of bytes that nothing is known of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What people call a file: a key for rules and forms, a title, and an icon."""

    key: str
    title: Message
    icon: str = "document"


KINDS = {
    kind.key: kind
    for kind in (
        Kind("picture", N_("Picture"), "image"),
        Kind("pdf", N_("PDF document")),
        Kind("document", N_("Document")),
        Kind("spreadsheet", N_("Spreadsheet")),
        Kind("presentation", N_("Presentation")),
        Kind("text", N_("Text")),
        Kind("table", N_("Table")),
        Kind("page", N_("Web page")),
        Kind("code", N_("Code")),
        Kind("drawing", N_("Drawing"), "image"),
        Kind("sound", N_("Sound"), "audio"),
        Kind("video", N_("Video"), "video"),
        Kind("email", N_("Email")),
        Kind("calendar", N_("Calendar")),
        Kind("contact", N_("Contact card")),
        Kind("data", N_("Data")),
        Kind("font", N_("Font")),
        Kind("signature", N_("Signature or key")),
        Kind("archive", N_("Archive")),
        Kind("program", N_("Program")),
        Kind("unknown", N_("Unknown kind"), "file"),
    )
}
"""Every kind, by its key, in the order in which forms list them."""

_TYPES = {
    "picture": "image/",
    "sound": "audio/ application/ogg",
    "video": "video/ application/vnd.rn-realmedia",
    "font": "font/ application/vnd.ms-fontobject application/vnd.ms-opentype application/font-",
    "pdf": "application/pdf",
    "document": """
        application/msword application/rtf text/rtf application/epub+zip application/vnd.apple.pages
        application/vnd.openxmlformats-officedocument.wordprocessingml. application/vnd.oasis.opendocument.text
        application/vnd.ms-word. application/x-mobipocket-ebook application/vnd.ms-xpsdocument application/onenote
        application/x-ole-storage
    """,
    "spreadsheet": """
        application/vnd.ms-excel application/vnd.openxmlformats-officedocument.spreadsheetml.
        application/vnd.oasis.opendocument.spreadsheet application/vnd.apple.numbers
    """,
    "presentation": """
        application/vnd.ms-powerpoint application/vnd.openxmlformats-officedocument.presentationml.
        application/vnd.oasis.opendocument.presentation application/vnd.apple.keynote
    """,
    "text": "text/ text/x-tex text/x-log text/x-subtitle",
    "table": "text/csv text/tab-separated-values",
    "page": "text/html application/xhtml+xml application/x-mimearchive",
    "code": """
        text/x- text/css text/javascript application/javascript application/x-sh application/x-perl application/x-php
        application/x-httpd-php application/sql application/x-bat application/typescript
    """,
    "drawing": """
        image/svg+xml image/vnd.dwg image/vnd.dxf image/x-eps application/postscript application/vnd.visio
        application/vnd.oasis.opendocument.graphics application/vnd.ms-visio. image/wmf image/emf model/
    """,
    "email": "message/rfc822 application/vnd.ms-outlook application/mbox application/vnd.ms-outlook-pst",
    "calendar": "text/calendar",
    "contact": "text/vcard text/x-vcard",
    "data": """
        application/json application/x-ndjson application/xml text/xml application/yaml application/toml
        application/gpx+xml application/vnd.google-earth. application/geo+json application/vnd.sqlite3
        application/x-sqlite3 application/vnd.apache.parquet application/vnd.ms-access application/x-dbf text/x-ini
        application/vnd.oasis.opendocument.database application/x-hdf5
    """,
    "signature": """
        application/pgp-signature application/pgp-encrypted application/pgp-keys application/pkcs7-signature
        application/pkcs7-mime application/x-pkcs12 application/x-pem-file application/pkix-cert text/x-ssl-
    """,
    "archive": """
        application/zip application/x-7z-compressed application/vnd.rar application/x-tar application/gzip
        application/zstd application/x-bzip2 application/x-xz application/x-iso9660-image application/x-lzip
        application/vnd.ms-cab-compressed application/x-compress application/x-lz4 application/x-lha application/x-cpio
        application/x-apple-diskimage application/x-archive
    """,
    "program": """
        application/x-dosexec application/vnd.microsoft.portable-executable application/x-executable application/x-elf
        application/x-sharedlib application/x-pie-executable application/x-object application/x-mach-binary
        application/java-archive application/x-java-applet application/vnd.android.package-archive application/x-msi
        application/vnd.debian.binary-package application/x-rpm application/x-ms-shortcut application/wasm
        application/x-java-jmod
    """,
}
"""Which media types are of which kind; where two beginnings fit, the longer one holds."""

_BEGINNINGS = sorted(
    ((start, KINDS[key]) for key, starts in _TYPES.items() for start in starts.split()),
    key=lambda entry: len(entry[0]),
    reverse=True,
)

PICTURES = frozenset(f"image/{name}" for name in ("jpeg", "png", "gif", "webp", "tiff", "heic", "bmp", "avif"))
"""The pictures that are drawn."""

PDF = "application/pdf"


def kind_of(media_type: str) -> Kind:
    """Return what people call files of a media type."""
    return next((kind for start, kind in _BEGINNINGS if media_type.startswith(start)), KINDS["unknown"])


def rendering_of(media_type: str) -> Rendering:
    """Return what can be drawn of files of a media type."""
    if media_type in PICTURES:
        return "picture"
    return "document" if media_type == PDF else "none"


def suffix_of(name: str) -> str:
    """Return the end of a file's name that says its kind, in small letters and with its dot, or nothing."""
    _, dot, end = name.rpartition(".")
    return f".{end.lower()}" if dot and end.isalnum() else ""


def type_by_name(name: str) -> str | None:
    """Return the media type that a file's name speaks for, where it speaks for a known one."""
    return SUFFIXES.get(suffix_of(name))


def claim_by_name(name: str) -> str | None:
    """Return the media type that a file's name claims without a doubt: no end that several kinds share."""
    return None if suffix_of(name) in SHARED else type_by_name(name)
