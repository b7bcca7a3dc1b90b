"""The files keep the rules of the house; each rule is shown to bite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entrypoints.registry import REGISTRY
from tests.architecture.sources import (
    decision_faults,
    feature_faults,
    file_faults,
    kit_faults,
    migration_faults,
    workflow_faults,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_workflows_are_deterministic() -> None:
    assert workflow_faults() == []


def test_files_are_short_and_say_what_they_are() -> None:
    assert file_faults() == []


def test_features_know_the_kit_by_its_front_door() -> None:
    assert kit_faults() == []


def test_every_feature_has_a_page() -> None:
    assert feature_faults(REGISTRY.names) == []


def test_decisions_are_numbered() -> None:
    assert decision_faults() == []


def test_migrations_make_one_chain() -> None:
    assert migration_faults() == []


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


WORKFLOW_FAULTS = {
    "import time": "imports time",
    "from random import choice": "imports random",
    "import core.db": "imports core.db",
    "from core import settings": "imports core.settings",
    "from core.runs.launch import launch": "imports core.runs.launch",
    "from sqlalchemy.ext.asyncio import AsyncSession": "imports sqlalchemy.ext.asyncio",
    "from web.kit import guard": "imports web.kit",
    "from workflows.other.flow import Flow": "imports workflows.other.flow; of other features only contract.py",
    "at = datetime.now(UTC)": "calls datetime.now",
    "key = uuid4()": "calls uuid4",
    'workflow.start_local_activity("x", start_to_close_timeout=SHORT)': "calls workflow.start_local_activity",
    'workflow.execute_activity("x", start_to_close_timeout=LONG)': "without heartbeat_timeout",
}


@pytest.mark.parametrize("line", WORKFLOW_FAULTS)
def test_a_workflow_that_reaches_out_is_told(tmp_path: Path, line: str) -> None:
    root = write(tmp_path, {"workflows/sample/flow.py": f'"""A flow."""\n{line}\n'})
    found = workflow_faults(root)
    assert any(WORKFLOW_FAULTS[line] in fault for fault in found), found


def test_a_workflow_may_know_a_contract_and_start_may_launch(tmp_path: Path) -> None:
    imports = "from workflows.other.contract import STEP\nfrom workflows.kit.run import DurableRun\n"
    files = {
        "workflows/sample/flow.py": f"{imports}if TYPE_CHECKING:\n    import time\n",
        "workflows/sample/start.py": "from core.runs.launch import launch\n",
        "workflows/sample/__init__.py": "",
    }
    assert workflow_faults(write(tmp_path, files)) == []


def test_an_init_file_that_does_something_is_told(tmp_path: Path) -> None:
    assert "is not empty" in workflow_faults(write(tmp_path, {"workflows/sample/__init__.py": "import this\n"}))[0]


FILE_FAULTS = {
    "core/long.py": ('"""Long."""\n' + "x = 1\n" * 300, "has more than 300 lines"),
    "tests/core/test_long.py": ("x = 1\n" * 301, "has more than 300 lines"),
    "core/silent.py": ("x = 1\n", "does not say what it is"),
    "web/files/utils.py": ('"""Things."""\n', "is named after nothing"),
}


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_file_that_breaks_a_rule_is_told(tmp_path: Path, name: str) -> None:
    text, told = FILE_FAULTS[name]
    assert [f"{name}: {told}"] == file_faults(write(tmp_path, {name: text}))


def test_a_page_that_reaches_below_the_kit_is_told(tmp_path: Path) -> None:
    files = {
        "web/kit/pages.py": "from web.kit.visit import current_context\n",
        "web/sample/routes.py": "from web.kit import page\nfrom web.kit.guards import guard\n",
    }
    assert kit_faults(write(tmp_path, files)) == ["web/sample/routes.py: imports web.kit.guards, not web.kit"]


def test_a_feature_without_a_page_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, {"docs/features/told.md": "# Told\n", "docs/features/bare.md": "no title\n"})
    assert feature_faults(("told", "bare", "silent"), root) == [
        "bare: its page has no title",
        "silent: has no page docs/features/silent.md",
    ]


def test_decisions_of_one_number_are_told(tmp_path: Path) -> None:
    names = {"0001-why.md": "# 1. Why", "0001-how.md": "# 1. How", "0002-when.md": "# 1. When"}
    root = write(tmp_path, {f"docs/decisions/{name}": f"{text}\n" for name, text in names.items()})
    assert decision_faults(root) == [
        "0001-why.md: has the number of 0001-how.md",
        "0002-when.md: its title does not begin with 2.",
    ]


def _migration(revision: str, down: str | None) -> str:
    return f'"""files: Sentence."""\nrevision = {revision!r}\ndown_revision = {down!r}\n'


MIGRATION_FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "misnamed": ({"2026_11_23.py": _migration("0002_b", "0001_a")}, "is not named by date, feature and sentence"),
    "two after one": (
        {
            "2026_11_23_files_b.py": _migration("0002_b", "0001_a"),
            "2026_11_23_files_c.py": _migration("0003_c", "0001_a"),
        },
        "0003_c: follows 0001_a, not 0002_b",
    ),
    "twice the same": ({"2026_11_23_files_a.py": _migration("0001_a", None)}, "revision 0001_a is taken"),
    "no number": ({"2026_11_23_files_b.py": _migration("b", "0001_a")}, "its revision is not a number and a word"),
    "back in time": ({"2026_11_21_files_b.py": _migration("0002_b", "0001_a")}, "is dated before"),
}


@pytest.mark.parametrize("fault", MIGRATION_FAULTS)
def test_a_migration_out_of_line_is_told(tmp_path: Path, fault: str) -> None:
    files, told = MIGRATION_FAULTS[fault]
    all_files = {"2026_11_22_files_a.py": _migration("0001_a", None), **files}
    root = write(tmp_path, {f"migrations/versions/{name}": text for name, text in all_files.items()})
    found = migration_faults(root)
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize("check", [workflow_faults, file_faults, kit_faults, decision_faults, migration_faults])
def test_an_empty_tree_has_no_faults(tmp_path: Path, check: Callable[[Path], list[str]]) -> None:
    assert check(tmp_path) == []
