"""What the shell's templates receive. Themes are written against these fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.context import Context
    from core.messages import Message
    from core.navigation import FirstStep
    from core.runs.card import RunCard
    from core.runs.group_card import GroupCard

N_ = messages_of("shell")

NOON, NIGHT_ENDS = 12, 5
EVENING = 18
EVENING_IN = {"es": 20}
"""The hour from which a language says good evening, where it is another: Spanish says "tardes" until eight."""


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One line of the checklist of a new tenant."""

    title: Message
    href: str
    done: bool


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """``shell/dashboard.html``: the greeting, the runs that concern this person now, and those that ended lately.

    Runs that were asked for at once are one entry, a GroupCard.
    """

    greeting: Message
    needs_you: Sequence[RunCard | GroupCard]
    running: Sequence[RunCard | GroupCard]
    lately: Sequence[RunCard | GroupCard]
    first_steps: Sequence[CheckedStep]


def greeting_of(ctx: Context, now: datetime) -> Message:
    """Return the greeting for the time of day where the person is."""
    hour = now.astimezone(ZoneInfo(ctx.timezone)).hour
    name = ctx.person.name if ctx.person else ""  # whole: the first word of one may be "Dr." or half a given name
    if NIGHT_ENDS <= hour < NOON:
        # Translators: The heading of the first page, before noon.
        return N_("Good morning, {name}", name=name)
    if NOON <= hour < EVENING_IN.get(ctx.locale.partition("-")[0], EVENING):
        # Translators: The heading of the first page, from noon on.
        return N_("Good afternoon, {name}", name=name)
    # Translators: The heading of the first page, in the evening.
    return N_("Good evening, {name}", name=name)


def checklist(steps: Iterable[FirstStep], contracts_done: frozenset[str]) -> tuple[CheckedStep, ...]:
    """Return the checklist; a line is done when a workflow that does it has finished."""
    return (
        CheckedStep(N_("Build the workspace"), "/", done=True),
        *(CheckedStep(step.title, step.path, step.contract in contracts_done) for step in steps),
    )
