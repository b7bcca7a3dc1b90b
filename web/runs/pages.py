"""What the pages of runs are given. Themes are written against these fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from core.runs.card import RunCard
    from core.runs.group_card import GroupCard

Filter = Literal["all", "open", "needs_you", "ended"]


@dataclass(frozen=True, slots=True)
class RunListPage:
    """``/runs``: the runs that concern the reader, newest first; ``older`` is where the next page begins."""

    cards: tuple[RunCard, ...]
    chosen: Filter
    older: datetime | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """``/runs/<id>``: one card, open."""

    card: RunCard


@dataclass(frozen=True, slots=True)
class RunBar:
    """The slot ``runs.active``: what is going on now, on every page; ``told`` are groups whose state is said once."""

    entries: tuple[RunCard | GroupCard, ...]
    told: tuple[GroupCard, ...] = ()


@dataclass(frozen=True, slots=True)
class RunGroups:
    """``/runs/groups?of=<contract>``: the reader's groups that go on, need them or ended otherwise."""

    groups: tuple[GroupCard, ...]
    groups_of: str


@dataclass(frozen=True, slots=True)
class GroupPage:
    """``/runs/groups/<id>``: a group, and all its runs one by one; ``older`` is where the next page begins."""

    group: GroupCard
    cards: tuple[RunCard, ...]
    older: datetime | None
