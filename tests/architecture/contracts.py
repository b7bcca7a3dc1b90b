"""What every contract promises and its workflow and activities keep: checked on the objects themselves."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from textwrap import dedent
from types import NoneType
from typing import TYPE_CHECKING, Any, get_type_hints
from uuid import UUID

from temporalio import activity, workflow

from core.i18n.placeholders import placeholders
from core.messages import Message
from core.runs.contract import NothingToUndo, Step, Undo
from workflows.kit.run import DurableRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from core.i18n.catalogues import Catalogues
    from core.runs.contract import AnyContract

WORD = re.compile(r"[a-z][a-z0-9_]*")
SHORTEST_REASON = 8
SOURCE_LANGUAGE = "en"
TOLD_IN_GENERAL = {"storage_unavailable"}
"""Outages that the kit tells in words of its own (core.runs.interceptor) where a contract has no better ones."""


@dataclass(frozen=True)
class Feature:
    """What a feature registers, and the codes that each of its activities may refuse with."""

    name: str
    contracts: tuple[AnyContract, ...]
    workflows: tuple[type, ...]
    activities: Mapping[str, Callable[..., Any]]
    refusals: Mapping[str, set[str]] = field(default_factory=dict)
    engineer_only: frozenset[str] = frozenset()


def activities_of(classes: tuple[type, ...]) -> dict[str, Callable[..., Any]]:
    """Return the activities that classes define, by their Temporal name."""
    found: dict[str, Callable[..., Any]] = {}
    for cls in classes:
        for _, method in inspect.getmembers(cls, inspect.isfunction):
            definition = activity._Definition.from_callable(method)
            if definition and definition.name:
                found[definition.name] = method
    return found


def name_of(cls: type) -> str:
    """Return the name under which Temporal knows a workflow."""
    return workflow._Definition.must_from_class(cls).name or ""


def faults(feature: Feature, catalogues: Catalogues) -> list[str]:
    """Return everything that is wrong with a feature's workflows, in words."""
    found = list(_of_workflows(feature))
    for contract in feature.contracts:
        told = (*_of_contract(contract), *_of_steps(contract, feature), *_of_texts(contract, catalogues))
        found += [f"{contract.name}: {fault}" for fault in told]
    return found


# --- workflows --------------------------------------------------------------------------------------------------------


def _of_workflows(feature: Feature) -> Iterator[str]:
    classes = {name_of(cls): cls for cls in feature.workflows}
    contracts = {contract.name: contract for contract in feature.contracts}
    for name in contracts.keys() - classes.keys():
        yield f"{name}: no workflow of that name is registered"
    for name, cls in classes.items():
        if name in feature.engineer_only:
            continue
        if not issubclass(cls, DurableRun):
            yield f"{name}: {cls.__name__} is no DurableRun"
        elif name not in contracts:
            yield f"{name}: has no contract in the registry"
        else:
            yield from (f"{name}: {fault}" for fault in _of_class(cls, contracts[name]))


def _of_class(cls: type[DurableRun[Any, Any]], contract: AnyContract) -> Iterator[str]:
    if cls.contract is not contract:
        yield f"{cls.__name__} carries another contract"
    if not _conducts(cls.run):  # type: ignore[attr-defined]  # Temporal has checked that there is one
        yield f"{cls.__name__}.run does more than to conduct its steps"
    used = {step.name for step in _steps_in(cls)}
    planned = {step.name for step in contract.steps}
    yield from (f"step {name} is planned and never taken" for name in sorted(planned - used))
    yield from (f"step {name} is taken and not planned" for name in sorted(used - planned))


