"""Choosing a tenant, and creating one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from core.ids import new_id
from domain.tenants import service, slugs
from domain.tenants.errors import SlugTakenError
from domain.tenants.types import Founder, NewTenant
from web.kit import (
    current_context,
    current_person,
    guard,
    limited,
    open_run_cards,
    page,
    read_form,
    see_other,
    services,
    unit_of_work,
)
from web.tenants.blueprint import blueprint
from web.tenants.forms import TenantForm
from web.tenants.pages import Availability, NewTenantPage, TenantListPage, TenantRow
from workflows.tenants.contract import PROVISION
from workflows.tenants.start import start_provisioning

if TYPE_CHECKING:
    from core.messages import Message


@blueprint.get("/tenants")
@guard("signed_in", on="home")
async def tenants() -> Response:
    """List the tenants that the reader may enter, and those that are being built."""
    identity = services().identity
    memberships = await identity.sessions.tenants_of(current_person().id)
    rows = tuple(TenantRow(found, f"{found.tenant.slug}.{identity.hosts.base}") for found in memberships)
    cards = tuple(card for card in await open_run_cards() if card.contract == PROVISION.name)
    if not rows and not cards:
        return see_other("/tenants/new")
    return await page("tenants/index.html", TenantListPage(rows, cards), fragment="tenants/_list.html")


@blueprint.get("/tenants/new")
@guard("signed_in", on="home")
async def new_tenant() -> Response:
    """Show the form."""
    return await page("tenants/new.html", _page(await read_form(TenantForm)))


@blueprint.get("/tenants/new/slug")
@guard("signed_in", on="home")
async def suggest_slug() -> Response:
    """Answer with the slug's field, filled from the name unless the person has typed a slug."""
    form = TenantForm(request.args)
    if form.wants_suggestion:
        form.slug.data = form.suggested.data = slugs.suggest(form.name.data or "")
    return await page("tenants/_slug.html", _page(form, await _availability(form.slug.data or "")))


@blueprint.get("/tenants/new/availability")
@guard("signed_in", on="home")
async def availability() -> Response:
    """Answer with whether a slug can be had."""
    return await page("tenants/_availability.html", availability=await _availability(request.args.get("slug", "")))


@blueprint.post("/tenants")
@guard("signed_in", on="home")
@limited("tenants", hits=20, seconds=3600, by=("person",))
async def create() -> Response:
    """Have a tenant built."""
    form = await read_form(TenantForm)
    if not form.validate():
        return await page("tenants/new.html", _page(form), status=422)
    person = current_person()
    founder = Founder(person.id, person.name, person.email)
    new = NewTenant(new_id(), form.slug.data or "", form.name.data or "", current_context().locale, founder)
    try:
        async with unit_of_work("tenants") as uow:
            await service.check_slug(uow, new.slug)
            run = await start_provisioning(uow, new)
    except SlugTakenError as error:
        form.refuse(error)
        return await page("tenants/new.html", _page(form), status=409)
    return see_other(run.path)


async def _availability(typed: str) -> Availability:
    slug = typed.strip().lower()
    return Availability(slug, slugs.objection(slug) or await _taken(slug))


async def _taken(slug: str) -> Message | None:
    try:
        async with unit_of_work("tenants") as uow:
            await service.check_slug(uow, slug)
    except SlugTakenError as error:
        return error.message
    return None


def _page(form: TenantForm, known: Availability | None = None) -> NewTenantPage:
    return NewTenantPage(form, services().identity.hosts.base, known)
