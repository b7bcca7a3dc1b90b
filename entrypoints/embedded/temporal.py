"""Temporal's development server with its pages, on a file, tuned so that short steps are not slowed down."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from core.messages import messages_of
from entrypoints.embedded.program import Program, StartError
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

N_ = messages_of("cli")

PORT = 7233
UI_PORT = 8233
SEARCH_ATTRIBUTES = ("TenantId", "RunState")
# Measured on 1.32: a workflow of five activities takes 300 ms without the first, any timer or retry below a second
# takes 1.03 s without the second, and one tenant's backlog starves the others without the third.
SWITCHES = (
    "history.transferProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
    "matching.enableFairness=true",
)


def binary(name: str = "temporal") -> str:
    """Path of a binary that the package index installed beside this Python."""
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not path:
        raise StartError(
            tell(
                N_(
                    "The program `{name}` is missing beside {python}. Run `bin/dev`, which installs it.",
                    name=name,
                    python=sys.executable,
                )
            )
        )
    return path


def switches() -> tuple[str, ...]:
    """The command-line arguments that every development and test server needs."""
    values = [part for switch in SWITCHES for part in ("--dynamic-config-value", switch)]
    attributes = [part for name in SEARCH_ATTRIBUTES for part in ("--search-attribute", f"{name}=Keyword")]
    return (*values, *attributes)


def program(
    state_dir: Path, port: int, ui_port: int | None, *, namespaces: Sequence[str] = (), durable: bool = True
) -> Program:
    """The server process; ``ui_port`` none runs it without pages, without ``durable`` it forgets all at the end."""
    folder = state_dir / "temporal"
    folder.mkdir(parents=True, exist_ok=True)
    pragmas = ("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL")
    file = ("--db-filename", str(folder / "temporal.db"), *pragmas) if durable else ()
    pages = ("--ui-port", str(ui_port)) if ui_port else ("--headless",)
    more = [part for namespace in namespaces for part in ("--namespace", namespace)]
    return Program(
        name="temporal",
        command=(
            *(binary(), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error"),
            *(*pages, *file, *more, *switches()),
        ),
        state_dir=state_dir,
        ready=partial(_answers, f"127.0.0.1:{port}", ("default", *namespaces)),
        cwd=folder,
    )


async def _answers(address: str, namespaces: Sequence[str]) -> bool:
    try:
        client = await Client.connect(address)
        for namespace in namespaces:
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    except (RuntimeError, RPCError):
        return False
    return True
