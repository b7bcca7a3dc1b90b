"""Work of the processor that takes seconds, in a process of its own: the loop goes on, and what hangs can be ended.

A thread is not enough. It takes turns with the loop, which then waits for every other turn; and nobody can end it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.confinement import die_with
from core.errors import DomainError, TooLargeError
from core.messages import Message, messages_of
from core.shares import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

N_ = messages_of("core")
ResultT = TypeVar("ResultT")

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 20
"""How long a piece of work may take before it is ended. Honest ones take two, on a machine that does nothing else."""

DONE, REFUSED, TOO_MUCH = "done", "refused", "too_much_work"
PLACES = Shares(2, of_one=1)
MOST_MEMORY = 1 << 30
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH")
"""What the process gets of ours: nothing secret."""


async def apart(key: Hashable, function: Callable[..., ResultT], *arguments: object) -> ResultT:
    """Return what a function of a module returns, called with plain arguments in a process of its own.

    Two processes work at a time, one for each ``key`` (a tenant); the others wait. A DomainError of the function is
    raised here as well. Raises TooLargeError (``too_much_work``) for what needs more than :data:`SECONDS` or
    :data:`MOST_MEMORY`, and RuntimeError for a fault of the function, which that process has written down.
    """
    async with PLACES.place(key):
        answer = await _answer(pickle.dumps((function.__module__, function.__qualname__, arguments)))
    kind, value = pickle.loads(answer)  # noqa: S301  # written by our own code, right below
    if kind == TOO_MUCH:
        raise TooLargeError(
            N_("This is more work than can be done at once. Nothing was changed; try it with less."), code=TOO_MUCH
        )
    if kind == REFUSED:
        raise _refusal(*value)
    result: ResultT = value
    return result


async def _answer(job: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.apart", str(os.getpid())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
    )
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await process.communicate(job)
    except TimeoutError:
        return pickle.dumps((TOO_MUCH, None))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == -signal.SIGXCPU:
        return pickle.dumps((TOO_MUCH, None))
    if process.returncode:
        raise RuntimeError(f"work in a process of its own ended with {process.returncode}")
    return answer


def _refusal(
    kind: type[DomainError], message: tuple[Any, ...], code: str, field: str | None, retry_after: int | None
) -> DomainError:
    return kind(Message(*message), code=code, field=field, retry_after=retry_after)


def _work() -> None:
    die_with(int(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    module, name, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that started this one
    try:
        answer: tuple[str, Any] = (DONE, getattr(import_module(module), name)(*arguments))
    except DomainError as error:
        told = error.message
        message = (told.domain, told.text, dict(told.params), told.plural)
        answer = (REFUSED, (type(error), message, error.code, error.field, error.retry_after))
    except (MemoryError, RecursionError):
        answer = (TOO_MUCH, None)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    _work()
