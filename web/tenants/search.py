"""People and workspaces in the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from domain.tenants.permissions import SEE_PEOPLE
from domain.tenants.repository import TenantRepository
from web.kit import Hit, searchable, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.kit import Query

N_ = messages_of("tenants")


@searchable("tenants", title=N_("People"), needed=SEE_PEOPLE, order=40)
async def find_people(query: Query) -> Sequence[Hit]:
    """Find people of the tenant by name or address."""
    async with unit_of_work("tenants") as uow:
        found = await TenantRepository(uow.session).found(query.pattern, query.beginning, limit=query.limit)
    return [Hit(member.name, f"/members#member-{member.user_id}", "account", member.email) for member in found]
