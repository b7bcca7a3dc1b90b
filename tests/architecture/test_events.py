"""Every event that is told is declared, and nothing but declared events is told."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.live.events import EVENTS, Event, PayloadError, event
from tests.architecture.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TELLING = {"publish", "tell"}


def bare_names(source: str) -> Iterator[str]:
    """Yield the events that a module tells by a string, written there or held by a constant."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if called not in TELLING:
            continue
        for argument in node.args:
            value = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(argument, ast.Name):
                value = constants.get(argument.id)
            if isinstance(value, str) and ":" in value:
                yield value


def test_no_event_is_told_by_a_bare_string() -> None:
    """Not by the product, nor by what ``bin/new-feature`` writes."""
    sources = [
        *(file for layer in ("core", "domain", "activities", "web") for file in (ROOT / layer).rglob("*.py")),
        *(ROOT / "entrypoints" / "skeleton").rglob("*.py.txt"),
    ]
    found = {f"{file.relative_to(ROOT)}: {name}" for file in sources for name in bare_names(file.read_text("utf-8"))}
    assert not found


@pytest.mark.parametrize(
    "source", ['uow.publish("notes:changed", key)', 'CHANGED = "notes:changed"\nuow.publish(CHANGED)', 'tell(r, "a:b")']
)
def test_a_bare_string_is_found(source: str) -> None:
    assert list(bare_names(source))


def test_an_event_is_checked_when_it_is_told() -> None:
    @dataclass(frozen=True, slots=True)
    class Counted:
        unread: int

    counted = Event("probe:counted", "For this test.", Counted)
    counted.check({"unread": 3})
    for wrong in ({}, {"unread": 3, "more": 1}, {"other": 1}):
        with pytest.raises(PayloadError):
            counted.check(wrong)


def test_names_are_unique_and_say_whose_they_are() -> None:
    with pytest.raises(ValueError, match="twice"):
        event("live:reset", "Again.")
    with pytest.raises(ValueError, match="is called"):
        event("changed", "Whose?")
    assert "live:reset" in EVENTS
