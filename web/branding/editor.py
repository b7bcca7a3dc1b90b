"""Reads what the editor shows, and writes what it sends."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from quart import request

from core.ids import new_id
from domain.branding import service
from domain.branding.repository import BrandRepository
from domain.branding.sheet import css_of
from domain.branding.types import KINDS, Look, Publication
from web.branding.forms import HEX, BrandForm, tidy_colour, values_of
from web.branding.pages import Contrast, EditorPage, PreviewPane, tile, version_rows
from web.kit import current_context, current_person, form_value, read_form, run_cards_of, services, unit_of_work
from workflows.branding.start import start_publication

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from wtforms import Field

    from core.messages import Message
    from core.runs.card import RunCard
    from domain.branding.types import Assets


SCOPE = ".brand-preview"
TOKENS = Path(__file__).parents[1] / "static" / "css" / "10-tokens.css"


async def read_brand_form(**defaults: Any) -> BrandForm:  # noqa: ANN401  # fields of any type
    """Return the form as it was sent, or filled with the draft."""
    form = await read_form(BrandForm, **defaults)
    form.offer_themes(theme_choices())
    for field in (form.accent, form.accent_dark):
        # The colour that was offered is taken by a button of its own, for browsers without scripts.
        if request.method == "POST" and (taken := await form_value(f"take-{field.name}")):
            field.data = tidy_colour(taken)
    return form


def theme_choices() -> list[tuple[str, str]]:
    """Return the themes of the installation, by key and name."""
    themes = services().themes
    return [(key, themes.get(key).name) for key in themes.keys]  # a property of that name


def sheet_path(look: Look) -> str:
    """Return the address of the sheet that dresses the preview, with all that it depends on."""
    chosen = {name: value for name, value in values_of(look).items() if value != "" and name != "name"}
    return f"/admin/branding/preview.css?{urlencode(chosen)}"


async def editor_page(form: BrandForm | None = None, notice: Message | None = None) -> EditorPage:
    """Return the editor with the draft, or with a form that was refused."""
    ctx = current_context()
    async with unit_of_work("branding") as uow:
        brands = BrandRepository(uow.session)
        draft, versions, shown = await brands.draft(), await brands.versions(), await brands.shown()
    look, assets = service.choices_of(draft)
    look = _known(look)
    if form is None:
        form = BrandForm(data=values_of(look))
        form.offer_themes(theme_choices())
    else:
        look = _valid_part(form)
    latest = next((version for version in versions if version.id == shown), None)
    published = (service.look_from(latest.look), service.assets_from(latest.assets)) if latest else None
    card, mail_card = (
        *await run_cards_of("brand", [ctx.tenant_id]),
        *await run_cards_of("brand_mail", [ctx.tenant_id]),
    )
    return EditorPage(
        form=form,
        look=look,
        contrast=Contrast.of(look),
        sheet_path=sheet_path(look),
        pictures=tuple(tile(kind, assets) for kind in KINDS),
        versions=version_rows(versions, shown),
        is_branded=shown is not None,
        is_changed=draft is not None and (look, assets) != published,
        card=_open(card),
        mail_card=_open(mail_card),
        notice=notice,
    )


async def keep(form: BrandForm) -> None:
    """Write the draft."""
    async with unit_of_work("branding") as uow:
        await service.keep_look(uow, current_person().id, form.look())


async def launch_publication(form: BrandForm) -> None:
    """Write the draft and have it published."""
    person, look = current_person(), form.look()
    async with unit_of_work("branding") as uow:
        assets = await service.assets_to_publish(uow)  # which takes turns, so it comes before anything is written
        await service.keep_look(uow, person.id, look)
        await start_publication(uow, _publication(look, assets))


async def preview_of(sent: MultiDict[str, str]) -> PreviewPane:
    """Return what the choices in an address would look like; what is wrong with them is passed over."""
    look = look_of(sent)
    async with unit_of_work("branding") as uow:
        _, assets = service.choices_of(await BrandRepository(uow.session).draft())
    return PreviewPane(look, Contrast.of(look), sheet_path(look), tile("logo", assets), tile("logo_dark", assets))


def look_of(sent: MultiDict[str, str]) -> Look:
    """Return the choices in an address; what is wrong with them is passed over."""
    form = BrandForm(formdata=sent)
    form.offer_themes(theme_choices())
    form.validate()
    return _valid_part(form)


def dressed(sent: MultiDict[str, str]) -> str:
    """Return the sheet of the preview.

    Tokens, theme and brand are said again for that part of the page, so that whatever is calculated from a token is
    calculated anew there.
    """
    look = look_of(sent)
    theme = services().themes.get(look.theme or current_context().tenant.theme)
    scoped = "\n".join(_scoped(css) for css in (tokens(), theme.css))
    return f"{scoped}\n{css_of(look, scope=SCOPE)}"


@cache
def tokens() -> str:
    """Return the product's own tokens."""
    return TOKENS.read_text("utf-8")


def _scoped(css: str) -> str:
    return css.replace(":root", SCOPE)


def _publication(look: Look, assets: Assets) -> Publication:
    person = current_person()
    return Publication(current_context().tenant_id, person.id, person.name, new_id(), look, assets)


def _known(look: Look) -> Look:
    """Return the look without a theme that is not installed any more."""
    return look if look.theme in services().themes.keys else replace(look, theme=None)


def _valid_part(form: BrandForm) -> Look:
    """Return what can be shown of a form that was refused; a colour that is merely too faint can."""
    good = {field.name: field.data for field in form if not field.errors or _is_colour(field)}
    known = BrandForm(data={**values_of(Look()), **good})
    known.offer_themes(theme_choices())
    return known.look()


def _is_colour(field: Field) -> bool:
    return field.name in {"accent", "accent_dark"} and HEX.fullmatch(field.data or "") is not None


def _open(card: RunCard | None) -> RunCard | None:
    return card if card and not card.ended_at else None
