"""Signing in while forty networks guess: the person's own browser neither waits for them nor is locked out by them."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from core.throttle import Limit
from domain.auth.passwords import MOST_WAITING, THREADS, passwords
from tests.support.product import PASSWORD
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.product import Product
    from tests.support.visitor import Answer, Visitor

HOME = "localhost:8000"
COOKIE = "__Host-adx_known"
NETWORKS = 40
GUESSES = 3
GUESS = "not the right one at all"


class Siege:
    """Forty networks, each with several guesses that wait to be checked, and are not until they are let go."""

    def __init__(self, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checked: list[str] = []
        self.gone = threading.Event()
        self._product = product
        self._guesses: list[asyncio.Task[Answer]] = []
        verify = passwords()._verify

        def held(stored: str, password: str) -> bool:
            self.checked.append(password)
            return verify(stored, password) if password == PASSWORD else self.gone.wait(30) is None

        monkeypatch.setattr(passwords(), "_verify", held)

    async def begin(self, at: str) -> None:
        """Have all of them guess at one account, and at others."""
        for number in range(NETWORKS):
            guesser = self._product.visitor()
            await guesser.get("/login")
            for guess in range(GUESSES):
                email = at if guess == 0 else f"nobody-{number}-{guess}@siege.example"
                self._guesses.append(asyncio.create_task(_post(guesser, email, GUESS)))
        strangers = passwords()._strangers
        await eventually(lambda: len(self.checked) == THREADS and strangers.waiting() >= NETWORKS)

    async def end(self) -> list[int]:
        """Let all guesses be checked; returns how they were answered."""
        self.gone.set()
        return [(await guess).status for guess in self._guesses]


@pytest.fixture
def siege(product: Product, monkeypatch: pytest.MonkeyPatch) -> Iterator[Siege]:
    siege = Siege(product, monkeypatch)
    yield siege
    siege.gone.set()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared without the work of hashing."""
    monkeypatch.setattr(passwords(), "_verify", lambda _stored, password: password == PASSWORD)


async def _post(visitor: Visitor, email: str, password: str) -> Answer:
    return await visitor.post("/login", {"email": email, "password": password})


async def _known(product: Product, email: str) -> Visitor:
    """A browser from which the person has logged in, and out again."""
    if await product.account(email) is None:
        await product.with_account(email)
    visitor = product.visitor()
    await visitor.get("/login")
    assert (await _post(visitor, email, PASSWORD)).status == 303
    await visitor.get("/tenants/new")
    await visitor.post("/logout")
    await visitor.get("/login")
    return visitor


async def test_a_known_browser_signs_in_while_forty_networks_guess(product: Product, siege: Siege) -> None:
    email = "ada@siege.example"
    owner = await _known(product, email)
    stranger = product.visitor()
    await stranger.get("/login")
    before = len(siege.checked)
    siege.checked.clear()
    assert before == 1
    await siege.begin(email)

    entered = await _post(owner, email, PASSWORD)
    assert (entered.status, entered.location) == (303, "/tenants")
    assert siege.checked.count(GUESS) == THREADS  # not one of those who wait was waited for

    first_time = asyncio.create_task(_post(stranger, email, PASSWORD))
    await eventually(lambda: passwords()._strangers.waiting(stranger.address) == 1)
    statuses = await siege.end()
    assert (await first_time).status == 303  # a browser that nobody knows takes its turn among the networks
    assert siege.checked.index(PASSWORD, siege.checked.index(PASSWORD) + 1) <= THREADS + MOST_WAITING + 1
    assert set(statuses) <= {422, 429, 503}


@pytest.mark.usefixtures("quick")
async def test_guesses_that_lock_everybody_else_out_leave_a_known_browser_its_own_tries(product: Product) -> None:
    email = "ben@siege.example"
    here, there = await _known(product, email), await _known(product, email)
    assert product.application.app is not None
    throttle = product.application.app.kit.services.throttle
    while not await throttle.hit(Limit("login_account", 100, 900), email):
        pass
    stranger = product.visitor()
    await stranger.get("/login")
    assert (await _post(stranger, email, PASSWORD)).status == 429

    statuses = [(await _post(here, email, GUESS)).status for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert (await _post(there, email, PASSWORD)).status == 303
    assert (await _post(stranger, email, PASSWORD)).status == 429


@pytest.mark.usefixtures("quick")
async def test_a_known_browser_is_known_for_its_own_account_alone(product: Product) -> None:
    await product.with_account("victim@siege.example")
    attacker = await _known(product, "mallory@siege.example")
    assert product.application.app is not None
    throttle = product.application.app.kit.services.throttle
    while not await throttle.hit(Limit("login_account", 100, 900), "victim@siege.example"):
        pass
    assert (await _post(attacker, "victim@siege.example", PASSWORD)).status == 429
    own = attacker.cookies[HOME][COOKIE]
    for forged in (own[:-2] + "AA", own.replace(".", "~"), f"{own}~{own}~{own}", "x" * 400):
        attacker.cookies[HOME][COOKIE] = forged
        assert (await _post(attacker, "victim@siege.example", PASSWORD)).status == 429


async def test_the_mark_is_given_for_a_right_password_alone_and_to_this_host_alone(product: Product) -> None:
    await product.with_account("cleo@siege.example")
    visitor = product.visitor()
    await visitor.get("/login")
    wrong = await _post(visitor, "cleo@siege.example", GUESS)
    assert COOKIE not in "".join(wrong.headers.get_list("set-cookie"))
    right = await _post(visitor, "cleo@siege.example", PASSWORD)
    (cookie,) = [value for value in right.headers.get_list("set-cookie") if value.startswith(COOKIE)]
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=31536000"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "cleo" not in cookie
