"""What previews show, against what another renderer (MuPDF) shows of the same file."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from PIL import Image, ImageChops, ImageFilter

from activities.files.drawing import documents, pictures
from tests.factories.kinds import filled_form, ramp

if TYPE_CHECKING:
    from pathlib import Path

INK = 128
EVEN = [0, 42, 85, 127, 170, 212, 255]
"""A ramp from black to white at seven places of the same distance."""


def saved(image: Image.Image, form: str = "TIFF", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def numbers(code: str, *values: float) -> bytes:
    """A TIFF of 64 by 64 numbers in 32 bits: real (f) or whole (i)."""
    return saved(Image.frombytes("F" if code == "f" else "I", (64, 64), struct.pack(f"<4096{code}", *values)))


def tiff(values: list[int], order: str = "<", planes: int = 1) -> bytes:
    """A TIFF of 64 by 64 of 16 bits, in either order of bytes, all colours of a pixel together or in planes."""
    size = len(values) * 2 // planes
    fields = {256: [64], 257: [64], 258: [16] * planes, 259: [1], 262: [min(planes, 2)], 273: [0] * planes}
    fields |= {277: [planes], 278: [64], 279: [size] * planes, 284: [min(planes, 2)]}
    behind = 8 + 2 + len(fields) * 12 + 4
    pixels = behind + sum(4 * len(one) for one in fields.values() if len(one) > 1)
    fields[273] = [pixels + number * size for number in range(planes)]
    entries, lists = b"", b""
    for tag, numbers in fields.items():
        packed = struct.pack(f"{order}{len(numbers)}I", *numbers)
        place = struct.pack(f"{order}I", behind + len(lists))
        entries += struct.pack(f"{order}HHI", tag, 4, len(numbers)) + (packed if len(numbers) == 1 else place)
        lists += packed if len(numbers) > 1 else b""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, len(fields))
    return head + entries + bytes(4) + lists + struct.pack(f"{order}{len(values)}H", *values)


def preview(content: bytes, media_type: str, folder: Path) -> Image.Image:
    original = folder / "original"
    original.write_bytes(content)
    if media_type == "application/pdf":
        documents.draw(original, folder, ["preview-1"], 1600)
    else:
        pictures.draw(original, media_type, folder, "preview-1", 1600)
    with Image.open(folder / "preview-1.webp") as drawn:
        return drawn.convert("RGB")


def down_the_middle(picture: Image.Image) -> list[int]:
    grey = picture.convert("L")
    places = [round(step * (picture.height - 1) / 6) for step in range(7)]
    return [int(grey.getpixel((picture.width // 2, place))) for place in places]  # type: ignore[arg-type]  # one band


def rendered_otherwise(content: bytes, **options: Any) -> Image.Image:
    """What MuPDF makes of the first page, or of the picture."""
    with pymupdf.open(stream=content) as document:
        pixels = document[0].get_pixmap(**options)
    return Image.frombytes("RGB" if pixels.n > 1 else "L", (pixels.width, pixels.height), pixels.samples)


def ink_of(picture: Image.Image) -> Image.Image:
    return picture.convert("L").point(lambda value: 255 if value < INK else 0)


def share_within(ink: Image.Image, other: Image.Image) -> float:
    """How much of the ink lies where the other has some, give or take two pixels."""
    near = ImageChops.multiply(ink, other.filter(ImageFilter.MaxFilter(5)))
    return near.histogram()[255] / ink.histogram()[255]


def test_a_filled_form_shows_what_was_filled_in(tmp_path: Path) -> None:
    drawn = preview(filled_form(), "application/pdf", tmp_path)
    with pymupdf.open(stream=filled_form()) as document:
        scale = drawn.height / document[0].rect.height
        field = next(document[0].widgets())
        inside = tuple(round(edge * scale) + inset for edge, inset in zip(field.rect, (6, 6, -6, -6), strict=True))
    other = rendered_otherwise(filled_form(), matrix=pymupdf.Matrix(scale, scale)).resize(drawn.size)

    ours, theirs = (ink_of(picture.crop(inside)) for picture in (drawn, other))
    assert field.field_value == "Jane Example"
    assert share_within(ours, theirs) > 0.95
    assert share_within(theirs, ours) > 0.95


@pytest.mark.parametrize("form", ["TIFF", "PNG"])
def test_sixteen_bits_of_grey_are_drawn_as_another_renderer_does(form: str, tmp_path: Path) -> None:
    content = ramp(16, form)
    drawn = preview(content, f"image/{form.lower()}", tmp_path)
    other = rendered_otherwise(content, matrix=pymupdf.Matrix(1, 1)).resize(drawn.size)
    assert down_the_middle(drawn) == pytest.approx(down_the_middle(other), abs=4)
    assert down_the_middle(drawn) == pytest.approx(EVEN, abs=4)


@pytest.mark.parametrize(
    "content",
    [
        *(ramp(bits) for bits in (10, 12, 14)),
        tiff(list(range(4096)), ">"),
        tiff([number * 16 for number in range(4096)], ">"),
        numbers("f", *(number / 4095 for number in range(4096))),
        numbers("f", *(number - 2000.5 for number in range(4096))),
        numbers("i", *(number * 1000 - 5 for number in range(4096))),
        saved(Image.frombytes("I;16", (64, 64), ramp(16)[-8192:]), tiffinfo={281: 65535}),
    ],
    ids=[
        "10 bits",
        "12 bits",
        "14 bits",
        "12 bits, big end first",
        "16 bits, big end first",
        "from 0 to 1",
        "below 0",
        "32 bits",
        "with its end named",
    ],
)
def test_what_is_measured_is_drawn_from_black_to_white(content: bytes, tmp_path: Path) -> None:
    assert down_the_middle(preview(content, "image/tiff", tmp_path)) == pytest.approx(EVEN, abs=4)


def test_what_counts_from_white_is_not_drawn_as_a_negative(tmp_path: Path) -> None:
    content = saved(Image.frombytes("I;16", (64, 64), ramp(16)[-8192:]), tiffinfo={262: 0})
    assert down_the_middle(preview(content, "image/tiff", tmp_path)) == pytest.approx(EVEN[::-1], abs=4)


def test_planes_of_sixteen_bits_are_not_drawn_as_noise(tmp_path: Path) -> None:
    content = tiff([number * 16 for number in range(4096)] * 3, planes=3)
    with Image.open(io.BytesIO(content)) as opened:
        assert (opened.mode, opened.size) == ("RGB", (64, 64))
    with pytest.raises(ValueError, match="planes"):
        preview(content, "image/tiff", tmp_path)


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_inks_become_light_and_leave_their_profile_behind(form: str, tmp_path: Path) -> None:
    content = saved(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), form, icc_profile=b"not a profile")
    red, green, blue = preview(content, f"image/{form.lower()}", tmp_path).getpixel((30, 30))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60
    with Image.open(tmp_path / "preview-1.webp") as drawn:
        assert "icc_profile" not in drawn.info


def test_a_note_on_a_page_is_drawn(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().add_rect_annot((100, 100, 300, 200)).update(fill_color=(1, 0, 0))
    drawn = preview(document.tobytes(), "application/pdf", tmp_path)
    scale = drawn.width / document[0].rect.width
    document.close()
    red, green, _ = drawn.getpixel((round(200 * scale), round(150 * scale)))  # type: ignore[misc]
    assert red > 200 > green
