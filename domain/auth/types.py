"""What travels between the pages, the workflow and the activities of auth: frozen, plain, without a database."""

# ruff: noqa: TC003  # the payload converter reads the annotations at run time
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

LINK_LIFETIME = timedelta(hours=24)
"""How long an address may stay unverified before the registration expires."""

REMIND_AFTER = timedelta(hours=6)
"""How long the click is waited for before the mail is sent once more."""

MOST_RESENDS = 3
"""How often a person may have the mail sent again."""


@dataclass(frozen=True)
class Application:
    """What a person typed to get an account. Travels sealed (see ``sealing``), never as it is."""

    name: str
    email: str
    password_hash: str


@dataclass(frozen=True)
class RegisterInput:
    """Somebody asks for an account; ``actor_id`` is the id that it will have."""

    tenant_id: UUID
    actor_id: UUID
    application: str
    locale: str


@dataclass(frozen=True)
class NewAccount:
    """The account to create, its application sealed."""

    account_id: UUID
    application: str
    locale: str


@dataclass(frozen=True)
class LinkMail:
    """A mail to send to a pending account; ``number`` counts from 1, so that each is sent once."""

    account_id: UUID
    number: int = 1


@dataclass(frozen=True)
class AccountRef:
    """An account."""

    account_id: UUID


@dataclass(frozen=True)
class Activated:
    """What a click led to: False when the address got another account in the meantime."""

    active: bool


@dataclass(frozen=True)
class RegisterResult:
    """``registered``, ``expired`` or ``taken``."""

    outcome: str
