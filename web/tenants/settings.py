"""What those who run a tenant decide for all its people."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from quart import request

from core.i18n.names import languages, regions
from core.identity import timezones
from core.theming import theme_cards
from domain.tenants.permissions import CHANGE_SETTINGS
from domain.tenants.service import change_settings
from domain.tenants.types import WorkspaceSettings
from web.kit import current_context, guard, page, read_form, see_other, services, unit_of_work
from web.tenants.blueprint import blueprint
from web.tenants.forms import WorkspaceForm
from web.tenants.pages import WorkspacePage

if TYPE_CHECKING:
    from quart import Response

WORKSPACE = "/admin/workspace"


@blueprint.get(WORKSPACE)
@guard(CHANGE_SETTINGS)
async def workspace() -> Response:
    """Show what is decided, and what there is to choose."""
    tenant = current_context().tenant
    form = await read_form(
        WorkspaceForm,
        name=tenant.name,
        locale=tenant.locale or "",
        timezone=tenant.timezone or "",
        theme=services().themes.get(tenant.theme).key,
    )
    return await page("tenants/workspace.html", await _page(form, is_saved="saved" in request.args))


@blueprint.post(WORKSPACE)
@guard(CHANGE_SETTINGS)
async def change_workspace() -> Response:
    """Change it; open pages follow at their next step."""
    form = await read_form(WorkspaceForm)
    themes = services().themes.keys
    is_valid = form.validate()
    is_offered = form.check_offered(locale=services().catalogues.locales, timezone=timezones(), theme=themes)
    if not (is_valid and is_offered):
        return await page("tenants/workspace.html", await _page(form), status=422)
    tenant = current_context().tenant
    settings = WorkspaceSettings(
        form.name.data or "", form.locale.data or None, form.timezone.data or None, form.theme.data or tenant.theme
    )
    async with unit_of_work("tenants") as uow:
        await change_settings(uow, tenant, settings)
    services().identity.forget()
    return see_other(f"{WORKSPACE}?saved=1", reload=True)


async def _page(form: WorkspaceForm, *, is_saved: bool = False) -> WorkspacePage:
    locale = current_context().locale
    return WorkspacePage(
        form,
        languages(services().catalogues.locales),
        await asyncio.to_thread(regions, locale),
        theme_cards(services().themes),
        is_saved,
    )
