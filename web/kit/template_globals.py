"""What every template may call or use, beside what its page gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from quart import request

from core.i18n.names import languages
from core.live.events import EVENTS
from core.theming import DEFAULT_THEME
from web.kit import csrf
from web.kit.kept import personal
from web.kit.menus import has_feature, here, offered
from web.kit.services import current_kit, static_url
from web.kit.slots import fragment
from web.kit.submissions import form_proof
from web.kit.templates import dom_id
from web.kit.visit import current_context, current_visit, person_mark

if TYPE_CHECKING:
    from collections.abc import Hashable

REREADS = Markup('hx-get="{}" hx-trigger="{}" hx-target="this" hx-swap="outerMorph" hx-sync="this:queue last"')


def template_globals() -> dict[str, Any]:
    """Return what every template may call or use, beside what its page gives it."""
    return {
        "static_url": static_url,
        "theme_url": _theme_url,
        "takes_brand": lambda key: not current_kit().services.themes.get(key).is_high_contrast,
        "home_url": lambda path="/": current_kit().services.identity.hosts.url("home", path),
        "live_after": personal(lambda: current_visit().position),
        "csrf_token": personal(csrf.csrf_token),
        "form_proof": personal(form_proof),
        "person_mark": personal(person_mark),
        "fragment": fragment,
        "kept": _kept,
        "dom_id": dom_id,
        "rereads": rereads,
        "edits_texts": lambda: current_visit().edits_texts,
        "has_feature": has_feature,
        "offered": offered,
        "here": here,
        "dashboard_slots": lambda: current_kit().services.dashboard,
        "declared_events": lambda: [EVENTS[name] for name in sorted(EVENTS)],
        "all_languages": lambda: languages(current_kit().services.catalogues.locales),
        "request": request,
    }


def rereads(path: str, event: str, *, wait_ms: int = 0) -> Markup:
    """Return what has an element replace itself by what ``path`` answers, whenever a declared event is heard.

    Whatever is heard while it asks is one more asking at its end; with ``wait_ms``, what comes together is one.
    """
    trigger = f"{event} from:body" + (f" delay:{wait_ms}ms" if wait_ms else "")
    return REREADS.format(path, trigger)


def _theme_url(key: str) -> str:
    name = f"themes/{key}/theme.css"
    static = current_kit().static
    return static.url(name if static.has(name) else f"themes/{DEFAULT_THEME}/theme.css")


def _kept(template: str, **values: Hashable) -> Markup:
    return current_kit().kept.render(current_context(), template, values)
