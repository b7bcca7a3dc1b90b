"""The blueprint of users, to which each of its modules adds its routes."""

from __future__ import annotations

from web.kit import feature_blueprint

blueprint = feature_blueprint("users")
