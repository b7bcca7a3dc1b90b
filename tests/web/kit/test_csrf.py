from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.web.kit.conftest import SignIn


async def test_a_form_with_its_token_is_taken_by_field_or_header(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    url = acme.url("/probe/notes")
    assert (await visitor.post(url, {"csrf_token": token, "text": "x"})).status == 303
    assert (await visitor.post(url, {"csrf_token": "", "text": "x"}, X_CSRF_Token=token)).status == 303
    assert (await visitor.post(url, {"csrf_token": token, "text": ""})).status == 422


async def test_a_forged_form_is_refused(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    visitor = await sign_in(acme, "member")
    other = await sign_in(acme, "admin")
    token = await token_of(visitor, acme.host)
    foreign = await token_of(other, acme.host)
    url = acme.url("/probe/notes")

    async def status(token: str, **headers: str) -> int:
        return (await visitor.post(url, {"csrf_token": token, "text": "x"}, **headers)).status

    assert await status(token) == 303
    assert await status("") == 403
    assert await status("not base64 ###") == 403
    assert await status(token[:-8] + "AAAAAAA=") == 403
    assert await status(foreign) == 403
    assert await status(token, Sec_Fetch_Site="cross-site") == 403
    assert await status(token, Sec_Fetch_Site="same-site") == 403
    assert await status(token, Origin="http://evil.example") == 403
    assert await status(token, Origin=f"http://{globex.host}") == 403
    assert await status(token, Origin="null") == 403
    assert await status(token, Origin=f"http://{acme.host}", Sec_Fetch_Site="same-origin") == 303


async def test_strangers_have_a_token_bound_to_their_browser(
    two_tenants: TwoTenants, new_visitor: Callable[[], Visitor]
) -> None:
    acme = two_tenants.acme
    visitor, thief = new_visitor(), new_visitor()
    token = await token_of(visitor, acme.host)
    await token_of(thief, acme.host)
    sent = {"csrf_token": token, "email": "csrf@example.com"}
    assert (await visitor.post(acme.url("/probe/guess"), sent)).status == 200
    assert (await thief.post(acme.url("/probe/guess"), sent)).status == 403


async def test_tokens_look_different_each_time(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    assert await token_of(visitor, acme.host) != await token_of(visitor, acme.host)
