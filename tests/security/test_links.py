"""Links that open something: they die with the right to open it, and stand in no log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from tests.web.files.conftest import make_ready, upload
from web.kit.visit import loggable

if TYPE_CHECKING:
    import asyncpg

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn


async def test_a_download_link_dies_with_the_membership(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    await owner_connection.execute("insert into platform.entitlements values ($1, 'files.bytes', 1000000)", acme.id)
    visitor = await sign_in(acme, "member")
    await upload(visitor, acme, b"content", "plan.txt")
    file_id = await make_ready(owner_connection, acme)
    link = (await visitor.get(acme.url(f"/files/{file_id}/download"))).location
    assert (await visitor.get(link)).status == 200

    await owner_connection.execute(
        "update platform.people set state = 'deactivated' where user_id = $1", acme.people["member"].id
    )

    assert (await visitor.get(link)).status == 404


async def test_tokens_of_links_stand_in_no_log(web: Visitor) -> None:
    token = "a1_-" * 11
    with capture_logs() as lines:
        for address in (f"/verify/{token}", f"http://usercontent.localhost:8000/original/{token}.aSdF.x"):
            assert (await web.get(address)).status == 404

    assert len(lines) >= 2
    assert token not in str(lines)


def test_other_paths_are_logged_as_they_are() -> None:
    for path in ("/", f"/tenants/{'s' * 40}/entry", "/files/0199d3c4-7c1e-7000-8000-000000000000/preview-1"):
        assert loggable(path) == path
