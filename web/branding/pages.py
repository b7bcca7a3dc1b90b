"""What the templates of branding receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.messages import Message, messages_of
from core.runs.card import RunCard
from domain.branding import service
from domain.branding.models import Version
from domain.branding.palette import Pair, pairs, shades
from domain.branding.sheet import accents_of
from domain.branding.types import Asset, AssetKind, Assets, Look
from web.branding.forms import BrandForm

N_ = messages_of("branding")

PAIRS: dict[str, Message] = {
    "text_on_accent": N_("Text on the accent"),
    "text_on_hover": N_("Text on the accent under the pointer"),
    "accent_on_page": N_("The accent on the page"),
    "link_on_page": N_("Links on the page"),
    "text_on_page": N_("Quiet text on the page"),
}
# Translators: Fills {mode} in “{title}, {mode}”, such as “Links on the page, dark”.
MODES: dict[str, Message] = {"light": N_("light"), "dark": N_("dark")}
# Translators: A picture of the brand: its name, and what it has to be like.
PICTURES: dict[AssetKind, tuple[Message, Message]] = {
    "logo": (N_("Logo"), N_("PNG, JPEG or WebP, 64 pixels high or more, best without background.")),
    "logo_dark": (N_("Logo on dark"), N_("Shown in dark mode instead. Without one, the logo is shown there as well.")),
    "favicon": (N_("Icon"), N_("Square, 512 pixels wide or more. Without one, it is made of the logo.")),
}


@dataclass(frozen=True, slots=True)
class ContrastRow:
    """One pair of colours, measured."""

    title: Message
    mode: Message
    front: str
    behind: str
    ratio: float
    needed: float
    passes: bool
    is_text: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A colour that passes, to be taken with one press instead of one that does not."""

    field: str
    failing: str
    colour: str
    is_dark: bool
    ratio: float
    needed: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """What was measured of a look. ``link`` is the colour of links where the accent itself is too faint for text."""

    rows: tuple[ContrastRow, ...]
    offers: tuple[Offer, ...]
    accent: str | None
    link: str | None

    @property
    def passes(self) -> bool:
        """Whether everything can be read."""
        return all(row.passes for row in self.rows)

    @classmethod
    def of(cls, look: Look) -> Contrast:
        """Measure a look."""
        found = pairs(look)
        light = shades(look, "light")
        return cls(
            rows=tuple(_row(pair) for pair in found),
            offers=tuple(_offer(pair, look) for pair in found if pair.nearest),
            accent=look.accent,
            link=light.link.hex if light and light.link.hex != light.fill.hex else None,
        )


@dataclass(frozen=True, slots=True)
class PictureTile:
    """One of the pictures of the draft."""

    kind: AssetKind
    title: Message
    hint: Message
    asset: Asset | None
    error: Message | None = None

    @property
    def path(self) -> str:
        """Where an admin sees it."""
        return f"/admin/branding/pictures/{self.asset.digest}" if self.asset else ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, as the list shows it."""

    number: int
    name: str
    accent: str | None
    accent_dark: str | None
    who: str
    published_at: datetime
    is_shown: bool


@dataclass(frozen=True, slots=True)
class PreviewPane:
    """The part of the editor that changes while somebody chooses."""

    look: Look
    contrast: Contrast
    sheet_path: str
    logo: PictureTile
    logo_dark: PictureTile


@dataclass(frozen=True, slots=True)
class EditorPage:
    """``branding/index.html``. ``card`` is the publication that goes on, ``mail_card`` the mail that was asked for."""

    form: BrandForm
    look: Look
    contrast: Contrast
    sheet_path: str
    pictures: tuple[PictureTile, ...]
    versions: tuple[VersionRow, ...]
    is_branded: bool
    is_changed: bool
    card: RunCard | None
    mail_card: RunCard | None
    notice: Message | None = None


def tile(kind: AssetKind, assets: Assets, error: Message | None = None) -> PictureTile:
    """Return one picture of the draft."""
    title, hint = PICTURES[kind]
    return PictureTile(kind, title, hint, getattr(assets, kind), error)


def version_rows(versions: Sequence[Version], shown: object) -> tuple[VersionRow, ...]:
    """Return the versions as the list shows them."""
    return tuple(_version_row(version, is_shown=version.id == shown) for version in versions)


def _version_row(version: Version, *, is_shown: bool) -> VersionRow:
    look = service.look_from(version.look)
    light, dark = accents_of(version.css) or (None, None)
    return VersionRow(
        number=version.number,
        name=look.name,
        accent=light,
        accent_dark=dark,
        who=version.published_by_name,
        published_at=version.published_at,
        is_shown=is_shown,
    )


def _row(pair: Pair) -> ContrastRow:
    return ContrastRow(
        PAIRS[pair.kind],
        MODES[pair.mode],
        pair.front,
        pair.behind,
        pair.ratio,
        pair.needed,
        pair.passes,
        pair.kind != "accent_on_page",
    )


def _offer(pair: Pair, look: Look) -> Offer:
    field = "accent_dark" if pair.mode == "dark" and look.accent_dark else "accent"
    return Offer(field, pair.front, pair.nearest or "", pair.mode == "dark", pair.ratio, pair.needed)
