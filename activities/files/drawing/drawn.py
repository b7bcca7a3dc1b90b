"""Writing what was drawn."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from activities.files.drawing.said import Drawn, DrawnFacts, DrawnPicture, Recognised, shown

__all__ = ["Drawn", "DrawnFacts", "DrawnPicture", "Recognised", "save", "shown"]

QUALITY = 82


def save(picture: Image.Image, folder: Path, name: str) -> DrawnPicture:
    """Encode anew as WebP, which leaves behind whatever the original carried beside its pixels and its colours."""
    path = folder / f"{name}.webp"
    picture.save(path, "WEBP", quality=QUALITY, exif=b"", xmp=b"")
    return DrawnPicture(name, picture.width, picture.height, path.stat().st_size)  # type: ignore[arg-type]  # as given
