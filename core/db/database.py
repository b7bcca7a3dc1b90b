"""The pool of connections, and the only place where a transaction begins and commits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from core.context import HOME_TENANT_ID, Context
from core.db.unit_of_work import UnitOfWork
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.settings import RUNS_AT_WORK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.db.submission import Submission
    from core.settings import Settings

# Transaction-local on purpose: a session-level setting would reach the next borrower of the connection.
ENTER = text(
    "select set_config('role', :role, true), set_config('adx.tenant_id', :tenant_id, true), "
    "set_config('adx.actor_id', :actor_id, true), set_config('synchronous_commit', :durability, true)"
)
ENTER_PLATFORM = text("select set_config('role', 'adx_platform', true)")

POOL_SIZE = 10
POOL_OVERFLOW = 10
"""Connections for bursts. They are kept: to open one takes longer than to make most pages."""
SECONDS_FOR_A_CONNECTION = 5
SECONDS_FOR_A_STATEMENT = 8


class CommitHook(Protocol):
    """What delivers facts and starts runs once their transaction is committed. Must not raise."""

    async def committed(self, uow: UnitOfWork) -> None:
        """Deliver what the transaction left behind."""


class Database:
    """Units of work over one connection pool. Logs in as ``adx_app``, which by itself may touch nothing."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.keys: KeyRing | None = None
        self.runs_at_work = RUNS_AT_WORK
        self._hooks: list[CommitHook] = []

    @classmethod
    async def connect(cls, settings: Settings, *, pool_size: int = POOL_SIZE, overflow: int | None = None) -> Database:
        """Open a pool; no connection is made before the first unit of work.

        It holds ``pool_size`` connections and ``overflow`` more for bursts: ``POOL_OVERFLOW``, unless given.
        """
        engine = create_async_engine(
            settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size + (POOL_OVERFLOW if overflow is None else overflow),
            max_overflow=0,
            pool_use_lifo=True,  # few warm ones rather than many cold ones
            pool_timeout=SECONDS_FOR_A_CONNECTION,
            hide_parameters=True,  # errors are logged, and values are people's
            connect_args={
                "timeout": SECONDS_FOR_A_CONNECTION,
                "command_timeout": SECONDS_FOR_A_STATEMENT,
                "server_settings": {"application_name": "adx", "jit": "off"},
            },
        )
        db = cls(engine)
        db.keys = KeyRing(db, open_kms(settings))
        db.runs_at_work = settings.runs_at_work
        return db

    def after_commit(self, hook: CommitHook) -> None:
        """Have ``hook`` deliver what every later unit of work leaves behind."""
        self._hooks.append(hook)

    @asynccontextmanager
    async def unit_of_work(
        self,
        who: Context | UUID,
        feature: str,
        *,
        actor_id: UUID | None = None,
        durable: bool = True,
        submission: Submission | None = None,
    ) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction as ``feature`` in the tenant of ``who``; commit at the end, roll back on any exception.

        ``who`` is a request's context, or in an activity the bare tenant id, with the ``actor_id`` of its input.
        Without ``durable`` the commit does not wait for the disk: a crash of the database may undo the last half
        second, though never a part of a transaction. Only for what can be restored from elsewhere.

        What a person has sent is a ``submission``: the first transaction that writes claims it, in the same commit.
        Raises SubmittedError, with nothing done, when it was claimed before.
        """
        uow_fields = _identify(who, actor_id)
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            uow = UnitOfWork(session, *uow_fields)
            uow.submission, uow.runs_at_work = submission, self.runs_at_work
            uow.keys, uow.session_id = self.keys, None if isinstance(who, UUID) else who.session_id
            await session.execute(
                ENTER,
                {
                    "role": f"adx_{feature}",
                    "tenant_id": str(uow.tenant_id),
                    "actor_id": str(uow.actor_id or ""),
                    "durability": "on" if durable else "off",
                },
            )
            yield uow
            await uow.complete()
        if submission is not None and uow.claims:
            submission.claimed = True
        for hook in self._hooks:
            await hook.committed(uow)

    @asynccontextmanager
    async def platform_unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction of the platform itself, across tenants, on the platform's own tables alone."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            await session.execute(ENTER_PLATFORM)
            yield UnitOfWork(session, HOME_TENANT_ID, None, "")

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _identify(who: Context | UUID, actor_id: UUID | None) -> tuple[UUID, UUID | None, str]:
    if isinstance(who, UUID):
        return who, actor_id, ""
    return who.tenant_id, who.actor_id, who.person.name if who.person else ""
