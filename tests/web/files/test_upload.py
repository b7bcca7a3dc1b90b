"""Uploads by the form and by the script: what is taken, what is refused, and what is kept of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from core.throttle import Limit
from tests.factories.files import photo
from tests.web.files.conftest import SPACE, upload, upload_many
from tests.web.files.kept import files_of, objects_of, usage_of
from web.files import receiving

if TYPE_CHECKING:
    import asyncpg

    from core.storage import Storage
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn


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
