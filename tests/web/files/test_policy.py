"""What a tenant decides about its files, and the files that stay closed until somebody opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from domain.files.kinds import KINDS
from tests.web.files.conftest import upload

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.support.web_fixtures import SignIn

RULES = "/admin/files"


async def decide(admin: Visitor, tenant: TestTenant, **rules: Any) -> Answer:
    await admin.get(tenant.url(RULES))
    chosen: dict[str, Any] = {"openers": "admin", "refused": [], **rules}
    return await admin.post(tenant.url(RULES), chosen)


@pytest.fixture
async def admin(tenants: TwoTenants, sign_in: SignIn) -> Visitor:
    return await sign_in(tenants.acme, "admin")


@pytest.fixture
async def member(tenants: TwoTenants, sign_in: SignIn) -> Visitor:
    return await sign_in(tenants.acme, "member")


@pytest.fixture
async def sealed(member: Visitor, tenants: TwoTenants, owner_connection: asyncpg.Connection) -> UUID:
    """A file of Acme that the scanner could not look into."""
    await upload(member, tenants.acme, b"PK", "plans.zip")
    file_id: UUID = await owner_connection.fetchval(
        "update files.files set state = 'sealed', type = 'application/zip', scanner = 'ClamAV' where tenant_id = $1 "
        "returning id",
        tenants.acme.id,
    )
    return file_id


async def state_of(owner: asyncpg.Connection, file_id: UUID) -> str:
    return str(await owner.fetchval("select state from files.files where id = $1", file_id))


async def test_a_sealed_file_is_shown_and_handed_out_to_nobody(
    member: Visitor, admin: Visitor, tenants: TwoTenants, sealed: UUID, owner_connection: asyncpg.Connection
) -> None:
    address = tenants.acme.url(f"/files/{sealed}")
    for visitor in (member, admin):
        page = await visitor.get(address)
        assert "ClamAV could not look inside." in page.text
        assert page.html.all(href=f"/files/{sealed}/download") == []
        assert (await visitor.get(f"{address}/download")).status == 404
    assert await state_of(owner_connection, sealed) == "sealed"


async def test_whom_the_policy_names_opens_it_with_the_warning_before_their_eyes(
    member: Visitor, admin: Visitor, tenants: TwoTenants, sealed: UUID, owner_connection: asyncpg.Connection
) -> None:
    address = tenants.acme.url(f"/files/{sealed}")
    assert (await admin.get(address)).html.one(href=f"/files/{sealed}/opening").text == "Open without a scan"
    warning = await admin.get(f"{address}/opening")
    assert "harmful content in it cannot be ruled out" in warning.text

    answer = await admin.post(f"{address}/opening")

    assert (answer.status, answer.location) == (303, f"/files/{sealed}")
    for visitor in (admin, member):
        page = await visitor.get(address)
        assert "Admin of Acme opened it on" in page.text
        assert (await visitor.get(f"{address}/download")).status == 303
    row = await owner_connection.fetchrow(
        "select actor_id, subject from platform.audit where tenant_id = $1 and action = 'files.opened'",
        tenants.acme.id,
    )
    assert tuple(row) == (tenants.acme.people["admin"].id, f"file:{sealed}")


async def test_who_is_not_named_cannot_open_it(
    member: Visitor, admin: Visitor, tenants: TwoTenants, sealed: UUID, owner_connection: asyncpg.Connection
) -> None:
    address = tenants.acme.url(f"/files/{sealed}")
    assert (await member.get(address)).html.all(href=f"/files/{sealed}/opening") == []
    assert (await member.get(f"{address}/opening")).status == 403
    assert (await member.post(f"{address}/opening")).status == 403

    await decide(admin, tenants.acme, openers="owner")
    await admin.get(address)
    assert (await admin.post(f"{address}/opening")).status == 403
    assert await state_of(owner_connection, sealed) == "sealed"

    await decide(admin, tenants.acme, openers="member")
    await member.get(address)
    assert (await member.post(f"{address}/opening")).status == 303
    assert await state_of(owner_connection, sealed) == "ready"


@pytest.mark.parametrize("state", ["infected", "unsupported", "pending"])
async def test_nothing_but_a_sealed_file_can_be_opened(
    admin: Visitor, tenants: TwoTenants, sealed: UUID, owner_connection: asyncpg.Connection, state: str
) -> None:
    await owner_connection.execute("update files.files set state = $2 where id = $1", sealed, state)
    await admin.get(tenants.acme.url("/files"))
    for file_id in (sealed, uuid4()):
        assert (await admin.post(tenants.acme.url(f"/files/{file_id}/opening"))).status == 404
    assert await state_of(owner_connection, sealed) == state


async def test_a_refused_kind_is_told_before_the_upload_and_refused_by_its_name(
    admin: Visitor, member: Visitor, tenants: TwoTenants, storage: Storage, owner_connection: asyncpg.Connection
) -> None:
    assert (await decide(admin, tenants.acme, refused=["program", "archive"])).status == 303
    page = (await admin.get(tenants.acme.url(RULES))).html
    assert {box.attributes["value"] for box in page.all("input", name="refused") if "checked" in box.attributes} == {
        "program",
        "archive",
    }

    form = (await member.get(tenants.acme.url("/files"))).html.one("form", id="upload")
    assert "except: Archive and Program." in form.text
    assert {".exe", ".zip"} <= set(form.attributes["data-upload-refused"].split())

    answer = await upload(member, tenants.acme, b"MZ", "setup.EXE")
    assert answer.status == 415
    assert "doesn’t accept this kind of file. Nothing was saved." in answer.text
    assert (
        await owner_connection.fetchval("select count(*) from files.files where tenant_id = $1", tenants.acme.id) == 0
    )
    assert [found async for found in storage.list(f"tenants/{tenants.acme.id}")] == []

    assert (await upload(member, tenants.acme, b"hello", "setup.txt")).status == 303


async def test_what_one_tenant_refuses_another_accepts(admin: Visitor, tenants: TwoTenants, sign_in: SignIn) -> None:
    await decide(admin, tenants.acme, refused=["program"])
    neighbour = await sign_in(tenants.globex, "member")
    assert (await upload(neighbour, tenants.globex, b"MZ", "setup.exe")).status == 303


async def test_every_kind_can_be_refused_and_nothing_else(
    admin: Visitor, tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    boxes = (await admin.get(tenants.acme.url(RULES))).html.all("input", name="refused")
    assert [box.attributes["value"] for box in boxes] == list(KINDS)
    assert (await decide(admin, tenants.acme, refused=["magic"])).status == 422
    assert (await decide(admin, tenants.acme, openers="guest")).status == 422
    count = "select count(*) from files.policies where tenant_id = $1"
    assert await owner_connection.fetchval(count, tenants.acme.id) == 0
