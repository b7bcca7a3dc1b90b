"""What is told or read in one place is seen by all open pages of that person, and by nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.notices import CHANGED
from tests.factories.notices import tell
from tests.web.kit.streams import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from core.db import Database
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn

    OpenStream = Callable[[TestTenant, Visitor], Stream]


@pytest.fixture
async def open_stream(application: Application) -> AsyncIterator[OpenStream]:
    opened: list[Stream] = []

    def open_it(tenant: TestTenant, visitor: Visitor) -> Stream:
        assert application.app is not None
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies[tenant.host].items())
        opened.append(Stream(application.app, tenant.host, cookies, "", ""))
        return opened[-1]

    yield open_it
    for stream in opened:
        await stream.leave()


@pytest.fixture
def serving_db(application: Application) -> Database:
    """The database of the web process, which publishes what is committed."""
    assert application.app is not None
    return application.app.kit.services.db


def news(stream: Stream) -> int:
    return [name for _, name, _ in stream.messages].count(CHANGED.name)


async def test_both_pages_of_a_person_hear_of_it_and_nobody_else(
    serving_db: Database, two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    laptop, phone = await sign_in(acme, "member"), await sign_in(acme, "member")
    admin, stranger = await sign_in(acme, "admin"), await sign_in(globex, "member")
    streams = [
        await open_stream(tenant, visitor).open()
        for tenant, visitor in ((acme, laptop), (acme, phone), (acme, admin), (globex, stranger))
    ]
    mine, others = streams[:2], streams[2:]

    notice_id = await tell(serving_db, acme.context())
    for stream in mine:
        await stream.until(lambda stream=stream: news(stream) == 1)
        assert stream.messages[-1][1:] == (CHANGED.name, f'{{"key":"{notice_id}"}}')

    await laptop.get(acme.url("/notifications"))
    await laptop.post(acme.url(f"/notifications/{notice_id}/reading"), HX_Request="true")
    for stream in mine:
        await stream.until(lambda stream=stream: news(stream) == 2)
    await laptop.post(acme.url("/notifications/reading"), HX_Request="true")
    await laptop.post(acme.url(f"/notifications/{notice_id}/reading"), HX_Request="true")
    await tell(serving_db, globex.context())
    await others[1].until(lambda: news(others[1]) == 1)

    assert [news(stream) for stream in mine] == [2, 2], "what was read already is no news"
    assert news(others[0]) == 0
