"""What the pages of runs are given. Themes are written against these fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from web.runs.times import place_in_address

if TYPE_CHECKING:
    from datetime import datetime

    from core.messages import Message
    from core.runs.card import RunCard
    from core.runs.group_card import GroupCard
    from core.runs.groups import Tally
    from core.runs.queries import RunPlace

Filter = Literal["all", "open", "needs_you", "ended"]
Day = Literal["today", "yesterday", "earlier"]


@dataclass(frozen=True, slots=True)
class RunFilters:
    """Which runs the list shows: their state, the name of their contract, the hour in which they began.

    All of it is in the address, with ``before``, where a page of the list begins.
    """

    show: Filter = "all"
    kind: str = ""
    since: datetime | None = None
    before: RunPlace | None = None

    def url(self, **changed: Any) -> str:  # noqa: ANN401  # one of the fields
        """Return the address of the list with these filters, and with what is given in their place."""
        other = replace(self, **changed)
        query = {"show": other.show if other.show != "all" else "", "kind": other.kind}
        query["since"] = other.since.isoformat() if other.since else ""
        query["before"] = place_in_address(other.before) if other.before else ""
        given = urlencode({key: value for key, value in query.items() if value})
        return f"/runs?{given}" if given else "/runs"


@dataclass(frozen=True, slots=True)
class RunsOfKind:
    """The runs of one kind that began within an hour, and the address of all of them where there are more.

    ``tally``, ``done_words`` and ``apart_words`` say how several stand.
    """

    title: Message
    icon: str
    cards: tuple[RunCard, ...]
    tally: Tally | None = None
    done_words: Message | None = None
    apart_words: Message | None = None
    more: str | None = None


@dataclass(frozen=True, slots=True)
class RunHour:
    """What began within an hour. ``day`` is told by its name where that is enough."""

    hour: datetime
    day: Day
    kinds: tuple[RunsOfKind, ...]

    @property
    def key(self) -> str:
        """What tells it apart from other hours, for the id of an element."""
        return self.hour.strftime("%Y%m%d%H%M")


@dataclass(frozen=True, slots=True)
class RunListPage:
    """``/runs``: the runs that concern the reader by hour and kind, newest first; ``older`` is the next page.

    ``kinds`` are those that can be chosen, by the names of their contracts.
    """

    hours: tuple[RunHour, ...]
    filters: RunFilters
    kinds: tuple[tuple[str, Message], ...]
    older: str | None
    list_path: str


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
    older: str | None
