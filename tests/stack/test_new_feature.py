"""The skeleton of a feature keeps the rules of the house from the start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from entrypoints.embedded.program import StartError
from entrypoints.new_feature import ROOT, new_feature
from tests.architecture.sources import feature_faults, file_faults, kit_faults, migration_faults, workflow_faults

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("activities", "core", "domain", "entrypoints", "migrations", "tests", "web", "workflows")
MODULES = (
    "web.notes.routes", "workflows.notes.add", "workflows.notes.start", "activities.notes.adding",
    "domain.notes.service", "entrypoints.features.notes",
    "tests.web.notes.test_pages", "tests.workflows.notes.test_add",
)  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's sources in a folder of their own, with a feature more."""
    root = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "histories"))
    for name in ("pyproject.toml", "templates", "docs"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    if (ROOT / ".mypy_cache").exists():  # what mypy knows of all other files, from the last `bin/lint`
        shutil.copytree(ROOT / ".mypy_cache", root / ".mypy_cache")
    told = new_feature("notes", root=root)
    assert "entrypoints/features/notes.py" in told
    return root


def _written(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in root.rglob("*.py") if "notes" in str(path.relative_to(root))]


def _run(root: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", "mypy"])
def test_the_linters_have_nothing_to_say(copy: Path, tool: str) -> None:
    assert _run(copy, "-m", *tool.split(), *_written(copy)) == ""


def test_every_module_can_be_imported(copy: Path) -> None:
    says = "add.ADD.kind.text, add.ADD.many.text, add.ADD.many.plural, add.ADD.many_done.text"
    told = ("Adding notes", "{count} note", "{count} notes", "{count} added")
    adding = f"import workflows.notes.contract as add; assert ({says}) == {told}"
    assert _run(copy, "-c", f"import {', '.join(MODULES)}; {adding}") == ""


def test_it_keeps_the_rules_of_the_house(copy: Path) -> None:
    checks = (workflow_faults, file_faults, kit_faults, migration_faults)
    assert [fault for check in checks for fault in check(copy)] == []
    assert feature_faults(("notes",), copy) == []


@pytest.mark.parametrize("name", ["files", "kit", "live"])
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "web" / "files").mkdir(parents=True)
    with pytest.raises(StartError, match="is there already"):
        new_feature(name, root=tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["web", "files"]


@pytest.mark.parametrize("name", ["", "n", "Notes", "my-notes", "my_notes", "notes2", "../notes", "import"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StartError, match="cannot be a name"):
        new_feature(name, root=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_feature_with_a_schema_makes_none(tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "2026_11_22_files_create.py").write_text('revision = "0004_files"\n')
    new_feature("billing", "invoice", root=tmp_path)
    (migration,) = versions.glob("*_billing_create_billing.py")
    assert "add_feature" not in migration.read_text()
    assert 'down_revision = "0004_files"' in migration.read_text()
