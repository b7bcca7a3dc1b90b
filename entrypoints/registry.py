"""The features and their workflows. A new one is added here, and what its activities need in ``activities.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from domain.files.types import TidyInput
from workflows.auth.register import Register
from workflows.files.ingest import Ingest
from workflows.files.remove import Remove
from workflows.files.tidy import Tidy
from workflows.kit.run import DurableRun
from workflows.runs.sweep import EVERY, SWEEP, Sweep
from workflows.tenants.provision import Provision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.runs.contract import AnyContract

WORKFLOWS: Mapping[str, tuple[type, ...]] = MappingProxyType({
    "auth": (Register,),
    "tenants": (Provision,),
    "files": (Ingest, Remove, Tidy),
    "runs": (Sweep,),
})  # fmt: skip
"""The workflows that run on each feature's task queue; a feature without any has an empty tuple."""

FEATURES = tuple(WORKFLOWS)
"""The features that are built so far; each has its pages, its task queue and its role in the database."""


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
    Scheduled("tidy", Tidy.contract.name, "files", timedelta(hours=1), TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)),
)


def contracts() -> Mapping[str, AnyContract]:
    """Return every contract by its name: of each workflow that is a run, its own."""
    runs = (cls.contract for classes in WORKFLOWS.values() for cls in classes if issubclass(cls, DurableRun))
    return MappingProxyType({contract.name: contract for contract in runs})


def workflows(feature: str) -> tuple[type, ...]:
    """Return the workflow classes that run on the feature's task queue."""
    return WORKFLOWS[feature]
