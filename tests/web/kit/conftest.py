from __future__ import annotations

from contextlib import AsyncExitStack
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from core.identity import Sessions
from entrypoints.registry import REGISTRY, Registry
from entrypoints.web import build_services
from tests.support.visitor import Visitor
from tests.web.kit.probe import FEATURE, blueprint
from tests.web.kit.streams import Stream
from web.kit.app import WebApp, create_app
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from core.context import Role
    from core.db import Database
    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant
    from web.kit import Services

    SignIn = Callable[[TestTenant, Role], Awaitable[Visitor]]
    OpenStream = Callable[..., Stream]

numbers = count(1)


@pytest.fixture(scope="session")
async def kit_services(settings: Settings) -> AsyncIterator[Services]:
    async with AsyncExitStack() as stack:
        services = await build_services(settings, stack, Registry([*REGISTRY, FEATURE]))
        stack.push_async_callback(services.hub.drain)
        yield services


@pytest.fixture(scope="session")
def kit_app(kit_services: Services) -> WebApp:
    return create_app(kit_services, [blueprint])


@pytest.fixture
def new_visitor(kit_app: WebApp, settings: Settings) -> Callable[[], Visitor]:
    app: Any = kit_app
    return lambda: Visitor(app, settings.base_url, f"198.18.0.{next(numbers) % 250}")


@pytest.fixture
def sign_in(db: Database, new_visitor: Callable[[], Visitor]) -> SignIn:
    async def open_session(tenant: TestTenant, role: Role) -> Visitor:
        visitor = new_visitor()
        token = await Sessions(db).open(
            tenant_id=tenant.id, person=tenant.people[role], level="full", user_agent="test", address=visitor.address
        )
        visitor.cookies[tenant.host] = {SESSION_COOKIE: token}
        return visitor

    return open_session


@pytest.fixture
async def open_stream(kit_app: WebApp) -> AsyncIterator[OpenStream]:
    opened: list[Stream] = []

    def open_it(host: str, visitor: Visitor, *, after: str = "", last_event_id: str = "") -> Stream:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.get(host, {}).items())
        stream = Stream(kit_app, host, cookies, after, last_event_id)
        opened.append(stream)
        return stream

    yield open_it
    for stream in opened:
        await stream.leave()
