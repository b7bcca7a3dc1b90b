"""What a file says about itself is a stranger's text: it can be stored and shown, or it is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from activities.files.drawing import pictures
from activities.files.drawing.drawn import shown

if TYPE_CHECKING:
    from pathlib import Path


def test_a_camera_with_zero_bytes_and_an_endless_name_breaks_nothing(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Evil\0\u202eCam"
    exif[ExifTags.Base.Model] = "x" * 20_000
    path = tmp_path / "original"
    Image.new("RGB", (8, 8)).save(path, "JPEG", exif=exif)

    camera = pictures.read(path, "image/jpeg").camera

    assert "\0" not in camera
    assert len(camera) <= 401


def test_what_cannot_be_stored_or_misleads_the_eye_is_left_out() -> None:
    assert shown("in\0voice\ud800 \u202efdp.exe\r\n") == "invoice fdp.exe"
    assert shown(None) == ""
