"""Which files of tests concern a feature (``bin/test files``), and which a change can reach (``bin/test --changed``).

A file of tests is about the modules that it imports and about the feature that its folder or its name says. A change
reaches it in as many steps as imports lie between them. What starts the product, and journeys through all of it, is
everybody's: it is reached last. The nearest are run, as many as take a minute and a half; what is left out is told.
"""

from __future__ import annotations

import ast
import subprocess
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import grimp
import pytest

from core.settings import ROOT
from tests.support.seconds import features, features_named_by, known_seconds, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PACKAGES = ("core", "domain", "activities", "workflows", "web", "entrypoints")
CHOSEN = pytest.StashKey[frozenset[str]]()
LEFT_OUT = pytest.StashKey[str]()

SECONDS_OF_CHANGED, PROCESSES = 90.0, 2
ALWAYS = "tests/architecture/"
"""It looks at all sources, so that every change reaches it."""
MANIFESTS = ("entrypoints", "features")
WHOLE_PRODUCT = frozenset({"browser", "chaos", "security", "stack"})
"""Folders whose tests meet the product from outside, whatever they import."""
FAR = 9
"""Steps to what drives the whole product: further than any chain of imports that says something."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--feature", action="append", default=[], help="run what concerns the feature in every layer")
    parser.addoption(
        "--changed", action="store_true", help="run what the changes since main, or the last commit, reach"
    )


def pytest_configure(config: pytest.Config) -> None:
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if given is not None:
        if given["chosen"] is not None:
            config.stash[CHOSEN] = frozenset(given["chosen"])
    elif config.getoption("--changed"):
        steps = reached(changed_files(ROOT))
        config.stash[CHOSEN], config.stash[LEFT_OUT] = _nearest(steps, known_seconds(config))
    elif wanted := config.getoption("--feature"):
        config.stash[CHOSEN] = frozenset(file for feature in wanted for file in concerning(feature))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    chosen = node.config.stash.get(CHOSEN, None)
    node.workerinput["chosen"] = None if chosen is None else sorted(chosen)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    chosen = config.stash.get(CHOSEN, None)
    if chosen is None or not collection_path.name.startswith("test_"):
        return None
    return None if str(collection_path.relative_to(ROOT)) in chosen else True


def pytest_report_header(config: pytest.Config) -> list[str]:
    chosen = config.stash.get(CHOSEN, None)
    if chosen is None:
        return []
    return [f"{len(chosen)} files of tests are chosen{config.stash.get(LEFT_OUT, '')}"]


def concerning(feature: str) -> frozenset[str]:
    """Return the files of tests that name the feature, or import something of it."""
    own = {f"{layer}.{feature}" for layer in PACKAGES}
    return frozenset(
        file
        for file in tests_of_the_product()
        if feature in features_named_by(file) or any(_is_of(module, own) for module in imported_by(file))
    )


def changed_files(root: Path) -> frozenset[str]:
    """Return what differs from main, committed or not; where nothing does, what the last commit changed."""
    return _differing_from(root, "main...HEAD") | _uncommitted(root) or _differing_from(root, "HEAD~1...HEAD")


def reached(changed: Iterable[str]) -> dict[str, int]:
    """Return the files of tests that the changed files reach, each with the number of steps to it."""
    names = sorted(changed)
    steps_to = _steps_from({module for name in names for module in modules_of(name)})
    found = {}
    for file in tests_of_the_product():
        ways = [steps_to[module] for module in subjects_of(file) if module in steps_to]
        ways += [0 for name in names if name == file or _is_fixture_of(name, file)]
        if file.startswith(ALWAYS):
            ways.append(0)
        elif names and PurePath(file).parts[1] in WHOLE_PRODUCT and any(map(_is_of_the_product, names)):
            ways.append(FAR)
        if ways:
            found[file] = min(ways)
    return found


@lru_cache(maxsize=1)
def tests_of_the_product() -> tuple[str, ...]:
    """Return every file of tests, from the root of the repository."""
    return tuple(sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")))


@lru_cache(maxsize=1024)
def imported_by(file: str) -> frozenset[str]:
    """Return the modules of the product that a file imports to run; those for types alone do nothing."""
    return frozenset(_imports(ast.parse((ROOT / file).read_text())))


@lru_cache(maxsize=1024)
def subjects_of(file: str) -> frozenset[str]:
    """Return the modules that a file of tests is about: what it imports, and its feature in the layer of its folder."""
    layer = PurePath(file).parts[1]
    layers = (layer,) if layer in PACKAGES else PACKAGES
    own = {f"{name}.{feature}" for name in layers for feature in features_named_by(file)}
    return imported_by(file) | {module for module in _graph().modules if _is_of(module, own)}


def modules_of(name: str) -> frozenset[str]:
    """Return the modules that a changed file is, or whose pages, words or tables it holds."""
    path = PurePath(name)
    if path.parts[:2] == MANIFESTS and path.stem in features():
        return _all_of({f"{layer}.{path.stem}" for layer in PACKAGES})
    if path.suffix == ".py" and path.parts[0] in PACKAGES:
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        return frozenset({module})
    named = {*path.parts, path.stem, *path.stem.split("_")} & features()
    if path.parts[0] == "migrations":
        return _all_of({f"domain.{feature}" for feature in named})
    if path.parts[0] in {"templates", "locales", "web"}:
        return _all_of({f"web.{feature}" for feature in named or {"kit"}})
    if path.parts[0] == "themes":
        return frozenset({"core.theming"})
    return frozenset()


def _nearest(steps: Mapping[str, int], known: Mapping[str, float]) -> tuple[frozenset[str], str]:
    """Return what can be run in time, the nearest first, and a word on the rest; what is next to the change always."""
    chosen, left, seconds = set(), SECONDS_OF_CHANGED * PROCESSES, 0.0
    for file in sorted(steps, key=lambda file: (steps[file], seconds_of(file, known))):
        seconds = seconds_of(file, known)
        if steps[file] == 0 or seconds <= left:
            chosen.add(file)
            left -= seconds
    rest = len(steps) - len(chosen)
    return frozenset(chosen), f"; {rest} that are further away are left to bin/test" if rest else ""


def _steps_from(changed: Iterable[str]) -> dict[str, int]:
    """Return how many imports lie between the changed modules and each that hangs on them."""
    graph = _graph()
    steps = dict.fromkeys(changed, 0)
    front = [module for module in steps if module in graph.modules]
    while front:
        following = []
        for module in front:
            for importer in graph.find_modules_that_directly_import(module):
                if importer not in steps and not importer.startswith("entrypoints"):
                    steps[importer] = steps[module] + 1
                    following.append(importer)
        front = following
    return steps


@lru_cache(maxsize=1)
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=str(ROOT / ".adx" / "imports"))


def _all_of(packages: Iterable[str]) -> frozenset[str]:
    own = set(packages)
    return frozenset(module for module in _graph().modules if _is_of(module, own))


def _is_of(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _is_fixture_of(changed: str, file: str) -> bool:
    """Whether a changed file of tests serves another: a conftest above it, or something that it imports."""
    path = PurePath(changed)
    if path.parts[0] != "tests" or path.suffix != ".py":
        return False
    if path.name == "conftest.py":
        return len(path.parts) > 2 and PurePath(file).is_relative_to(path.parent)
    return ".".join(path.with_suffix("").parts) in _helpers_of(file)


@lru_cache(maxsize=1024)
def _helpers_of(file: str) -> frozenset[str]:
    return frozenset(_imports(ast.parse((ROOT / file).read_text()), ("tests",)))


def _is_of_the_product(name: str) -> bool:
    return PurePath(name).parts[0] in {*PACKAGES, "templates", "themes", "migrations"}


def _imports(tree: ast.AST, packages: tuple[str, ...] = PACKAGES) -> Iterator[str]:
    for node in _that_run(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name.partition(".")[0] in packages)


def _that_run(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from _that_run(node)


def _differing_from(root: Path, span: str) -> frozenset[str]:
    return _lines(root, "diff", "--name-only", "--diff-filter=d", span)


def _uncommitted(root: Path) -> frozenset[str]:
    return _lines(root, "diff", "--name-only", "--diff-filter=d", "HEAD") | _lines(
        root, "ls-files", "--others", "--exclude-standard"
    )


def _lines(root: Path, *arguments: str) -> frozenset[str]:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise pytest.UsageError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return frozenset(done.stdout.splitlines())
