"""Which parts each feature brings to a process: the one list that a new feature is added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import workflows.auth.contract as auth
import workflows.files.contract as files
import workflows.tenants.contract as tenants
from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from domain.files.types import TidyInput
from workflows.auth.register import Register
from workflows.files.ingest import Ingest
from workflows.files.remove import Remove
from workflows.files.tidy import Tidy
from workflows.runs.sweep import EVERY, SWEEP, Sweep
from workflows.tenants.provision import Provision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.runs.contract import AnyContract

FEATURES = ("auth", "tenants", "files", "runs")
"""The features that are built so far; each has its blueprint, its task queue and its role in the database."""

CONTRACTS: tuple[AnyContract, ...] = (auth.REGISTER, tenants.PROVISION, files.INGEST, files.REMOVE, files.TIDY)

WORKFLOWS: Mapping[str, tuple[type, ...]] = MappingProxyType({
    "auth": (Register,),
    "tenants": (Provision,),
    "files": (Ingest, Remove, Tidy),
    "runs": (Sweep,),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A workflow that Temporal starts by the clock; one that still runs is not started again."""

    id: str
    workflow: str
    feature: str
    every: timedelta
    argument: object | None = None


SCHEDULES = (
    Scheduled("sweep", SWEEP, "runs", EVERY),
    Scheduled("tidy", files.TIDY.name, "files", timedelta(hours=1), TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)),
)


def contracts() -> Mapping[str, AnyContract]:
    """Return every contract by its name."""
    return MappingProxyType({contract.name: contract for contract in CONTRACTS})


def workflows(feature: str) -> tuple[type, ...]:
    """Return the workflow classes that run on the feature's task queue."""
    return WORKFLOWS[feature]


def activity_classes(feature: str) -> tuple[type, ...]:
    """Return the classes whose activities run on the feature's task queue.

    Imported on demand: they bring decoders and scanners that a web process has no use for.
    """
    from entrypoints.activities import CLASSES  # noqa: PLC0415

    return CLASSES[feature]
