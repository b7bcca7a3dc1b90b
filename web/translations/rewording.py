"""One word for another in all texts of a language: looked at first, then done by a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from core.i18n import speaker
from core.messages import messages_of
from domain.translations import batches
from domain.translations.batches import Proposal
from domain.translations.permissions import CHANGE
from domain.translations.replacing import chosen, replacements
from domain.translations.repository import WordingRepository
from web.kit import DomainError, form_value, guard, large_form, limited, one_line, page, see_other, unit_of_work
from web.translations.blueprint import blueprint, product_texts
from web.translations.listing import filters, own_texts
from web.translations.names import feature_name, language
from web.translations.pages import Proposed, ReplacePage
from workflows.translations.start import start_batch

if TYPE_CHECKING:
    from core.messages import Message
    from domain.translations.replacing import Replacement

N_ = messages_of("translations")

NEWEST = 5
LONGEST_WORD = 100
MOST_TEXTS = 8000
"""More than the product has: each is one field of the form, its key."""


@blueprint.get("/admin/translations/replacements")
@guard(CHANGE)
async def rewording() -> Response:
    """Show what putting one word in the place of another would change; nothing is changed yet."""
    find, put = one_line(request.args.get("find")), one_line(request.args.get("put"))
    return await _show(find[:LONGEST_WORD], put[:LONGEST_WORD])


@blueprint.post("/admin/translations/replacements")
@guard(CHANGE)
@large_form(most_bytes=MOST_TEXTS * 32, most_fields=MOST_TEXTS)
@limited("wording-imports", hits=30, seconds=600, by=("person",))
async def reword() -> Response:
    """Have the chosen texts changed by a run."""
    locale = filters().language
    find, put = one_line(await form_value("find"))[:LONGEST_WORD], one_line(await form_value("put"))[:LONGEST_WORD]
    keys = (await request.form).getlist("text")
    wanted = chosen(await _found(locale, find, put), keys)
    try:
        async with unit_of_work("translations") as uow:
            name = f"{find} → {put}"
            batch = batches.begin_replacing(uow, locale, name, [Proposal(each.text, each.after) for each in wanted])
            run = await start_batch(uow, batch)
    except DomainError as error:
        return await _show(find, put, error.message)
    return see_other(run.path)


async def _found(locale: str, find: str, put: str) -> list[Replacement]:
    if not find or not put:
        return []
    return replacements(product_texts(), await own_texts(locale), locale, find, put)


async def _show(find: str, put: str, error: Message | None = None) -> Response:
    locale, product = filters().language, product_texts()
    found = await _found(locale, find, put)
    async with unit_of_work("translations") as uow:
        newest = await WordingRepository(uow.session, uow.tenant_id).newest_batches(NEWEST)
    model = ReplacePage(
        language=language(locale),
        languages=tuple(language(code) for code in product.locales),
        find=find,
        put=put,
        proposals=tuple(
            Proposed(each.text.key, _feature(each), each.before[-1], each.after[-1], each.is_sound) for each in found
        ),
        batches=tuple(newest),
        error=error,
    )
    return await page("translations/replacements.html", model, status=422 if error else 200)


def _feature(each: Replacement) -> str:
    return speaker().say(feature_name(each.text.domain), "translations")
