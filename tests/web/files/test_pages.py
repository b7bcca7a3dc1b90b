from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import pytest

from domain.files import service
from tests.factories.files import photo
from tests.web.files.conftest import make_ready, upload

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn

CONTENT = photo()
NAME = 'Übersicht "neu" 100%.jpg'


@pytest.fixture
async def member(tenants: TwoTenants, sign_in: SignIn) -> Visitor:
    return await sign_in(tenants.acme, "member")


@pytest.fixture
async def file_id(member: Visitor, tenants: TwoTenants, storage: Storage, owner_connection: asyncpg.Connection) -> UUID:
    """A ready file of Acme with a thumbnail."""
    await upload(member, tenants.acme, CONTENT, NAME)
    made = await make_ready(owner_connection, tenants.acme)
    await storage.put_bytes(service.key_of(tenants.acme.id, made, "thumbnail"), b"webp")
    await owner_connection.execute(
        "insert into files.renditions values ($1, $2, 'thumbnail', 320, 240, 4)", tenants.acme.id, made
    )
    return made


async def test_an_empty_list_says_what_to_do(member: Visitor, tenants: TwoTenants) -> None:
    page = (await member.get(tenants.acme.url("/files"))).html

    assert page.one("h1").text == "Files"
    assert "No files yet" in page.one(id="file-list").text
    assert page.one("input", type="file").attributes["name"] == "file"


async def test_the_list_names_files_and_their_uploader(member: Visitor, tenants: TwoTenants, file_id: UUID) -> None:
    row = (await member.get(tenants.acme.url("/files"))).html.one("tr", id=f"file-{file_id}")

    assert NAME in row.text
    assert "Member of Acme" in row.text
    assert "Ready" in row.text


async def test_the_list_reads_itself_again_when_a_file_changes(
    member: Visitor, tenants: TwoTenants, file_id: UUID
) -> None:
    address = tenants.acme.url("/files")
    fragment = await member.get(address, HX_Request="true", HX_Request_Type="partial")
    (root,) = [child for child in fragment.html.children if not isinstance(child, str)]

    assert (root.attributes["id"], root.attributes["hx-get"]) == ("file-list", "/files")
    assert root.attributes["hx-trigger"] == "files:changed from:body"
    assert NAME in fragment.html.one("tr", id=f"file-{file_id}").text


