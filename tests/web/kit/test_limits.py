from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from redis.asyncio import Redis

from core.db import Database
from core.throttle import Throttle
from tests.web.kit import probe
from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of
from web.kit.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from web.kit import Services
    from web.kit.app import WebApp

NOBODY = "redis://127.0.0.1:1"


@pytest.fixture
def app_without_redis(kit_services: Services, db: Database) -> WebApp:
    throttle = Throttle(Redis.from_url(NOBODY, socket_connect_timeout=0.2), db)
    return create_app(replace(kit_services, throttle=throttle), [probe.blueprint])


async def guess_at_once(  # noqa: PLR0917  # read once, in three tests
    app: WebApp, tenant: TestTenant, visitor: Visitor, email: str, count: int, token: str
) -> list[int]:
    body = urlencode({"email": email}).encode()

    async def guess(number: int) -> int:
        sender = Sender([body])
        headers = (
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-csrf-token", token),
            ("x-forwarded-for", f"203.0.113.{number % 250}"),
        )
        await sender.to(app, tenant, visitor, "/probe/guess", *headers)
        return sender.status

    return await asyncio.gather(*(guess(number) for number in range(count)))


async def test_500_guesses_at_once_are_evaluated_ten_times(
    two_tenants: TwoTenants, new_visitor: Callable[[], Visitor], kit_app: WebApp
) -> None:
    acme = two_tenants.acme
    visitor = new_visitor()
    token = await token_of(visitor, acme.host)
    before = len(probe.evaluated)

    statuses = await guess_at_once(kit_app, acme, visitor, f"a@{acme.slug}", 500, token)

    assert len(probe.evaluated) - before == 10
    assert statuses.count(200) == 10
    assert set(statuses) <= {200, 429, 503}  # 503: a turn that came too late
    refused = await visitor.post(acme.url("/probe/guess"), {"csrf_token": token, "email": f" A@{acme.slug}"})
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300
    assert (await visitor.post(acme.url("/probe/guess"), {"csrf_token": token, "email": "b@x"})).status == 200


async def test_without_redis_the_database_counts(
    two_tenants: TwoTenants, new_visitor: Callable[[], Visitor], app_without_redis: WebApp
) -> None:
    acme = two_tenants.acme
    visitor = new_visitor()
    token = await token_of(visitor, acme.host)
    before = len(probe.evaluated)

    statuses = await guess_at_once(app_without_redis, acme, visitor, f"a@{acme.slug}", 500, token)

    assert len(probe.evaluated) - before == 10
    assert statuses.count(200) == 10
    assert set(statuses) <= {200, 429, 503}  # 503: a turn that came too late


async def test_when_neither_can_count_nothing_is_evaluated(
    two_tenants: TwoTenants, new_visitor: Callable[[], Visitor], kit_services: Services, settings: Settings
) -> None:
    acme = two_tenants.acme
    visitor = new_visitor()
    token = await token_of(visitor, acme.host)
    nowhere = await Database.connect(
        settings.model_copy(update={"database_url": "postgresql://adx_app:x@127.0.0.1:1/x"})
    )
    throttle = Throttle(Redis.from_url(NOBODY, socket_connect_timeout=0.2), nowhere)
    app = create_app(replace(kit_services, throttle=throttle), [probe.blueprint])
    before = len(probe.evaluated)

    statuses = await guess_at_once(app, acme, visitor, f"a@{acme.slug}", 20, token)

    assert set(statuses) == {503}
    assert len(probe.evaluated) == before
