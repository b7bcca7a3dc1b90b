"""The card of a group: what was asked for at once as one, ready for a page to put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.runs.groups import counted
from core.runs.notices import group_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from core.messages import Message
    from core.runs.card import RunCard
    from core.runs.contract import AnyContract
    from core.runs.groups import RunGroup, Tally

GroupState = Literal["running", "needs_you", "refused", "done"]


@dataclass(frozen=True, slots=True)
class GroupCard:
    """Everything that ``templates/runs/_group.html`` shows.

    ``title`` says how many there are of what ("80 files"), ``done_words`` how many ended well ("76 ready"),
    ``apart_words`` how many so that it is told apart ("2 closed") and
    ``words`` how all of it stands, in one sentence. ``needing`` are the cards of those that wait for somebody,
    ``refused`` of those that ended otherwise than wanted, ``lines`` of those in work: of each the first few.
    """

    id: UUID
    contract: str
    icon: str
    title: Message
    words: Message
    done_words: Message
    apart_words: Message | None
    state: GroupState
    tally: Tally
    total: int
    percent: int
    is_over: bool
    is_dismissed: bool
    began_at: datetime
    ended_at: datetime | None
    actor_id: UUID
    needing: tuple[RunCard, ...] = ()
    refused: tuple[RunCard, ...] = ()
    lines: tuple[RunCard, ...] = ()


def group_card(group: RunGroup, contracts: Mapping[str, AnyContract], unfinished: Sequence[RunCard] = ()) -> GroupCard:
    """Join a group with its contract, and with those of its runs that are to be shown."""
    contract = contracts[group.contract]
    needing = tuple(card for card in unfinished if card.state in {"needs_you", "stuck"})
    refused = tuple(card for card in unfinished if card.ended_at is not None)
    return GroupCard(
        id=group.id,
        contract=contract.name,
        icon=contract.icon,
        title=counted(contract.many, group.total),
        words=group_words(group, contract),
        done_words=counted(contract.many_done, group.tally.done),
        apart_words=contract.apart_words(group.tally.apart),
        state=_state(group),
        tally=group.tally,
        total=group.total,
        percent=round(100 * (group.tally.count - group.tally.open) / group.total),
        is_over=group.is_over,
        is_dismissed=group.is_dismissed,
        began_at=group.began_at,
        ended_at=group.ended_at,
        actor_id=group.actor_id,
        needing=needing,
        refused=refused,
        lines=tuple(card for card in unfinished if card not in needing and card not in refused),
    )


def _state(group: RunGroup) -> GroupState:
    if group.tally.needing:
        return "needs_you"
    if not group.is_over:
        return "running"
    return "refused" if group.tally.refused else "done"
