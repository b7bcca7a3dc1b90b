"""Many changes at once: read, checked line by line, applied in one transaction, and undone exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from core.ids import new_id
from core.messages import Message, messages_of
from core.plain_text import one_line
from domain.translations import service
from domain.translations.errors import not_applied, nothing_to_change, taken_back_already
from domain.translations.models import Batch, BatchItem
from domain.translations.repository import WordingRepository
from domain.translations.rules import flaws
from domain.translations.types import Checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from core.db import UnitOfWork
    from domain.translations.catalogue_files import FileEntry
    from domain.translations.product import ProductText, ProductTexts
    from domain.translations.repository import Forms
    from domain.translations.types import Kind

N_ = messages_of("translations")

IS_APPLIED = BatchItem.applied.is_(True)
IS_LEFT_OUT = BatchItem.fault.is_not(None)
IS_SOUND = BatchItem.fault.is_(None)
LONGEST_NAME = 120
LINE = 1000
"""What the position of an item in a file is its line times of: two texts can begin on one line."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text and what it is to read as; None for the product's own."""

    text: ProductText
    forms: Forms | None


def begin_import(uow: UnitOfWork, locale: str, domain: str, name: str, content: bytes) -> Batch:
    """Keep a file to be imported."""
    return _begin(uow, "import", locale, domain, name=name, content=content)


def begin_replacing(uow: UnitOfWork, locale: str, name: str, proposals: Sequence[Proposal]) -> Batch:
    """Keep the replacements that a person has chosen; raises InvalidError for none."""
    if not proposals:
        raise nothing_to_change()
    batch = _begin(uow, "replace", locale, "", name=name)
    _fill(uow, batch, proposals)
    return batch


async def begin_taking_back(uow: UnitOfWork, product: ProductTexts, batch_id: UUID) -> Batch:
    """Propose what the texts of a batch read as before it; texts that were changed again since stay as they are.

    Raises ConflictError when none of it is in force any more.
    """
    wordings = WordingRepository(uow.session, uow.tenant_id)
    old = await wordings.batch(batch_id)
    own = await wordings.all(old.locale)
    texts = product.index()
    proposals = [
        Proposal(text, _tuple(item.before))
        async for items in wordings.items(batch_id, IS_APPLIED)
        for item in items
        if (text := texts.get((item.domain, item.source)))
        and own.get((item.domain, item.source)) == _own(product, text, old.locale, _tuple(item.forms))
    ]
    if not proposals:
        raise taken_back_already()
    batch = _begin(uow, "take_back", old.locale, old.domain, name=old.name)
    _fill(uow, batch, proposals)
    return batch


async def file_of(uow: UnitOfWork, batch_id: UUID) -> tuple[bytes, str] | None:
    """Return the file that is to be imported, and its language; None for a batch that came without one."""
    batch = await WordingRepository(uow.session, uow.tenant_id).batch(batch_id)
    return (batch.content, batch.locale) if batch.content is not None else None


async def fill(uow: UnitOfWork, batch_id: UUID, entries: Sequence[FileEntry]) -> None:
    """Have the batch hold one item for each change that its file asks for. Repeatable."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    batch = await wordings.batch(batch_id)
    await wordings.forget_items(batch_id)
    uncertain = _stored(N_("It is marked as not certain (fuzzy)."))
    await wordings.add_items(
        {
            "tenant_id": uow.tenant_id,
            "batch_id": batch_id,
            "position": entry.line * LINE + number % LINE,
            "domain": batch.domain,
            "source": entry.source,
            "forms": list(entry.forms),
            "before": None,
            "fault": uncertain if entry.fuzzy else None,
            "applied": False,
        }
        for number, entry in enumerate(entries)
    )


async def check(uow: UnitOfWork, product: ProductTexts, batch_id: UUID) -> Checked:
    """Find out of each change whether it can be shown, and write down why not. Repeatable."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    batch = await wordings.batch(batch_id)
    own = await wordings.all(batch.locale)
    texts = product.index()
    ready = skipped = 0
    async for items in wordings.items(batch_id):
        for item in items:
            text = texts.get((item.domain, item.source))
            if item.fault is None and (fault := _fault(text, batch.locale, item)):
                item.fault = _stored(fault)
            current = own.get((item.domain, item.source))
            if item.fault is not None:
                skipped += 1
            elif text and _own(product, text, batch.locale, _tuple(item.forms)) != current:
                ready += 1
    return Checked(ready, skipped)


