"""What the product says in the audit trail and what is declared are the same, and the features' own."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from core.audit_actions import ACTIONS
from core.runs.report import ENDED

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("activities", "core", "domain", "entrypoints", "web", "workflows")
SPELLED = {"run.{verb}": {f"run.{state}" for state in (*ENDED, "started")}}
"""Actions that are put together, by how that is written."""


def said() -> set[str]:
    """Return every action that the source says."""
    return {action for folder in FOLDERS for file in (ROOT / folder).rglob("*.py") for action in of(file.read_text())}


def of(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit":
            written = ast.unparse(node.args[0])[1:].strip("'\"")
            plain = ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else written
            yield from SPELLED.get(plain, {plain})


def test_what_is_said_is_declared_and_what_is_declared_is_said() -> None:
    assert said() == set(ACTIONS)


def test_an_action_that_is_put_together_otherwise_is_seen() -> None:
    assert set(of("uow.audit('files.x', s)")) == {"files.x"}
    assert set(of("uow.audit(f'run.{verb}', s)")) == SPELLED["run.{verb}"]
    for other in ("uow.audit(f'run.{other}', s)", "uow.audit(name, s)"):
        assert not set(of(other)) & set(ACTIONS)
