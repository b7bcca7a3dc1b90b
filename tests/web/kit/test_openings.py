"""All pages want their streams back at once: a few are opened at a time, and pages go on meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from core.identity import Identity
from entrypoints.web import STREAM_CONNECTIONS
from tests.support.visitor import Visitor
from tests.web.kit.probe import blueprint
from tests.web.kit.streams import Stream
from web.kit import openings
from web.kit.app import WebApp, create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.web.kit.conftest import SignIn
    from web.kit import Services

    Dial = Callable[[TestTenant, Visitor], Stream]


@pytest.fixture
def small_app(kit_services: Services, monkeypatch: pytest.MonkeyPatch) -> WebApp:
    """An app that opens one stream at a time, lets another wait, and takes three of a session within a minute."""
    monkeypatch.setattr(openings, "AT_ONCE", 1)
    monkeypatch.setattr(openings, "WAITING", 1)
    monkeypatch.setattr(openings, "OF_A_SESSION", 3)
    monkeypatch.setattr(openings, "OF_A_NETWORK", 5)
    return create_app(kit_services, [blueprint])


@pytest.fixture
async def dial(small_app: WebApp) -> AsyncIterator[Dial]:
    dialled: list[Stream] = []

    def dial_it(tenant: TestTenant, visitor: Visitor) -> Stream:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies[tenant.host].items())
        dialled.append(Stream(small_app, tenant.host, cookies, "", ""))
        return dialled[-1]

    yield dial_it
    for stream in dialled:
        await stream.leave()


async def test_beyond_a_few_openings_a_page_is_told_when_to_come_back(  # noqa: PLR0917
    small_app: WebApp,
    settings: Settings,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    dial: Dial,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    resolve, goes_on = Identity.resolve, asyncio.Event()

    async def slow(self: Identity, *args: Any, **given: Any) -> Any:
        if self is small_app.kit.services.stream_identity:
            await goes_on.wait()
        return await resolve(self, *args, **given)

    monkeypatch.setattr(Identity, "resolve", slow)
    first, second = dial(acme, visitor), dial(acme, visitor)
    await asyncio.sleep(0.05)

    third = await dial(acme, visitor).open()
    assert third.status == 503
    assert openings.BACK_AFTER[0] <= int(third.headers["retry-after"]) <= openings.BACK_AFTER[1]
    application: Any = small_app
    page = Visitor(application, settings.base_url, visitor.address)
    page.cookies = visitor.cookies
    assert (await page.get(acme.url("/probe/page"))).status == 200

    goes_on.set()
    assert [(await first.open()).status, (await second.open()).status] == [200, 200]
    assert (await dial(acme, visitor).open()).status == 200


async def test_openings_are_counted_by_session_and_by_network(
    two_tenants: TwoTenants, sign_in: SignIn, dial: Dial
) -> None:
    acme = two_tenants.acme
    one, other = await sign_in(acme, "member"), await sign_in(acme, "guest")

    opened = [await dial(acme, one).open() for _ in range(4)]
    assert [stream.status for stream in opened] == [200, 200, 200, 429]
    assert 0 < int(opened[-1].headers["retry-after"]) <= openings.WINDOW_SECONDS + 1
    assert [(await dial(acme, other).open()).status for _ in range(2)] == [200, 429], "six of one network"


async def test_opening_streams_and_making_pages_have_connections_of_their_own(
    kit_services: Services, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    database = kit_services.stream_identity._db
    assert database is not kit_services.db
    async with AsyncExitStack() as stack:
        for _ in range(STREAM_CONNECTIONS):
            await stack.enter_async_context(database.engine.connect())
        assert (await visitor.get(acme.url("/probe/page"))).status == 200
