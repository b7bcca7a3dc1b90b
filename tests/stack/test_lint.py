"""The checks of bin/lint that are ours to configure turn red for the fault they are there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT
from entrypoints.migration_sql import script

TOOLS = Path(sys.executable).parent


def squawk(text: str) -> subprocess.CompletedProcess[str]:
    command = [str(TOOLS / "squawk"), "--config", str(ROOT / ".squawk.toml"), "--stdin-filepath", "migrations.sql"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def test_a_migration_that_blocks_everybody_is_refused() -> None:
    sound = script()
    assert squawk(sound).returncode == 0, squawk(sound).stdout
    found = squawk(sound + "\nalter table platform.tenants alter column name type varchar(20);\n")
    assert found.returncode != 0
    assert "changing-column-type" in found.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The product's packages, to be spoilt at will."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("entrypoints", "web", "workflows", "activities", "domain", "core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    command = [str(TOOLS / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/ids.py", "import domain.files.types", "Imports go one way"),
        ("domain/files/types.py", "import domain.tenants.types", "Features do not import each other inside domain"),
        ("web/files/routes.py", "import web.auth.routes", "Features do not import each other inside web"),
        ("workflows/files/ingest.py", "import core.db", "Workflows import no database"),
        (
            "workflows/files/ingest.py",
            "import workflows.tenants.provision",
            "A workflow knows another feature's contract",
        ),
        ("web/files/routes.py", "import sqlalchemy", "Only domain and core touch SQL"),
        ("domain/files/types.py", "import quart", "Only web touches Quart"),
    ],
)
def test_an_import_against_the_order_is_refused(tree: Path, file: str, line: str, contract: str) -> None:
    spoilt = tree / file
    spoilt.write_text(f"{spoilt.read_text()}\n{line}\n")
    found = lint_imports(tree)
    assert found.returncode != 0
    broken = [row for row in found.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), found.stdout


def test_the_tree_as_it_is_keeps_the_order(tree: Path) -> None:
    found = lint_imports(tree)
    assert found.returncode == 0, found.stdout


def test_nothing_that_is_locked_says_where_it_came_from() -> None:
    for name in ("requirements/base.txt", "requirements/dev.txt", "package-lock.json"):
        assert "://" not in (ROOT / name).read_text(), name


def test_every_requirement_is_hashed() -> None:
    for name in ("base", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pinned = [number for number, line in enumerate(lines) if "==" in line]
        assert all("--hash=sha256:" in lines[number + 1] for number in pinned)
