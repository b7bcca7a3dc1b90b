"""The pages of each feature that a web process runs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import web.auth.routes
import web.files.blueprint
import web.files.content
import web.files.routes
import web.runs.live
import web.runs.routes
import web.shell.routes
import web.tenants.routes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quart import Blueprint

BLUEPRINTS: Mapping[str, Blueprint] = MappingProxyType({
    "auth": web.auth.routes.blueprint,
    "tenants": web.tenants.routes.blueprint,
    "files": web.files.blueprint.blueprint,
    "runs": web.runs.routes.blueprint,
})  # fmt: skip

__all__ = ["blueprints"]


def blueprints(features: Iterable[str]) -> list[Blueprint]:
    """Return the blueprints of the features, and the shell's, which every web process has."""
    return [web.shell.routes.blueprint, *(BLUEPRINTS[feature] for feature in sorted(features))]
