from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.branding.conftest import png, send_picture

if TYPE_CHECKING:
    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.web_fixtures import SignIn

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def objects(storage: Storage, tenant: TestTenant) -> list[str]:
    return [found.key async for found in storage.list(f"tenants/{tenant.id}/branding")]


async def test_a_logo_is_kept_and_shown_to_admins_alone(
    two_tenants: TwoTenants, sign_in: SignIn, storage: Storage
) -> None:
    acme = two_tenants.acme
    admin, member = await sign_in(acme, "admin"), await sign_in(acme, "member")

    answer = await send_picture(admin, acme, png())

    (image,) = (await admin.get(acme.url("/admin/branding"))).html.one("div", id="picture-logo").all("img")
    shown = await admin.get(acme.url(image.attributes["src"]))
    assert answer.status == 303
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert (await member.get(acme.url(image.attributes["src"]))).status == 403
    assert len(await objects(storage, acme)) == 1

    await admin.post(acme.url("/admin/branding/pictures/logo/removal"))
    assert (await admin.get(acme.url("/admin/branding"))).html.one("div", id="picture-logo").all("img") == []
    assert await objects(storage, acme) == []


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (SVG, 415, "SVG files can carry programs"),
        (b"<svg onload=alert(1)>", 415, "SVG files can carry programs"),
        (b"%PDF-1.7 ...", 415, "Only PNG, JPEG and WebP"),
        (b"GIF89a" + bytes(50), 415, "Only PNG, JPEG and WebP"),
        (b"", 415, "Only PNG, JPEG and WebP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024 + 1), 413, "2 MB at most"),
    ],
)
async def test_what_is_no_small_picture_leaves_nothing(
    *, two_tenants: TwoTenants, sign_in: SignIn, storage: Storage, content: bytes, status: int, said: str
) -> None:
    admin = await sign_in(two_tenants.acme, "admin")
    answer = await send_picture(admin, two_tenants.acme, content)
    assert answer.status == status
    assert said in answer.text
    assert await objects(storage, two_tenants.acme) == []


async def test_another_tenants_picture_is_not_there(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    mine, theirs = await sign_in(acme, "admin"), await sign_in(globex, "admin")
    await send_picture(theirs, globex, png())
    (image,) = (await theirs.get(globex.url("/admin/branding"))).html.one("div", id="picture-logo").all("img")
    assert (await theirs.get(globex.url(image.attributes["src"]))).status == 200
    assert (await mine.get(acme.url(image.attributes["src"]))).status == 404


async def test_a_member_cannot_send_one(two_tenants: TwoTenants, sign_in: SignIn, storage: Storage) -> None:
    member = await sign_in(two_tenants.acme, "member")
    assert (await send_picture(member, two_tenants.acme, png())).status == 403
    assert await objects(storage, two_tenants.acme) == []
