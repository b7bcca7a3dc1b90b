"""The editor: a list of texts, and one of them to be worded."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from quart import Response, request

from core.errors import InvalidError
from core.messages import messages_of
from domain.translations import service
from domain.translations.errors import FlawedError
from domain.translations.permissions import CHANGE
from domain.translations.rules import flaws, forms_needed
from web.kit import current_context, form_value, guard, limited, page, see_other, services, unit_of_work, wants_fragment
from web.translations.blueprint import blueprint, product_texts
from web.translations.listing import editor_page, filters, text_editor

if TYPE_CHECKING:
    from domain.translations.product import ProductText
    from web.translations.pages import TextEditor

N_ = messages_of("translations")


@blueprint.get("/admin/translations")
@guard(CHANGE)
async def index() -> Response:
    """List texts; with ``text`` in the address, one of them beside the list."""
    wanted = filters()
    key = request.args.get("text", "")
    editor = await text_editor(product_texts().by_key(key), wanted) if key else None
    return await page("translations/index.html", await editor_page(wanted, editor))


@blueprint.get("/admin/translations/texts/<key>")
@guard(CHANGE)
async def show(key: str) -> Response:
    """Show one text alone, for the pane beside the list or the drawer of a page."""
    text = product_texts().by_key(key)
    if not wants_fragment():
        return see_other(filters().url(text.key))
    return await _text_page(await text_editor(text, filters(), in_context="context" in request.args))


@blueprint.post("/admin/translations/texts/<key>")
@guard(CHANGE)
@limited("wording", hits=300, seconds=60, by=("person",))
async def save(key: str) -> Response:
    """Have a text read as it was typed, for everybody in the tenant, at once."""
    text, wanted = product_texts().by_key(key), filters()
    typed = await _typed(text, wanted.language)
    try:
        async with unit_of_work("translations") as uow:
            await service.save(uow, product_texts(), text, wanted.language, typed)
    except FlawedError as error:
        return await _again(await text_editor(text, wanted, typed=typed, flaws=error.flaws, in_context=_in_context()))
    return await _done(text)


@blueprint.post("/admin/translations/texts/<key>/reversion")
@guard(CHANGE)
@limited("wording", hits=300, seconds=60, by=("person",))
async def revert(key: str) -> Response:
    """Have a text read as in an earlier version (``to``), or as the product says it."""
    text, wanted = product_texts().by_key(key), filters()
    version = _version(await form_value("to"))
    try:
        async with unit_of_work("translations") as uow:
            await service.revert(uow, product_texts(), text, wanted.language, version)
    except FlawedError as error:
        return await _again(await text_editor(text, wanted, flaws=error.flaws, in_context=_in_context()))
    return await _done(text)


@blueprint.post("/admin/translations/texts/<key>/preview")
@guard(CHANGE)
async def preview(key: str) -> Response:
    """Show what is typed as it would read, and what is wrong with it, without keeping any of it."""
    text, wanted = product_texts().by_key(key), filters()
    typed = await _typed(text, wanted.language)
    found = flaws(text, wanted.language, typed)
    return await page("translations/_previews.html", await text_editor(text, wanted, typed=typed, flaws=found))


async def _typed(text: ProductText, locale: str) -> list[str]:
    sent = await request.form
    return [sent.get(f"forms-{number}", "").replace("\r\n", "\n") for number in range(forms_needed(text, locale))]


def _version(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise InvalidError(N_("This version of the text is not here."), code="no_version") from error


def _in_context() -> bool:
    return "context" in request.args


async def _done(text: ProductText) -> Response:
    services().identity.forget()  # this process reads the new version at once, others within a second
    wanted = filters()
    if not wants_fragment():
        return see_other(wanted.url(text.key))
    await _refresh()
    return await _text_page(await text_editor(text, wanted, is_saved=True, in_context=_in_context()))


async def _refresh() -> None:
    """Have this very answer be said in the new words."""
    facts = await services().identity.tenant_by_slug(current_context().tenant.slug)
    if facts is not None:
        await services().wordings.load(facts.id, facts.wording)


async def _text_page(editor: TextEditor, status: int = 200) -> Response:
    return await page("translations/_answer.html", {"editor": editor}, status=status)


async def _again(editor: TextEditor) -> Response:
    if wants_fragment():
        return await _text_page(editor, status=422)
    return await page("translations/index.html", await editor_page(editor.filters, editor), status=422)
