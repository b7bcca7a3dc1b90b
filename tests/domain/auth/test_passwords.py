from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from core.errors import TooManyError, UnavailableError
from core.ids import new_id
from domain.auth.passwords import (
    MOST_KNOWN_WAITING_OF_ONE,
    MOST_WAITING,
    MOST_WAITING_OF_ONE,
    THREADS,
    Asker,
    Passwords,
    Verdict,
    objection,
    passwords,
)
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


@pytest.mark.parametrize(
    "password",
    [
        "lantern orchard violet",
        "correct horse battery",
        "Sommerregen im Mai",
        "x9#mQ2!vLp7&",
        "пароль из трёх слов",
        "password of the old harbour",
        "w" * 1 + "andering stars" * 60,
    ],
)
def test_long_ones_of_ones_own_are_accepted(password: str) -> None:
    assert objection(password, name="Ada Lovelace", email="ada@example.com") is None


@pytest.mark.parametrize(
    ("password", "begins"),
    [
        ("lantern", "Use at least"),
        ("a" * 1001, "Use at most"),
        ("abababababab", "This repeats"),
        ("111111111111", "This repeats"),
        ("passwordpassword", "This is easy to guess"),
        ("Passwort-2026!", "This is easy to guess"),
        ("qwertzuiop1234", "This is easy to guess"),
        ("iloveyouiloveyou", "This is easy to guess"),
        ("AdaLovelace2026", "This is easy to guess"),
        ("ada@example.com", "This is easy to guess"),
        ("adx-core-admin", "This is easy to guess"),
    ],
)
def test_short_and_guessable_ones_are_refused(password: str, begins: str) -> None:
    refusal = objection(password, name="Ada Lovelace", email="ada@example.com")
    assert refusal is not None
    assert refusal.text.startswith(begins)


async def test_a_password_fits_its_own_hash_alone() -> None:
    stored = await passwords().hash("lantern orchard violet")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert (await passwords().check(stored, "lantern orchard violet")).fits
    assert not (await passwords().check(stored, "lantern orchard violets")).fits
    assert not (await passwords().check(None, "the password of nobody")).fits
    assert not (await passwords().check("not a hash", "lantern orchard violet")).fits


class Desk:
    """A pool whose checks wait until they are let go, and tell in which order they began."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pool = Passwords()
        self.began: list[str] = []
        self.gone = threading.Event()
        monkeypatch.setattr(self.pool, "_verify", self._verify)

    def asks(self, password: str, network: str, known: UUID | None = None) -> asyncio.Task[Verdict]:
        return asyncio.create_task(self.pool.check(None, password, Asker(network, known)))

    def _verify(self, _stored: str, password: str) -> bool:
        self.began.append(password)
        if not password.startswith("quick"):
            self.gone.wait(20)
        return True


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = Desk(monkeypatch)
    yield desk
    desk.gone.set()


async def test_when_too_many_wait_the_next_is_told_to_come_back(desk: Desk) -> None:
    tasks = [desk.asks("guess", f"203.0.113.{number}") for number in range(THREADS + MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as refused:
        await desk.asks("quick", "198.51.100.1")
    assert refused.value.retry_after
    desk.gone.set()
    await asyncio.gather(*tasks)
    assert (await desk.asks("quick", "198.51.100.1")).fits is False


async def test_one_network_has_only_so_many_waiting_and_keeps_nobody_else_out(desk: Desk) -> None:
    tasks = [desk.asks("guess", "203.0.113.7") for _ in range(THREADS + MOST_WAITING_OF_ONE)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyError) as refused:
        await desk.asks("quick", "203.0.113.7")
    assert refused.value.retry_after
    other = desk.asks("quick of another", "203.0.113.8")
    await asyncio.sleep(0)
    desk.gone.set()
    await asyncio.gather(*tasks, other)
    assert desk.began.index("quick of another") == THREADS, "who holds no place goes before who holds all"


async def test_a_crowd_of_networks_gives_way_to_one_that_has_none_waiting(desk: Desk) -> None:
    tasks = [desk.asks("guess", f"203.0.113.{number % 40}") for number in range(160)]
    await asyncio.sleep(0)
    newcomer = desk.asks("quick newcomer", "198.51.100.1")
    await asyncio.sleep(0)
    desk.gone.set()
    assert (await newcomer).fits is False  # checked, and wrong: there is no such account
    assert "quick newcomer" in desk.began
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, (Verdict, TooManyError, UnavailableError)) for end in ended)


async def test_a_known_browser_waits_for_no_stranger(desk: Desk) -> None:
    tasks = [desk.asks("guess", f"203.0.113.{number % 40}") for number in range(160)]
    await asyncio.sleep(0)
    await desk.asks("quick owner", "203.0.113.1", new_id())
    assert desk.began[-1] == "quick owner"
    assert desk.began.count("guess") == THREADS
    desk.gone.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_browsers_of_one_account_keep_those_of_others_waiting_for_a_moment_only(desk: Desk) -> None:
    crowded, other = new_id(), new_id()
    tasks = [desk.asks("guess", "203.0.113.1", crowded) for _ in range(1 + MOST_KNOWN_WAITING_OF_ONE)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyError):
        await desk.asks("quick", "203.0.113.2", crowded)
    owner = desk.asks("quick owner", "203.0.113.3", other)
    await asyncio.sleep(0)
    desk.gone.set()
    await owner
    await asyncio.gather(*tasks)
    assert len(desk.began) == len(tasks) + 1


async def test_who_is_given_up_while_being_checked_holds_the_thread_until_its_end(desk: Desk) -> None:
    given_up = desk.asks("guess", "203.0.113.1")
    others = [desk.asks("guess", f"203.0.113.{number}") for number in range(2, 5)]
    await eventually(lambda: len(desk.began) == THREADS)
    given_up.cancel()
    await asyncio.sleep(0)
    assert desk.pool._strangers.waiting() == 2
    desk.gone.set()
    await asyncio.gather(*others)
    with pytest.raises(asyncio.CancelledError):
        await given_up
