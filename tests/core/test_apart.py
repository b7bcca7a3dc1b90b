from __future__ import annotations

import asyncio
import os
import time

import pytest

from core import apart as module
from core.apart import apart
from core.errors import ConflictError, TooLargeError
from core.messages import Message
from tests.support.waiting import eventually


def where() -> tuple[int, list[str]]:
    return os.getpid(), sorted(os.environ)


def refuse(name: str) -> None:
    raise ConflictError(Message("core", "No {name}", {"name": name}), code="no", field="name", retry_after=3)


def fail() -> None:
    raise ValueError("a fault")


def hang() -> None:
    time.sleep(600)


def burn() -> None:
    while True:
        pass


def swell() -> int:
    return len(bytearray(4 << 30))


async def test_it_is_done_in_a_process_of_its_own_that_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADX_SECRET_KEY", "secret")
    pid, names = await apart("acme", where)
    assert pid != os.getpid()
    assert not [name for name in names if name.startswith("ADX_")]


async def test_a_refusal_comes_back_as_it_is() -> None:
    with pytest.raises(ConflictError) as refused:
        await apart("acme", refuse, "way")
    error = refused.value
    assert (error.message, error.code) == (Message("core", "No {name}", {"name": "way"}), "no")
    assert (error.field, error.retry_after) == ("name", 3)


async def test_a_fault_is_no_refusal() -> None:
    with pytest.raises(RuntimeError):
        await apart("acme", fail)


@pytest.mark.parametrize("work", [hang, burn, swell])
async def test_what_takes_too_much_is_ended(work: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 2)
    with pytest.raises(TooLargeError) as refused:
        await apart("acme", work)  # type: ignore[arg-type]
    assert refused.value.code == "too_much_work"
    assert module.PLACES.held("acme") == 0


async def test_who_is_cancelled_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[asyncio.subprocess.Process] = []
    make = asyncio.create_subprocess_exec

    async def watched(*command: str, **given: object) -> asyncio.subprocess.Process:
        made.append(await make(*command, **given))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    waiting = asyncio.create_task(apart("acme", hang))
    await eventually(lambda: bool(made))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert made[0].returncode is not None
