"""What the templates of auth receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from dataclasses import dataclass

from core.identity import SessionFacts
from core.messages import Message
from core.runs.card import RunCard
from web.auth.devices import device_of
from web.auth.forms import ConfirmForm, RegisterForm, SignInForm


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """``/register``."""

    form: RegisterForm


@dataclass(frozen=True, slots=True)
class CheckMailPage:
    """``/register/check-mail``: the run of the registration; once it ``is_over``, no mail will come any more."""

    email: str
    card: RunCard | None
    is_over: bool
    sent_again: bool
    mailbox_url: str | None


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """``/verify/<token>``: ``form`` asks for the password in a browser that did not begin the registration."""

    token: str
    name: str
    email: str
    form: ConfirmForm | None


@dataclass(frozen=True, slots=True)
class SignInPage:
    """``/login``: afterwards the person goes on to ``tenant`` (a slug, or empty) and there to ``next_path``."""

    form: SignInForm
    tenant: str
    next_path: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One place where the person is signed in."""

    facts: SessionFacts
    device: Message
    is_current: bool

    @classmethod
    def of(cls, facts: SessionFacts, current: object) -> SessionRow:
        """Return the line of a session, marked if it is the reader's own."""
        return cls(facts, device_of(facts.user_agent), facts.id == current)


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """``/sessions``: the reader's own first."""

    rows: tuple[SessionRow, ...]
