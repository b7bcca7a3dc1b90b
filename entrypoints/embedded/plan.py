"""Which servers this machine must run for a stack, and the addresses that the other processes get.

An address that is already in the environment is used as it is, and its server is not started.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrypoints.embedded import mailbox, postgres, temporal, valkey
from entrypoints.embedded.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entrypoints.embedded.postgres import Postgres
    from entrypoints.embedded.program import Program

DATABASE = "adx"
WEB_PORT = 8000


@dataclass(frozen=True)
class Plan:
    """The servers to start, the environment of everything else, and what a person should know of it."""

    state_dir: Path
    servers: tuple[Program, ...]
    environment: Mapping[str, str]
    notes: tuple[str, ...]
    postgres: Postgres | None


class _Draft:
    def __init__(self, state_dir: Path) -> None:
        self.servers: list[Program] = []
        self.environment: dict[str, str] = {}
        self.ports = Ports(state_dir)
        self.notes = self.ports.notes
        self.port = self.ports.port


def plan(state_dir: Path) -> Plan:
    """Prepare folders and ports for every server whose address is not given."""
    draft = _Draft(state_dir)
    cluster = None if "DATABASE_URL" in os.environ else _add_postgres(draft, state_dir)
    if "REDIS_URL" not in os.environ:
        port = draft.port(valkey.PORT, "Valkey")
        password = valkey.password(state_dir)
        draft.servers.append(valkey.program(state_dir, port, password=password))
        draft.environment["REDIS_URL"] = valkey.url(port, password=password)
    if "TEMPORAL_ADDRESS" not in os.environ:
        _add_temporal(draft, state_dir)
    if "SMTP_URL" not in os.environ:
        _add_mailbox(draft, state_dir)
    if "ADX_BASE_URL" not in os.environ:
        draft.environment["ADX_BASE_URL"] = f"http://localhost:{draft.port(WEB_PORT, 'ADX')}"
    if "STORAGE_URL" not in os.environ:
        draft.environment["STORAGE_URL"] = (state_dir / "storage").as_uri()
    return Plan(state_dir, tuple(draft.servers), draft.environment, tuple(draft.notes), cluster)


def _add_postgres(draft: _Draft, state_dir: Path) -> Postgres:
    cluster = postgres.prepare(state_dir, port=draft.port(postgres.PORT, "PostgreSQL"))
    if cluster.note:
        draft.notes.append(cluster.note)
    draft.servers.append(cluster.program(state_dir))
    draft.environment["DATABASE_URL"] = cluster.url("adx_app", DATABASE)
    draft.environment["MIGRATE_DATABASE_URL"] = cluster.url("adx_migrate", DATABASE)
    return cluster


def _add_temporal(draft: _Draft, state_dir: Path) -> None:
    port, ui_port = draft.port(temporal.PORT, "Temporal"), draft.port(temporal.UI_PORT, "Temporal's page")
    draft.servers.append(temporal.program(state_dir, port, ui_port))
    draft.environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
    draft.environment["TEMPORAL_UI_URL"] = f"http://localhost:{ui_port}"


def _add_mailbox(draft: _Draft, state_dir: Path) -> None:
    port, page_port = draft.port(mailbox.SMTP_PORT, "SMTP"), draft.port(mailbox.PAGE_PORT, "the mailbox")
    draft.servers.append(mailbox.program(state_dir, port, page_port))
    draft.environment["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    draft.environment["ADX_MAILBOX_URL"] = f"http://localhost:{page_port}"
