"""The web process in this one, and browsers without a screen to visit it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from core.identity import Sessions
from entrypoints.web import Application
from tests.support.visitor import Visitor
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from core.context import Role
    from core.db import Database
    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant

    NewVisitor = Callable[[], Visitor]
    SignIn = Callable[[TestTenant, Role], Awaitable[Visitor]]

ADDRESSES = count(1)


@pytest.fixture(scope="session")
async def application(settings: Settings) -> AsyncIterator[Application]:
    """All features of the web process, over this worker's servers."""
    application = Application(settings)
    await application.start()
    yield application
    await application.stop()


@pytest.fixture
def new_visitor(application: Application, settings: Settings) -> NewVisitor:
    """Makes browsers, each at a network address of its own, so that limits of one test reach no other."""

    def make() -> Visitor:
        number = next(ADDRESSES)
        return Visitor(application, settings.base_url, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")

    return make


@pytest.fixture
def web(new_visitor: NewVisitor) -> Visitor:
    """A browser that nobody has signed in with."""
    return new_visitor()


@pytest.fixture
def sign_in(db: Database, new_visitor: NewVisitor) -> SignIn:
    """``await sign_in(two_tenants.acme, "member")``: a browser signed in on that tenant's host."""

    async def open_session(tenant: TestTenant, role: Role) -> Visitor:
        visitor = new_visitor()
        person = tenant.people[role]
        token = await Sessions(db).open(
            tenant_id=tenant.id, person=person, level="full", user_agent="test", address=visitor.address
        )
        visitor.cookies[tenant.host] = {SESSION_COOKIE: token}
        return visitor

    return open_session
