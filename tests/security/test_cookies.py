"""What other hosts of the domain have a browser send neither becomes a cookie of ours nor hides one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quart import Response, request

from tests.web.kit.sending import ask_raw
from web.kit import feature_blueprint, guard
from web.kit.app import create_app
from web.kit.cookies import WANTED, read_cookies
from web.kit.visit import current_visit

if TYPE_CHECKING:
    from core.settings import Settings
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn
    from web.kit.app import WebApp

SESSION = b"__Host-adx_session"
OURS = SESSION + b"=ours"

FOREIGN = [
    b"",
    b"a",
    b"=",
    b"=a",
    b";;; ;",
    b'prefs={"theme":"dark","sizes":[1,2],"name":"a b"}',
    b'a="quoted"; b="half; c="\\"',
    b'a="' + b"\\" * 4000 + b'"',
    b"a=" + b"\\" * 4000,
    b'"' * 4000,
    b"a=b=c==",
    b"a,b=c; d e=f",
    b"expires=Thu, 01 Jan 1970 00:00:00 GMT",
    b"$Version=1; a=b; $Path=/",
    b"a=\xff\xfe\x85; \xc3\xa4=1",
    b"x=" + b"y" * 8000,
    b"; ".join(b"c%d=%d" % (number, number) for number in range(600)),
]
FORGED = [
    b"a=b " + SESSION + b"=forged",
    b"a=b\t" + SESSION + b"=forged",
    b"a=b," + SESSION + b"=forged",
    b" \t" + SESSION + b"=forged",
    b"\x85" + SESSION + b"=forged",
    b"\xa0" + SESSION + b"=forged",
    b"\xe2\x80\x80" + SESSION + b"=forged",
    b"\x0b" + SESSION + b"=forged",
    SESSION + b" =forged",
    SESSION + b"\xa0=forged",
    SESSION.lower() + b"=forged",
    b'"' + SESSION + b'"=forged',
    b"adx_session=forged",
    b"__Secure-adx_session=forged",
    b'a="; ' + SESSION.replace(b"_", b"\\137") + b'=forged"',
    b"%5F%5FHost-adx_session=forged",
]
"""What a parser that trims, unquotes, or splits at blanks takes for a cookie of ours."""


def found(*lines: bytes) -> dict[str, str]:
    return read_cookies([(b"cookie", line) for line in lines])


@pytest.mark.parametrize("foreign", FOREIGN, ids=range(len(FOREIGN)))
def test_a_cookie_of_others_hides_none_of_ours(foreign: bytes) -> None:
    ours = {SESSION.decode(): "ours"}
    for line in (foreign + b"; " + OURS, OURS + b"; " + foreign, foreign + b";" + OURS):
        assert found(line) == ours
    assert found(foreign, OURS) == found(OURS, foreign) == ours


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_a_cookie_that_looks_like_one_of_ours_is_none(forged: bytes) -> None:
    assert found(forged) == found(b"x=y; " + forged) == {}
    assert found(forged + b"; " + OURS) == found(OURS + b"; " + forged) == {SESSION.decode(): "ours"}


def test_two_cookies_of_one_name_are_none() -> None:
    assert found(OURS + b"; " + SESSION + b"=forged") == {}
    assert found(OURS, SESSION + b"=forged") == {}
    assert found(OURS + b"; " + OURS + b"; " + OURS) == {}
    assert found(OURS + b"; " + SESSION + b"=") == {}


def test_values_are_as_they_were_sent() -> None:
    device = b"__Host-adx_device"
    for value in ('"quoted"', "a\\073b", "locale=de&theme=paper", "%22", " x "):
        assert found(device + b"=" + value.encode()) == {device.decode(): value}
    assert found(device + b"=") == found(device) == found(device + b"=" + b"x" * 600) == {}


def test_all_our_cookies_belong_to_one_host_alone() -> None:
    assert WANTED
    assert all(name.startswith("__Host-adx_") for name in WANTED)


@pytest.fixture(scope="module")
async def told_app(application: Application) -> WebApp:
    """Answers with what a route is told of the cookies, and what the gate has found."""
    blueprint = feature_blueprint("told")

    @blueprint.get("/told")
    @guard("anyone", on="home")
    async def told() -> Response:
        assert request.cookies.to_dict() == current_visit().cookies
        return Response(repr(sorted(request.cookies.items(multi=True))), content_type="text/plain")

    assert application.app is not None
    return create_app(application.app.kit.services, [blueprint])


async def test_gate_and_routes_read_the_same(told_app: WebApp, settings: Settings) -> None:
    host = settings.base_url.partition("://")[2].encode()
    for line in [*FOREIGN, *FORGED]:
        for sent in (line, line + b"; " + OURS, OURS + b"; " + line + b"; " + OURS):
            answer = await ask_raw(told_app, "GET", "/told", (b"host", host), (b"cookie", sent))
            assert (answer.status, answer.body.decode()) == (200, repr(sorted(found(sent).items())))


async def test_a_forged_session_beside_the_real_one_signs_nobody_in(
    application: Application, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    member = (await sign_in(acme, "member")).cookies[acme.host][SESSION.decode()].encode()
    attacker = (await sign_in(acme, "admin")).cookies[acme.host][SESSION.decode()].encode()
    host, real = (b"host", acme.host.encode()), SESSION + b"=" + member

    async def status(line: bytes) -> int:
        return (await ask_raw(application, "GET", "/members", host, (b"cookie", line))).status

    assert await status(real) == 200
    assert await status(b'prefs={"a": "b"}; ' + real) == 200
    assert await status(b"a=b " + SESSION + b"=" + attacker) == 303
    assert await status(real + b"; " + SESSION + b"=" + attacker) == 303
