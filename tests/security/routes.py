"""What is needed for every route, and what each role may do, written by hand; and the routes of the URL map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from web.kit.app import WebApp

ROUTES: Mapping[tuple[str, str, str], str] = {
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
    ("tenant", "GET", "/"): "signed_in",
    ("tenant", "GET", "/enter"): "anyone",
    ("tenant", "POST", "/logout"): "anyone",
    ("tenant", "GET", "/patterns"): "anyone",
    ("tenant", "GET", "/members"): "tenants.see_people",
    ("tenant", "GET", "/members/workspaces"): "signed_in",
    ("tenant", "GET", "/manifest.webmanifest"): "anyone",
    ("tenant", "GET", "/offline"): "anyone",
    ("tenant", "GET", "/search"): "signed_in",
    ("tenant", "GET", "/service-worker.js"): "anyone",
    ("tenant", "GET", "/admin/workspace"): "tenants.change_settings",
    ("tenant", "POST", "/admin/workspace"): "tenants.change_settings",
    ("tenant", "GET", "/preferences"): "signed_in",
    ("tenant", "POST", "/preferences/colour-scheme"): "anyone",
    ("tenant", "POST", "/preferences/language"): "anyone",
    ("tenant", "POST", "/preferences/theme"): "signed_in",
    ("tenant", "POST", "/preferences/timezone"): "signed_in",
    ("tenant", "GET", "/files"): "files.view",
    ("tenant", "POST", "/files"): "files.upload",
    ("tenant", "GET", "/files/recent"): "files.view",
    ("tenant", "GET", "/files/<uuid:file_id>"): "files.view",
    ("tenant", "GET", "/files/<uuid:file_id>/<name>"): "files.view",
    ("tenant", "GET", "/files/<uuid:file_id>/download"): "files.view",
    ("tenant", "POST", "/files/<uuid:file_id>/removal"): "files.delete",
    ("tenant", "GET", "/files/<uuid:file_id>/opening"): "files.view",
    ("tenant", "POST", "/files/<uuid:file_id>/opening"): "files.view",
    ("tenant", "GET", "/admin/files"): "files.set_rules",
    ("tenant", "POST", "/admin/files"): "files.set_rules",
    ("tenant", "GET", "/runs"): "signed_in",
    ("tenant", "GET", "/runs/active"): "signed_in",
    ("tenant", "GET", "/runs/groups"): "signed_in",
    ("tenant", "GET", "/runs/groups/<uuid:group_id>"): "signed_in",
    ("tenant", "POST", "/runs/groups/<uuid:group_id>/closing"): "signed_in",
    ("tenant", "POST", "/runs/groups/<uuid:group_id>/dismissal"): "signed_in",
    ("tenant", "GET", "/runs/<uuid:run_id>"): "signed_in",
    ("tenant", "POST", "/runs/<uuid:run_id>/cancellation"): "signed_in",
    ("tenant", "POST", "/runs/<uuid:run_id>/continuation"): "signed_in",
    ("tenant", "GET", "/notifications"): "signed_in",
    ("tenant", "GET", "/notifications/bell"): "signed_in",
    ("tenant", "GET", "/notifications/count"): "signed_in",
    ("tenant", "GET", "/notifications/recent"): "signed_in",
    ("tenant", "POST", "/notifications/reading"): "signed_in",
    ("tenant", "POST", "/notifications/<uuid:notice_id>/reading"): "signed_in",
    ("tenant", "GET", "/preferences/notifications"): "signed_in",
    ("tenant", "POST", "/preferences/notifications"): "signed_in",
    ("tenant", "GET", "/admin/branding"): "branding.change",
    ("tenant", "GET", "/admin/branding/preview"): "branding.change",
    ("tenant", "GET", "/admin/branding/preview.css"): "branding.change",
    ("tenant", "GET", "/admin/branding/draft.css"): "branding.change",
    ("tenant", "POST", "/admin/branding/draft"): "branding.change",
    ("tenant", "POST", "/admin/branding/draft/removal"): "branding.change",
    ("tenant", "POST", "/admin/branding/trial"): "branding.change",
    ("tenant", "POST", "/admin/branding/trial/removal"): "branding.change",
    ("tenant", "POST", "/admin/branding/publication"): "branding.change",
    ("tenant", "POST", "/admin/branding/versions/<int:number>/restoration"): "branding.change",
    ("tenant", "POST", "/admin/branding/removal"): "branding.change",
    ("tenant", "POST", "/admin/branding/mails"): "branding.change",
    ("tenant", "POST", "/admin/branding/pictures/<kind>"): "branding.change",
    ("tenant", "POST", "/admin/branding/pictures/<kind>/removal"): "branding.change",
    ("tenant", "GET", "/admin/branding/pictures/<digest>"): "branding.change",
    ("tenant", "GET", "/brand/<digest>/<name>"): "anyone",
    ("tenant", "GET", "/admin/translations"): "translations.change",
    ("tenant", "GET", "/admin/translations/texts/<key>"): "translations.change",
    ("tenant", "POST", "/admin/translations/texts/<key>"): "translations.change",
    ("tenant", "POST", "/admin/translations/texts/<key>/reversion"): "translations.change",
    ("tenant", "POST", "/admin/translations/texts/<key>/preview"): "translations.change",
    ("tenant", "POST", "/admin/translations/context"): "translations.change",
    ("tenant", "POST", "/admin/translations/context/end"): "translations.change",
    ("tenant", "GET", "/admin/translations/files"): "translations.change",
    ("tenant", "GET", "/admin/translations/export"): "translations.change",
    ("tenant", "POST", "/admin/translations/imports"): "translations.change",
    ("tenant", "GET", "/admin/translations/replacements"): "translations.change",
    ("tenant", "POST", "/admin/translations/replacements"): "translations.change",
    ("tenant", "GET", "/admin/translations/batches/<uuid:batch_id>"): "translations.change",
    ("tenant", "POST", "/admin/translations/batches/<uuid:batch_id>/reversal"): "translations.change",
    ("usercontent", "GET", "/original/<token>"): "anyone",
}
"""What a person has to be, or the permission that is needed. A route that is not here is red, and so is a row without
its route."""

GUESTS = frozenset({"files.view"})
MEMBERS = GUESTS | {"files.upload", "files.delete", "tenants.see_people"}
ADMINS = MEMBERS | {
    *("files.open_sealed", "files.set_rules", "tenants.change_settings"),
    *("branding.change", "translations.change", "runs.manage_all"),
}
OWNERS = ADMINS | {"files.open_any_sealed"}
ROLES: Mapping[str, frozenset[str]] = {"guest": GUESTS, "member": MEMBERS, "admin": ADMINS, "owner": OWNERS}
"""What the built-in roles may do."""

STANDINGS = ("anyone", "pending", "signed_in")
AT_HOME = {"anonymous": "anyone", "expired": "anyone", "pending": "pending", "signed in": "signed_in"}
IN_TENANT = {
    "anonymous": "anyone",
    "expired": "anyone",
    "another tenant's owner": "anyone",
    "ex-member": "anyone",
    **dict.fromkeys(ROLES, "signed_in"),
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
    """Whether the tables let an actor in."""
    needed = ROUTES.get(route.key, "nobody")
    if needed in STANDINGS:
        return STANDINGS.index({**AT_HOME, **IN_TENANT}[actor]) >= STANDINGS.index(needed)
    return needed in ROLES.get(actor, ())
