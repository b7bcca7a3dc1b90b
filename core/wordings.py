"""Tenants' own wordings, read from the database once a version and kept by each process."""

from __future__ import annotations

import gettext
from collections import OrderedDict, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.i18n.catalogues import Book
from core.i18n.files import plural_rule
from core.i18n.wording import PRODUCTS_OWN, Wording
from core.identity.sessions import GATEWAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from core.db import Database

MOST_KEPT = 256
"""Tenants with words of their own that a process keeps at once; a thousand texts are about a quarter of a megabyte."""

VERSION = text("select version from platform.wording_versions")
TEXTS = text("select locale, domain, source, forms from platform.wordings")


class Wordings:
    """What tenants say in their own words. A tenant whose version is 0 has none and costs nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[tuple[UUID, int], Wording] = OrderedDict()

    async def load(self, tenant_id: UUID, version: int) -> Wording:
        """Return a tenant's wording, from memory if this version has been read before."""
        if not version:
            return PRODUCTS_OWN
        key = (tenant_id, version)
        if key not in self._kept:
            self._kept[key] = await self._read(tenant_id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def known(self, tenant_id: UUID, version: int) -> Wording:
        """Return what :meth:`load` has read, or the product's own texts where it has not."""
        return self._kept.get((tenant_id, version), PRODUCTS_OWN) if version else PRODUCTS_OWN

    async def newest(self, tenant_id: UUID) -> Wording:
        """Return a tenant's wording as it is now; for mails, which no request precedes."""
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            version = await uow.session.scalar(VERSION)
        return await self.load(tenant_id, version or 0)

    async def _read(self, tenant_id: UUID) -> Wording:
        texts: dict[str, dict[str, dict[str, tuple[str, ...]]]] = defaultdict(lambda: defaultdict(dict))
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            for row in await uow.session.execute(TEXTS):
                texts[row.locale][row.domain][row.source] = tuple(row.forms)
        return Wording({
            locale: {domain: Book(found, form_chooser(locale)) for domain, found in by_domain.items()}
            for locale, by_domain in texts.items()
        })  # fmt: skip


@cache
def form_chooser(locale: str) -> Callable[[int], int]:
    """Return which form a number takes in a language, counted as in the catalogues of the product."""
    return gettext.c2py(plural_rule(locale)[1])
