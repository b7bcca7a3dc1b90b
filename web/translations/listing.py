"""From the product's texts and the tenant's own to what lists and editors show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from quart import request

from core.i18n.negotiate import SOURCE_LOCALE
from domain.translations.repository import WordingRepository
from domain.translations.rules import forms_needed
from web.kit import current_context, edits_texts_here, services, unit_of_work
from web.translations.blueprint import product_texts
from web.translations.names import feature_name, language, places, plural_forms
from web.translations.pages import KINDS, EditorPage, Filters, FormField, Show, TextEditor, TextRow, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.i18n import Speaker
    from core.messages import Message
    from domain.translations.models import Change
    from domain.translations.product import ProductText
    from domain.translations.repository import Forms
    from domain.translations.rules import Flaw

PAGE_SIZE = 50
HISTORY = 20
SAMPLES = {"name": "Ada Lovelace", "email": "ada@example.com", "size": "4.2", "step": "2", "line": "7", "field": "…"}
"""What stands in previews for values; others show their name."""


def filters() -> Filters:
    """Return what the address asks for; what it leaves open is the reader's language and the shared parts."""
    product = product_texts()
    feature = request.args.get("feature", "")
    asked, ours = request.args.get("language"), current_context().locale
    wanted = asked or (ours if ours in product.locales else SOURCE_LOCALE)
    shows: Sequence[Show] = get_args(Show)
    show: Show = next((each for each in shows if each == request.args.get("show")), "all")
    return Filters(
        feature=feature if feature in product.domains else "shell",
        language=product.check_locale(wanted),
        q=" ".join(request.args.get("q", "").split())[:200],
        show=show,
        page=max(1, min(request.args.get("page", 1, type=int), 1000)),
    )


async def own_texts(locale: str) -> Mapping[tuple[str, str], Forms]:
    """Return what the tenant says in its own words."""
    async with unit_of_work("translations") as uow:
        return await WordingRepository(uow.session, uow.tenant_id).all(locale)


async def editor_page(wanted: Filters, editor: TextEditor | None) -> EditorPage:
    """Return the list that the filters ask for."""
    product = product_texts()
    own = await own_texts(wanted.language)
    texts = rows_of(product.of(wanted.feature), own, wanted.language)
    found = matching(texts, wanted)
    last_page = max(1, -(-len(found) // PAGE_SIZE))
    start = (min(wanted.page, last_page) - 1) * PAGE_SIZE
    return EditorPage(
        filters=wanted,
        rows=tuple(found[start : start + PAGE_SIZE]),
        total=len(texts),
        ours=sum(row.is_own for row in texts),
        missing=sum(row.is_missing for row in texts),
        last_page=last_page,
        features=tuple((domain, feature_name(domain)) for domain in product.domains),
        languages=tuple(language(code) for code in product.locales),
        editor=editor,
        edits_on_pages=edits_texts_here(),
    )


def rows_of(texts: Sequence[ProductText], own: Mapping[tuple[str, str], Forms], locale: str) -> list[TextRow]:
    """Return the rows of texts, in the order of their English."""
    product = product_texts()
    rows = []
    for text in sorted(texts, key=lambda each: (each.words.casefold(), each.context)):
        ours = own.get((text.domain, text.source))
        forms = ours or product.forms(text, locale) or ("",)
        rows.append(TextRow(text.key, text.words, forms[-1], ours is not None))
    return rows


def matching(rows: Sequence[TextRow], wanted: Filters) -> list[TextRow]:
    """Return the rows that the filters let through."""
    sought = wanted.q.casefold()
    return [
        row
        for row in rows
        if (not sought or sought in row.source.casefold() or sought in row.words.casefold())
        and (wanted.show != "missing" or row.is_missing)
        and (wanted.show != "own" or row.is_own)
    ]


async def text_editor(  # what a form needs to be shown again as it was sent
    text: ProductText,
    wanted: Filters,
    *,
    typed: Sequence[str] | None = None,
    flaws: Sequence[Flaw] = (),
    is_saved: bool = False,
    in_context: bool = False,
) -> TextEditor:
    """Return the editor of a text: as it is in force, or as it was typed."""
    product, locale = product_texts(), wanted.language
    async with unit_of_work("translations") as uow:
        wordings = WordingRepository(uow.session, uow.tenant_id)
        own = await wordings.one(text, locale)
        history = await wordings.history(text, locale, HISTORY)
        all_own = await wordings.all(locale)
    products = product.forms(text, locale)
    shown = typed if typed is not None else own or products or ("",) * forms_needed(text, locale)
    listed = [row.key for row in matching(rows_of(product.of(wanted.feature), all_own, locale), wanted)]
    at = listed.index(text.key) if text.key in listed else -1
    return TextEditor(
        text=text,
        feature=feature_name(text.domain),
        language=language(locale),
        fields=tuple(_fields(text, locale, shown, products, flaws)),
        places=places(text.places),
        history=_versions(history, own),
        is_own=own is not None,
        is_saved=is_saved,
        in_context=in_context,
        filters=wanted,
        before=listed[at - 1] if at > 0 else "",
        after=listed[at + 1] if 0 <= at < len(listed) - 1 else "",
    )


def preview(text: ProductText, locale: str, form: str, number: int) -> str:
    """Return a form as readers of the language would see it, with samples for its values."""
    voice: Speaker = services().catalogues.speaker(locale, current_context().timezone)
    named = {name: SAMPLES.get(name, name) for name in text.required}
    return str(voice.filled(form, {**named, "tenant": current_context().tenant.name, "count": number}))


def _fields(
    text: ProductText, locale: str, shown: Sequence[str], products: Forms | None, flaws: Sequence[Flaw]
) -> list[FormField]:
    plurals = plural_forms(locale) if text.plural else ()
    found: list[FormField] = []
    for number in range(forms_needed(text, locale)):
        plural = plurals[number] if plurals else None
        value = shown[number] if number < len(shown) else ""
        errors = [flaw.message for flaw in flaws if flaw.form == number]
        is_singular = plural is not None and plural.numbers == (1,)
        found.append(
            FormField(
                name=f"forms-{number}",
                category=plural.category if plural else None,
                numbers=", ".join(str(each) for each in plural.numbers) if plural else "",
                value=value,
                product=products[number] if products and number < len(products) else "",
                english=text.plural if text.plural and not is_singular else text.words,
                error=errors[0] if errors else None,
                preview=preview(text, locale, value, plural.numbers[-1] if plural else 5),
            )
        )
    return found


def _versions(history: Sequence[Change], own: Forms | None) -> tuple[Version, ...]:
    return tuple(
        Version(
            id=change.id,
            what=_what(change),
            when=change.created_at,
            words=tuple(change.forms) if change.forms else None,
            is_current=position == 0 and (tuple(change.forms) if change.forms else None) == own,
        )
        for position, change in enumerate(history)
    )


def _what(change: Change) -> Message:
    return replace(KINDS[change.kind], params={"who": change.actor_name})
