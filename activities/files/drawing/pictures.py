"""Thumbnails, previews and details of pictures. Runs in the drawing process alone: its input is not to be trusted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from activities.files.drawing.colours import on_screen
from activities.files.drawing.drawn import Drawn, DrawnFacts, save, shown

FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/tiff": ("TIFF",),
    "image/heic": ("HEIF", "AVIF"),  # both are pictures in one container, and some files name it alone
    "image/bmp": ("BMP", "DIB"),
    "image/avif": ("AVIF",),
}
MOST_PIXELS = 64_000_000
TAKEN_AT_FORMAT = "%Y:%m:%d %H:%M:%S"
TURNED_BY_A_QUARTER = range(5, 9)

# The header is checked against MOST_PIXELS before anything is decoded; Pillow would warn and go on.
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener(thumbnails=False)
Image.init()  # now, since forks may not be able to read where the decoders lie


def draw(path: Path, media_type: str, folder: Path, name: str, box: int) -> Drawn:
    """Write a WebP of the picture, upright, within ``box`` by ``box`` pixels and without any metadata."""
    with Image.open(path, formats=FORMATS[media_type]) as picture:
        picture.draft("RGB", (box, box))
        if _is_too_large(picture):
            return Drawn(note="too_many_pixels")
        small = on_screen(picture)
        small.thumbnail((box, box))
        return Drawn((save(ImageOps.exif_transpose(small), folder, name),))


def read(path: Path, media_type: str) -> DrawnFacts:
    """Read size, date and camera from the header, and nothing about the place."""
    with Image.open(path, formats=FORMATS[media_type]) as picture:
        width, height = picture.size
        if picture.format == "PNG" and _is_too_large(picture):
            return DrawnFacts(width, height)  # a PNG would be decoded to find its EXIF
        exif = picture.getexif()
        if exif.get(ExifTags.Base.Orientation) in TURNED_BY_A_QUARTER:
            width, height = height, width
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        return DrawnFacts(
            width=width,
            height=height,
            taken_at=_time(detail.get(ExifTags.Base.DateTimeOriginal), detail.get(ExifTags.Base.OffsetTimeOriginal)),
            camera=_camera(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)),
        )


def _is_too_large(picture: Image.Image) -> bool:
    return picture.width * picture.height > MOST_PIXELS


def _time(value: object, offset: object) -> str | None:
    """Return when the picture was taken, as ISO 8601. Cameras without a time zone are taken at their word, as UTC."""
    try:
        taken_at = datetime.strptime(str(value).strip("\0 "), TAKEN_AT_FORMAT).replace(tzinfo=UTC)
        zone = datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo if offset else UTC
    except ValueError:
        return None
    return taken_at.replace(tzinfo=zone).isoformat()


def _camera(make: object, model: object) -> str:
    """Return maker and model once: many models begin with their maker's name."""
    first, second = shown(make), shown(model)
    return second if second.casefold().startswith(first.casefold()) else f"{first} {second}".strip()
