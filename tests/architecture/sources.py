"""Rules that the files themselves keep: what a workflow may import, how long a file may be, what it must say."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import core

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(core.__file__).parent.parent
PACKAGES = ("core", "domain", "activities", "workflows", "web", "entrypoints", "migrations")
LONGEST_FILE = 300
"""Migrations may be longer: what has been applied somewhere is never split."""

MIGRATION_NAME = re.compile(r"(?P<date>\d{4}_\d{2}_\d{2})_(?P<feature>[a-z]+)_[a-z0-9_]+\.py")
REVISION = re.compile(r"(?P<number>\d{4})_(?P<word>[a-z0-9_]+)")

FORBIDDEN_IN_WORKFLOWS = frozenset({
    *("asyncpg", "httpx", "os", "psycopg", "quart", "random", "redis", "requests", "secrets", "socket", "sqlalchemy"),
    *("subprocess", "threading", "time", "uuid_utils", "structlog", "logging"),
    *("core.db", "core.settings", "core.cache", "core.live.transport", "core.mail", "core.storage", "core.identity"),
    *("core.runs.dispatch", "core.runs.launch", "core.runs.recorder", "core.runs.sweep", "core.runs.temporal"),
    *("web", "activities", "entrypoints"),
})  # fmt: skip
"""What is not the same when a workflow is replayed, or reaches out of it."""

FORBIDDEN_CALLS = frozenset({"datetime.now", "datetime.utcnow", "date.today", "uuid4", "uuid.uuid4", "uuid1", "new_id"})

REPORTING = Path("workflows", "kit", "reporting.py")


def workflow_faults(root: Path = ROOT) -> list[str]:
    """Return what keeps workflow modules from being deterministic, and what ``__init__`` files hold."""
    found = []
    for file in sorted((root / "workflows").rglob("*.py")):
        name = file.relative_to(root)
        if file.name == "__init__.py":
            found += (
                [f"{name}: is not empty; the sandbox imports it again and again"] if file.read_text().strip() else []
            )
        elif file.name != "start.py":
            found += [f"{name}: {fault}" for fault in _of_workflow_module(ast.parse(file.read_text()), name)]
    return found


def _of_workflow_module(tree: ast.Module, name: Path) -> Iterator[str]:
    for module in _imported(tree):
        if any(module == forbidden or module.startswith(f"{forbidden}.") for forbidden in FORBIDDEN_IN_WORKFLOWS):
            yield f"imports {module}"
        if module.startswith("workflows.") and not _may_know(module.split("."), name.parts):
            yield f"imports {module}; of other features only contract.py may be known"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            yield from _of_call(called, {keyword.arg for keyword in node.keywords})
            if "_local_activity" in called and name != REPORTING:
                yield f"calls {called}, whose failure is another one on replay; only {REPORTING} handles both"


def _of_call(called: str, given: set[str | None]) -> Iterator[str]:
    if called in FORBIDDEN_CALLS:
        yield f"calls {called}, which differs on replay"
    if called == "workflow.execute_activity" and "heartbeat_timeout" not in given:
        yield "calls an activity without heartbeat_timeout: a killed worker is noticed at its very end"


def _may_know(module: list[str], file: tuple[str, ...]) -> bool:
    return module[1] in {"kit", file[1]} or module[2:3] == ["contract"]


def _imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported when the code runs, not for type checking alone."""
    skipped = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def file_faults(root: Path = ROOT) -> list[str]:
    """Return files that are too long or do not say what they are. Tests say it by their names."""
    found = [
        f"{file.relative_to(root)}: has more than {LONGEST_FILE} lines"
        for file in sorted((root / "tests").rglob("*.py"))
        if len(file.read_text().splitlines()) > LONGEST_FILE
    ]
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            text, name = file.read_text(), file.relative_to(root)
            if len(text.splitlines()) > LONGEST_FILE and package != "migrations":
                found.append(f"{name}: has more than {LONGEST_FILE} lines")
            if text.strip() and not ast.get_docstring(ast.parse(text)):
                found.append(f"{name}: does not say what it is")
            if file.stem in {"utils", "util", "helpers", "misc", "common"}:
                found.append(f"{name}: is named after nothing")
    return found


def kit_faults(root: Path = ROOT) -> list[str]:
    """Return pages of features that reach below ``web.kit``, whose ``__init__`` is all that a feature needs to know."""
    return [
        f"{file.relative_to(root)}: imports {node.module}, not web.kit"
        for file in sorted((root / "web").rglob("*.py"))
        if "kit" not in file.relative_to(root).parts
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("web.kit.")
    ]


def feature_faults(features: tuple[str, ...], root: Path = ROOT) -> list[str]:
    """Return features without a page of documentation that names their workflows' module and tables' schema."""
    found = []
    for feature in features:
        page = root / "docs" / "features" / f"{feature}.md"
        if not page.exists():
            found.append(f"{feature}: has no page docs/features/{feature}.md")
        elif not page.read_text().startswith("# "):
            found.append(f"{feature}: its page has no title")
    return found


def decision_faults(root: Path = ROOT) -> list[str]:
    """Return records of decisions that share a number with another, or whose title bears a different one."""
    found, taken = [], dict[int, str]()
    for file in sorted((root / "docs" / "decisions").glob("*.md")):
        number = int(file.name[:4])
        if not file.read_text().startswith(f"# {number}. "):
            found.append(f"{file.name}: its title does not begin with {number}.")
        if number in taken:
            found.append(f"{file.name}: has the number of {taken[number]}")
        taken[number] = file.name
    return found


def migration_faults(root: Path = ROOT) -> list[str]:
    """Return migrations that are misnamed, or that do not make one chain in the order of their numbers and dates."""
    found, revisions = [], dict[str, tuple[str | None, Path]]()
    for file in sorted((root / "migrations" / "versions").glob("*.py")):
        if file.name == "__init__.py":
            continue
        values = _constants(ast.parse(file.read_text()))
        revision, down = values.get("revision"), values.get("down_revision")
        if not MIGRATION_NAME.fullmatch(file.name):
            found.append(f"{file.name}: is not named by date, feature and sentence")
        if not revision or not REVISION.fullmatch(revision):
            found.append(f"{file.name}: its revision is not a number and a word")
        elif revision in revisions:
            found.append(f"{file.name}: revision {revision} is taken by {revisions[revision][1].name}")
        else:
            revisions[revision] = (down, file)
    return found + _chain_faults(revisions)


def _constants(tree: ast.Module) -> dict[str, str | None]:
    return {
        ast.unparse(node.targets[0]): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str | None)
    }


def _chain_faults(revisions: dict[str, tuple[str | None, Path]]) -> list[str]:
    ordered = sorted(revisions)
    expected: list[str | None] = [None, *ordered]
    found = [
        f"{revision}: follows {revisions[revision][0]}, not {before}"
        for revision, before in zip(ordered, expected, strict=False)
        if revisions[revision][0] != before
    ]
    dates = [revisions[revision][1].name[:10] for revision in ordered]
    return found + ([] if dates == sorted(dates) else ["a migration is dated before the one that it follows"])
