"""What ``adx doctor`` examines of the work itself: whether anybody does it, and whether any is left lying."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio.client import Client

from core.anchors.key import open_signer
from core.anchors.outside import Outside
from core.anchors.rounds import waiting
from core.db import Database
from core.messages import messages_of
from core.runs.settling import Settling
from core.runs.survey import backlog, missing_schedules, without_workers
from entrypoints.doctor_checks import WrongError
from entrypoints.registry import REGISTRY
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.settings import Settings

N_ = messages_of("cli")

TOO_LONG_UNANCHORED = timedelta(minutes=15)


async def workers(settings: Settings) -> str:
    """Somebody takes the work of every feature."""
    client = await _client(settings)
    idle = await without_workers(client, REGISTRY.queues())
    if idle:
        names = ",".join(idle)
        raise WrongError(
            tell(N_("nobody works for: {features}", features=names)),
            tell(N_("Run `adx worker --features {features}`.", features=names)),
        )
    return tell(N_("every feature has a worker"))


async def schedules(settings: Settings) -> str:
    """What the clock starts is scheduled."""
    missing = await missing_schedules(await _client(settings), [scheduled.id for _, scheduled in REGISTRY.schedules()])
    if missing:
        raise WrongError(
            tell(N_("missing: {names}", names=", ".join(missing))),
            tell(N_("Start the workers: each creates those of its features within a minute.")),
        )
    return ", ".join(scheduled.id for _, scheduled in REGISTRY.schedules())


async def runs(settings: Settings) -> str:
    """Nothing waits to be started or told, and no run waits for engineers."""
    async with _database(settings) as db:
        found = await backlog(db)
    if found.is_late:
        raise WrongError(
            tell(
                N_(
                    "a run has waited {launching} to be started, an event {outbox} to be told",
                    launching=_seconds(found.launching),
                    outbox=_seconds(found.outbox),
                )
            ),
            tell(N_("See that a worker of the feature `runs` is at work, and that it reaches Temporal and Redis.")),
        )
    if found.stuck:
        raise WrongError(
            tell(N_("workflows that need an engineer: {count}", count=found.stuck)),
            tell(N_("Look for “a run cannot go on” in the workers’ logs; see docs/operations/failures.md.")),
        )
    return tell(N_("nothing waits"))


async def rows(settings: Settings) -> str:
    """No row waits for a run that is not there."""
    async with _database(settings) as db:
        orphans = await Settling(db, REGISTRY.unsettled).orphans()
    if orphans:
        raise WrongError(
            tell(N_("rows that wait for a workflow that is not there: {count}", count=len(orphans))),
            tell(N_("Run `adx repair`, which says what it would do.")),
        )
    return tell(N_("every row that waits has its workflow"))


async def anchors(settings: Settings) -> str:
    """What moved in the audit is anchored soon, and no chain is behind its anchor."""
    outside = Outside.of(settings, open_signer(settings).verifier)
    async with _database(settings) as db:
        found = await waiting(db, outside)
    if found.contradicting:
        raise WrongError(
            tell(N_("audit chains that are shorter than what was anchored: {count}", count=found.contradicting)),
            tell(
                N_(
                    "Run `adx audit verify --key`, and find out who cut them. If a backup was restored, say so with "
                    "`adx audit declare-restore`."
                )
            ),
        )
    now = datetime.now(UTC)
    if found.since and now - found.since > TOO_LONG_UNANCHORED:
        raise WrongError(
            tell(
                N_(
                    "an audit entry has waited {count} min to be anchored",
                    "an audit entry has waited {count} min to be anchored",
                    count=_minutes(now - found.since),
                )
            ),
            tell(N_("See that a worker of the feature `runs` is at work, and that it can write to ANCHOR_URL.")),
        )
    if found.anchored_at is None:
        return tell(N_("nothing was anchored yet"))
    ago = _minutes(now - found.anchored_at)
    said = [tell(N_("last anchored {count} min ago", "last anchored {count} min ago", count=ago))]
    if found.not_looked_at:
        said.append(tell(N_("chains that wait and were not looked at: {count}", count=found.not_looked_at)))
    if found.restored:
        said.append(tell(N_("a restore was declared on {date}", date=found.restored.at.date().isoformat())))
    return ", ".join(said)


def _seconds(waited: timedelta) -> str:
    # Translators: How long something has waited, where the sentence says “for”.
    return tell(N_("{count} s", "{count} s", count=round(waited.total_seconds())))


def _minutes(passed: timedelta) -> int:
    return int(passed.total_seconds()) // 60


async def _client(settings: Settings) -> Client:
    return await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    db = await Database.connect(settings, pool_size=1)
    try:
        yield db
    finally:
        await db.close()
