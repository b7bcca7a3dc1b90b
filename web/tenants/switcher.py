"""The slot ``tenants.switcher``: the workspaces that the reader may enter, for the menu at the top of the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.kit import current_context, current_person, render, services, slot
from web.tenants.pages import Switcher, TenantRow

if TYPE_CHECKING:
    from markupsafe import Markup


@slot("tenants.switcher", url="/members/workspaces")
async def switcher() -> Markup:
    """Render the reader's workspaces, the one they are in first."""
    identity = services().identity
    here = current_context().tenant_id
    memberships = await identity.sessions.tenants_of(current_person().id)
    rows = sorted(
        (TenantRow(found, f"{found.tenant.slug}.{identity.hosts.base}") for found in memberships),
        key=lambda row: (row.membership.tenant.id != here, row.membership.tenant.name.casefold()),
    )
    return render("tenants/_switcher.html", Switcher(tuple(rows), here))
