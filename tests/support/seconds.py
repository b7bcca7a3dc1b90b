"""How long each file of tests takes: the longest are begun first, and a run ends with a table by feature.

What files took is remembered in pytest's cache. Where processes share a run, one that begins with a long file late is
alone with it at the end; so known seconds set the order, and of an unknown file the folder that it lies in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEMBERED = "adx/seconds"
KNOWN, TAKEN = pytest.StashKey[Mapping[str, float]](), pytest.StashKey[defaultdict[str, float]]()
MOST_OF_A_FEATURE = 45
"""What one feature may add to a run, in seconds of one process."""

LAYERS = ("web", "workflows", "activities", "domain")
SLOW_FOLDERS: Mapping[str, float] = MappingProxyType({
    **dict.fromkeys(("browser", "chaos", "stack"), 20.0),
    **dict.fromkeys(("workflows", "security", "activities"), 8.0),
})  # fmt: skip
QUICK = 2.0
"""What a file takes in seconds of which nothing is known yet: most where the whole product is started and driven."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TAKEN] = defaultdict(float)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["seconds"] = known_seconds(node.config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        known = known_seconds(config)
        items.sort(key=lambda item: -seconds_of(item.nodeid.partition("::")[0], known))


class Takings:
    """Adds up what is reported, in the process that tells of it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._config.stash[TAKEN][report.nodeid.partition("::")[0]] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        taken = self._config.stash[TAKEN]
        if taken and _remembers(self._config):
            self._config.cache.set(REMEMBERED, {**known_seconds(self._config), **taken})
        lines = table(taken)
        if len(lines) > 1:
            terminalreporter.section(f"seconds by feature ({MOST_OF_A_FEATURE} are what one may add)")
            for line in lines:
                terminalreporter.write_line(line)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Takings(session.config), "takings")


def known_seconds(config: pytest.Config) -> Mapping[str, float]:
    """Return what each file took when it was last run."""
    if KNOWN not in config.stash:
        given: dict[str, Any] | None = getattr(config, "workerinput", None)
        config.stash[KNOWN] = given["seconds"] if given else _remembered(config)
    return config.stash[KNOWN]


def _remembers(config: pytest.Config) -> bool:
    """Return whether this run has a cache: ``-p no:cacheprovider`` takes it away."""
    return getattr(config, "cache", None) is not None


def _remembered(config: pytest.Config) -> Mapping[str, float]:
    return config.cache.get(REMEMBERED, {}) if _remembers(config) else {}


def seconds_of(file: str, known: Mapping[str, float]) -> float:
    """Return what a file takes, or may take as far as its folder tells."""
    return known.get(file, SLOW_FOLDERS.get(PurePath(file).parts[1], QUICK))


def table(taken: Mapping[str, float]) -> list[str]:
    """Return a line a feature or folder: seconds, and of which folders; the most first."""
    by_subject: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for file, seconds in taken.items():
        by_subject[subject_of(file)][PurePath(file).parts[1]] += seconds
    rows = sorted(((sum(folders.values()), subject, folders) for subject, folders in by_subject.items()), reverse=True)
    return [_line(total, subject, folders) for total, subject, folders in rows]


def _line(total: float, subject: str, folders: Mapping[str, float]) -> str:
    mark = "!" if total > MOST_OF_A_FEATURE and not subject.startswith("tests/") else " "
    parts = sorted(((seconds, folder) for folder, seconds in folders.items()), reverse=True)
    return f"{total:7.1f} {mark} {subject:<20} " + ", ".join(f"{folder} {seconds:.1f}" for seconds, folder in parts)


def subject_of(file: str) -> str:
    """Return the feature that a file of tests is about, else its folder."""
    named = features_named_by(file)
    return named[0] if named else "/".join(PurePath(file).parts[:2])


def features_named_by(file: str) -> list[str]:
    """Return the features that are named by the folder of a file of tests, else by the words of its own name."""
    path, known = PurePath(file), features()
    in_folders = [part for part in path.parts[2:-1] if part in known]
    return in_folders or [word for word in path.stem.split("_") if word in known]


def features() -> frozenset[str]:
    """Return every feature, and the kits: what is a folder of its own in some layer."""
    return frozenset(_folders_of(LAYERS))


def _folders_of(layers: Iterable[str]) -> Iterable[str]:
    for layer in layers:
        yield from (folder.name for folder in (ROOT / layer).iterdir() if (folder / "__init__.py").exists())
