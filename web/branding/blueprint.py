"""The blueprint that the routes of branding hang on."""

from __future__ import annotations

from web.kit import feature_blueprint

blueprint = feature_blueprint("branding")
