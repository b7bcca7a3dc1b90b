from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from core.shares import Shares
from core.throttle import Limit
from domain.auth.passwords import passwords
from tests.support.product import PASSWORD

if TYPE_CHECKING:
    from tests.support.product import Product
    from tests.support.visitor import Answer, Visitor

WRONG = "That email and password don’t match, or the address isn’t confirmed yet."


async def _login(visitor: Visitor, email: str, password: str = PASSWORD, query: str = "") -> Answer:
    await visitor.get("/login")
    return await visitor.post(f"/login{query}", {"email": email, "password": password})


async def test_a_person_logs_in_and_out(product: Product) -> None:
    await product.with_account("ada@login.example")
    visitor = product.visitor()

    entered = await _login(visitor, "ADA@login.example ")
    cookie = next(value for value in entered.headers.get_list("set-cookie") if "session" in value)
    assert (entered.status, entered.location) == (303, "/tenants")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert flag in cookie
    assert "Domain" not in cookie
    token = visitor.cookies["localhost:8000"]["__Host-adx_session"]

    await visitor.get("/tenants/new")
    left = await visitor.post("/logout")
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert "__Host-adx_session" not in visitor.cookies["localhost:8000"]
    visitor.cookies["localhost:8000"]["__Host-adx_session"] = token
    assert (await visitor.get("/tenants")).location.startswith("/login")

    account = await product.account("ada@login.example")
    assert (await product.audited(account["id"]))[-2:] == ["session.opened", "session.closed"]


async def test_tokens_and_passwords_are_not_in_the_database(product: Product) -> None:
    visitor = await product.with_account("hashed@login.example")
    token = visitor.cookies["localhost:8000"]["__Host-adx_session"]
    sessions = await product.bench.owner.fetch("select s::text from platform.sessions s")
    account = await product.account("hashed@login.example")
    assert not [row for row in sessions if token in row[0]]
    assert account["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    inputs = await product.bench.owner.fetch("select input::text from platform.runs where input is not null")
    assert not [row for row in inputs if "argon2" in row[0] or "hashed@login" in row[0]]


@pytest.mark.parametrize("email", ["ben@login.example", "nobody@login.example"])
async def test_a_wrong_password_and_an_unknown_address_are_told_alike(product: Product, email: str) -> None:
    if await product.account("ben@login.example") is None:
        await product.with_account("ben@login.example")
    answer = await _login(product.visitor(), email, "not the right one")
    assert (answer.status, answer.error_of("password")) == (422, WRONG)
    assert answer.html.one("input", id="email").attributes["value"] == email
    assert "set-cookie" not in answer.headers


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    await product.with_account("slow@login.example")
    seen: list[str] = []
    verify = passwords()._verify

    def watched(stored: str, password: str) -> bool:
        seen.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(stored, password)

    monkeypatch.setattr(passwords(), "_verify", watched)
    for email in ("slow@login.example", "unknown@login.example"):
        await _login(product.visitor(), email, "not the right one")
    assert seen == ["$argon2id$v=19$m=65536,t=3,p=1"] * 2


async def test_ten_guesses_are_evaluated_however_fast_they_come(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    await product.with_account("guess@login.example")
    evaluated = 0

    def count(_stored: str, _password: str) -> bool:
        nonlocal evaluated
        evaluated += 1
        return False

    monkeypatch.setattr(passwords(), "_verify", count)
    monkeypatch.setattr(passwords(), "_strangers", Shares(2))
    visitor = product.visitor()
    await visitor.get("/login")
    guess = {"email": "guess@login.example", "password": "not the right one"}
    answers = await asyncio.gather(*(visitor.post("/login", guess) for _ in range(40)))

    assert evaluated == 10
    assert sorted({answer.status for answer in answers}) == [422, 429]
    refused = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(refused.headers["retry-after"]) <= 300
    monkeypatch.undo()
    owner = await _login(product.visitor(), "guess@login.example")
    assert owner.status == 303  # the owner, elsewhere, is not locked out


@pytest.mark.parametrize("email", ["sought@login.example", "sought-by-nobody@login.example"])
async def test_guesses_at_one_account_from_everywhere_end_at_a_hundred(
    product: Product, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    if email.startswith("sought@"):
        await product.with_account(email)
    evaluated: list[str] = []

    def count(stored: str, _password: str) -> bool:
        evaluated.append(stored)
        return False

    monkeypatch.setattr(passwords(), "_verify", count)
    await _count(product, Limit("login_account", 100, 900), 99, email)

    last = await _login(product.visitor(), email.upper(), "not the right one")
    over = await _login(product.visitor(), email, PASSWORD)
    of_others = await _login(product.visitor(), f"not-{email}", "not the right one")

    assert (last.status, over.status, of_others.status) == (422, 429, 422)
    assert 0 < int(over.headers["retry-after"]) <= 900
    assert len(evaluated) == 2


async def test_guesses_from_all_networks_of_one_site_end_too(product: Product) -> None:
    await _count(product, Limit("login_site", 900, 300), 900, "2001:db8:77::/48")
    await _count(product, Limit("login", 10, 300), 10, "x@login.example", "2001:db8:78::/48")
    browser = product.visitor()
    browser.address = "2001:db8:77:abcd::1"
    assert (await _login(browser, "y@login.example", "not the right one")).status == 429
    browser.address = "2001:db8:78:abcd::1"
    assert (await _login(browser, "x@login.example", "not the right one")).status == 429
    assert (await _login(browser, "y@login.example", "not the right one")).status == 422


async def _count(product: Product, limit: Limit, times: int, *who: str) -> None:
    assert product.application.app is not None
    throttle = product.application.app.kit.services.throttle
    assert not any([await throttle.hit(limit, *who) for _ in range(times)])


async def test_a_hash_with_old_parameters_is_replaced_at_login(product: Product) -> None:
    await product.with_account("old@login.example")
    old = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    await product.bench.owner.execute(
        "update auth.accounts set password_hash = $1 where email = 'old@login.example'", old
    )
    assert (await _login(product.visitor(), "old@login.example")).status == 303
    account = await product.account("old@login.example")
    assert account["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=1$")


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("?next=/tenants/new", "/tenants/new"),
        ("?tenant=acme&next=/files", "/tenants/acme/entry?next=%2Ffiles"),
        ("?next=//evil.example", "/tenants"),
        ("?next=https://evil.example", "/tenants"),
        ("?next=/%5Cevil.example", "/tenants"),
        ("?tenant=../../x", "/tenants/..%2F..%2Fx/entry?next=%2F"),
    ],
)
async def test_after_login_a_person_goes_on_to_where_they_wanted_and_nowhere_else(
    product: Product, query: str, target: str
) -> None:
    if await product.account("next@login.example") is None:
        await product.with_account("next@login.example")
    assert (await _login(product.visitor(), "next@login.example", query=query)).location == target


async def test_a_session_id_that_somebody_planted_is_not_used(product: Product) -> None:
    await product.with_account("fix@login.example")
    visitor = product.visitor()
    await visitor.get("/login")
    planted = "planted" * 6
    visitor.cookies["localhost:8000"]["__Host-adx_session"] = planted
    await _login(visitor, "fix@login.example")
    assert visitor.cookies["localhost:8000"]["__Host-adx_session"] != planted
