"""The people of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.tenants.permissions import SEE_PEOPLE
from domain.tenants.repository import TenantRepository
from web.kit import current_context, guard, page, unit_of_work
from web.tenants.blueprint import blueprint
from web.tenants.pages import MemberRow, MembersPage

if TYPE_CHECKING:
    from quart import Response


@blueprint.get("/members")
@guard(SEE_PEOPLE)
async def members() -> Response:
    """List the people of the tenant with their roles."""
    ctx = current_context()
    async with unit_of_work("tenants") as uow:
        found = await TenantRepository(uow.session).members()
    rows = tuple(MemberRow(member, member.user_id == ctx.actor_id) for member in found)
    return await page("tenants/members.html", MembersPage(rows), fragment="tenants/_members.html")
