"""The addresses of the product, from its URL map: a new page is found without a word in the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from quart import Quart
from werkzeug.exceptions import HTTPException

from entrypoints.blueprints import blueprints
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from werkzeug.routing import MapAdapter

    from tests.support.deployment import Deployment


class Site:
    """The product's addresses, by the kind of host they are on."""

    def __init__(self, deployment: Deployment, slug: str) -> None:
        app = Quart("site", static_folder=None, host_matching=True)
        for blueprint in blueprints(REGISTRY.names):
            app.register_blueprint(blueprint)
        self._rules = list(app.url_map.iter_rules())
        self._adapters = {kind: app.url_map.bind(kind) for kind in ("home", "tenant")}
        self._kinds = {
            urlsplit(deployment.url()).netloc: "home",
            urlsplit(deployment.url(slug=slug)).netloc: "tenant",
        }

    def starts(self, kind: str) -> list[str]:
        """The paths of all pages that need no id."""
        rules = [rule for rule in self._rules if rule.host == kind and "GET" in (rule.methods or ())]
        return sorted({rule.rule for rule in rules if not rule.arguments})

    def rule_of(self, url: str) -> str | None:
        """The rule that an address belongs to; None for what is not ours."""
        parts = urlsplit(url)
        adapter: MapAdapter | None = self._adapters.get(self._kinds.get(parts.netloc, ""))
        if adapter is None:
            return None
        try:
            endpoint, _ = adapter.match(parts.path, method="GET")
        except HTTPException:
            return None
        return f"{self._kinds[parts.netloc]} {endpoint}"
