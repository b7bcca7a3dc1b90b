"""The editing mode: pages on which each text can be told from the others and changed where it stands.

A cookie of the tenant's host switches it on. It is no secret and grants nothing: it counts for those alone who may
change the wording, and what is saved goes through the same routes as in the editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import request

from web.kit.cookies import host_cookie
from web.kit.visit import current_context

if TYPE_CHECKING:
    from quart import Response

    from core.context import Context

COOKIE = host_cookie("adx_texts")
EDITS = "translations.change"
"""The permission, by its name: the kit knows no feature."""

OWN_PAGES = "/admin/translations"
"""The editor shows texts as what they are, so nothing is marked there."""


def edits_texts(ctx: Context) -> bool:
    """Whether this request is for a page in the editing mode."""
    return edits_texts_here(ctx) and not request.path.startswith(OWN_PAGES)


def edits_texts_here(ctx: Context | None = None) -> bool:
    """Whether this browser has the mode switched on, for somebody who may change the wording."""
    return (ctx or current_context()).may(EDITS) and request.cookies.get(COOKIE) == "1"


def edit_texts(response: Response, *, wanted: bool) -> None:
    """Switch the mode on or off for this browser."""
    if wanted:
        response.set_cookie(COOKIE, "1", path="/", secure=True, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
