"""The least that a person has to be, for every route that exists, written by hand; and the routes of the URL map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from web.kit.app import WebApp

Least = Literal["anyone", "pending", "signed_in", "guest", "member", "admin", "owner"]

ROUTES: Mapping[tuple[str, str, str], Least] = {
    ("home", "GET", "/"): "anyone",
    ("home", "GET", "/login"): "anyone",
    ("home", "POST", "/login"): "anyone",
    ("home", "POST", "/logout"): "anyone",
    ("home", "GET", "/manifest.webmanifest"): "anyone",
    ("home", "GET", "/offline"): "anyone",
    ("home", "GET", "/patterns"): "anyone",
    ("home", "GET", "/service-worker.js"): "anyone",
    ("home", "GET", "/register"): "anyone",
    ("home", "POST", "/register"): "anyone",
    ("home", "GET", "/register/check-mail"): "pending",
    ("home", "POST", "/register/mails"): "pending",
    ("home", "GET", "/verify/<token>"): "anyone",
    ("home", "POST", "/verify/<token>"): "anyone",
    ("home", "GET", "/runs"): "pending",
    ("home", "GET", "/runs/active"): "pending",
    ("home", "GET", "/runs/<uuid:run_id>"): "pending",
    ("home", "POST", "/runs/<uuid:run_id>/cancellation"): "pending",
    ("home", "POST", "/runs/<uuid:run_id>/continuation"): "pending",
    ("home", "GET", "/notifications"): "pending",
    ("home", "GET", "/notifications/bell"): "pending",
    ("home", "GET", "/notifications/count"): "pending",
    ("home", "GET", "/notifications/recent"): "pending",
    ("home", "POST", "/notifications/reading"): "pending",
    ("home", "POST", "/notifications/<uuid:notice_id>/reading"): "pending",
    ("home", "GET", "/sessions"): "signed_in",
    ("home", "POST", "/sessions/revocation"): "signed_in",
    ("home", "POST", "/sessions/<uuid:session_id>/revocation"): "signed_in",
    ("home", "GET", "/preferences"): "signed_in",
    ("home", "POST", "/preferences/colour-scheme"): "anyone",
    ("home", "POST", "/preferences/language"): "anyone",
    ("home", "POST", "/preferences/theme"): "signed_in",
    ("home", "POST", "/preferences/timezone"): "signed_in",
    ("home", "GET", "/tenants"): "signed_in",
    ("home", "POST", "/tenants"): "signed_in",
    ("home", "GET", "/tenants/new"): "signed_in",
    ("home", "GET", "/tenants/new/slug"): "signed_in",
    ("home", "GET", "/tenants/new/availability"): "signed_in",
    ("home", "GET", "/tenants/<slug>/entry"): "signed_in",
    ("home", "POST", "/tenants/<slug>/entry"): "signed_in",
    ("tenant", "GET", "/"): "guest",
    ("tenant", "GET", "/enter"): "anyone",
    ("tenant", "POST", "/logout"): "anyone",
    ("tenant", "GET", "/patterns"): "anyone",
    ("tenant", "GET", "/members"): "member",
    ("tenant", "GET", "/members/workspaces"): "guest",
    ("tenant", "GET", "/manifest.webmanifest"): "anyone",
    ("tenant", "GET", "/offline"): "anyone",
    ("tenant", "GET", "/search"): "guest",
    ("tenant", "GET", "/service-worker.js"): "anyone",
    ("tenant", "GET", "/admin/workspace"): "admin",
    ("tenant", "POST", "/admin/workspace"): "admin",
    ("tenant", "GET", "/preferences"): "guest",
    ("tenant", "POST", "/preferences/colour-scheme"): "anyone",
    ("tenant", "POST", "/preferences/language"): "anyone",
    ("tenant", "POST", "/preferences/theme"): "guest",
    ("tenant", "POST", "/preferences/timezone"): "guest",
    ("tenant", "GET", "/files"): "guest",
    ("tenant", "POST", "/files"): "member",
    ("tenant", "GET", "/files/recent"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>/<name>"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>/download"): "guest",
    ("tenant", "POST", "/files/<uuid:file_id>/removal"): "member",
    ("tenant", "GET", "/files/<uuid:file_id>/opening"): "member",
    ("tenant", "POST", "/files/<uuid:file_id>/opening"): "member",
    ("tenant", "GET", "/admin/files"): "admin",
    ("tenant", "POST", "/admin/files"): "admin",
    ("tenant", "GET", "/runs"): "guest",
    ("tenant", "GET", "/runs/active"): "guest",
    ("tenant", "GET", "/runs/groups"): "guest",
    ("tenant", "GET", "/runs/groups/<uuid:group_id>"): "guest",
    ("tenant", "POST", "/runs/groups/<uuid:group_id>/closing"): "guest",
    ("tenant", "POST", "/runs/groups/<uuid:group_id>/dismissal"): "guest",
    ("tenant", "GET", "/runs/<uuid:run_id>"): "guest",
    ("tenant", "POST", "/runs/<uuid:run_id>/cancellation"): "guest",
    ("tenant", "POST", "/runs/<uuid:run_id>/continuation"): "guest",
    ("tenant", "GET", "/notifications"): "guest",
    ("tenant", "GET", "/notifications/bell"): "guest",
    ("tenant", "GET", "/notifications/count"): "guest",
    ("tenant", "GET", "/notifications/recent"): "guest",
    ("tenant", "POST", "/notifications/reading"): "guest",
    ("tenant", "POST", "/notifications/<uuid:notice_id>/reading"): "guest",
    ("tenant", "GET", "/preferences/notifications"): "guest",
    ("tenant", "POST", "/preferences/notifications"): "guest",
    ("tenant", "GET", "/admin/branding"): "admin",
    ("tenant", "GET", "/admin/branding/preview"): "admin",
    ("tenant", "GET", "/admin/branding/preview.css"): "admin",
    ("tenant", "GET", "/admin/branding/draft.css"): "admin",
    ("tenant", "POST", "/admin/branding/draft"): "admin",
    ("tenant", "POST", "/admin/branding/draft/removal"): "admin",
    ("tenant", "POST", "/admin/branding/trial"): "admin",
    ("tenant", "POST", "/admin/branding/trial/removal"): "admin",
    ("tenant", "POST", "/admin/branding/publication"): "admin",
    ("tenant", "POST", "/admin/branding/versions/<int:number>/restoration"): "admin",
    ("tenant", "POST", "/admin/branding/removal"): "admin",
    ("tenant", "POST", "/admin/branding/mails"): "admin",
    ("tenant", "POST", "/admin/branding/pictures/<kind>"): "admin",
    ("tenant", "POST", "/admin/branding/pictures/<kind>/removal"): "admin",
    ("tenant", "GET", "/admin/branding/pictures/<digest>"): "admin",
    ("tenant", "GET", "/brand/<digest>/<name>"): "anyone",
    ("tenant", "GET", "/admin/translations"): "admin",
    ("tenant", "GET", "/admin/translations/texts/<key>"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>/reversion"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>/preview"): "admin",
    ("tenant", "POST", "/admin/translations/context"): "admin",
    ("tenant", "POST", "/admin/translations/context/end"): "admin",
    ("tenant", "GET", "/admin/translations/files"): "admin",
    ("tenant", "GET", "/admin/translations/export"): "admin",
    ("tenant", "POST", "/admin/translations/imports"): "admin",
    ("tenant", "GET", "/admin/translations/replacements"): "admin",
    ("tenant", "POST", "/admin/translations/replacements"): "admin",
    ("tenant", "GET", "/admin/translations/batches/<uuid:batch_id>"): "admin",
    ("tenant", "POST", "/admin/translations/batches/<uuid:batch_id>/reversal"): "admin",
    ("usercontent", "GET", "/original/<token>"): "anyone",
}
"""The least that a person has to be. A route that is not here is red, and so is a row without its route."""

RANK = ("anyone", "pending", "signed_in", "guest", "member", "admin", "owner")
AT_HOME = {"anonymous": "anyone", "expired": "anyone", "pending": "pending", "signed in": "signed_in"}
IN_TENANT = {
    "anonymous": "anyone",
    "expired": "anyone",
    "another tenant's owner": "anyone",
    "ex-member": "anyone",
    "guest": "guest",
    "member": "member",
    "admin": "admin",
    "owner": "owner",
}
"""Who asks, and as what they count; each is sent to every route."""


@dataclass(frozen=True)
class Route:
    """One method of one rule on one kind of host."""

    host: str
    method: str
    rule: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.host, self.method, self.rule

    def path(self, an_id: UUID, known: Mapping[str, str] | None = None) -> str:
        """The rule with what is ``known`` in its places, and made-up ids, names, slugs and tokens in the others."""
        path = self.rule
        for place, value in (known or {}).items():
            path = re.sub(f"<(?:[a-z]+:)?{place}>", value, path)
        path = path.replace("<token>", an_id.hex).replace("<slug>", f"nobody-{an_id.hex[:8]}")
        path = path.replace("<name>", "thumbnail.webp").replace("<key>", an_id.hex[:12])
        path = path.replace("<kind>", "logo").replace("<digest>", an_id.hex[:24])
        path = re.sub("<uuid:[a-z_]+>", str(an_id), path)
        path = re.sub("<int:[a-z_]+>", "7", path)
        assert "<" not in path, f"{self.rule}: give its places something, or nothing of the route is tried"
        return path


def routes_of(app: WebApp) -> list[Route]:
    return [
        Route(rule.host or "", method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def unlisted(routes: Iterable[Route]) -> set[tuple[str, str, str]]:
    return {route.key for route in routes} - set(ROUTES)


def may(actor: str, route: Route) -> bool:
    """Whether the table lets an actor in."""
    level = {**AT_HOME, **IN_TENANT}[actor]
    return RANK.index(level) >= RANK.index(ROUTES.get(route.key, "owner"))
