"""The way from the base host into a tenant: a one-time code, since no cookie is shared between hosts.

Whoever could make another person open a link with a code of their own would sign that person in as themselves, and
read along. So a code works only in the browser that it was made for: the tenant's host marks the browser by a cookie,
the base host makes the code for that mark, and the tenant's host takes the two together.
"""

from __future__ import annotations

from urllib.parse import urlencode

from quart import Response, request

from domain.tenants.errors import code_used, no_such_tenant
from web.kit import (
    client_address,
    current_context,
    guard,
    mark_browser,
    next_path,
    repeats_safely,
    see_other,
    services,
    set_session_cookie,
)
from web.tenants.blueprint import blueprint


@blueprint.route("/tenants/<slug>/entry", methods=["GET", "POST"])
@guard("signed_in", on="home")
@repeats_safely(because="its answer is a code, good for a minute")
async def enter_tenant(slug: str) -> Response:
    """Send a member to the tenant's host with a code. By GET too: the only thing it changes is that a code is out.

    The code works in one browser alone, so the tenant's host is asked for the browser's mark first.
    """
    identity = services().identity
    tenant = await identity.tenant_by_slug(slug)
    session_id = current_context().session_id
    if tenant is None or tenant.is_home or session_id is None:
        raise no_such_tenant()
    browser = request.args.get("browser", "")
    code = await identity.sessions.issue_handover(session_id, tenant.id, browser)
    if code is None:
        raise no_such_tenant()
    told = {"code": code, "next": next_path("/")} if browser else {"next": next_path("/")}
    return see_other(identity.hosts.url(slug, f"/enter?{urlencode(told)}"), reload=True)


@blueprint.get("/enter")
@guard("anyone", on="tenant")
async def redeem() -> Response:
    """Take the code and give this host a session of its own; without a code, have one made for this browser."""
    ctx = current_context()
    if "code" not in request.args:
        asked = urlencode({"browser": mark_browser(), "next": next_path("/")})
        return see_other(
            services().identity.hosts.url("home", f"/tenants/{ctx.tenant.slug}/entry?{asked}"), reload=True
        )
    token = await services().identity.sessions.redeem_handover(
        request.args["code"],
        ctx.tenant_id,
        mark_browser(),
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(),
    )
    if token is None and ctx.person is None:
        raise code_used()
    response = see_other(next_path("/"), reload=True)
    if token is not None:
        set_session_cookie(response, token)
    return response
