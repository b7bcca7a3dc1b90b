"""More requests than a process can answer in time: some are worked on, some wait, the rest is told so at once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.visitor import Visitor
from tests.support.waiting import eventually
from tests.web.kit import probe
from tests.web.kit.sending import Sender
from tests.web.kit.test_bodies import BOUNDARY, FORM, MULTIPART, opening
from tests.web.kit.test_pages import token_of
from web.kit.app import WebApp, create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.web.kit.conftest import OpenStream, SignIn
    from web.kit import Services

DOOR = "/probe/door"


@pytest.fixture
def busy_app(kit_services: Services, monkeypatch: pytest.MonkeyPatch) -> WebApp:
    """An app that makes one answer at a time, and has room for one more to wait."""
    monkeypatch.setattr("web.kit.app.AT_WORK", 1)
    monkeypatch.setattr("web.kit.app.WAITING", 1)
    return create_app(kit_services, [probe.blueprint])


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[probe.Door]:
    """What the route behind :data:`DOOR` waits for."""
    found = probe.Door()
    monkeypatch.setattr(probe, "door", found)
    yield found
    found.open.set()


class Crowd:
    """One person's browser at an app, which asks many things at the same time."""

    def __init__(self, app: WebApp, settings: Settings, tenant: TestTenant, visitor: Visitor) -> None:
        application: Any = app
        self.tenant = tenant
        self.visitor = Visitor(application, settings.base_url, visitor.address)
        self.visitor.cookies = visitor.cookies

    def asks(self, path: str, **headers: str) -> asyncio.Task[Any]:
        return asyncio.create_task(self.visitor.get(self.tenant.url(path), **headers))


@pytest.fixture
async def crowd(busy_app: WebApp, settings: Settings, two_tenants: TwoTenants, sign_in: SignIn) -> Crowd:
    return Crowd(busy_app, settings, two_tenants.acme, await sign_in(two_tenants.acme, "member"))


async def waiting(app: WebApp, count: int) -> None:
    await eventually(lambda: app.turns.waiting == count)


async def test_beyond_work_and_line_everybody_is_told_in_their_form(
    busy_app: WebApp, crowd: Crowd, door: probe.Door, open_stream: OpenStream
) -> None:
    worked_on = crowd.asks(DOOR)
    await door.knocked.wait()
    waits = crowd.asks("/probe/page")
    await waiting(busy_app, 1)

    page = await crowd.asks("/probe/page", Accept="text/html", Accept_Language="de")
    part = await crowd.asks("/probe/page", HX_Request="true", HX_Request_Type="partial")
    slot = await crowd.asks("/probe/quick", HX_Request="true", HX_Target="div#slot-probe-quick")
    data = await crowd.asks("/probe/page", Accept="application/json")

    assert {answer.status for answer in (page, part, slot, data)} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in (page, part, slot, data))
    assert page.html.one("html").attributes["lang"] == "de"
    assert page.headers["refresh"] == page.headers["retry-after"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    assert part.html.one("hx-partial").attributes["hx-target"] == "#toasts"
    assert (slot.content, slot.headers["hx-reswap"]) == (b"", "none")
    assert json.loads(data.content)["error"]["code"] == "busy"

    # Counted apart: health, files, streams.
    assert (await crowd.asks("/health/live")).status == 200
    assert (await crowd.asks("/static/css/app.css")).status in {200, 404}
    assert (await open_stream(crowd.tenant.host, crowd.visitor).open()).status == 200

    door.open.set()
    assert [(await worked_on).status, (await waits).status] == [200, 200]
    assert (await crowd.asks("/probe/page")).status == 200


async def test_a_turn_that_is_late_is_told_like_any_refusal(busy_app: WebApp, crowd: Crowd, door: probe.Door) -> None:
    busy_app.turns.seconds = 0.05
    worked_on = crowd.asks(DOOR)
    await door.knocked.wait()
    late = await crowd.asks("/probe/page")
    assert late.status == 503
    assert int(late.headers["retry-after"]) > 0
    door.open.set()
    assert (await worked_on).status == 200


async def test_an_answer_that_hangs_keeps_its_turn_until_its_work_has_ended(
    busy_app: WebApp, crowd: Crowd, door: probe.Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_given_up(_task: object) -> bool:
        await door.knocked.wait()
        return False

    with monkeypatch.context() as patched:
        patched.setattr("web.kit.app._finished", is_given_up)
        assert (await crowd.asks(f"{DOOR}?stubborn=yes")).status == 503
    next_one = crowd.asks("/probe/page")
    await waiting(busy_app, 1)
    door.open.set()
    assert (await next_one).status == 200


async def test_a_browser_that_sends_slowly_takes_nobodys_turn(
    busy_app: WebApp, crowd: Crowd, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    token = await token_of(crowd.visitor, acme.host)
    slow = PausingSender([f"csrf_token={token}&".encode()], b"text=late")
    sending = asyncio.create_task(slow.to(busy_app, acme, crowd.visitor, "/probe/notes", FORM))
    await slow.paused.wait()

    async with asyncio.timeout(5):
        assert (await crowd.asks("/probe/page")).status == 200

    slow.goes_on.set()
    await sending
    assert slow.status == 303


async def test_an_upload_takes_nobodys_turn(busy_app: WebApp, crowd: Crowd, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    token = await token_of(crowd.visitor, acme.host)
    first = opening("csrf_token") + token.encode() + b"\r\n" + opening("file", "a.bin")
    slow = PausingSender([first], f"\r\n--{BOUNDARY}--\r\n".encode())
    sending = asyncio.create_task(slow.to(busy_app, acme, crowd.visitor, "/probe/uploads", MULTIPART))
    await slow.paused.wait()

    pages = [crowd.asks("/probe/page") for _ in range(2)]
    async with asyncio.timeout(5):
        assert {(await page).status for page in pages} == {200}

    slow.goes_on.set()
    await sending
    assert (slow.status, slow.body) == (200, b"a.bin=0")


async def test_who_left_the_line_is_not_worked_for(
    busy_app: WebApp, crowd: Crowd, two_tenants: TwoTenants, door: probe.Door
) -> None:
    acme = two_tenants.acme
    worked_on = crowd.asks(DOOR)
    await door.knocked.wait()
    leaver = LeavingSender()
    asked = asyncio.create_task(leaver.to(busy_app, acme, crowd.visitor, "/probe/counted"))
    await waiting(busy_app, 1)
    leaver.gone.set()
    await asyncio.wait_for(asked, 5)
    assert busy_app.turns.waiting == 0

    door.open.set()
    assert (await worked_on).status == 200
    assert door.counted == 0
    assert (await crowd.asks("/probe/counted")).status == 200
    assert door.counted == 1


class PausingSender(Sender):
    """Sends the last piece when it is let."""

    def __init__(self, first: list[bytes], last: bytes) -> None:
        super().__init__([*first, last], last=b"")
        self._before = len(first)
        self._asked = 0
        self.paused = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        self._asked += 1
        if self._asked > self._before:
            self.paused.set()
            await self.goes_on.wait()
        return await super().receive()


class LeavingSender(Sender):
    """Asks for a page, and closes the connection before it has come."""

    method = "GET"

    def __init__(self) -> None:
        super().__init__([], last=b"")
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._next is not None:
            return await super().receive()
        await self.gone.wait()
        return {"type": "http.disconnect"}
