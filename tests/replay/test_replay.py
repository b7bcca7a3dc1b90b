"""Every workflow, on every path, can still follow what it did before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from temporalio import workflow
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from core.runs.payloads import PayloadKeyError, data_converter
from entrypoints.registry import REGISTRY
from tests.replay.record import SECRET, StoredHistory, stored_histories
from tests.workflows.kit.sample import CONTRACTS as SAMPLE_CONTRACTS, FIRST, WORKFLOWS as SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.runs.contract import AnyContract
    from workflows.kit.run import DurableRun

pytestmark = pytest.mark.replay

CONVERTER = data_converter(SECRET.encode(), None)
STORED = list(stored_histories())

LOST_REPORTS = frozenset({"report-timed-out", "report-failed", "report-cancelled"})
"""What can become of a report that a workflow makes of itself; each contract is driven through all of them."""

UNWOUND = "unwound"


def can_be_unwound(contract: AnyContract) -> bool:
    """Whether a run of the contract can be undone from its input alone, when its history is lost."""
    return contract.cancel == "undo" and any(step.has_undo for step in contract.steps)


def name_of(cls: type) -> str:
    """Return the name under which a workflow class is known to Temporal."""
    definition = workflow._Definition.must_from_class(cls)
    return definition.name or ""


CLASSES = {name_of(cls): cls for feature in REGISTRY.names for cls in REGISTRY.workflows(feature)}
ALL_CLASSES = CLASSES | {name_of(cls): cls for cls in SAMPLES}
ALL_CONTRACTS: Mapping[str, AnyContract] = {**REGISTRY.contracts, **SAMPLE_CONTRACTS}


def paths_of(contract: AnyContract) -> set[str]:
    """Return the paths that must be stored: every outcome, being cancelled where that is possible, lost reports..."""
    cancelled = {"cancelled"} if contract.cancel == "undo" else set()
    return set(contract.outcomes) | cancelled | LOST_REPORTS | ({UNWOUND} if can_be_unwound(contract) else set())


def missing(names: Mapping[str, object], stored: list[StoredHistory]) -> list[str]:
    """Return the paths of workflows for which no history is stored."""
    return [
        f"{name}/{path}"
        for name in names
        for path in sorted(paths_of(ALL_CONTRACTS[name]) if name in ALL_CONTRACTS else {"done"})
        if not any(history.workflow == name and is_of(history, path) for history in stored)
    ]


def is_of(history: StoredHistory, path: str) -> bool:
    """Whether a history took a path, or a special case of it: ``cancelled-after-scan`` is one of ``cancelled``."""
    taken = history.path.replace("_", "-")
    return taken == path.replace("_", "-") or taken.startswith(path.replace("_", "-") + "-")


def test_every_path_of_every_workflow_has_a_stored_history() -> None:
    assert missing(CLASSES, STORED) == [], "walk the path in a test, call save_history, run bin/record-histories"


def test_a_workflow_without_a_history_is_named() -> None:
    paths = ("cancelled", "late", "ready", "report-cancelled", "report-failed", "report-timed-out", "unwound")
    assert missing({"sample.line": None}, []) == [f"sample.line/{path}" for path in paths]


def test_no_history_belongs_to_a_workflow_that_is_gone() -> None:
    assert {history.workflow for history in STORED} <= ALL_CLASSES.keys()


@pytest.mark.parametrize("history", STORED, ids=lambda history: f"{history.workflow}/{history.path}")
async def test_a_stored_history_replays(history: StoredHistory) -> None:
    replayer = Replayer(workflows=[ALL_CLASSES[history.workflow]], data_converter=CONVERTER)
    await replayer.replay_workflow(history.load())


def with_a_new_first_step(cls: type) -> type:
    """Return the workflow as a careless change would make it: with one more step before the others."""

    async def steps(self: DurableRun[Any, Any], run_input: Any) -> Any:  # any workflow's
        await self.step(FIRST, run_input)
        return await cls.steps(self, run_input)  # type: ignore[attr-defined]  # every run has steps

    return _mutated(cls, steps)


def with_a_pause(cls: type) -> type:
    """Return the workflow with a pause before its steps."""

    async def steps(self: DurableRun[Any, Any], run_input: Any) -> Any:  # any workflow's
        await workflow.sleep(1)
        return await cls.steps(self, run_input)  # type: ignore[attr-defined]  # every run has steps

    return _mutated(cls, steps)


def _mutated(cls: type, steps: object) -> type:
    async def run(self: DurableRun[Any, Any], run_input: Any) -> Any:  # any workflow's
        return await self.conduct(run_input)

    # Temporal refuses workflows that are local to a function, by their qualified name.
    run.__qualname__ = f"{cls.__name__}.run"
    run.__annotations__ = get_type_hints(cls.run)  # type: ignore[attr-defined]  # every run has one
    body = {"steps": steps, "run": workflow.run(run), "__module__": __name__, "__qualname__": cls.__name__}
    return workflow.defn(name=name_of(cls))(type(cls.__name__, (cls,), body))


@pytest.mark.parametrize("mutate", [with_a_new_first_step, with_a_pause])
@pytest.mark.parametrize("name", [name for name in ALL_CLASSES if name in ALL_CONTRACTS])
async def test_changed_workflow_code_is_caught(name: str, mutate: Callable[[type], type]) -> None:
    replayer = Replayer(
        workflows=[mutate(ALL_CLASSES[name])],
        data_converter=CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    history = next(history for history in STORED if history.workflow == name)
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(history.load())


async def test_histories_are_sealed_with_the_key_of_the_tests() -> None:
    strange = data_converter(b"another secret" * 4, None)
    other = Replayer(workflows=[ALL_CLASSES[STORED[0].workflow]], data_converter=strange)
    with pytest.raises(Exception, match=PayloadKeyError.__name__):
        await other.replay_workflow(STORED[0].load())
