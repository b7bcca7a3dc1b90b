"""Fixtures over the real servers. The stack is started once for a whole run, by the first test that needs it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import stack

pytest_plugins = [
    "tests.support.seconds",
    "tests.support.reach",
    "tests.support.matrix",
    "tests.support.server_fixtures",
    "tests.support.tenant_fixtures",
    "tests.support.web_fixtures",
    "tests.support.deployment_fixtures",
    "tests.support.product",
]

os.environ["LC_ALL"] = "C.UTF-8"
"""What commands say is compared with English, whatever the language of the terminal."""

STATE_DIR = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[STATE_DIR] = Path(workerinput["stack_state_dir"]) if workerinput else stack.new_state_dir()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["stack_state_dir"] = str(node.config.stash[STATE_DIR])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and STATE_DIR in config.stash:
        stack.remove(config.stash[STATE_DIR])


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> stack.Servers:
    """PostgreSQL, Valkey and Temporal, shared by all workers of this run, each with a part of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return stack.join(pytestconfig.stash[STATE_DIR], int(worker.removeprefix("gw")), workers)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_machine() -> None:
    for name in [name for name in os.environ if name.startswith("ADX_")]:
        del os.environ[name]
