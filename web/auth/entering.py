"""Giving a browser a session, and taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from core.context import HOME_TENANT_ID
from web.auth.known_browsers import remember_browser
from web.kit import client_address, current_context, see_other, services, set_session_cookie

if TYPE_CHECKING:
    from core.context import Person
    from core.identity.sessions import Level


async def enter(person: Person, level: Level, target: str) -> Response:
    """Answer with a new session on the base host. The browser's old one ends: an id is never carried over a sign-in.

    Who is let in fully has proved to be the person, so that the browser is known from then on.
    """
    identity = services().identity
    token = await identity.sessions.open(
        tenant_id=HOME_TENANT_ID,
        person=person,
        level=level,
        user_agent=request.headers.get("User-Agent", ""),
        address=client_address(),
    )
    old = current_context().session_id
    if old is not None:
        await identity.sessions.close(old)
        identity.forget()
    response = see_other(target, reload=True)
    set_session_cookie(response, token)
    if level == "full":
        remember_browser(response, person)
    return response
