from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from core.throttle import Limit
from tests.factories.files import photo
from tests.web.files.conftest import SPACE, upload, upload_many
from web.files import receiving
from web.kit import body

if TYPE_CHECKING:
    import asyncpg

    from core.storage import Storage
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn


async def files_of(owner: asyncpg.Connection, tenant: TestTenant) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await owner.fetch("select * from files.files where tenant_id = $1", tenant.id)
    return rows


async def objects_of(storage: Storage, tenant: TestTenant) -> list[str]:
    return [found.key async for found in storage.list(f"tenants/{tenant.id}/files")]


async def usage_of(owner: asyncpg.Connection, tenant: TestTenant) -> tuple[int, int]:
    row = await owner.fetchrow("select used, reserved from files.usage where tenant_id = $1", tenant.id)
    return (row["used"], row["reserved"]) if row else (0, 0)


async def test_a_form_without_script_uploads_a_file(
    tenants: TwoTenants, sign_in: SignIn, storage: Storage, owner_connection: asyncpg.Connection
) -> None:
    member = await sign_in(tenants.acme, "member")
    content = photo()

    answer = await upload(member, tenants.acme, content, name="C:\\Pictures\\Gärten 1.jpg")

    (file,) = await files_of(owner_connection, tenants.acme)
    assert (answer.status, answer.location) == (303, "/files")
    assert (file["name"], file["size"], file["state"]) == ("Gärten 1.jpg", len(content), "pending")
    assert file["sha256"] == hashlib.sha256(content).digest()
    assert file["uploader_id"] == tenants.acme.people["member"].id
    assert await usage_of(owner_connection, tenants.acme) == (0, len(content))
    assert await storage.get_bytes(f"tenants/{tenants.acme.id}/files/{file['id']}/original") == content


