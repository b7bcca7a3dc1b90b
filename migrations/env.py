"""Run one history of migrations, as the owner of the schema."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

url = context.config.get_main_option("sqlalchemy.url")
if not url:
    message = "No database address given. Run `adx migrate`, which reads it from the settings."
    raise SystemExit(message)

engine = create_engine(url)
with engine.connect() as connection:
    connection.exec_driver_sql("set role adx_owner")
    connection.exec_driver_sql("create schema if not exists platform")
    connection.commit()
    context.configure(connection=connection, version_table="migrations", version_table_schema="platform")
    with context.begin_transaction():
        # A migration that cannot get its locks soon gives up instead of queueing every reader behind it.
        connection.exec_driver_sql("set local lock_timeout = '5s'")
        context.run_migrations()
    connection.commit()
engine.dispose()
