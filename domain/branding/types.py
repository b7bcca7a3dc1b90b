"""What travels between the pages, the workflows and the activities of branding: frozen, plain, without a database."""

# ruff: noqa: TC003  # the payload converter reads the annotations at run time
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

AssetKind = Literal["logo", "logo_dark", "favicon"]
KINDS: tuple[AssetKind, ...] = ("logo", "logo_dark", "favicon")


@dataclass(frozen=True)
class Look:
    """What an admin has chosen. None is the theme's own; colours are ``#rrggbb``."""

    theme: str | None = None
    accent: str | None = None
    accent_dark: str | None = None
    hue: int | None = None
    tint: int | None = None
    radius: int | None = None
    font: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Asset:
    """A picture as it was uploaded; its bytes are found by their SHA-256 digest."""

    digest: str
    type: str
    size: int
    filename: str


@dataclass(frozen=True)
class Assets:
    """The pictures of a brand."""

    logo: Asset | None = None
    logo_dark: Asset | None = None
    favicon: Asset | None = None


@dataclass(frozen=True)
class Publication:
    """One version on its way to everybody. Its id is chosen before anything is written."""

    tenant_id: UUID
    actor_id: UUID
    actor_name: str
    version_id: UUID
    look: Look
    assets: Assets


@dataclass(frozen=True)
class Rendition:
    """One picture that was drawn: ``logo-2x.png``."""

    name: str
    width: int
    height: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Drawn:
    """All pictures of a version."""

    renditions: tuple[Rendition, ...] = ()


@dataclass(frozen=True)
class Illustrated:
    """A version with its pictures."""

    publication: Publication
    renditions: tuple[Rendition, ...]


@dataclass(frozen=True)
class Sheet:
    """The sheet of a version; ``digest`` names all that is in it, pictures included."""

    css: str
    digest: str


@dataclass(frozen=True)
class Finished:
    """A version that only has to be published."""

    publication: Publication
    renditions: tuple[Rendition, ...]
    sheet: Sheet


@dataclass(frozen=True)
class PublishInput:
    """An admin publishes the draft."""

    tenant_id: UUID
    actor_id: UUID
    publication: Publication


@dataclass(frozen=True)
class PublishResult:
    """``published``."""

    outcome: str


@dataclass(frozen=True)
class TestMail:
    """A mail that shows an admin how mails look."""

    __test__ = False

    tenant_id: UUID
    actor_id: UUID
    name: str
    address: str
    locale: str


@dataclass(frozen=True)
class TestMailInput:
    """An admin wants to see a mail."""

    __test__ = False

    tenant_id: UUID
    actor_id: UUID
    mail: TestMail


@dataclass(frozen=True)
class TestMailResult:
    """``sent``."""

    __test__ = False

    outcome: str
