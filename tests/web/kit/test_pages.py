from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import SignIn

PARTIAL = {"HX_Request": "true", "HX_Request_Type": "partial"}


async def test_a_browser_gets_the_page_and_htmx_the_part(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")

    whole = await visitor.get(acme.url("/probe/page"))
    part = await visitor.get(acme.url("/probe/page"), **PARTIAL)

    assert whole.html.one("main").attributes["id"] == "main"
    assert not part.html.all("main")
    assert "the part" in part.text
    for answer in (whole, part):
        assert "HX-Request" in answer.headers["vary"]
        assert answer.headers["cache-control"] == "no-store"


async def test_boosted_links_and_going_back_get_the_page(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    for headers in (
        {"HX_Request": "true", "HX_Request_Type": "full", "HX_Boosted": "true"},
        {"HX_History_Restore_Request": "true", "HX_Request_Type": "full"},
        {"HX_Request": "true", "HX_History_Restore_Request": "true"},
    ):
        assert (await visitor.get(acme.url("/probe/page"), **headers)).html.all("main")


async def test_after_a_post_the_browser_goes_on(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    await visitor.get(acme.url("/probe/admins"))
    token = await token_of(visitor, acme.host)
    sent = {"csrf_token": token, "text": "hello"}

    plain = await visitor.post(acme.url("/probe/notes"), sent)
    boosted = await visitor.post(acme.url("/probe/notes"), sent, HX_Request="true", HX_Boosted="true")
    partial = await visitor.post(acme.url("/probe/notes"), sent, **PARTIAL)
    anew = await visitor.post(acme.url("/probe/sign-in"), sent, HX_Request="true", HX_Boosted="true")

    assert (plain.status, plain.location) == (303, "/probe/page")
    assert (boosted.status, boosted.location) == (303, "/probe/page")
    assert partial.status == 200
    assert '"#main"' in partial.headers["hx-location"]
    assert (anew.status, anew.headers["hx-redirect"]) == (200, "/probe/page")


async def test_the_kind_of_host_chooses_the_route(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    assert (await visitor.get("/probe/where")).content == b"home"
    assert (await visitor.get(acme.url("/probe/where"))).content == b"tenant"
    assert (await visitor.get(visitor.tenant("usercontent", "/probe/where"))).status == 404
    assert (await visitor.get("/probe/page")).status == 404


async def test_pages_are_compressed_and_carry_the_headers(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    answer = await visitor.get(acme.url("/nowhere"), Accept_Encoding="br, gzip")
    assert answer.headers["content-encoding"] in {"br", "gzip"}
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert len(answer.headers["x-request-id"]) == 12


async def token_of(visitor: object, host: str) -> str:
    """The token that a page of this session would hold."""
    from tests.support.visitor import Visitor  # noqa: PLC0415

    assert isinstance(visitor, Visitor)
    page = await visitor.get(f"http://{host}/nowhere")
    headers = page.html.one("body").attributes["hx-headers:inherited"]
    return headers.split('"')[3]
