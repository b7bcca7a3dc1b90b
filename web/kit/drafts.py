"""Drafts of the tenant's look: seen by the browser that asked to, and by nobody else, until they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from web.kit.cookies import host_cookie

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from quart import Response

    from core.context import Context
    from core.permissions import Permission

    Drafter = Callable[[Context], Awaitable[Context | None]]

log = structlog.get_logger(__name__)

DRAFT_COOKIE = host_cookie("adx_draft")
DRAFTERS: list[tuple[Permission, Drafter]] = []
"""The feature that keeps drafts, if this process runs it, and who may see them."""


def drafts_look(permission: Permission) -> Callable[[Drafter], Drafter]:
    """Have an async function show the draft to who may see it and asked: it returns the context of their page."""

    def register(drafter: Drafter) -> Drafter:
        DRAFTERS[:] = [(permission, drafter)]
        return drafter

    return register


def wear_draft(response: Response) -> None:
    """Have this browser see the draft on every page, until it is closed or told otherwise."""
    response.set_cookie(DRAFT_COOKIE, "on", path="/", secure=True, httponly=True, samesite="Lax")


def take_off_draft(response: Response) -> None:
    """Have this browser see what everybody sees."""
    response.delete_cookie(DRAFT_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


async def drafted(ctx: Context, wanted: str | None) -> Context:
    """Return the context with the draft, where it is asked for and may be seen; a draft that fails is not shown."""
    if wanted is None:
        return ctx
    for permission, drafter in DRAFTERS:
        if not ctx.may(permission):
            return ctx
        try:
            return await drafter(ctx) or ctx
        except Exception:  # the draft must not keep anybody from the page where it is mended
            log.exception("web.draft_failed")
    return ctx
