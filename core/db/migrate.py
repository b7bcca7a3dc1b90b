"""Bring a database to the newest migration."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

ROOT = Path(__file__).parent.parent.parent


def upgrade(url: str) -> None:
    """Apply every migration that the database at ``url`` lacks. ``url`` logs in as ``adx_migrate``."""
    command.upgrade(_config(url), "head")


def is_at_head(url: str) -> bool:
    """Whether the database has every migration of this version of the product."""
    engine = create_engine(_driver_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "migrations", "version_table_schema": "platform"}
        )
        heads = set(context.get_current_heads())
    engine.dispose()
    return heads == set(ScriptDirectory.from_config(_config(url)).get_heads())


def _config(url: str) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("version_locations", str(ROOT / "migrations" / "versions"))
    config.set_main_option("sqlalchemy.url", _driver_url(url).replace("%", "%%"))
    return config


def _driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
