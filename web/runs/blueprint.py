"""The blueprint that the routes of runs hang on."""

from __future__ import annotations

from web.kit import feature_blueprint

blueprint = feature_blueprint("runs")
