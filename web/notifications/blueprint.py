"""The blueprint that the routes of notifications hang on."""

from __future__ import annotations

from web.kit import feature_blueprint

blueprint = feature_blueprint("notifications")
