from __future__ import annotations

import asyncio

import pytest

from core.errors import TooManyError, UnavailableError
from domain.auth import passwords as module
from domain.auth.passwords import Passwords, objection, passwords


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


async def test_when_too_many_wait_the_next_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    pool = Passwords()
    waiting = [asyncio.ensure_future(pool.hash("lantern orchard violet")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError) as refused:
        await pool.hash("lantern orchard violet")
    assert refused.value.retry_after
    await asyncio.gather(*waiting)
    await pool.hash("lantern orchard violet")


async def test_one_sender_has_only_so_many_waiting_and_keeps_nobody_else_out() -> None:
    pool = Passwords()
    waiting = [asyncio.ensure_future(pool.hash("lantern orchard violet", sender="203.0.113.7")) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyError) as refused:
        await pool.check(None, "lantern orchard violet", sender="203.0.113.7")
    assert refused.value.retry_after
    other = asyncio.ensure_future(pool.hash("lantern orchard violet", sender="203.0.113.8"))
    await asyncio.gather(*waiting, other)
    await pool.hash("lantern orchard violet", sender="203.0.113.7")
    assert not pool._waiting_of
