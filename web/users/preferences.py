"""How a person, or this device alone, is shown things: language, time zone, colours, theme."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quart import Response, request

from core.i18n.names import languages, regions
from core.identity import COLOUR_SCHEMES, timezones
from core.theming import theme_cards
from domain.users.errors import not_offered
from domain.users.preferences import PreferenceRepository
from web.kit import (
    current_context,
    current_person,
    device_look,
    form_value,
    guard,
    page,
    path_within,
    repeats_safely,
    see_other,
    services,
    set_device_cookie,
    unit_of_work,
)
from web.users.blueprint import blueprint
from web.users.pages import PreferencesPage

if TYPE_CHECKING:
    from collections.abc import Collection

PREFERENCES = "/preferences"
SECTIONS = frozenset({"language", "timezone", "colour-scheme", "theme"})


@blueprint.get(PREFERENCES)
@guard("signed_in", on="any")
async def preferences() -> Response:
    """Show what is chosen, and what there is to choose."""
    ctx = current_context()
    async with unit_of_work("users") as uow:
        person = await PreferenceRepository(uow.session).of(current_person().id)
    saved = request.args.get("saved", "")
    model = PreferencesPage(
        person=person,
        device=device_look(),
        languages=languages(services().catalogues.locales),
        regions=await asyncio.to_thread(regions, ctx.locale),
        themes=theme_cards(services().themes),
        tenants_theme=services().themes.get(ctx.tenant.theme).name,
        saved=saved if saved in SECTIONS else "",
    )
    return await page("users/preferences.html", model)


@blueprint.post(f"{PREFERENCES}/language")
@guard("anyone", on="any")
@repeats_safely(because="its answer is a cookie of the device, and a choice is the same twice")
async def choose_language() -> Response:
    """Change the language; for whoever is not signed in, on this device."""
    return await _choose("locale", services().catalogues.locales, "language")


@blueprint.post(f"{PREFERENCES}/colour-scheme")
@guard("anyone", on="any")
@repeats_safely(because="its answer is a cookie of the device, and a choice is the same twice")
async def choose_colour_scheme() -> Response:
    """Change to light, dark, or what the device has; for whoever is not signed in, on this device."""
    return await _choose("colour_scheme", COLOUR_SCHEMES, "colour-scheme")


@blueprint.post(f"{PREFERENCES}/timezone")
@guard("signed_in", on="any")
@repeats_safely(because="its answer is a cookie of the device, and a choice is the same twice")
async def choose_timezone() -> Response:
    """Change the time zone."""
    return await _choose("timezone", timezones(), "timezone")


@blueprint.post(f"{PREFERENCES}/theme")
@guard("signed_in", on="any")
@repeats_safely(because="its answer is a cookie of the device, and a choice is the same twice")
async def choose_theme() -> Response:
    """Change the theme."""
    return await _choose("theme", services().themes.keys, "theme")


async def _choose(field: str, offered: Collection[str], section: str) -> Response:
    """Keep one choice, and load the page anew as it then looks. Nothing chosen is left to tenant and browser."""
    value = await form_value(field)
    if value and value not in offered:
        raise not_offered()
    person = current_context().person
    only_here = person is None or bool(await form_value("only_here"))
    if person is not None and not only_here:
        async with unit_of_work("users") as uow:
            await PreferenceRepository(uow.session).choose(person.id, **{field: value or None})
        services().identity.forget()
    response = see_other(_back(await form_value("next"), section), reload=True)
    set_device_cookie(response, device_look().with_choice(**{field: value or None if only_here else None}))
    return response


def _back(wanted: str, section: str) -> str:
    """Return where the choice was made: the page of preferences, or whichever page had the quick way."""
    if wanted == PREFERENCES:
        return f"{PREFERENCES}?saved={section}#{section}"
    return path_within(request.headers.get("Referer", ""), request.host) or "/"
