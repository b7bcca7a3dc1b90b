"""What a run tells the person who started it, beside its card: that it needs them, failed, or ended after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.messages import Message, messages_of
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU, NoticeKind, NoticeTone, notify
from core.runs.card import card_of
from core.runs.snapshot import RunSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.db import UnitOfWork
    from core.runs.card import RunCard
    from core.runs.contract import AnyContract
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
    if contract is None or run["state"] == before or run["state"] not in WORDS:
        return
    card = card_of(RunSnapshot.from_json(run), contracts)
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


def _kind(card: RunCard, contract: AnyContract) -> NoticeKind | None:
    """Return which kind of news it is; None for what is no news."""
    if card.state in PROBLEMS or (card.state == "done" and card.tone != "success"):
        return RUN_NEEDS_YOU
    if card.ended_at is None or contract.quiet or card.ended_at - card.started_at < LONG:
        return None
    return RUN_FINISHED


def _detail(card: RunCard) -> Message:
    parked = next((step for step in card.steps if step.state == "parked" and step.cause), None)
    if card.state == "needs_you" and parked is not None and parked.cause is not None:
        return parked.cause
    return card.outcome or WORDS[card.state]


def _tone(card: RunCard) -> NoticeTone:
    if card.state == "done":
        return card.tone or "success"
    return {"failed": "danger", "stuck": "danger", "needs_you": "warning", "undone": "warning"}.get(card.state, "")  # type: ignore[return-value]  # words of the type
