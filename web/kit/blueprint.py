"""A feature's routes. Every route says who may enter it, or the process does not start."""

from __future__ import annotations

from typing import Any

from quart import Blueprint

from web.kit.guards import guard_of


class FeatureBlueprint(Blueprint):
    """A blueprint whose routes exist on the hosts that their guard names."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,  # noqa: ANN401  # any route; Quart's own type is wider than can be written
        provide_automatic_options: bool | None = None,  # noqa: FBT001  # Flask's signature
        **options: Any,  # noqa: ANN401  # Flask's signature
    ) -> None:
        """Add a route once for each kind of host of its guard; raises ``TypeError`` when it has no guard."""
        found = guard_of(view_func)
        if found is None:
            raise TypeError(f"{self.name}: the route {rule} has no guard")
        for host in found.hosts:
            super().add_url_rule(rule, endpoint, view_func, bool(provide_automatic_options), host=host, **options)


def feature_blueprint(name: str) -> FeatureBlueprint:
    """Return the blueprint of the feature ``name``; its templates are in ``templates/<name>``."""
    return FeatureBlueprint(name, f"web.{name}")
