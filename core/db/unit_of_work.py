"""One transaction of one feature in one tenant, with what must be delivered if, and only if, it commits."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import structlog
from sqlalchemy import text

from core.audit_actions import ACTIONS
from core.context import SYSTEM_ACTOR_ID
from core.db.submission import SubmittedError
from core.ids import new_id
from core.keys.errors import ErasedError
from core.keys.sealed import Place
from core.live.events import Event
from core.live.fact import EVERYONE, Audience, Fact
from core.settings import RUNS_AT_WORK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.db.submission import Submission
    from core.keys.ring import KeyRing
    from core.messages import Scalar

INSERT_FACT = "insert into platform.outbox (tenant_id, id, fact) values ($1, $2, cast($3 as jsonb))"
CLAIM_EFFECT = text(
    "insert into platform.effects (tenant_id, key) values (:tenant_id, :key) on conflict do nothing returning key"
)
DROP_STALE = text(
    "delete from platform.effects where tenant_id = :tenant_id and key = :key "
    "and created_at < now() - make_interval(secs => :seconds)"
)
IS_CLAIMED = text("select exists (select from platform.effects where tenant_id = :tenant_id and key = :key)")
FORGET_EFFECT = text("delete from platform.effects where tenant_id = :tenant_id and key = :key")
HAS_WRITTEN = "select pg_current_xact_id_if_assigned() is not null"
# Waits for whoever has the key and is not through: when they commit, nothing is inserted here.
CLAIM_SUBMISSION = "insert into platform.submissions (tenant_id, key) values ($1, $2) on conflict do nothing"
NOTHING_INSERTED = "INSERT 0 0"
ACT_AS = "select set_config('adx.actor', $1, true)"
RECORD_AUDIT = "select platform.record_audit($1, $2, $3, $4, $5, cast($6 as jsonb), $7, $8)"


SEALED_COLUMN = "platform.audit.sealed"

Outcome = Literal["ok", "refused", "failed"]
ActorKind = Literal["person", "anonymous", "platform"]
"""Who acts. ``platform`` is what nobody pressed: schedules, sweeps, operators at a terminal."""


@dataclass(frozen=True, slots=True)
class OutboxFact:
    """A fact with the key of its outbox row, to be removed once it is published."""

    id: UUID
    fact: Fact


@dataclass(frozen=True, slots=True)
class PendingStart:
    """A run whose row this transaction writes; its workflow is started after commit.

    One that was ``withdrawn`` before it began is started only to undo what was done when it was asked for.
    """

    tenant_id: UUID
    contract: str
    workflow_id: str
    run_input: object
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class _AuditEntry:
    action: str
    subject: str
    outcome: Outcome
    reason: str | None
    detail: dict[str, Any]
    sealed: dict[str, str]
    about: UUID | None


@dataclass(slots=True)
class UnitOfWork:
    """The session of a transaction, and the facts, runs and audit entries that go with it.

    ``lines`` names those (see ``core.runs.line``) in which runs may have come to wait, or to have room.
    Nothing is delivered before commit: facts wait in the outbox table, runs in their rows; both survive a crash
    between commit and delivery and are then delivered by the sweep. ``runs_at_work`` is the setting of that name.
    """

    session: AsyncSession
    tenant_id: UUID
    actor_id: UUID | None
    actor_name: str
    facts: list[OutboxFact] = field(default_factory=list)
    session_id: UUID | None = None
    keys: KeyRing | None = None
    submission: Submission | None = None
    claims: bool = False
    acted_elsewhere: bool = False
    runs_at_work: int = RUNS_AT_WORK
    starts: list[PendingStart] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)
    _audit: list[_AuditEntry] = field(default_factory=list)

    def publish(self, topic: str | Event, key: str = "", *, audience: Audience = EVERYONE, **params: Scalar) -> None:
        """Tell pages of this tenant that something happened, after commit: a declared event, or a renderer's topic."""
        if isinstance(topic, Event):
            topic.check(params)
        fact = Fact(tenant_id=self.tenant_id, topic=str(topic), key=key, audience=audience, params=params)
        self.facts.append(OutboxFact(new_id(), fact))

    async def audit(
        self,
        action: str,
        subject: str,
        *,
        outcome: Outcome = "ok",
        reason: str | None = None,
        sealed: Mapping[str, str] | None = None,
        about: UUID | None = None,
        **detail: Scalar,
    ) -> None:
        """Append to the tenant's audit chain, in this transaction: an action of ``core.audit_actions``.

        ``subject`` is ``kind:id``. ``detail`` holds what anybody may read. What is personal or free, names above all,
        is ``sealed``: under the key of the person ``about`` whom it is, else of who acts, else of the tenant. Who acts
        is the transaction's to say, not the caller's.

        The entry is written at the end of the transaction, because the head of the chain is locked until commit.
        """
        kind, colon, _ = subject.partition(":")
        if action not in ACTIONS or not (kind and colon):
            message = f"{action} of {subject}: not in the table of actions, or of no kind"
            raise ValueError(message)
        given = dict(sealed or {})
        self._audit.append(_AuditEntry(action, subject, outcome, reason, dict(detail), given, about))

    async def once(self, key: str) -> bool:
        """Claim an effect: True for the first caller in this tenant, False for every later one."""
        row = await self.session.execute(CLAIM_EFFECT, {"tenant_id": self.tenant_id, "key": key})
        return row.first() is not None

    async def hold(self, key: str, seconds: float) -> bool:
        """Claim a key for a while: True if nobody else holds it. It ends with ``forget``, or ``seconds`` later.

        For what is done outside of any transaction, over the network: hold, commit, do it, then forget.
        """
        await self.session.execute(DROP_STALE, {"tenant_id": self.tenant_id, "key": key, "seconds": seconds})
        return await self.once(key)

    async def is_claimed(self, key: str) -> bool:
        """Whether somebody has claimed an effect."""
        return bool(await self.session.scalar(IS_CLAIMED, {"tenant_id": self.tenant_id, "key": key}))

    async def forget(self, key: str) -> None:
        """Give a key back: what is held, or an effect that has been undone."""
        await self.session.execute(FORGET_EFFECT, {"tenant_id": self.tenant_id, "key": key})

    async def driver(self) -> asyncpg.Connection:
        """Return the driver's own connection within this transaction.

        For the statements that run several times a second in every process: SQLAlchemy would double what each of them
        costs. JSON goes in as text and comes back as values.
        """
        connection = await (await self.session.connection()).get_raw_connection()
        return connection.driver_connection

    async def complete(self) -> None:
        """Write what goes with the transaction; called by the database right before commit."""
        await self.session.flush()
        await self._claim_submission()
        if not self.facts and not self._audit:
            return
        driver = await self.driver()
        for item in self.facts:
            await driver.execute(INSERT_FACT, self.tenant_id, item.id, json.dumps(item.fact.to_json()))
        if self._audit:
            await driver.execute(ACT_AS, json.dumps(self._actor()))
        for entry in self._audit:
            await self._record(driver, entry)

    async def _claim_submission(self) -> None:
        """Claim the submission that this transaction is the effect of, if it has one and is the first that has.

        Raises SubmittedError when another request has claimed it: then nothing of this one stays.
        """
        if self.submission is None or self.submission.claimed:
            return
        driver = await self.driver()
        has_effect = self.acted_elsewhere or self.facts or self._audit
        if not has_effect and not await driver.fetchval(HAS_WRITTEN):
            return
        if await driver.execute(CLAIM_SUBMISSION, self.tenant_id, self.submission.key) == NOTHING_INSERTED:
            raise SubmittedError
        self.claims = True

    async def _record(self, driver: asyncpg.Connection, entry: _AuditEntry) -> None:
        entry_id, sealed, person_id = new_id(), None, entry.about or self.actor_id
        if entry.sealed and self.keys is not None:
            place = Place(SEALED_COLUMN, self.tenant_id, str(entry_id), person_id)
            try:
                sealed = await self.keys.seal(json.dumps(entry.sealed).encode(), place)
            except ErasedError:
                person_id = None  # nothing may be kept of them any more
        await driver.execute(
            *(RECORD_AUDIT, entry_id, entry.action, entry.subject, entry.outcome, entry.reason),
            *(json.dumps(entry.detail), sealed, person_id if sealed else None),
        )

    def _actor(self) -> dict[str, str | None]:
        """Return who acts and in the course of what, as the database writes it into each entry."""
        running = structlog.contextvars.get_contextvars()
        return {
            "kind": self._kind_of_actor(),
            "id": None if self.actor_id is None else str(self.actor_id),
            "session_id": None if self.session_id is None else str(self.session_id),
            "run_id": running.get("run"),
            "step": running.get("step"),
            "request_id": running.get("reference"),
        }

    def _kind_of_actor(self) -> ActorKind:
        if self.actor_id == SYSTEM_ACTOR_ID:
            return "platform"
        return "anonymous" if self.actor_id is None else "person"
