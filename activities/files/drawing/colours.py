"""The colours of pictures as a screen has them. Runs in the drawing process alone, like ``pictures``."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageCms

DEPTH, PLANES = 258, 284
PHOTOMETRIC, LOWEST_SAMPLE, HIGHEST_SAMPLE, LOWEST_NUMBER, HIGHEST_NUMBER = 262, 280, 281, 340, 341
"""Tags of TIFF 6.0: how deep its samples are and how they lie, what zero means, and between which values they are."""
APART, EIGHT_BITS = 2, 8
WHITE_IS_ZERO = 0
DEPTHS = (8, 10, 12, 14, 16)
"""In how many bits cameras and scanners measure what they then store in sixteen."""

IS_PRINTED = frozenset({"CMYK", "LAB"})
IS_GREY_AND_DEEP = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})


def on_screen(picture: Image.Image) -> Image.Image:
    """Return the first frame in a mode that WebP has; ValueError for what would be read as something else."""
    if _is_misread(picture):
        raise ValueError("planes of more than 8 bits are read one for the other")
    if picture.mode in {"RGB", "RGBA"}:
        return picture
    if picture.mode in IS_GREY_AND_DEEP:
        return _without_profile(_shallow(picture).convert("RGB"))
    if picture.mode in IS_PRINTED:
        return _without_profile(_as_seen(picture))
    return picture.convert("RGBA" if "transparency" in picture.info or picture.mode in {"LA", "PA"} else "RGB")


def _is_misread(picture: Image.Image) -> bool:
    """Whether the colours lie in planes of their own, of more than 8 bits: Pillow makes noise of those."""
    tags = getattr(picture, "tag_v2", {})
    return len(picture.getbands()) > 1 and tags.get(PLANES) == APART and max(tags.get(DEPTH, (0,))) > EIGHT_BITS


def _without_profile(picture: Image.Image) -> Image.Image:
    """Take away a profile that was about other colours than the picture has now."""
    picture.info.pop("icc_profile", None)
    return picture


def _shallow(picture: Image.Image) -> Image.Image:
    """Return a grey picture of more than 8 bits in 8, its black black and its white white."""
    numbers = picture.convert("I") if picture.mode == "I;16B" else picture  # which can do little as it is
    black, white = _ends(picture, numbers)
    scale = 255 / ((white - black) or 1)
    offset = -black * scale
    return numbers.convert("F").point(lambda value: value * scale + offset).convert("L")


def _ends(picture: Image.Image, numbers: Image.Image) -> tuple[float, float]:
    """Return which values are black and white."""
    tags = getattr(picture, "tag_v2", {})
    lowest, highest = _said(tags) or _found(picture, numbers)
    return (highest, lowest) if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO else (lowest, highest)


def _said(tags: object) -> tuple[float, float] | None:
    """Return the ends that a TIFF names."""
    lowest, highest = _number(tags, LOWEST_SAMPLE, LOWEST_NUMBER) or 0.0, _number(tags, HIGHEST_SAMPLE, HIGHEST_NUMBER)
    return (lowest, highest) if highest is not None and highest > lowest else None


def _number(tags: object, *names: int) -> float | None:
    for name in names:
        value = tags.get(name) if hasattr(tags, "get") else None
        value = value[0] if isinstance(value, tuple) and value else value
        if isinstance(value, int | float) and math.isfinite(value):
            return float(value)
    return None


def _found(picture: Image.Image, numbers: Image.Image) -> tuple[float, float]:
    """Tell the ends by the values: PNG fills its depth, others name no depth, and numbers with a fraction no end."""
    if picture.format == "PNG":
        return 0.0, 65535.0
    lowest, highest = (float(end) for end in numbers.getextrema())  # type: ignore[arg-type]  # one band, two numbers
    if not (math.isfinite(lowest) and math.isfinite(highest)):
        return 0.0, 1.0
    if picture.mode.startswith("I;16"):
        return 0.0, float(next(2**depth for depth in DEPTHS if highest < 2**depth) - 1)
    return (0.0, 1.0) if picture.mode == "F" and lowest >= 0 and highest <= 1 else (lowest, highest)


def _as_seen(picture: Image.Image) -> Image.Image:
    """Return a picture in inks, or in the colours of an eye, as light: by its profile where it has a sound one."""
    source = _profile_of(picture)
    if source is None:
        return picture.convert("RGB")
    try:
        seen = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except ImageCms.PyCMSError:
        return picture.convert("RGB")
    return seen or picture.convert("RGB")


def _profile_of(picture: Image.Image) -> ImageCms.ImageCmsProfile | io.BytesIO | None:
    if picture.mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    profile = picture.info.get("icc_profile")
    return io.BytesIO(profile) if profile else None
