"""The way from the base host into a tenant: a one-time code, since no cookie is shared between hosts."""

from __future__ import annotations

from urllib.parse import urlencode

from quart import Response, request

from domain.tenants.errors import code_used, no_such_tenant
from web.kit.guards import guard
from web.kit.pages import see_other
from web.kit.security import set_session_cookie
from web.kit.services import services
from web.kit.visit import client_address, current_context
from web.tenants.blueprint import blueprint


@blueprint.route("/tenants/<slug>/entry", methods=["GET", "POST"])
@guard("signed_in", on="home")
async def enter_tenant(slug: str) -> Response:
    """Send a member to the tenant's host with a code. By GET too: the only thing it changes is that a code is out."""
    identity = services().identity
    tenant = await identity.tenant_by_slug(slug)
    session_id = current_context().session_id
    if tenant is None or tenant.is_home or session_id is None:
        raise no_such_tenant()
    code = await identity.sessions.issue_handover(session_id, tenant.id)
    if code is None:
        raise no_such_tenant()
    return see_other(identity.hosts.url(slug, f"/enter?{urlencode({'code': code, 'next': _next_path()})}"), reload=True)


@blueprint.get("/enter")
@guard("anyone", on="tenant")
async def redeem() -> Response:
    """Take the code and give this host a session of its own."""
    ctx = current_context()
    token = await services().identity.sessions.redeem_handover(
        request.args.get("code", ""),
        ctx.tenant_id,
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(),
    )
    if token is None and ctx.person is None:
        raise code_used()
    response = see_other(_next_path(), reload=True)
    if token is not None:
        set_session_cookie(response, token)
    return response


def _next_path() -> str:
    """Return the asked page if it is a path of the same host; never another site ("//evil.example")."""
    path = request.args.get("next", "")
    return path if path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable() else "/"
