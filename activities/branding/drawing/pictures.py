"""The pictures of a brand, drawn anew from what was uploaded. Runs in the drawing process alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MOST_PIXELS = 16_000_000

LOGO_HEIGHT, LOGO_WIDTH = 32, 200
FAVICON, TOUCH_ICON, APP_ICONS = 32, 180, (192, 512)
SAFE_ZONE = 0.8
"""Of a maskable icon only a circle of this share of its width is sure to be seen (W3C, Web Application Manifest)."""

SOLID = (255, 255, 255, 255)

Image.init()  # now, since who decodes may not be able to read where the decoders lie
# The header is checked against MOST_PIXELS before anything is decoded; Pillow would warn and go on.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class Picture:
    """A PNG file that was written into the working folder."""

    name: str
    width: int
    height: int
    size: int
    sha256: str


class TooManyPixelsError(Exception):
    """The picture is larger than what is ever decoded."""


def check(path: Path, media_type: str) -> list[Picture]:
    """Decode the picture; raises whatever the decoder does when it cannot be read."""
    _opened(path, media_type)
    return []


def logo(path: Path, media_type: str, folder: Path, name: str) -> list[Picture]:
    """Draw a logo for the head of the pages, in both resolutions. A small one is never made larger than it is."""
    picture = _opened(path, media_type)
    scale = min(LOGO_HEIGHT / picture.height, LOGO_WIDTH / picture.width)
    width, height = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
    return [
        _save(picture.resize((width, height), Image.Resampling.LANCZOS), folder, f"{name}.png"),
        _save(picture.resize((width * 2, height * 2), Image.Resampling.LANCZOS), folder, f"{name}-2x.png"),
    ]


def icons(path: Path, media_type: str, folder: Path) -> list[Picture]:
    """Draw the icons of tab, home screen and installed app."""
    picture = _opened(path, media_type)
    return [
        _save(_square(picture, FAVICON), folder, "favicon.png"),
        _save(_square(picture, TOUCH_ICON, fill=0.9, ground=SOLID), folder, "touch-icon.png"),
        *(
            _save(_square(picture, size, fill=SAFE_ZONE, ground=SOLID), folder, f"icon-{size}.png")
            for size in APP_ICONS
        ),
    ]


def _opened(path: Path, media_type: str) -> Image.Image:
    with Image.open(path, formats=[FORMATS[media_type]]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixelsError
        return ImageOps.exif_transpose(picture).convert("RGBA")


def _square(
    picture: Image.Image, size: int, *, fill: float = 1.0, ground: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> Image.Image:
    inner = round(size * fill)
    small = ImageOps.contain(picture, (inner, inner), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (size, size), ground)
    canvas.alpha_composite(small, ((size - small.width) // 2, (size - small.height) // 2))
    return canvas


def _save(picture: Image.Image, folder: Path, name: str) -> Picture:
    """Encode the pixels alone: nothing that the original carried beside them is left."""
    path = folder / name
    picture.save(path, "PNG", optimize=True)
    content = path.read_bytes()
    return Picture(name, picture.width, picture.height, len(content), hashlib.sha256(content).hexdigest())
