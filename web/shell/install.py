"""The installed app: its manifest, the worker that keeps the shell, and the page shown without a connection."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quart import Response

from core.context import HOME_TENANT_ID, TenantFacts
from core.i18n import is_right_to_left, speaker
from core.messages import messages_of
from core.theming import PaletteError
from web.kit import current_context, guard, offered, page, services, static_url
from web.shell.blueprint import blueprint

if TYPE_CHECKING:
    from core.context import Brand, Context

N_ = messages_of("shell")

WORKER = Path(__file__).parent / "service_worker.js"
KEPT = ("css/app.css", "js/htmx.js", "js/hx-sse.js", "js/app.js", "icons/sprite.svg", "icons/favicon.svg")
"""What every page is made of and no tenant owns."""
SHORTCUTS = 3
"""Systems show four of an app, and one of them is the search."""

ICONS = (
    ("icons/favicon.svg", "any", "image/svg+xml", "any"),
    ("icons/icon-192.png", "192x192", "image/png", "any"),
    ("icons/icon-512.png", "512x512", "image/png", "any"),
    ("icons/icon-maskable-192.png", "192x192", "image/png", "maskable"),
    ("icons/icon-maskable-512.png", "512x512", "image/png", "maskable"),
)


@blueprint.get("/manifest.webmanifest")
@guard("anyone", on="any")
async def manifest() -> Response:
    """Describe the app as this tenant, theme, language and colour scheme have it."""
    response = Response(json.dumps(_manifest(current_context())), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/service-worker.js")
@guard("anyone", on="any")
async def service_worker() -> Response:
    """Send the worker. It is another one whenever a file of the shell is, which makes browsers take the new files."""
    kept = [static_url(name) for name in KEPT]
    version = hashlib.sha256(repr(kept).encode()).hexdigest()[:16]
    told = f"const VERSION = {json.dumps(version)};\nconst KEPT = {json.dumps(kept)};\n"
    response = Response(told + WORKER.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
@guard("anyone", on="any")
async def offline() -> Response:
    """Show what the worker keeps for times without a connection: in the device's language and colours, no names."""
    neutral = replace(current_context(), tenant=TenantFacts(id=HOME_TENANT_ID, slug="home", name="ADX"), person=None)
    response = await page("shell/offline.html", ctx=neutral)
    response.headers["Cache-Control"] = "no-store"
    return response


def _manifest(ctx: Context) -> dict[str, Any]:
    name = "ADX" if ctx.tenant.is_home else ctx.tenant.shown_name
    back = _back(ctx)
    return {
        "id": "/",
        "name": name,
        "short_name": name[:12],
        "lang": ctx.locale,
        "dir": "rtl" if is_right_to_left(ctx.locale) else "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": back,
        "background_color": back,
        "icons": _icons(ctx.tenant.brand),
        "shortcuts": [] if ctx.tenant.is_home else _shortcuts(),
    }


def _icons(brand: Brand | None) -> list[dict[str, str]]:
    """Return the brand's icons where it has any, else the product's."""
    if brand and brand.icon_paths:
        return [{"src": path, "sizes": f"{width}x{width}", "purpose": "any"} for width, path in brand.icon_paths]
    return [
        {"src": static_url(name), "sizes": sizes, "type": kind, "purpose": purpose}
        for name, sizes, kind, purpose in ICONS
    ]


def _shortcuts() -> list[dict[str, str]]:
    say = speaker().say
    pages = [{"name": say(page.title), "url": page.path} for page in offered("main")]
    return [*pages[:SHORTCUTS], {"name": say(N_("Search")), "url": "/search"}]


def _back(ctx: Context) -> str:
    """Return the colour behind the app's own bars: the theme's back surface, in the scheme that was chosen."""
    palette = services().themes.palette(ctx.theme)
    try:
        return palette.colour("back", "dark" if ctx.colour_scheme == "dark" else "light").hex
    except PaletteError:
        return "#ffffff"