def _conducts(run: Callable[..., Any]) -> bool:
    tree = ast.parse(dedent(inspect.getsource(run)))
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)).body
    lines = [node for node in body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return len(lines) == 1 and "return await self.conduct(" in ast.unparse(lines[0])


def _steps_in(cls: type) -> Iterator[Step[Any, Any]]:
    """Return the steps that a workflow names, itself or in what it derives from."""
    for part in cls.__mro__[: cls.__mro__.index(DurableRun)]:
        tree = ast.parse(dedent(inspect.getsource(part)))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        known = vars(sys.modules[part.__module__])
        yield from (known[name] for name in names if isinstance(known.get(name), Step))


# --- contracts --------------------------------------------------------------------------------------------------------


def _of_contract(contract: AnyContract) -> Iterator[str]:
    feature, _, word = contract.name.partition(".")
    if not WORD.fullmatch(feature) or not WORD.fullmatch(word):
        yield "is not named <feature>.<workflow>"
    yield from _of_title(contract)
    if not contract.steps:
        yield "has no steps"
    if not contract.outcomes:
        yield "has no outcome"
    for code, outcome in contract.outcomes.items():
        if not _says_something(outcome.message):
            yield f"outcome {code} says nothing"
    for code, remedy in contract.failures.items():
        if not _says_something(remedy.cause) or not _says_something(remedy.remedy):
            yield f"failure {code} lacks its cause or its remedy"
    if contract.cancel == "undo" and contract.parked_for <= timedelta(0):
        yield "parked runs have no time to be continued"
    yield from _of_types(contract)


def _of_title(contract: AnyContract) -> Iterator[str]:
    if not _says_something(contract.title):
        yield "has no title"
    elif placeholders(contract.title.text) and contract.kind is None:
        yield "has a title that takes values, and says no kind"


def _of_types(contract: AnyContract) -> Iterator[str]:
    hints = get_type_hints(contract.input)
    if not _is_frozen(contract.input) or (hints.get("tenant_id"), hints.get("actor_id")) != (UUID, UUID):
        yield "its input is no frozen dataclass with tenant_id and actor_id"
    if not _is_frozen(contract.result) or "outcome" not in get_type_hints(contract.result):
        yield "its result is no frozen dataclass with an outcome"


def _is_frozen(cls: type) -> bool:
    return dataclasses.is_dataclass(cls) and bool(cls.__dataclass_params__.frozen)  # type: ignore[attr-defined]  # typeshed leaves it out


def _says_something(message: object) -> bool:
    return isinstance(message, Message) and bool(message.text.strip())


# --- steps ------------------------------------------------------------------------------------------------------------


def _of_steps(contract: AnyContract, feature: Feature) -> Iterator[str]:
    names = [step.name for step in contract.steps]
    yield from (f"two steps are called {name}" for name in sorted({name for name in names if names.count(name) > 1}))
    final = [number for number, step in enumerate(contract.steps) if step.point_of_no_return]
    for number, step in enumerate(contract.steps):
        for fault in _of_step(step, contract, feature):
            yield f"step {step.name}: {fault}"
        if final and number >= final[0] and step.has_undo:
            yield f"step {step.name}: has an undo that can never be called, past the point of no return"


def _of_step(step: Step[Any, Any], contract: AnyContract, feature: Feature) -> Iterator[str]:
    if not WORD.fullmatch(step.name):
        yield "is not named by a word"
    if not _says_something(step.title):
        yield "has no title"
    if isinstance(step.undo, NothingToUndo) and len(step.undo.because) < SHORTEST_REASON:
        yield "does not say why there is nothing to undo"
    undo: object = step.undo
    if not isinstance(undo, NothingToUndo | Undo):
        yield "has no undo and no reason for that"
    if step.attempts < 1 or step.timeout <= timedelta(0):
        yield "is given no attempt or no time"
    if not step.waits:
        yield from _of_activity(f"{contract.feature}.{step.name}", step.takes, step.gives, feature)
        refusals = feature.refusals.get(f"{contract.feature}.{step.name}", set())
        for code in sorted(refusals - contract.failures.keys() - TOLD_IN_GENERAL):
            yield f"may fail with {code}, for which the contract has no remedy"
    if isinstance(step.undo, Undo):
        yield from _of_activity(step.undo.activity, step.takes, NoneType, feature)


def _of_activity(name: str, takes: type, gives: type, feature: Feature) -> Iterator[str]:
    if name not in feature.activities:
        yield f"activity {name} is not registered"
        return
    hints = get_type_hints(feature.activities[name])
    returned = hints.pop("return", None)
    if list(hints.values()) != [takes]:
        yield f"activity {name} takes {list(hints.values())}, the step gives it {takes}"
    if returned is not gives:
        yield f"activity {name} gives {returned}, the step expects {gives}"


# --- texts ------------------------------------------------------------------------------------------------------------


def _of_texts(contract: AnyContract, catalogues: Catalogues) -> Iterator[str]:
    for language in catalogues.locales:
        if language == SOURCE_LANGUAGE:
            continue
        for message in messages_in(contract):
            if _says_something(message) and not is_translated(message, language, catalogues):
                yield f"{message.text!r} is not translated into {language}"


def messages_in(contract: AnyContract) -> Iterator[Message]:
    """Return every text of a contract."""
    yield from (contract.title, contract.kind_title, contract.many, contract.many_done)
    yield from (step.title for step in contract.steps)
    yield from (outcome.message for outcome in contract.outcomes.values())
    for remedy in contract.failures.values():
        yield from (remedy.cause, remedy.remedy)


def is_translated(message: Message, language: str, catalogues: Catalogues) -> bool:
    """Whether a catalogue of the language has the text; a translation that equals the English one counts."""
    return any(book.texts.get(message.text) for book in catalogues._books(language, message.domain))