async def apply(uow: UnitOfWork, product: ProductTexts, batch_id: UUID) -> None:
    """Have every sound change come into force, and keep what was before. Repeatable."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    batch = await wordings.batch(batch_id)
    await wordings.next_version()
    own, texts = await wordings.all(batch.locale), product.index()
    async for items in wordings.items(batch_id, IS_SOUND, ~IS_APPLIED):
        for item in items:
            text = texts.get((item.domain, item.source))
            wanted = _own(product, text, batch.locale, _tuple(item.forms)) if text else None
            before = own.get((item.domain, item.source))
            if text is None or wanted == before:
                continue
            item.before, item.applied = list(before) if before else None, True
            await uow.session.flush()
            await service.write(uow, text, batch.locale, wanted, kind=_kind(batch), batch=batch)


async def require_applied(uow: UnitOfWork, product: ProductTexts, batch_id: UUID) -> None:
    """Raise ConflictError where sound changes of a batch are not in force: rows may be older than its run."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    batch = await wordings.batch(batch_id)
    own, texts = await wordings.all(batch.locale), product.index()
    async for items in wordings.items(batch_id, IS_SOUND, ~IS_APPLIED):
        for item in items:
            text, now = texts.get((item.domain, item.source)), own.get((item.domain, item.source))
            if text is not None and _own(product, text, batch.locale, _tuple(item.forms)) != now:
                raise not_applied()


async def unapply(uow: UnitOfWork, product: ProductTexts, batch_id: UUID) -> None:
    """Restore what was before, text by text, unless somebody has changed it since. Repeatable."""
    wordings = WordingRepository(uow.session, uow.tenant_id)
    batch = await wordings.find_batch(batch_id)
    if batch is None:
        return
    if not await wordings.count_items(batch_id, IS_APPLIED):
        return
    await wordings.next_version()
    own, texts = await wordings.all(batch.locale), product.index()
    async for items in wordings.items(batch_id, IS_APPLIED):
        for item in items:
            text = texts.get((item.domain, item.source))
            if text and own.get((item.domain, item.source)) == _own(product, text, batch.locale, _tuple(item.forms)):
                item.applied = False
                await uow.session.flush()
                await wordings.put(text, batch.locale, _tuple(item.before))
    await wordings.forget_changes_of(batch_id)


async def discard(uow: UnitOfWork, batch_id: UUID) -> None:
    """Forget a batch. Repeatable."""
    await WordingRepository(uow.session, uow.tenant_id).forget_batch(batch_id)


async def announce(uow: UnitOfWork, batch_id: UUID) -> None:
    """Tell the tenant's pages, and the audit log."""
    batch = await WordingRepository(uow.session, uow.tenant_id).batch(batch_id)
    named = {"name": batch.name} if batch.name else None
    subject = f"batch:{batch_id}"
    await uow.audit("translations.changed_many", subject, sealed=named, locale=batch.locale, kind=batch.kind)
    service.announce(uow, str(batch_id))


def fault_of(item: BatchItem) -> Message | None:
    """Return why an item was left out."""
    fault = item.fault
    return Message("translations", fault["text"], fault["params"], fault.get("plural")) if fault else None


def _begin(  # the columns of a batch
    uow: UnitOfWork, kind: Kind, locale: str, domain: str, *, name: str, content: bytes | None = None
) -> Batch:
    if uow.actor_id is None:
        raise LookupError("a batch belongs to the person who asks for it")
    batch = Batch(
        tenant_id=uow.tenant_id,
        id=new_id(),
        kind=kind,
        locale=locale,
        domain=domain,
        name=one_line(name, longest=LONGEST_NAME),
        content=content,
        actor_id=uow.actor_id,
        actor_name=uow.actor_name,
    )
    WordingRepository(uow.session, uow.tenant_id).add(batch)
    return batch


def _fill(uow: UnitOfWork, batch: Batch, proposals: Sequence[Proposal]) -> None:
    for position, proposal in enumerate(proposals, start=1):
        uow.session.add(
            BatchItem(
                tenant_id=uow.tenant_id,
                batch_id=batch.id,
                position=position,
                domain=proposal.text.domain,
                source=proposal.text.source,
                forms=list(proposal.forms) if proposal.forms else None,
            )
        )


def _fault(text: ProductText | None, locale: str, item: BatchItem) -> Message | None:
    if text is None:
        return N_("ADX has no such text in this feature.")
    if item.forms is None:
        return None
    found = flaws(text, locale, item.forms)
    return found[0].message if found else None


def _own(product: ProductTexts, text: ProductText, locale: str, forms: Forms | None) -> Forms | None:
    """Return ``forms`` as they are kept: nothing, for what the product says already."""
    return None if forms == product.forms(text, locale) else forms


def _kind(batch: Batch) -> Kind:
    return cast("Kind", batch.kind)


def _tuple(forms: list[str] | None) -> Forms | None:
    return tuple(forms) if forms is not None else None


def _stored(message: Message) -> dict[str, Any]:
    return {"text": message.text, "params": dict(message.params), "plural": message.plural}
