"""What a run tells the person who started it, beside its card: that it needs them, failed, or ended after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.messages import Message, messages_of
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU, NoticeKind, NoticeTone, notify, retell
from core.runs.card import card_of
from core.runs.groups import counted, hold
from core.runs.snapshot import RunSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import UnitOfWork
    from core.runs.card import RunCard
    from core.runs.contract import AnyContract
    from core.runs.groups import RunGroup
    from core.runs.report import RunState

N_ = messages_of("runs")

LONG = timedelta(seconds=5)
"""A run that ends well within this time was watched by whoever started it."""

# Translators: How a workflow stands, beneath its title in a notification: short.
WORDS: Mapping[str, Message] = {
    "needs_you": N_("Needs you"),
    "stuck": N_("An engineer is needed"),
    "failed": N_("Not finished"),
    "cancelled": N_("Cancelled"),
    "undone": N_("Undone"),
    "done": N_("Done"),
}
"""The words of a row; the run card says more."""

PROBLEMS: frozenset[RunState] = frozenset({"needs_you", "stuck", "failed", "undone"})


async def tell_actor(
    uow: UnitOfWork, before: RunState, run: Mapping[str, Any], contracts: Mapping[str, AnyContract]
) -> None:
    """Tell whoever started a run what has become of it, when it has just come to a state that is news to them.

    ``before`` is the state that the row had, locked, until this transaction; ``run`` is the row as JSON. So each change
    of state is told once, whoever reports it.
    """
    contract = contracts.get(run["contract"])
    if contract is None or run["state"] == before:
        return
    card = card_of(RunSnapshot.from_json(run), contracts)
    if card.group_id is not None:
        if card.state in WORDS or before in PROBLEMS:
            await tell_of_group(uow, card.group_id, contracts, card)
        return
    if card.state not in WORDS:
        return
    kind = _kind(card, contract)
    if kind is None:
        return
    await notify(
        uow,
        user_id=card.started_by_id,
        kind=kind,
        key=f"run/{card.id}/{card.state}/{card.seq}",
        message=card.title,
        detail=_detail(card),
        tone=_tone(card),
        href=card.result_path or f"/runs/{card.id}",
    )


async def tell_of_group(
    uow: UnitOfWork, group_id: UUID, contracts: Mapping[str, AnyContract], changed: RunCard | None = None
) -> None:
    """Tell whoever asked for several runs at once how they stand: one notification for the lot, counted from the rows.

    Who writes it holds the group, so the last one to write has counted all. ``changed`` is the run that has just come
    to another state. Repeatable.
    """
    group = await hold(uow, group_id, contracts)
    contract = contracts.get(group.contract) if group else None
    if group is None or contract is None:
        return
    if group.is_alone and changed is not None:
        kind, message, detail, tone = _kind(changed, contract), changed.title, _detail(changed), _tone(changed)
        href, is_news = changed.result_path or f"/runs/{changed.id}", kind is not None
    else:
        message, detail, tone = counted(contract.many, group.total), group_words(group, contract), _group_tone(group)
        kind = RUN_NEEDS_YOU if group.tally.needing or group.tally.refused else RUN_FINISHED
        href, is_news = f"/runs/groups/{group_id}", _is_group_news(group, contract, changed)
    await retell(
        uow,
        user_id=group.actor_id,
        kind=kind or RUN_FINISHED,
        key=f"group/{group_id}",
        message=message,
        detail=detail,
        tone=tone,
        href=href,
        is_news=is_news,
    )


def group_words(group: RunGroup, contract: AnyContract) -> Message:
    """Return in one sentence how a group stands: what needs the person first."""
    tally = group.tally
    if tally.needing:
        # Translators: How several workflows stand, beneath their title in a notification.
        return N_(
            "{done} done, {count} needs you", "{done} done, {count} need you", done=tally.well, count=tally.needing
        )
    if tally.refused:
        # Translators: How several workflows stand, beneath their title in a notification.
        return N_(
            "{done} done, {count} not finished",
            "{done} done, {count} not finished",
            done=tally.well,
            count=tally.refused,
        )
    if tally.done == group.total:
        return counted(contract.many_done, tally.done)
    if group.is_over and (words := contract.apart_words(tally.apart, tally.done or None)):
        return words
    if group.is_over and not tally.done:
        return WORDS["cancelled"]
    # Translators: How several workflows stand, beneath their title in a notification.
    return N_("{done} of {count} done", "{done} of {count} done", done=tally.well, count=group.total)


def _is_group_news(group: RunGroup, contract: AnyContract, changed: RunCard | None) -> bool:
    """Whether somebody who was told before should look again: a new problem, or the end of a lot that took a while."""
    if changed is not None and (_is_problem(changed) or changed.told_apart):
        return True
    if not group.is_over or contract.quiet or group.ended_at is None:
        return False
    return group.ended_at - group.began_at >= LONG


def _group_tone(group: RunGroup) -> NoticeTone:
    if group.tally.needing or group.tally.refused:
        return "warning"
    return "success" if group.is_over and group.tally.well else ""


def _kind(card: RunCard, contract: AnyContract) -> NoticeKind | None:
    """Return which kind of news it is; None for what is no news."""
    if _is_problem(card):
        return RUN_NEEDS_YOU
    if card.told_apart:
        return RUN_FINISHED
    if card.ended_at is None or contract.quiet or card.ended_at - card.started_at < LONG:
        return None
    return RUN_FINISHED


def _is_problem(card: RunCard) -> bool:
    return card.state in PROBLEMS or (card.state == "done" and card.tone != "success" and not card.told_apart)


def _detail(card: RunCard) -> Message:
    parked = next((step for step in card.steps if step.state == "parked" and step.cause), None)
    if card.state == "needs_you" and parked is not None and parked.cause is not None:
        return parked.cause
    return card.outcome or WORDS[card.state]


def _tone(card: RunCard) -> NoticeTone:
    if card.state == "done":
        return card.tone or "success"
    return {"failed": "danger", "stuck": "danger", "needs_you": "warning", "undone": "warning"}.get(card.state, "")  # type: ignore[return-value]  # words of the type
