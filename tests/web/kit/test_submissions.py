"""What is sent again with its key is done once, whatever became of the first answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from core.submissions import Submissions
from tests.web.kit import probe
from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    import asyncpg

    from core.db import Database
    from core.db.submission import GivenAnswer, Submission
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.web.kit.conftest import SignIn

    Press = Callable[..., Awaitable[Answer]]

DONE = "already done"


@pytest.fixture(autouse=True)
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[probe.Counter]:
    fresh = probe.Counter()
    monkeypatch.setattr(probe, "counter", fresh)
    yield fresh
    fresh.go_on.set()


@pytest.fixture
async def visitor(two_tenants: TwoTenants, sign_in: SignIn) -> Visitor:
    return await sign_in(two_tenants.acme, "member")


@pytest.fixture
async def press(two_tenants: TwoTenants, visitor: Visitor) -> Press:
    return await presser(two_tenants.acme, visitor)


async def presser(tenant: TestTenant, visitor: Visitor) -> Press:
    token = await token_of(visitor, tenant.host)

    async def send(name: str, key: str, path: str = "/probe/counts", **headers: str) -> Answer:
        sent = {"csrf_token": token, "idempotency_key": key, "name": name}
        return await visitor.post(tenant.url(path), sent, **headers)

    return send


async def effects(connection: asyncpg.Connection, tenant: TestTenant, name: str) -> int:
    found: int = await connection.fetchval(
        "select count(*) from platform.effects where tenant_id = $1 and key like $2", tenant.id, f"probe/{name}/%"
    )
    return found


def new_key() -> str:
    return uuid4().hex


@pytest.mark.parametrize("name", ["here", "elsewhere"])
async def test_what_is_sent_again_is_done_once_and_answered_the_same(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, name: str
) -> None:
    key = new_key()
    first, again = await press(name, key), await press(name, key)
    assert (again.status, again.content, again.headers.get("location")) == (
        first.status,
        first.content,
        first.headers.get("location"),
    )
    assert first.status in {201, 303}
    assert await effects(owner_connection, two_tenants.acme, name) == 1
    assert (await press(name, new_key())).status == first.status
    assert await effects(owner_connection, two_tenants.acme, name) == 2


async def test_a_key_may_come_by_header(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection
) -> None:
    key = new_key()
    for field in (new_key(), new_key()):
        assert (await press("header", field, Idempotency_Key=key)).status == 201
    assert await effects(owner_connection, two_tenants.acme, "header") == 1


async def test_what_worked_behind_a_503_is_told_and_not_done_again(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, counter: probe.Counter
) -> None:
    key = new_key()
    counter.fails_after = True
    assert (await press("lost", key)).status == 503
    counter.fails_after = False
    again = await press("lost", key)
    assert (again.status, DONE in again.text) == (409, True)
    assert await effects(owner_connection, two_tenants.acme, "lost") == 1
    partial = await press("lost", key, HX_Request="true")
    assert (partial.status, DONE in partial.text) == (409, True)


async def test_what_was_rolled_back_is_done_when_it_is_sent_again(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, counter: probe.Counter
) -> None:
    key = new_key()
    counter.fails_within = True
    assert (await press("undone", key)).status == 503
    counter.fails_within = False
    assert (await press("undone", key)).status == 201
    assert await effects(owner_connection, two_tenants.acme, "undone") == 1


async def test_of_two_at_the_same_time_one_is_done(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, counter: probe.Counter
) -> None:
    key = new_key()
    counter.go_on.clear()
    both = [asyncio.ensure_future(press("twice", key)) for _ in range(2)]
    for _ in both:
        await counter.inside.acquire()
    counter.go_on.set()
    assert {answer.status for answer in await asyncio.gather(*both)} <= {201, 409}
    assert await effects(owner_connection, two_tenants.acme, "twice") == 1


async def test_the_same_key_of_somebody_else_elsewhere_or_with_other_fields_is_another(
    two_tenants: TwoTenants, press: Press, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    key = new_key()
    colleague = await presser(acme, await sign_in(acme, "admin"))
    stranger = await presser(globex, await sign_in(globex, "member"))
    answers = [await press("mine", key), await colleague("mine", key), await stranger("mine", key)]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert len({answer.content for answer in answers}) == 3
    assert await effects(owner_connection, acme, "mine") == 2
    assert await effects(owner_connection, globex, "mine") == 1
    assert (await press("corrected", key)).status == 201
    assert await effects(owner_connection, acme, "corrected") == 1


async def test_a_key_that_is_none_of_ours_is_refused(press: Press) -> None:
    assert [(await press("odd", key)).status for key in ("short", "x" * 65, "a b" * 10)] == [422, 422, 422]


async def test_an_answer_with_a_cookie_is_made_again(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection
) -> None:
    key = new_key()
    for _ in range(2):
        assert "probe=1" in (await press("any", key, "/probe/cookies")).headers["set-cookie"]
    assert await effects(owner_connection, two_tenants.acme, "cookie") == 2


async def test_an_answer_that_could_not_be_kept_was_given_all_the_same(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Submissions, submission: Submission, answer: GivenAnswer) -> None:
        raise ConnectionRefusedError(submission, answer)

    monkeypatch.setattr(Submissions, "keep", fail)
    key = new_key()
    assert [(await press("unkept", key)).status for _ in range(2)] == [201, 409]
    assert await effects(owner_connection, two_tenants.acme, "unkept") == 1


async def test_after_a_day_it_is_forgotten(
    two_tenants: TwoTenants, press: Press, owner_connection: asyncpg.Connection, db: Database
) -> None:
    async def left() -> int:
        found: int = await owner_connection.fetchval(
            "select count(*) from platform.submissions where tenant_id = $1", two_tenants.acme.id
        )
        return found

    await press("old", new_key())
    await Submissions(db).forget_old(500)
    before = await left()
    await owner_connection.execute(
        "update platform.submissions set created_at = now() - interval '25 hours' where tenant_id = $1",
        two_tenants.acme.id,
    )
    await press("young", new_key())
    await Submissions(db).forget_old(500)
    assert (before > 0, await left()) == (True, 1)
