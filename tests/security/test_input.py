"""What no person types: it is refused like any mistake, and never ends in an error of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    import asyncpg

    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn

NUL = "\0"


async def test_a_zero_byte_in_a_form_is_refused(web: Visitor) -> None:
    forms = {
        "/login": {"email": f"ada{NUL}@example.com", "password": "lantern orchard violet"},
        "/register": {"name": f"Ada{NUL}", "email": "ada@example.com", "password": "lantern orchard violet"},
    }
    for path, fields in forms.items():
        await web.get(path)
        assert (await web.post(path, fields)).status == 422


async def test_a_zero_byte_in_an_address_is_not_found(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    visitor = await sign_in(two_tenants.acme, "member")

    for path in ("/files/%00", "/nothing/%00", "/static/x/%00", "/%00"):
        assert (await visitor.get(two_tenants.acme.url(path))).status == 404


@pytest.mark.parametrize("before", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_cannot_be_is_passed_over(before: str, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    visitor = await sign_in(two_tenants.acme, "member")

    answer = await visitor.get(two_tenants.acme.url(f"/runs?before={before.replace('+', '%2B')}"))

    assert answer.status == 200


async def test_what_a_browser_calls_a_file_cannot_break_the_upload(
    application: Application, two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    await owner_connection.execute("insert into platform.entitlements values ($1, 'files.bytes', 1000000)", acme.id)
    visitor = await sign_in(acme, "member")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="../a\xe2\x80\xaegpj.\0exe"\r\n'
        b"Content-Type: image/\0jpeg" + b"g" * 2000 + b"\r\n\r\ncontent\r\n--x--\r\n"
    )
    sender = Sender([body])

    await sender.to(
        application,
        acme,
        visitor,
        "/files",
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-length", str(len(body))),
        ("x-csrf-token", await token_of(visitor, acme.host)),
    )

    assert sender.status == 303
    row = await owner_connection.fetchrow("select name, declared_type from files.files where tenant_id = $1", acme.id)
    assert row["name"] == "agpj.exe"
    assert row["declared_type"] == "image/jpeg".ljust(100, "g")