async def test_the_answer_to_a_script_is_the_card_of_the_run(
    tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    member = await sign_in(tenants.acme, "member")

    answer = await upload(member, tenants.acme, photo(), HX_Request="true", HX_Request_Type="partial")

    run = await owner_connection.fetchrow("select * from platform.runs where tenant_id = $1", tenants.acme.id)
    card = answer.html.one("article")
    assert answer.status == 200
    assert card.attributes["id"] == f"run-{run['id']}"
    assert "Preparing photo.jpg" in card.text
    assert (run["contract"], run["actor_id"]) == ("files.ingest", tenants.acme.people["member"].id)


@pytest.mark.parametrize("size", [SPACE + 1, SPACE * 2])
async def test_more_than_the_space_is_refused_and_nothing_kept(
    tenants: TwoTenants, sign_in: SignIn, storage: Storage, owner_connection: asyncpg.Connection, size: int
) -> None:
    member = await sign_in(tenants.acme, "member")

    answer = await upload(member, tenants.acme, bytes(size))

    assert answer.status == 409
    assert "MB is free" in answer.text
    assert await files_of(owner_connection, tenants.acme) == []
    assert await objects_of(storage, tenants.acme) == []
    assert await usage_of(owner_connection, tenants.acme) == (0, 0)


async def test_the_space_of_another_tenant_is_not_touched(
    tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    await upload(await sign_in(tenants.acme, "member"), tenants.acme, bytes(SPACE - 10_000))

    answer = await upload(await sign_in(tenants.globex, "member"), tenants.globex, bytes(SPACE - 10_000))

    assert answer.status == 303
    assert await usage_of(owner_connection, tenants.globex) == (0, SPACE - 10_000)


@pytest.mark.parametrize(("name", "content"), [("", b""), ("", b"content without a name")])
async def test_a_form_without_a_file_says_so(tenants: TwoTenants, sign_in: SignIn, name: str, content: bytes) -> None:
    answer = await upload(await sign_in(tenants.acme, "member"), tenants.acme, content, name=name)

    assert answer.status == 422


async def test_of_too_many_files_at_once_the_first_are_taken_and_this_is_said(
    tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_FILES", 3)
    member, other = await sign_in(tenants.acme, "member"), await sign_in(tenants.globex, "member")

    few = await upload_many(other, tenants.globex, 3)
    many = await upload_many(member, tenants.acme, 4)

    assert (few.status, few.location) == (303, "/files")
    assert len(await files_of(owner_connection, tenants.globex)) == 3
    assert many.status == 422
    assert "Only 3 files can be uploaded at once. The first 3 are here; send the others again." in many.text
    files = await files_of(owner_connection, tenants.acme)
    assert sorted((file["name"], file["state"]) for file in files) == [(f"{n}.jpg", "pending") for n in range(3)]


async def test_uploads_without_end_are_told_to_wait(
    application: Application, tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    assert application.app is not None
    person = tenants.acme.people["member"]
    limit = Limit("files.uploads", 1000, 600)
    for _ in range(999):
        assert await application.app.kit.services.throttle.hit(limit, str(person.id)) == 0
    member = await sign_in(tenants.acme, "member")

    last = await upload(member, tenants.acme, photo())
    over = await upload(member, tenants.acme, photo())
    of_others = await upload(await sign_in(tenants.acme, "admin"), tenants.acme, photo())

    assert (last.status, over.status, of_others.status) == (303, 429, 303)
    assert 0 < int(over.headers["retry-after"]) <= 600
    assert len(await files_of(owner_connection, tenants.acme)) == 2


async def test_a_guest_uploads_nothing(
    tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    answer = await upload(await sign_in(tenants.acme, "guest"), tenants.acme, photo())

    assert answer.status in {403, 404}
    assert await files_of(owner_connection, tenants.acme) == []


async def test_a_member_of_one_tenant_uploads_nothing_to_another(
    tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    stranger = await sign_in(tenants.acme, "member")
    await stranger.get(tenants.acme.url("/files"))
    for jar in (stranger.cookies, stranger._csrf):
        jar[tenants.globex.host] = jar[tenants.acme.host]  # type: ignore[assignment]  # both are by host

    answer = await upload(stranger, tenants.globex, photo(), visit=False)

    assert answer.status in {303, 401, 403}
    assert await files_of(owner_connection, tenants.globex) == []


async def test_a_forged_form_uploads_nothing(
    tenants: TwoTenants, sign_in: SignIn, storage: Storage, owner_connection: asyncpg.Connection
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    member._csrf[tenants.acme.host] = "forged"

    answer = await upload(member, tenants.acme, photo(), visit=False)

    assert answer.status == 403
    assert await files_of(owner_connection, tenants.acme) == []
    assert await objects_of(storage, tenants.acme) == []


@pytest.mark.parametrize(("ending", "status"), [("http.disconnect", 400), ("half", 422), ("trickle", 408)])
async def test_a_lost_or_endless_connection_leaves_nothing(  # noqa: PLR0917  # fixtures are asked for by name
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    storage: Storage,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    status: int,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    lost = _LostUpload(member, tenants.acme, ending)
    monkeypatch.setattr(body, "clock", lambda: lost.now)

    await application(lost.scope(), lost.receive, lost.send)
    await asyncio.sleep(0.1)

    assert lost.begun
    assert lost.status == status
    assert await files_of(owner_connection, tenants.acme) == []
    assert await objects_of(storage, tenants.acme) == []
    assert await usage_of(owner_connection, tenants.acme) == (0, 0)


async def test_an_upload_that_trickles_keeps_the_space_of_nobody(
    application: Application, tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    member, other = await sign_in(tenants.acme, "member"), await sign_in(tenants.acme, "admin")
    await member.get(tenants.acme.url("/files"))
    slow = _LostUpload(member, tenants.acme, "hold", announced=SPACE)
    uploading = asyncio.create_task(application(slow.scope(), slow.receive, slow.send))
    await slow.holding.wait()

    answer = await upload(other, tenants.acme, bytes(SPACE // 3))

    assert answer.status == 303
    assert (await usage_of(owner_connection, tenants.acme))[1] <= SPACE // 2 + SPACE // 3
    slow.let_go.set()
    await uploading
    assert (await usage_of(owner_connection, tenants.acme))[1] == SPACE // 3


async def test_an_upload_has_an_end(
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    lost = _LostUpload(member, tenants.acme, "steady")
    looked_at: list[float] = []

    def clock() -> float:
        looked_at.append(lost.now)
        return lost.now

    monkeypatch.setattr(receiving, "clock", clock)

    await application(lost.scope(), lost.receive, lost.send)

    assert lost.status == 408, "it came steadily, and slowly"
    assert receiving.SECONDS_FOR_ANY < looked_at[-1] < receiving.SECONDS_FOR_ANY + 100
    assert await files_of(owner_connection, tenants.acme) == []
    assert await usage_of(owner_connection, tenants.acme) == (0, 0)


async def test_the_lease_is_renewed_while_bytes_arrive(
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    slow = _LostUpload(member, tenants.acme, "renewed")
    monkeypatch.setattr(receiving, "clock", lambda: slow.now)
    uploading = asyncio.create_task(application(slow.scope(), slow.receive, slow.send))
    await slow.holding.wait()
    await owner_connection.execute("update files.files set lease_until = now() where tenant_id = $1", tenants.acme.id)
    slow.holding.clear()
    slow.let_go.set()
    await slow.holding.wait()

    is_left = "select lease_until > now() + interval '5 minutes' from files.files where tenant_id = $1"
    async with asyncio.timeout(10):
        while not await owner_connection.fetchval(is_left, tenants.acme.id):  # noqa: ASYNC110  # another task writes it
            await asyncio.sleep(0.01)
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)


class _LostUpload:
    """A browser that goes away in the middle of a file, whose form ends there, or that sends a byte now and then."""

    def __init__(self, visitor: Visitor, tenant: TestTenant, ending: str, *, announced: int = 1_000_000) -> None:
        self.begun = False
        self.holding, self.let_go = asyncio.Event(), asyncio.Event()
        self._announced = announced
        self.now = 0.0
        self.status = 0
        self._visitor = visitor
        self._tenant = tenant
        self._messages = self._bring(ending)

    def _bring(self, ending: str) -> Any:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        yield {"type": "http.request", "body": head + bytes(100_000), "more_body": True}
        self.begun = True
        if ending == "half":
            yield {"type": "http.request", "body": bytes(1000), "more_body": False}
        while ending == "steady" and self.now < 10**6:
            self.now += 20
            yield {"type": "http.request", "body": bytes(10_000), "more_body": True}
        if ending in {"hold", "renewed"}:
            yield None
        if ending == "renewed":
            self.now += 2 * receiving.SECONDS_BETWEEN_RENEWALS
            yield {"type": "http.request", "body": bytes(1000), "more_body": True}
            self.let_go.clear()
            yield None
        while ending == "trickle":
            self.now += 29
            yield {"type": "http.request", "body": b"x", "more_body": True}
        while True:
            yield {"type": "http.disconnect"}

    def scope(self) -> dict[str, Any]:
        cookies = "; ".join(f"{key}={value}" for key, value in self._visitor.cookies[self._tenant.host].items())
        headers = {
            "host": self._tenant.host,
            "cookie": cookies,
            "x-csrf-token": self._visitor._csrf[self._tenant.host],
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(self._announced),
        }
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/files",
            "raw_path": b"/files",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (self._visitor.address, 50000),
            "server": ("127.0.0.1", 8000),
        }

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] | None = next(self._messages)
        if message is None:
            self.holding.set()
            await self.let_go.wait()
            return await self.receive()
        return message

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
