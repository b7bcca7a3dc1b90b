"""Accounts, and how people log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from domain.auth.unsettled import UNSETTLED
from entrypoints.manifest import Feature
from workflows.auth.contract import REGISTER

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("auth")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.auth.register import Register

    return (Register,)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.auth.registration import RegistrationActivities
    from core.identity import Sessions
    from domain.auth.sealing import Sealer

    sealer = Sealer(given.settings.secret_key)
    return (RegistrationActivities(given.db, given.mailer, Sessions(given.db), sealer, given.settings.base_url),)


FEATURE = Feature(
    name="auth",
    title=N_("Login"),
    workflows=workflows,
    activities=activities,
    contracts=(REGISTER,),
    unsettled=UNSETTLED,
)
