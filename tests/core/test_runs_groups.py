"""What was asked for at once is told once: one notice for the lot, one entry of each list, counted from the rows."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.db import Database
from core.ids import new_id
from core.messages import Message
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU, message_from_json
from core.runs.entries import entries_of, unfinished_of
from core.runs.group_card import group_card
from core.runs.groups import Act, RunGroup, close, dismiss, groups_lately
from core.runs.hours import LOOKED_AT, Wanted, hours_of, one_by_one
from core.runs.launch import LaunchedRun, launch
from core.runs.queries import OPEN_STATES, RunPlace
from core.runs.recorder import apply_report
from core.runs.report import RunReport
from core.runs.snapshot import RunSnapshot
from tests.workflows.kit.sample import CONTRACTS, FAN, SampleInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    import asyncpg

    from core.context import Context
    from core.runs.report import RunState
    from core.settings import Settings
    from tests.support.tenant_fixtures import TwoTenants

KEY = "drop-0123456789abcdef"


@pytest.fixture
async def still(settings: Settings) -> AsyncIterator[Database]:
    """A database without hooks: what is launched is not started."""
    database = await Database.connect(settings, pool_size=8)
    yield database
    await database.close()


async def asked(db: Database, ctx: Context, count: int, act: Act | None) -> list[LaunchedRun]:
    """Ask for so many runs, each in a transaction of its own and all at the same time, as a page sends files."""
    assert ctx.actor_id

    async def one() -> LaunchedRun:
        key = str(new_id())
        async with db.unit_of_work(ctx, "files") as uow:
            run_input = SampleInput(ctx.tenant_id, ctx.actor_id, key)  # type: ignore[arg-type]  # it is signed in
            return await launch(uow, FAN, run_input, key=key, subject=("sample", key), act=act)

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def report(
    db: Database, ctx: Context, run: LaunchedRun, state: RunState | None, outcome: str | None = None
) -> None:
    async with db.unit_of_work(ctx.tenant_id, "runs") as uow:
        told = RunReport(ctx.tenant_id, run.id, state, outcome=outcome)
        await apply_report(uow, run.id, told, CONTRACTS)


async def report_all(
    db: Database, ctx: Context, runs: Sequence[LaunchedRun], state: RunState, outcome: str | None = None
) -> None:
    """Report of all at the same time, and of each twice, as worker and sweep may do."""
    await asyncio.gather(*(report(db, ctx, run, state, outcome) for run in [*runs, *runs]))


async def notices(owner: asyncpg.Connection, ctx: Context) -> list[dict[str, Any]]:
    rows = await owner.fetch("select * from platform.notices where user_id = $1 order by id", ctx.actor_id)
    return [
        dict(row) | {name: message_from_json(json.loads(row[name])) for name in ("message", "detail")} for row in rows
    ]


async def age(owner: asyncpg.Connection, ctx: Context, seconds: float) -> None:
    """Have the runs of a tenant have begun earlier."""
    query = "update platform.runs set created_at = created_at - $2::interval where tenant_id = $1"
    await owner.execute(query, ctx.tenant_id, timedelta(seconds=seconds))


async def test_one_notice_for_the_lot_however_many_report_at_once(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    ctx = two_tenants.acme.context("member")
    runs = await asked(still, ctx, 24, Act(KEY, 24))
    await age(owner_connection, ctx, 60)

    await report_all(still, ctx, runs[:20], "done", "ready")
    assert await notices(owner_connection, ctx) == [], "it goes on, and all is well"

    await report_all(still, ctx, runs[20:22], "needs_you")
    (told,) = await notices(owner_connection, ctx)
    assert (told["kind"], told["tone"]) == (RUN_NEEDS_YOU.name, "warning")
    assert told["message"].params["count"] == 24
    assert told["detail"] == Message(
        "runs", "{done} done, {count} needs you", {"done": 20, "count": 2}, "{done} done, {count} need you"
    )
    assert told["href"] == f"/runs/groups/{runs[0].group_id}"

    await owner_connection.execute("update platform.notices set read_at = now(), mail = 'none'")
    await report_all(still, ctx, runs[20:22], "running")
    (told,) = await notices(owner_connection, ctx)
    assert told["detail"].params == {"done": 20, "count": 24}
    assert told["read_at"] is not None, "what is mended is no news"

    await report_all(still, ctx, runs[20:], "done", "ready")
    (told,) = await notices(owner_connection, ctx)
    assert (told["kind"], told["tone"], told["detail"].params["count"]) == (RUN_FINISHED.name, "success", 24)
    assert (told["read_at"], told["mail"]) == (None, "new"), "the end of the lot is news"


async def test_what_was_refused_stays_told_and_a_quick_lot_is_no_news(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    quick, mixed = two_tenants.acme.context("member"), two_tenants.globex.context("member")
    await report_all(still, quick, await asked(still, quick, 3, Act(KEY, 3)), "done", "ready")
    runs = await asked(still, mixed, 5, Act(KEY, 5))
    await report_all(still, mixed, runs[:3], "done", "ready")
    await report_all(still, mixed, runs[3:4], "done", "late")
    await report_all(still, mixed, runs[4:], "cancelled")

    assert await notices(owner_connection, quick) == []
    (told,) = await notices(owner_connection, mixed)
    assert told["detail"].params == {"done": 3, "count": 1}
    async with still.unit_of_work(mixed, "runs") as uow:
        (group,) = await groups_lately(uow, whose(mixed), CONTRACTS)
    assert (group.is_over, group.tally.refused, group.tally.cancelled) == (True, 1, 1)


async def test_what_ended_well_and_is_told_apart_is_so_in_tally_card_and_notice(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    ctx, alone = two_tenants.acme.context("member"), two_tenants.globex.context("member")
    runs = await asked(still, ctx, 5, Act(KEY, 5))
    await report_all(still, ctx, runs[:3], "done", "ready")
    await report_all(still, ctx, runs[3:], "done", "sealed")
    await report_all(still, alone, await asked(still, alone, 1, None), "done", "sealed")

    async with still.unit_of_work(ctx, "runs") as uow:
        (group,) = await groups_lately(uow, whose(ctx), CONTRACTS)
        shown = await unfinished_of(uow, ctx, CONTRACTS, group.id, limit=9)
        (hour,) = (await hours_of(uow, ctx, CONTRACTS, Wanted())).entries
    card = group_card(group, CONTRACTS)
    assert (group.tally.done, group.tally.apart, group.tally.refused, group.tally.open) == (3, 2, 0, 0)
    assert group.tally == hour.tally
    assert {run.id for run in shown} == {run.id for run in runs[3:]}, "they are named, for whoever may open them"
    assert (card.state, card.apart_words and card.apart_words.params["count"]) == ("done", 2)
    (told,) = await notices(owner_connection, ctx)
    assert told["detail"] == card.words
    assert (card.words.text, card.words.params) == ("{done} done, {count} closed", {"done": 3, "count": 2})
    assert (told["kind"], told["tone"]) == (RUN_FINISHED.name, "success"), "nobody has to do anything"
    (told,) = await notices(owner_connection, alone)
    assert (told["kind"], told["tone"], told["detail"].text) == (RUN_FINISHED.name, "warning", "Kept, but closed")


async def test_a_lot_is_not_over_while_more_is_on_its_way(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    ctx = two_tenants.acme.context("member")
    runs = await asked(still, ctx, 3, Act(KEY, 5))
    await owner_connection.execute("update platform.runs set created_at = created_at - interval '30 s'")
    await report_all(still, ctx, runs, "done", "ready")
    assert await notices(owner_connection, ctx) == []
    group_id = runs[0].group_id
    assert group_id
    async with still.unit_of_work(ctx, "runs") as uow:
        (group,) = await groups_lately(uow, whose(ctx), CONTRACTS)
        assert (group.total, group.is_over) == (5, False)
        assert not await close(uow, group_id, two_tenants.acme.context("owner").actor_id)
        assert await close(uow, group_id, ctx.actor_id)
        (group,) = await groups_lately(uow, whose(ctx), CONTRACTS)
        assert (group.total, group.is_over) == (3, True)


async def test_an_act_is_one_persons_of_one_tenant(still: Database, two_tenants: TwoTenants) -> None:
    """The same key of somebody else is another group: nobody can put anything into one that is not theirs."""
    acme, globex = two_tenants.acme, two_tenants.globex
    people = [acme.context("member"), acme.context("guest"), globex.context("member")]
    groups = [(await asked(still, ctx, 2, Act(KEY, 2)))[0].group_id for ctx in people]
    assert len(set(groups)) == 3
    for ctx, other in itertools.pairwise(people):
        async with still.unit_of_work(other, "runs") as uow:
            (mine,) = await groups_lately(uow, whose(other), CONTRACTS)
            assert mine.actor_id == other.actor_id
            strange = groups[people.index(ctx)]
            assert strange
            assert not await dismiss(uow, strange, other.actor_id)
            assert await unfinished_of(uow, other, CONTRACTS, strange, limit=9) == []


@pytest.mark.parametrize(
    ("key", "size"), [("short", 1), ("a b c d e f g h i", 1), ("x" * 65, 1), (KEY, -1), (KEY, 10_001)]
)
def test_what_no_page_sends_is_no_act(key: str, size: int) -> None:
    with pytest.raises(ValueError, match="not an act"):
        Act(key, size)


async def test_lists_count_a_lot_as_one_and_a_lot_of_one_as_itself(still: Database, two_tenants: TwoTenants) -> None:
    ctx = two_tenants.acme.context("member")
    (alone,) = await asked(still, ctx, 1, None)
    (single,) = await asked(still, ctx, 1, Act(KEY + "1"))
    await asked(still, ctx, 7, Act(KEY, 7))
    async with still.unit_of_work(ctx, "runs") as uow:
        first, *others = await entries_of(uow, ctx, CONTRACTS, states=OPEN_STATES, limit=9)
        (hour,) = (await hours_of(uow, ctx, CONTRACTS, Wanted())).entries
    assert isinstance(first, RunGroup)
    assert first.tally.count == 7
    assert [one.id for one in others if isinstance(one, RunSnapshot)] == [single.id, alone.id]
    assert (hour.tally.count, len(hour.runs)) == (9, 9)


async def test_every_hour_is_on_one_page(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    ctx = two_tenants.acme.context("member")
    runs = await asked(still, ctx, 60, None)
    for number, run in enumerate(runs):
        query = "update platform.runs set created_at = '2026-03-01T00:30Z'::timestamptz + $2 where id = $1"
        await owner_connection.execute(query, run.id, timedelta(hours=number // 2, minutes=number % 2))
    seen = []
    wanted = Wanted()
    while True:
        async with still.unit_of_work(ctx, "runs") as uow:
            page = await hours_of(uow, ctx, CONTRACTS, wanted)
        seen += [run.id for entry in page.entries for run in entry.runs]
        assert all(entry.tally.count == 2 for entry in page.entries)
        if page.older is None:
            break
        wanted = Wanted(before=page.older)
    assert sorted(seen) == sorted(run.id for run in runs)


async def test_runs_of_one_moment_at_a_page_border_are_on_one_page_each(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    """What was launched in one transaction has one time: three of them, around the end of a page of two."""
    ctx = two_tenants.acme.context("member")
    runs = await asked(still, ctx, 4, None)
    query = "update platform.runs set created_at = '2026-03-01T00:30Z'::timestamptz + $2 where id = $1"
    for number, run in enumerate(runs):
        await owner_connection.execute(query, run.id, timedelta(minutes=number == 0))
    seen: list[UUID] = []
    place: RunPlace | None = None
    for _page in range(2):
        async with still.unit_of_work(ctx, "runs") as uow:
            shown = await one_by_one(uow, ctx, Wanted(before=place), limit=2)
        seen += [run.id for run in shown]
        place = RunPlace(shown[-1].created_at, shown[-1].id)
    assert len(seen) == len(set(seen)) == 4

    assert place is not None
    async with still.unit_of_work(ctx, "runs") as uow:
        earlier = await one_by_one(uow, ctx, Wanted(before=RunPlace(place.created_at)), limit=2)
    assert earlier == [], "a time alone is the place behind all that began then"


async def test_an_hour_told_in_two_parts_leaves_out_none_of_one_moment(
    still: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    ctx = two_tenants.acme.context("member")
    (run,) = await asked(still, ctx, 1, None)
    columns = (
        "tenant_id, contract, state, title_params, actor_id, actor_name, subject_kind, subject_id, line, created_at"
    )
    await owner_connection.execute(
        f"""insert into platform.runs (id, workflow_id, expected_ms, {columns})
            select gen_random_uuid(), 'w' || n, '{{}}', {columns}
            from platform.runs, generate_series(1, {LOOKED_AT + 2}) n where id = $1""",  # noqa: S608
        run.id,
    )
    counts: list[int] = []
    place: RunPlace | None = None
    for _page in range(2):
        async with still.unit_of_work(ctx, "runs") as uow:
            part = await hours_of(uow, ctx, CONTRACTS, Wanted(before=place))
        counts.append(sum(entry.tally.count for entry in part.entries))
        place = part.older
    assert counts == [LOOKED_AT, 3]
    assert place is None


def whose(ctx: Context) -> Any:
    """The person whose groups are asked for."""
    return ctx.actor_id