async def test_a_blocked_file_is_explained_and_not_handed_out(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    await owner_connection.execute(
        "update files.files set state = 'infected', scanner = 'ClamAV', signature = 'Eicar' where id = $1", file_id
    )

    page = await member.get(tenants.acme.url(f"/files/{file_id}"))

    assert page.status == 200
    assert "Blocked: harmful content" in page.text
    assert "ClamAV found Eicar." in page.text
    for path in ("download", "thumbnail"):
        assert (await member.get(tenants.acme.url(f"/files/{file_id}/{path}"))).status == 404


@pytest.mark.parametrize("path", ["", "/download", "/thumbnail", "/preview-1"])
async def test_a_file_of_another_tenant_is_like_one_that_is_not_there(
    sign_in: SignIn, tenants: TwoTenants, file_id: UUID, path: str
) -> None:
    stranger = await sign_in(tenants.globex, "owner")

    foreign = await stranger.get(tenants.globex.url(f"/files/{file_id}{path}"))
    missing = await stranger.get(tenants.globex.url(f"/files/{uuid4()}{path}"))

    assert (foreign.status, missing.status) == (404, 404)
    assert foreign.html.one("main").text == missing.html.one("main").text


async def test_a_thumbnail_is_shown_and_kept_for_this_session_alone(
    member: Visitor, tenants: TwoTenants, file_id: UUID
) -> None:
    answer = await member.get(tenants.acme.url(f"/files/{file_id}/thumbnail"))

    assert (answer.status, answer.content) == (200, b"webp")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert "cookie" in answer.headers["vary"].lower(), "the next session would be shown what this one was"


async def test_a_download_comes_from_the_host_for_user_content(
    member: Visitor, tenants: TwoTenants, file_id: UUID
) -> None:
    sent = await member.get(tenants.acme.url(f"/files/{file_id}/download"))
    assert sent.status == 303
    assert sent.location.startswith("http://usercontent.localhost:8000/original/")

    answer = await member.get(sent.location)

    assert (answer.status, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert f"filename*=UTF-8''{quote(NAME, safe='')}" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


async def test_a_download_is_in_the_audit_without_the_name_in_the_clear(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    await member.get(tenants.acme.url(f"/files/{file_id}/download"))
    query = "select a.*, a::text as whole from platform.audit a where tenant_id = $1 and action = 'files.downloaded'"
    (row,) = await owner_connection.fetch(query, tenants.acme.id)
    person = tenants.acme.people["member"]
    assert (row["subject"], row["feature"], row["actor_id"]) == (f"file:{file_id}", "files", person.id)
    assert row["session_id"] is not None
    assert row["request_id"]
    assert (row["sealed_for"], NAME in row["whole"]) == (person.id, False)


async def test_an_empty_file_can_be_downloaded_too(
    member: Visitor, tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    await upload(member, tenants.acme, b"", "empty.txt")
    made = await make_ready(owner_connection, tenants.acme)

    answer = await member.get(await link(member, tenants.acme, made))

    assert (answer.status, answer.content) == (200, b"")


async def link(member: Visitor, tenant: TestTenant, file_id: UUID) -> str:
    return (await member.get(tenant.url(f"/files/{file_id}/download"))).location


@pytest.mark.parametrize(
    ("wanted", "status", "expected"),
    [
        ("bytes=0-9", 206, CONTENT[:10]),
        ("bytes=10-", 206, CONTENT[10:]),
        ("bytes=-5", 206, CONTENT[-5:]),
        ("bytes=0-1,4-5", 200, CONTENT),
        ("pages=1-2", 200, CONTENT),
        ("nonsense", 200, CONTENT),
        (f"bytes={len(CONTENT)}-", 416, b""),
    ],
)
async def test_a_download_can_be_taken_up_again(  # noqa: PLR0917  # three of them are the case
    member: Visitor, tenants: TwoTenants, file_id: UUID, wanted: str, status: int, expected: bytes
) -> None:
    answer = await member.get(await link(member, tenants.acme, file_id), Range=wanted)

    assert (answer.status, answer.content) == (status, expected)


async def test_a_range_of_an_older_version_is_answered_whole(
    member: Visitor, tenants: TwoTenants, file_id: UUID
) -> None:
    address = await link(member, tenants.acme, file_id)
    tag = f'"{hashlib.sha256(CONTENT).hexdigest()}"'

    assert (await member.get(address, Range="bytes=0-9", If_Range=tag)).status == 206
    assert (await member.get(address, Range="bytes=0-9", If_Range='"other"')).status == 200


async def test_a_link_that_was_made_up_or_is_old_opens_nothing(
    member: Visitor, tenants: TwoTenants, file_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await link(member, tenants.acme, file_id)

    assert (await member.get(address[:-9] + ("A" if address[-9] != "A" else "B") + address[-8:])).status == 404
    monkeypatch.setattr("web.files.content.LINK_LIVES", -1)
    assert (await member.get(address)).status == 404


async def test_removing_puts_a_file_out_of_sight_and_offers_the_way_back(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    address = await link(member, tenants.acme, file_id)
    await member.get(tenants.acme.url("/files"))

    sent = await member.post(tenants.acme.url(f"/files/{file_id}/removal"))
    page = (await member.get(tenants.acme.url(sent.location))).html

    run = await owner_connection.fetchrow(
        "select id from platform.runs where contract = 'files.remove' and tenant_id = $1", tenants.acme.id
    )
    assert sent.status == 303
    assert page.all("tr", id=f"file-{file_id}") == []
    assert page.one("form", action=f"/runs/{run['id']}/cancellation").one("button").text == "Undo"
    assert (await member.get(address)).status == 404
    assert (await member.get(tenants.acme.url(f"/files/{file_id}/thumbnail"))).status == 404
    own_page = await member.get(tenants.acme.url(f"/files/{file_id}"))
    assert "In the trash" in own_page.text
    assert own_page.html.one("form", action=f"/runs/{run['id']}/cancellation").one("button").text == "Undo"


async def test_a_file_in_work_is_not_removed(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    await owner_connection.execute("update files.files set state = 'pending' where id = $1", file_id)
    await member.get(tenants.acme.url("/files"))

    answer = await member.post(tenants.acme.url(f"/files/{file_id}/removal"))

    assert answer.status == 409
    assert "still being prepared" in answer.text


async def test_strangers_and_guests_remove_nothing(
    sign_in: SignIn, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    for tenant, role, status in ((tenants.globex, "owner", 404), (tenants.acme, "guest", 403)):
        visitor = await sign_in(tenant, role)  # type: ignore[arg-type]  # both are roles
        await visitor.get(tenant.url("/files"))
        assert (await visitor.post(tenant.url(f"/files/{file_id}/removal"))).status == status

    assert await owner_connection.fetchval("select trashed_at from files.files where id = $1", file_id) is None


async def test_older_files_are_on_the_next_page(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    await owner_connection.execute(
        """insert into files.files (tenant_id, id, name, size, declared_type, state, charge, uploader_id)
           select tenant_id, gen_random_uuid(), 'copy ' || n, 1, 'x', 'ready', 'none', uploader_id
           from files.files, generate_series(1, 60) n where id = $1""",
        file_id,
    )
    first = (await member.get(tenants.acme.url("/files"))).html
    older = next(a.attributes["href"] for a in first.all("a") if "before=" in a.attributes.get("href", ""))
    second = (await member.get(tenants.acme.url(older))).html

    names = [[row.attributes["id"] for row in page.one("tbody").all("tr")] for page in (first, second)]
    assert (len(names[0]), len(names[1])) == (50, 11)
    assert not set(names[0]) & set(names[1])


async def test_an_open_list_takes_in_a_few_newer_files_and_counts_more(
    member: Visitor, tenants: TwoTenants, file_id: UUID, owner_connection: asyncpg.Connection
) -> None:
    async def shown(room: int, first: object = file_id) -> tuple[int, str]:
        path = f"/files?removed={uuid4()}&first={first}&room={room}"
        html = (await member.get(tenants.acme.url(path), HX_Request="true", HX_Request_Type="partial")).html
        assert "room=" not in html.one(id="file-list").attributes["hx-get"]
        newer = [link.text for link in html.all("a") if link.attributes.get("hx-target") == "#file-list"]
        return len(html.one("tbody").all("tr")), "".join(newer)

    assert await shown(0) == (1, "")
    await owner_connection.execute(
        """insert into files.files (tenant_id, id, name, size, declared_type, state, charge, uploader_id)
           select tenant_id, ('ffffffff-ffff-7fff-bfff-00000000000' || n)::uuid, 'copy ' || n, 1, 'x', 'ready', 'none',
               uploader_id
           from files.files, generate_series(1, 3) n where id = $1""",
        file_id,
    )
    assert await shown(2) == (1, "Show 3 newer files")
    assert await shown(3) == (4, "")
    assert await shown(0, "ffffffff-ffff-7fff-bfff-000000000002") == (3, "Show 1 newer file")
    assert await shown(-5, "no-id") == (4, "")


@pytest.mark.usefixtures("file_id")
async def test_the_newest_files_are_a_part_for_other_pages(member: Visitor, tenants: TwoTenants) -> None:
    answer = await member.get(tenants.acme.url("/files/recent"))

    assert answer.status == 200
    assert NAME in answer.html.one(id="files-recent").text


async def test_it_is_all_said_in_german_too(member: Visitor, tenants: TwoTenants, file_id: UUID) -> None:
    member.language = "de"

    page = await member.get(tenants.acme.url("/files"))

    assert page.heading == "Dateien"
    assert "Bereit" in page.html.one("tr", id=f"file-{file_id}").text
