"""What may happen to one text, each within the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import CONTEXT_CHANGED
from core.ids import new_id
from core.live.events import event
from domain.translations.errors import FlawedError
from domain.translations.models import Change
from domain.translations.repository import WordingRepository
from domain.translations.rules import flaws

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from core.db import UnitOfWork
    from domain.translations.models import Batch
    from domain.translations.product import ProductText, ProductTexts
    from domain.translations.repository import Forms
    from domain.translations.types import Kind

CHANGED = event("translations:changed", "A text of the tenant reads differently now.")


async def save(uow: UnitOfWork, product: ProductTexts, text: ProductText, locale: str, forms: Sequence[str]) -> bool:
    """Have a text read as ``forms`` in this tenant; returns whether that changes anything.

    Raises FlawedError for what cannot be shown. What the product says already is no wording of the tenant's own.
    """
    given = tuple(form.replace("\r\n", "\n") for form in forms)
    if found := flaws(text, locale, given):
        raise FlawedError(found)
    return await write(uow, text, locale, None if given == product.forms(text, locale) else given, kind="edit")


async def revert(
    uow: UnitOfWork, product: ProductTexts, text: ProductText, locale: str, change_id: UUID | None
) -> bool:
    """Have a text read as after an earlier change again, or as the product says it; raises NotFoundError."""
    forms: Forms | None = None
    if change_id is not None:
        change = await WordingRepository(uow.session, uow.tenant_id).change(text, locale, change_id)
        forms = tuple(change.forms) if change.forms else None
    if forms and (found := flaws(text, locale, forms)):
        raise FlawedError(found)  # the source has been changed since
    return await write(uow, text, locale, None if forms == product.forms(text, locale) else forms, kind="revert")


async def write(  # one change, with all that its history tells
    uow: UnitOfWork, text: ProductText, locale: str, forms: Forms | None, *, kind: Kind, batch: Batch | None = None
) -> bool:
    """Write a text and its history, and have every process read it; returns whether it reads differently now."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    await wordings.next_version()  # first: whoever changes a text at the same time waits here
    before = await wordings.one(text, locale)
    if before == forms:
        return False
    await wordings.put(text, locale, forms)
    wordings.add(
        Change(
            tenant_id=uow.tenant_id,
            id=new_id(),
            locale=locale,
            domain=text.domain,
            source=text.source,
            forms=list(forms) if forms else None,
            before=list(before) if before else None,
            kind=kind,
            actor_id=uow.actor_id,
            actor_name=batch.actor_name if batch else uow.actor_name,
            batch_id=batch.id if batch else None,
        )
    )
    if batch is None:
        await uow.audit("translations.changed", f"text:{text.key}", locale=locale, domain=text.domain, kind=kind)
        announce(uow, text.key)
    return True


def announce(uow: UnitOfWork, key: str) -> None:
    """Tell every open page of the tenant that a text, or those of a batch, read differently."""
    uow.publish(CONTEXT_CHANGED)
    uow.publish(CHANGED, key)
