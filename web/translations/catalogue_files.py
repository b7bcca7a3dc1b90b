"""Catalogues as files, out and in, and what became of batches of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from core.apart import apart
from core.errors import InvalidError
from core.messages import messages_of, without_context
from core.plain_text import file_name
from domain.translations import batches, catalogue_files
from domain.translations.batches import fault_of
from domain.translations.permissions import CHANGE
from domain.translations.repository import WordingRepository
from web.kit import (
    DomainError,
    current_context,
    guard,
    large_form,
    limited,
    page,
    run_cards_of,
    see_other,
    unit_of_work,
)
from web.translations.blueprint import blueprint, product_texts
from web.translations.listing import filters, own_texts
from web.translations.names import feature_name, language
from web.translations.pages import BatchLine, BatchPage, FilesPage
from workflows.translations.start import start_batch

if TYPE_CHECKING:
    from uuid import UUID

    from core.messages import Message

N_ = messages_of("translations")

NEWEST = 10
MOST_LINES = 300
"""Texts of a batch that its page lists of each kind: nobody reads more, and thousands take seconds to write."""

FORM_BYTES = 4096
"""Of what stands around the file."""

STATUS = {"unsupported": 415, "too_large": 413}


@blueprint.get("/admin/translations/files")
@guard(CHANGE)
async def files() -> Response:
    """Offer catalogues to be taken out and brought in."""
    return await _files()


@blueprint.get("/admin/translations/export")
@guard(CHANGE)
async def export() -> Response:
    """Hand out what the tenant's people read: the product's texts with the tenant's own in their place."""
    wanted = filters()
    product, own = product_texts(), await own_texts(wanted.language)
    texts = [
        (text, own.get((text.domain, text.source)) or product.forms(text, wanted.language))
        for text in product.of(wanted.feature)
    ]
    body = catalogue_files.write_file(wanted.language, wanted.feature, texts)
    name = f"{wanted.feature}.{wanted.language}.po"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="text/x-gettext-translation; charset=utf-8", headers=headers)


@blueprint.post("/admin/translations/imports")
@guard(CHANGE)
@large_form(most_bytes=catalogue_files.MOST_BYTES + FORM_BYTES)
@limited("wording-imports", hits=30, seconds=600, by=("person",))
async def import_file() -> Response:
    """Have a catalogue's texts brought in by a run. What cannot be read is refused with its line."""
    wanted = filters()
    chosen = (await request.files).get("file")
    try:
        name = file_name(chosen.filename or "") if chosen else ""
        if chosen is None or not name:
            raise InvalidError(N_("Choose a file first."), code="no_file", field="file")
        content = chosen.read()
        catalogue_files.check_name(name)
        await apart(current_context().tenant_id, catalogue_files.read_file, content, wanted.language)
    except DomainError as error:
        return await _files(error.message, STATUS.get(error.kind, 422))
    async with unit_of_work("translations") as uow:
        batch = batches.begin_import(uow, wanted.language, wanted.feature, name, content)
        run = await start_batch(uow, batch)
    return see_other(run.path)


@blueprint.get("/admin/translations/batches/<uuid:batch_id>")
@guard(CHANGE)
async def show_batch(batch_id: UUID) -> Response:
    """Show what a batch has changed, and what was left out and why."""
    async with unit_of_work("translations") as uow:
        wordings = WordingRepository(uow.session, uow.tenant_id)
        batch = await wordings.batch(batch_id)
        items = [
            *await wordings.first_items(batch_id, batches.IS_LEFT_OUT, MOST_LINES),
            *await wordings.first_items(batch_id, batches.IS_APPLIED, MOST_LINES),
        ]
        skipped = await wordings.count_items(batch_id, batches.IS_LEFT_OUT)
        applied = await wordings.count_items(batch_id, batches.IS_APPLIED)
    lines = tuple(
        BatchLine(
            line=item.position // batches.LINE if batch.kind == "import" else item.position,
            source=without_context(item.source),
            words=item.forms[-1] if item.forms else "",
            before=item.before[-1] if item.before else "",
            fault=fault_of(item),
            applied=item.applied,
        )
        for item in items
    )
    (card,) = await run_cards_of("wording", [batch_id])
    model = BatchPage(
        batch=batch,
        language=language(batch.locale),
        lines=lines,
        applied=applied,
        skipped=skipped,
        most_lines=MOST_LINES,
        card=card,
    )
    return await page("translations/batch.html", model)


@blueprint.post("/admin/translations/batches/<uuid:batch_id>/reversal")
@guard(CHANGE)
async def take_back(batch_id: UUID) -> Response:
    """Have the texts of a batch read as before it."""
    async with unit_of_work("translations") as uow:
        batch = await batches.begin_taking_back(uow, product_texts(), batch_id)
        run = await start_batch(uow, batch)
    return see_other(run.path)


async def _files(error: Message | None = None, status: int = 200) -> Response:
    wanted, product = filters(), product_texts()
    async with unit_of_work("translations") as uow:
        newest = await WordingRepository(uow.session, uow.tenant_id).newest_batches(NEWEST)
    model = FilesPage(
        filters=wanted,
        features=tuple((domain, feature_name(domain)) for domain in product.domains),
        languages=tuple(language(code) for code in product.locales),
        batches=tuple(newest),
        error=error,
    )
    return await page("translations/files.html", model, status=status)
