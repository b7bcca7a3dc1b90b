"""Rows that a run leaves unsettled until it ends: each feature declares its own, so that none waits for nobody.

A row is unsettled while only a run can bring it to its end: a file that is looked at, an address that is reserved.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core.context import HOME_TENANT_ID
from core.projections import TENANTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import TextClause

    from core.db import Database, UnitOfWork

OPEN = text("""
    select subject_id from platform.runs
    where contract = any(:contracts) and ended_at is null and subject_id = any(:subjects)
""")


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Which rows of a feature wait for runs of which contracts.

    ``rows`` selects ``subject_id`` (that of the run, as text) and ``since`` within the tenant of the run, for one
    subject or, where ``:subject`` is null, for all of them. ``at_home``: the runs are the platform's own.
    """

    feature: str
    contracts: tuple[str, ...]
    rows: TextClause
    at_home: bool = False


@dataclass(frozen=True, slots=True)
class NothingUnsettled:
    """Runs that leave no row behind when they are lost; ``because`` says why, for the reviewer.

    ``rowless``: their workflows have no row of a run either, since nobody is shown a card of them.
    """

    contracts: tuple[str, ...]
    because: str
    rowless: bool = False


@dataclass(frozen=True, slots=True)
class Orphan:
    """A row that no open run will settle."""

    tenant_id: UUID
    contracts: tuple[str, ...]
    subject_id: str
    since: datetime


class Settling:
    """Looks for unsettled rows, by the declarations of all features."""

    def __init__(self, db: Database, declared: Sequence[Unsettled | NothingUnsettled]) -> None:
        self._db = db
        self._declared = tuple(one for one in declared if isinstance(one, Unsettled))
        self.rowless = frozenset(
            name for one in declared if isinstance(one, NothingUnsettled) and one.rowless for name in one.contracts
        )
        self._of: Mapping[str, Unsettled] = {name: one for one in self._declared for name in one.contracts}

    @property
    def contracts(self) -> list[str]:
        """The first contract of each declaration, under which its rows are counted."""
        return [one.contracts[0] for one in self._declared]

    async def is_settled(self, tenant_id: UUID, contract: str, subject_id: str) -> bool:
        """Whether nothing of what a run works on waits for its end."""
        declared = self._of.get(contract)
        if declared is None:
            return True
        async with self._db.unit_of_work(tenant_id, declared.feature) as uow:
            return not (await uow.session.execute(declared.rows, {"subject": subject_id})).all()

    async def tenants(self) -> list[UUID]:
        """Return everywhere where rows may wait."""
        async with self._db.unit_of_work(HOME_TENANT_ID, "runs") as uow:
            return sorted({HOME_TENANT_ID, *await uow.session.scalars(select(TENANTS.c.id))})

    async def orphans(self, tenants: Sequence[UUID] | None = None) -> list[Orphan]:
        """Return the unsettled rows of these tenants, or of all, for which no run is open.

        Row security is never stepped around, so it takes a few transactions a tenant: milliseconds for each.
        """
        return [
            orphan
            for tenant_id in (await self.tenants() if tenants is None else tenants)
            for declared in self._declared
            if tenant_id == HOME_TENANT_ID or not declared.at_home
            for orphan in await self._orphans_of(tenant_id, declared)
        ]

    async def _orphans_of(self, tenant_id: UUID, declared: Unsettled) -> list[Orphan]:
        async with self._db.unit_of_work(tenant_id, declared.feature) as uow:
            rows = {row.subject_id: row.since for row in await uow.session.execute(declared.rows, {"subject": None})}
        if not rows:
            return []
        async with self._db.unit_of_work(tenant_id, "runs") as uow:
            held = set(await _held(uow, declared, rows))
        return [
            Orphan(tenant_id, declared.contracts, subject, since)
            for subject, since in sorted(rows.items())
            # Asked once more: its run may have settled it, and ended, between the two looks.
            if subject not in held and not await self.is_settled(tenant_id, declared.contracts[0], subject)
        ]


async def _held(uow: UnitOfWork, declared: Unsettled, rows: Mapping[str, datetime]) -> Sequence[str]:
    wanted = {"contracts": list(declared.contracts), "subjects": list(rows)}
    return (await uow.session.scalars(OPEN, wanted)).all()


class Round:
    """Counts the unsettled rows of all tenants, a few tenants at a time, so that nobody is kept waiting by it."""

    def __init__(self, settling: Settling) -> None:
        self._settling = settling
        self._left: list[UUID] = []
        self._counted: Counter[str] = Counter()

    async def go_on(self, tenants: int) -> Mapping[str, int] | None:
        """Look at so many tenants more; returns what was counted, by contract, when all have been looked at."""
        if not self._left:
            self._left, self._counted = await self._settling.tenants(), Counter()
        now, self._left = self._left[:tenants], self._left[tenants:]
        self._counted.update(orphan.contracts[0] for orphan in await self._settling.orphans(now))
        return None if self._left else {name: self._counted[name] for name in self._settling.contracts}
