"""``adx doctor``: looks at every dependency from outside and says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.confinement.trial import open_doors
from core.in_time import answered_apart
from core.messages import messages_of
from core.plain_text import for_terminal
from core.settings import Settings, SettingsError
from entrypoints import doctor_checks as checks, doctor_runs, walls
from entrypoints.patched import outdated
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from entrypoints.patched import Outdated

    Ask = Callable[[Settings], Awaitable[str]]

N_ = messages_of("cli")

SECONDS = 10
STYLES = {"ok": "green", "wrong": "bold red", "outdated": "yellow", "off": "dim"}
STATES = {"ok": N_("ok"), "wrong": N_("wrong"), "outdated": N_("outdated"), "off": N_("off")}
NAMES = {
    "Database role": N_("Database role"),
    "Migrations": N_("Migrations"),
    "Root key": N_("Root key"),
    "Redis persistence": N_("Redis persistence"),
    "Search attributes": N_("Search attributes"),
    "Storage": N_("Storage"),
    "Mail": N_("Email"),
    "Settings": N_("Settings"),
    "Programs": N_("Programs"),
    "Decoders": N_("Decoders"),
    "Workers": N_("Workers"),
    "Schedules": N_("Schedules"),
    "Workflows": N_("Workflows"),
    "Rows": N_("Rows"),
    "Anchors": N_("Anchors"),
}
"""What is examined; the others are programs, which have one name everywhere."""


@dataclass(frozen=True)
class Finding:
    """What was found of one dependency; ``remedy`` is empty when nothing needs to be done."""

    name: str
    state: Literal["ok", "wrong", "outdated", "off"]
    detail: str
    remedy: str = ""


EXAMINATIONS: tuple[tuple[str, Ask], ...] = (
    ("PostgreSQL", checks.database),
    ("Database role", checks.database_role),
    ("Migrations", checks.migrations),
    ("Root key", checks.root_key),
    ("Redis", checks.redis),
    ("Redis persistence", checks.redis_persistence),
    ("Temporal", checks.temporal),
    ("Search attributes", checks.search_attributes),
    ("Storage", checks.storage),
    ("Mail", checks.mail),
    ("ClamAV", checks.clamd),
)
WORK: tuple[tuple[str, Ask], ...] = (
    ("Workers", doctor_runs.workers),
    ("Schedules", doctor_runs.schedules),
    ("Workflows", doctor_runs.runs),
    ("Rows", doctor_runs.rows),
    ("Anchors", doctor_runs.anchors),
)
"""What is wrong while the servers are fine: nobody works, or something was left lying."""


def examine() -> int:
    """Print a table of findings. Returns 1 when something is wrong, else 0."""
    findings = asyncio.run(_findings())
    Console(soft_wrap=True).print(_table(findings))
    return int(any(finding.state == "wrong" for finding in findings))


async def _findings() -> list[Finding]:
    found = [*checks_of_the_machine()]
    try:
        settings = Settings.load()
    except SettingsError as error:
        remedy = tell(N_("Set what is named here, or start `bin/dev`, which runs servers of its own."))
        return [*found, Finding("Settings", "wrong", str(error), remedy)]
    found.append(Finding("Settings", "ok", settings.environment))
    return [*found, *await asyncio.gather(*(_ask(name, ask, settings) for name, ask in (*EXAMINATIONS, *WORK)))]


def checks_of_the_machine() -> list[Finding]:
    """What can be told without any settings: Python, its libraries, the programs beside it and the walls.

    What is outdated is wrong in production, which does not start with it; on a desk it is told, and works.
    """
    old = outdated()
    found = [_of_outdated(each) for each in old]
    if all(each.name != "Python" for each in old):
        found.insert(0, Finding("Python", "ok", sys.version.partition(" ")[0]))
    found.append(_decoders())
    missing = checks.missing_programs()
    if missing:
        return [*found, Finding("Programs", "wrong", checks.lacking(missing), tell(N_("Run `bin/setup`.")))]
    return [*found, Finding("Programs", "ok", tell(N_("postgres, valkey, temporal, browser packages")))]


def _of_outdated(each: Outdated) -> Finding:
    state: Literal["wrong", "outdated"] = "wrong" if os.environ.get("ADX_ENVIRONMENT") == "production" else "outdated"
    remedy = tell(N_("Run production on {needed} or newer.", needed=f"{each.name} {each.needed}"))
    return Finding(each.name, state, f"{each.found}: {each.fault}", remedy)


def _decoders() -> Finding:
    """What a hostile file could reach, tried."""
    doors = open_doors()
    if doors:
        detail = tell(N_("a hostile file could reach: {doors}", doors=walls.named(doors)))
        return Finding("Decoders", "wrong", detail, tell(walls.REMEDY))
    return Finding("Decoders", "ok", tell(N_("a hostile file finds every door shut")))


async def _ask(name: str, ask: Ask, settings: Settings) -> Finding:
    try:
        return Finding(name, "ok", await answered_apart(partial(ask, settings), SECONDS))
    except checks.NotConfiguredError as error:
        return Finding(name, "off", str(error))
    except checks.WrongError as error:
        return Finding(name, "wrong", str(error), error.remedy)
    except TimeoutError:
        told = tell(N_("no answer within {count} second", "no answer within {count} seconds", count=SECONDS))
        return Finding(name, "wrong", told, _remedy(name))
    except Exception as error:  # noqa: BLE001 - a doctor reports whatever it meets
        detail = f"{type(error).__name__}: {error}".partition("\n")[0]
        return Finding(name, "wrong", detail, _remedy(name))


def _remedy(name: str) -> str:
    variable = {
        "PostgreSQL": "DATABASE_URL",
        "Database role": "DATABASE_URL",
        "Migrations": "MIGRATE_DATABASE_URL",
        "Root key": "DATABASE_URL",
        "Redis": "REDIS_URL",
        "Redis persistence": "REDIS_URL",
        "Temporal": "TEMPORAL_ADDRESS",
        "Search attributes": "TEMPORAL_ADDRESS",
        "Storage": "STORAGE_URL",
        "Mail": "SMTP_URL",
        "ClamAV": "CLAMD_URL",
        "Workers": "TEMPORAL_ADDRESS",
        "Schedules": "TEMPORAL_ADDRESS",
        "Workflows": "DATABASE_URL",
        "Rows": "DATABASE_URL",
        "Anchors": "ANCHOR_URL",
    }[name]
    told = N_("See that it runs and that {variable} is its address; on a desk, start `bin/dev`.", variable=variable)
    return tell(told)


def _table(findings: list[Finding]) -> Table:
    table = Table("", tell(N_("State")), tell(N_("What was found")), tell(N_("What to do")), box=None, pad_edge=False)
    for finding in findings:
        name = tell(NAMES[finding.name]) if finding.name in NAMES else finding.name
        state = f"[{STYLES[finding.state]}]{tell(STATES[finding.state])}[/]"
        # What a server says of itself is no markup either.
        table.add_row(name, state, Text(for_terminal(finding.detail)), Text(for_terminal(finding.remedy)))
    return table
