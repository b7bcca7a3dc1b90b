"""The places where a person is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.auth.errors import no_such_session
from web.auth.blueprint import blueprint
from web.auth.pages import SessionRow, SessionsPage
from web.kit import current_context, current_person, guard, page, see_other, services, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from quart import Response

SESSIONS = "/sessions"


@blueprint.get(SESSIONS)
@guard("signed_in", on="home")
async def sessions() -> Response:
    """List them, this browser first."""
    ctx = current_context()
    found = await services().identity.sessions.of(current_person().id)
    rows = sorted((SessionRow.of(facts, ctx.session_id) for facts in found), key=lambda row: not row.is_current)
    return await page("auth/sessions.html", SessionsPage(tuple(rows)), fragment="auth/_sessions.html")


@blueprint.post(f"{SESSIONS}/<uuid:session_id>/revocation")
@guard("signed_in", on="home")
async def revoke(session_id: UUID) -> Response:
    """Sign one of them out."""
    identity = services().identity
    if not await identity.sessions.close_one_of(current_person().id, session_id):
        raise no_such_session()
    identity.forget()
    async with unit_of_work("auth") as uow:
        await uow.audit("session.revoked", f"session:{session_id}")
    return see_other(SESSIONS)


@blueprint.post(f"{SESSIONS}/revocation")
@guard("signed_in", on="home")
async def revoke_others() -> Response:
    """Sign all of them out but this one."""
    ctx = current_context()
    if ctx.session_id is not None:
        await services().identity.sessions.close_others(current_person().id, ctx.session_id)
        services().identity.forget()
        async with unit_of_work("auth") as uow:
            await uow.audit("session.revoked", f"account:{ctx.actor_id}", others=True)
    return see_other(SESSIONS)
