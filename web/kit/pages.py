"""Answers: a whole page or the fragment of it that an htmx request asks for, from the same route."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from quart import Response, request

from core.i18n import speaking
from web.kit.services import current_kit
from web.kit.slots import collecting, fill_slots
from web.kit.templates import variables_of
from web.kit.visit import current_context, current_visit

if TYPE_CHECKING:
    from markupsafe import Markup

    from core.context import Context
    from core.i18n import Speaker
    from core.live import LiveViewer
    from core.live.events import Event

VARY = "HX-Request, HX-Request-Type, HX-History-Restore-Request"


def wants_fragment() -> bool:
    """Whether htmx asks for a part of a page (not for a whole one, nor to restore one by Back)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and "HX-History-Restore-Request" not in headers
    )


def is_htmx() -> bool:
    """Whether htmx sent the request."""
    return request.headers.get("HX-Request") == "true"


async def page(
    template: str,
    model: object = None,
    *,
    fragment: str | None = None,
    status: int = 200,
    ctx: Context | None = None,
    **more: object,
) -> Response:
    """Answer with a page, or for a partial request with its ``fragment`` template alone.

    The model's fields are the template's variables, beside ``ctx`` and whatever is given by keyword. ``ctx`` is the
    reader's, unless the page is shown as somebody else would see it.
    """
    chosen = fragment if fragment is not None and wants_fragment() else template
    collecting()
    html = await fill_slots(render(chosen, {**variables_of(model), **more}, ctx=ctx))
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers["Vary"] = VARY
    return response


def render(template: str, model: object = None, /, *, ctx: Context | None = None, **more: object) -> Markup:
    """Return a template as markup, said in the reader's language and theme."""
    reader = ctx or current_context()
    kit = current_kit()
    # Marks are for the page of the one who edits; what is rendered for a group of viewers never has them.
    with speaking(voice_of(reader, marks=ctx is None and current_visit().edits_texts)):
        return kit.templates.render(template, {"ctx": reader, **variables_of(model), **more}, theme=reader.theme)


def voice_of(reader: Context, *, marks: bool = False) -> Speaker:
    """Return how things are said to a reader: in their language, and in their tenant's own words."""
    kit = current_kit()
    wording = kit.services.wordings.known(reader.tenant.id, reader.tenant.wording)
    return kit.services.catalogues.speaker(reader.locale, reader.timezone, wording=wording, marks=marks)


def render_live(template: str, model: object, viewer: LiveViewer, **more: object) -> str:
    """Return a template as a live renderer needs it: for a group of viewers, outside of any request."""
    return str(render(template, model, ctx=viewer.context, **more))


def see_other(url: str, *, reload: bool = False) -> Response:
    """Send the browser elsewhere after a POST (303).

    htmx follows within the page; with ``reload``, or to another host, the browser loads anew, so that stream, CSRF
    token and everything else of the old session is gone. Use ``reload`` after sign-in and sign-out.
    """
    if not is_htmx():
        return Response("", status=303, headers={"Location": url})
    if reload or urlsplit(url).netloc not in {"", request.host}:
        return Response("", status=200, headers={"HX-Redirect": url})
    if request.headers.get("HX-Boosted") == "true":
        return Response("", status=303, headers={"Location": url})
    return Response("", status=200, headers={"HX-Location": _within(url)})


def tell(response: Response, what: Event, **payload: object) -> Response:
    """Have the page that gets this answer hear a declared event, once the answer is in place."""
    what.check(payload)
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**told, what.name: payload})
    return response


def next_path(default: str = "") -> str:
    """Return where ``?next=`` asks to go on, if that is a path of this host; never another site ("//evil.example")."""
    path = request.args.get("next", "")
    is_ours = path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()
    return path if is_ours else default


def _within(url: str) -> str:
    return json.dumps({"path": url, "target": "#main", "select": "#main", "swap": "outerHTML show:top"})
