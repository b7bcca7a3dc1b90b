"""The list of workflows: by hour and kind, narrowed by state and kind. All of it is in the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from quart import Response, request

from core.runs.groups import counted
from core.runs.hours import Wanted, hours_of, kinds_of, one_by_one
from core.runs.queries import ALL_STATES, OPEN_STATES, RunPlace
from core.runs.report import ENDED
from web.kit import current_context, guard, page, run_card, services, unit_of_work
from web.runs.blueprint import blueprint
from web.runs.pages import RunFilters, RunHour, RunListPage, RunsOfKind
from web.runs.times import place_of, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.context import Context
    from core.runs.hours import HourOfRuns
    from core.runs.snapshot import RunSnapshot
    from web.runs.pages import Day, Filter

HOUR = timedelta(hours=1)
ONE_BY_ONE = 50
"""How many of the runs of one hour a page shows, where they are asked for one by one."""

STATES_OF: dict[Filter, Sequence[str]] = {
    "all": ALL_STATES,
    "open": OPEN_STATES,
    "needs_you": ("needs_you", "stuck"),
    "ended": tuple(sorted(ENDED)),
}


@blueprint.get("/runs")
@guard("pending", on="any")
async def index() -> Response:
    """List the runs that concern the reader."""
    filters, ctx = _filters(), current_context()
    states = STATES_OF[filters.show]
    async with unit_of_work("runs") as uow:
        kinds = await kinds_of(uow, ctx)
        if filters.since:
            since, until = filters.since, filters.since + HOUR
            wanted = Wanted(states, filters.kind or None, since=since, until=until, before=filters.before)
            hours, older = _one_hour(filters.since, await one_by_one(uow, ctx, wanted, limit=ONE_BY_ONE + 1), ctx)
        else:
            wanted = Wanted(states, contract=filters.kind or None, before=filters.before)
            found = await hours_of(uow, ctx, services().contracts, wanted)
            hours, older = _hours(found.entries, filters, ctx), found.older
    model = RunListPage(
        hours=hours,
        filters=filters,
        kinds=tuple((name, services().contracts[name].kind_title) for name in kinds | {filters.kind} - {""}),
        older=filters.url(before=older) if older else None,
        list_path=request.full_path.removesuffix("?"),
    )
    return await page("runs/index.html", model, fragment="runs/_list.html")


def _filters() -> RunFilters:
    given = request.args
    kind = given.get("kind", "")
    return RunFilters(
        show=_filter(given.get("show", "all")),
        kind=kind if kind in services().contracts else "",
        since=time_of(given.get("since")),
        before=place_of(given.get("before")),
    )


def _filter(value: str) -> Filter:
    return value if value in STATES_OF else "all"


def _hours(entries: Sequence[HourOfRuns], filters: RunFilters, ctx: Context) -> tuple[RunHour, ...]:
    return tuple(
        RunHour(hour, _day(hour, ctx), tuple(_kind(entry, filters, ctx) for entry in of_hour))
        for hour, of_hour in groupby(entries, key=lambda entry: entry.hour)
    )


def _kind(entry: HourOfRuns, filters: RunFilters, ctx: Context) -> RunsOfKind:
    contract, tally = services().contracts[entry.contract], entry.tally
    cards = tuple(run_card(run, ctx) for run in entry.runs)
    if tally.count == 1:
        return RunsOfKind(contract.kind_title, contract.icon, cards)
    return RunsOfKind(
        title=contract.kind_title,
        icon=contract.icon,
        cards=cards,
        tally=tally,
        done_words=counted(contract.many_done, tally.done),
        apart_words=contract.apart_words(tally.apart),
        more=filters.url(kind=entry.contract, since=entry.hour, before=None) if tally.count > len(cards) else None,
    )


def _one_hour(
    since: datetime, runs: Sequence[RunSnapshot], ctx: Context
) -> tuple[tuple[RunHour, ...], RunPlace | None]:
    """Return the runs of one hour one by one, by kind, and where the next page of them begins."""
    shown = sorted(runs[:ONE_BY_ONE], key=lambda run: run.contract)
    contracts = services().contracts
    kinds = tuple(
        RunsOfKind(contracts[name].kind_title, contracts[name].icon, tuple(run_card(run, ctx) for run in of_kind))
        for name, of_kind in groupby(shown, key=lambda run: run.contract)
    )
    last = runs[ONE_BY_ONE - 1] if len(runs) > ONE_BY_ONE else None
    older = RunPlace(last.created_at, last.id) if last else None
    return ((RunHour(since, _day(since, ctx), kinds),) if kinds else ()), older


def _day(hour: datetime, ctx: Context) -> Day:
    zone = ZoneInfo(ctx.timezone)
    days = (datetime.now(zone).date() - hour.astimezone(zone).date()).days
    return "today" if days == 0 else "yesterday" if days == 1 else "earlier"
