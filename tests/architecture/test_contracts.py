"""A workflow that lacks a title, a step's activity, its undo, a remedy or a translation does not pass."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest
from pydantic import SecretStr
from temporalio import activity

from core.i18n.catalogues import Catalogues
from core.messages import Message
from core.runs.contract import NothingToUndo, Outcome, Remedy, Undo
from core.settings import Settings
from entrypoints.collaborators import Collaborators
from entrypoints.registry import REGISTRY
from tests.architecture.contracts import Feature, activities_of, faults, messages_in, name_of
from tests.architecture.refusals import ROOT, refusals
from tests.workflows.kit import sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.runs.contract import AnyContract

ENGINEER_ONLY = frozenset({"runs.sweep", "runs.anchor", "notifications.collect"})
"""Workflows that nobody launches and no card shows."""

EMPTY = Message("sample", " ")

SETTINGS = Settings(
    environment="test",
    database_url="postgresql://nobody@nowhere/none",
    redis_url="redis://nowhere",
    temporal_address="nowhere:7233",
    smtp_url="smtp://nowhere",
    secret_key=SecretStr("nothing is sealed with this, though it is long"),
)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load(ROOT / "locales")


def activity_classes(name: str) -> tuple[type, ...]:
    """The classes of the activities that a worker of the feature would run, built with nothing to work with."""
    given = Collaborators(SETTINGS, *[MagicMock() for _ in fields(Collaborators)[1:]])
    return tuple(type(instance) for instance in REGISTRY[name].activities(given))


def feature_of(name: str) -> Feature:
    return Feature(
        name=name,
        contracts=tuple(contract for contract in REGISTRY.contracts.values() if contract.feature == name),
        workflows=REGISTRY.workflows(name),
        activities=activities_of(activity_classes(name)),
        refusals=refusals(name),
        engineer_only=ENGINEER_ONLY,
    )


@pytest.mark.parametrize("name", REGISTRY.names)
def test_every_contract_keeps_its_promises(name: str, catalogues: Catalogues) -> None:
    assert faults(feature_of(name), catalogues) == []


def test_every_contract_belongs_to_a_registered_feature() -> None:
    for feature in REGISTRY:
        assert {contract.feature for contract in feature.contracts} <= {feature.name}
    assert {name_of(cls) for feature in REGISTRY.names for cls in REGISTRY.workflows(feature)} >= set(
        REGISTRY.contracts
    )


# --- planted faults ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loose:
    """No input of a workflow."""

    label: str


def _activity(name: str, *, gives: type = int) -> Callable[..., Any]:
    async def act(run_input: sample.SampleInput) -> int:
        return len(run_input.label)

    act.__annotations__ = {"run_input": sample.SampleInput, "return": gives}
    return activity.defn(name=f"sample.{name}")(act)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Feature, Catalogues]:
    """The sample workflows, their activities and a language with all of their texts."""
    contracts = tuple(sample.CONTRACTS.values())
    functions = {f"sample.{name}": _activity(name) for name in sample.NAMES}
    functions |= {f"sample.undo_{name}": _activity(f"undo_{name}", gives=type(None)) for name in sample.UNDONE}
    refused = {"sample.first": {"shelf_full"}}
    line_alone = (contracts[0],)
    return (
        Feature("sample", line_alone, (sample.Line,), functions, refused),
        Catalogues.load(_translated(tmp_path_factory.mktemp("locales"), line_alone)),
    )


def _translated(folder: Path, contracts: tuple[AnyContract, ...]) -> Path:
    texts = {message.text for contract in contracts for message in messages_in(contract)}
    target = folder / "de" / "LC_MESSAGES"
    target.mkdir(parents=True)
    facts = ("Language: de", "Content-Type: text/plain; charset=UTF-8", "Plural-Forms: nplurals=2; plural=(n != 1);")
    header = 'msgid ""\nmsgstr ""\n' + "".join(f'"{fact}\\n"\n' for fact in facts)
    entries = "".join(f'\nmsgid "{text}"\nmsgstr "{text} (de)"\n' for text in sorted(texts))
    (target / "sample.po").write_text(header + entries)
    return folder


def test_the_sample_is_healthy(healthy: tuple[Feature, Catalogues]) -> None:
    assert faults(*healthy) == []


def line_with(**changes: object) -> AnyContract:
    return replace(sample.LINE, **changes)  # type: ignore[arg-type]  # planted


def first_with(**changes: object) -> AnyContract:
    return line_with(steps=(replace(sample.FIRST, **changes), *sample.LINE.steps[1:]))  # type: ignore[arg-type]  # planted


FAULTY: dict[str, tuple[AnyContract, str]] = {
    "no title": (line_with(title=EMPTY), "has no title"),
    "title is no message": (line_with(title="Line"), "has no title"),
    "no kind": (line_with(kind=None), "has a title that takes values, and says no kind"),
    "no steps": (line_with(steps=()), "has no steps"),
    "a step less": (line_with(steps=sample.LINE.steps[:-1]), "step tell is taken and not planned"),
    "a step too many": (line_with(steps=(*sample.LINE.steps[:4], sample.LEFT)), "step left is planned and never taken"),
    "twice the same step": (line_with(steps=(sample.FIRST, *sample.LINE.steps)), "two steps are called first"),
    "no outcome": (line_with(outcomes={}), "has no outcome"),
    "an empty outcome": (line_with(outcomes={"ready": Outcome(EMPTY)}), "outcome ready says nothing"),
    "an empty remedy": (
        line_with(failures={"shelf_full": Remedy(sample.N_("The shelf is full."), EMPTY)}),
        "failure shelf_full lacks its cause or its remedy",
    ),
    "no remedy": (line_with(failures={}), "step first: may fail with shelf_full, for which the contract has no remedy"),
    "an unnamed step": (first_with(name="First step"), "is not named by a word"),
    "a step without title": (first_with(title=EMPTY), "step first: has no title"),
    "no undo": (first_with(undo=None), "step first: has no undo and no reason for that"),
    "no reason": (first_with(undo=NothingToUndo("")), "step first: does not say why there is nothing to undo"),
    "an unknown undo": (
        first_with(undo=Undo("sample.nothing")),
        "step first: activity sample.nothing is not registered",
    ),
    "another argument": (first_with(takes=Loose), "step first: activity sample.first takes"),
    "another result": (first_with(gives=str), "step first: activity sample.first gives <class 'int'>"),
    "an undo too late": (
        line_with(steps=(*sample.LINE.steps[:4], replace(sample.SHIP, undo=Undo("sample.undo_first")), sample.TELL)),
        "step ship: has an undo that can never be called",
    ),
    "no attempts": (first_with(attempts=0), "step first: is given no attempt or no time"),
    "a bare name": (line_with(name="line"), "is not named <feature>.<workflow>"),
    "a loose input": (line_with(input=Loose), "its input is no frozen dataclass with tenant_id and actor_id"),
    "a loose result": (line_with(result=Loose), "its result is no frozen dataclass with an outcome"),
    "no translation": (line_with(title=sample.N_("Not in the book")), "'Not in the book' is not translated into de"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_contract_is_told(healthy: tuple[Feature, Catalogues], fault: str) -> None:
    feature, catalogues = healthy
    contract, told = FAULTY[fault]
    found = faults(replace(feature, contracts=(contract,)), catalogues)
    assert any(told in line for line in found), found


def test_faulty_workflows_are_told(healthy: tuple[Feature, Catalogues]) -> None:
    feature, catalogues = healthy
    nothing = faults(replace(feature, workflows=()), catalogues)
    assert "sample.line: no workflow of that name is registered" in nothing
    stranger = faults(replace(feature, workflows=(sample.Line, sample.Fan)), catalogues)
    assert "sample.fan: has no contract in the registry" in stranger
    elsewhere = faults(replace(feature, contracts=(line_with(icon="other"),)), catalogues)
    assert "sample.line: Line carries another contract" in elsewhere
    bare = faults(replace(feature, workflows=(sample.Bare,)), catalogues)
    assert "sample.bare: Bare is no DurableRun" in bare
    busy = faults(replace(feature, workflows=(sample.Busy,)), catalogues)
    assert "sample.line: Busy.run does more than to conduct its steps" in busy


def test_a_missing_activity_is_told(healthy: tuple[Feature, Catalogues]) -> None:
    feature, catalogues = healthy
    fewer = {name: function for name, function in feature.activities.items() if name != "sample.second"}
    found = faults(replace(feature, activities=fewer), catalogues)
    assert found == ["sample.line: step second: activity sample.second is not registered"]


def test_refusals_are_found_through_the_functions_that_an_activity_calls(tmp_path: Path) -> None:
    sources = {
        "domain/sample/errors.py": "def full():\n    return QuotaError(N_('x'), code='shelf_full')\n",
        "domain/sample/service.py": "async def put(uow):\n    if uow:\n        raise full()\n"
        "    raise ConflictError(N_('y'))\n",
        "activities/sample/shelf.py": "class Shelf:\n    @activity.defn(name='sample.put')\n"
        "    async def put_away(self, ref):\n        await service.put(ref)\n",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    assert refusals("sample", tmp_path) == {"sample.put": {"shelf_full", "conflict"}}
