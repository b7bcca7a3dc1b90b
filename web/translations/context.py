"""Editing on the page itself: the switch, and the way from a text to where it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.translations.permissions import CHANGE
from web.kit import edit_texts, form_value, guard, repeats_safely, see_other
from web.translations.blueprint import blueprint, product_texts

if TYPE_CHECKING:
    from quart import Response


@blueprint.post("/admin/translations/context")
@guard(CHANGE)
@repeats_safely(because="its answer is a cookie")
async def begin() -> Response:
    """Have texts be told apart on every page of this browser, and go to one; ``text`` is opened there."""
    key = await form_value("text")
    mark = f"#text-{product_texts().by_key(key).key}" if key else ""
    response = see_other(f"{_path(await form_value('page'))}{mark}", reload=True)
    edit_texts(response, wanted=True)
    return response


@blueprint.post("/admin/translations/context/end")
@guard(CHANGE)
@repeats_safely(because="its answer is a cookie")
async def end() -> Response:
    """Have pages be pages again."""
    response = see_other(_path(await form_value("page")), reload=True)
    edit_texts(response, wanted=False)
    return response


def _path(asked: str) -> str:
    """Return a path of this host; never another site's ("//evil.example")."""
    is_ours = asked.startswith("/") and asked[1:2] not in {"/", "\\"} and asked.isprintable()
    return asked if is_ours else "/"
