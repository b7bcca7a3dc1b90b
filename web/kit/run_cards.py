"""Run cards for pages of any feature: the same card everywhere, and never a run that the reader may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.runs.card import RunCard, card_of
from core.runs.entries import entries_of, unfinished_of
from core.runs.group_card import GroupCard, group_card
from core.runs.groups import Act, RunGroup, groups_by_id, groups_lately
from core.runs.permissions import MANAGE_ALL
from core.runs.queries import OPEN_STATES, run_of, runs_of, runs_of_subjects
from web.kit.form_body import unreadable
from web.kit.services import services
from web.kit.visit import current_context, current_person, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from core.context import Context
    from core.db import UnitOfWork
    from core.runs.snapshot import RunSnapshot

MOST_OPEN = 50
SHOWN_OF_GROUP = 25


def run_card(snapshot: RunSnapshot, ctx: Context) -> RunCard:
    """Return the card of a run as this reader may see it.

    Only those who run a tenant get the engineers' link, and nobody in production: Temporal's own pages know no tenants,
    so whoever may open them could end the workflows of all.
    """
    return card_of(snapshot, services().contracts, engineer_url=_engineer_url(snapshot, ctx))


async def run_card_by_id(run_id: UUID) -> RunCard | None:
    """Return the card of one run; None for one that is not there or not for the reader."""
    async with unit_of_work("runs") as uow:
        snapshot = await run_of(uow, current_context(), run_id)
    return run_card(snapshot, current_context()) if snapshot else None


async def run_cards_of(kind: str, ids: Iterable[UUID]) -> tuple[RunCard | None, ...]:
    """Return the card of the last run of each subject, in the order of ``ids``; None where there is none to see.

    ``kind`` and the ids are the ``subject`` that the runs were launched with.
    """
    keys = [str(each) for each in ids]
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        found = await runs_of_subjects(uow, ctx, kind, keys)
    return tuple(run_card(found[key], ctx) if key in found else None for key in keys)


async def open_run_cards(*, limit: int = MOST_OPEN) -> tuple[RunCard, ...]:
    """Return the cards of what is going on now, newest first."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        snapshots = await runs_of(uow, ctx, states=OPEN_STATES, limit=limit)
    return tuple(run_card(snapshot, ctx) for snapshot in snapshots)


def act_of(key: str, size: str = "0") -> Act:
    """Return the act that a form names in ``act`` and ``act_size``: what is launched with it is told together.

    Raises InvalidError for what no page of ours sends.
    """
    try:
        return Act(key, int(size))
    except ValueError as error:
        raise unreadable() from error


async def run_entries(states: Sequence[str], *, limit: int) -> tuple[RunCard | GroupCard, ...]:
    """Return what the reader may see of the newest runs in these states; what was asked for at once is one of them."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        found = await entries_of(uow, ctx, services().contracts, states=states, limit=limit)
    contracts = services().contracts
    return tuple(
        group_card(entry, contracts) if isinstance(entry, RunGroup) else run_card(entry, ctx) for entry in found
    )


async def run_groups(contract: str) -> tuple[GroupCard, ...]:
    """Return the reader's own groups that go on, need them, or ended otherwise than wanted; all kinds if none is named.

    Those of which all ended well are left out, as are those of one run and those that the reader has dismissed.
    """
    async with unit_of_work("runs") as uow:
        groups = await groups_lately(uow, current_person().id, services().contracts, contract=contract or None)
        shown = (group for group in groups if not group.is_alone and not _ended_well(group))
        return tuple([await _group_card(uow, group, current_context()) for group in shown])


async def run_group(group_id: UUID) -> GroupCard | None:
    """Return the card of a group; None for one that is not there or not for the reader."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        found = await groups_by_id(uow, ctx, services().contracts, [group_id])
        return await _group_card(uow, found[group_id], ctx) if found else None


async def _group_card(uow: UnitOfWork, group: RunGroup, ctx: Context) -> GroupCard:
    contracts = services().contracts
    unfinished = await unfinished_of(uow, ctx, contracts, group.id, limit=SHOWN_OF_GROUP)
    return group_card(group, contracts, [run_card(run, ctx) for run in unfinished])


def _ended_well(group: RunGroup) -> bool:
    return group.is_over and not group.tally.refused and not group.tally.apart


def _engineer_url(snapshot: RunSnapshot, ctx: Context) -> str | None:
    settings = services().settings
    if settings.is_production or not ctx.may(MANAGE_ALL) or not settings.temporal_ui_url:
        return None
    workflow_id = snapshot.workflow_id.replace("/", "%2F")
    return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{workflow_id}"
