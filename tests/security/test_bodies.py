"""Nothing is read of whoever has no business here; of others, no more than a form is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from core.throttle import Limit
from tests.support.work import counted
from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of
from web.kit import refusals
from web.kit.form_body import FORM_BYTES, MOST_FIELDS
from web.kit.multipart import MOST_PART_HEADER_BYTES

if TYPE_CHECKING:
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import NewVisitor, SignIn
    from web.kit.app import WebApp

FORM = ("content-type", "application/x-www-form-urlencoded")
MULTIPART = ("content-type", "multipart/form-data; boundary=x")
PREFERENCE = "/preferences/language"
HALF_A_MILLION_FIELDS = b"a&" * 500_000


@pytest.fixture
def acme(two_tenants: TwoTenants) -> TestTenant:
    return two_tenants.acme


@pytest.fixture
def stranger(new_visitor: NewVisitor, acme: TestTenant) -> Visitor:
    """A browser that has no cookie of ours."""
    visitor = new_visitor()
    visitor.cookies[acme.host] = {}
    return visitor


async def send(
    app: Application, tenant: TestTenant, visitor: Visitor, path: str, body: bytes, *headers: tuple[str, str]
) -> Sender:
    sender = Sender([body[at : at + 16_384] for at in range(0, len(body), 16_384)])
    await sender.to(app, tenant, visitor, path, *headers, address=visitor.address)
    return sender


@pytest.mark.parametrize("path", [PREFERENCE, "/files", "/logout", "/admin/translations/imports", "/no-such-page"])
@pytest.mark.parametrize("kind", [FORM, MULTIPART, ("content-type", "application/json")])
async def test_of_a_browser_without_a_page_of_ours_nothing_is_read(
    application: Application, acme: TestTenant, stranger: Visitor, path: str, kind: tuple[str, str]
) -> None:
    for headers in ([kind], [kind, ("content-length", "1000000")], [kind, ("x-csrf-token", "made-up")]):
        sender = await send(application, acme, stranger, path, HALF_A_MILLION_FIELDS, *headers)
        assert sender.status in {303, 401, 403, 404}
        assert sender.sent == 0


@pytest.mark.parametrize(
    "header",
    [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("origin", "http://[")],
)
async def test_of_a_page_of_another_site_nothing_is_read(
    application: Application, acme: TestTenant, sign_in: SignIn, header: tuple[str, str]
) -> None:
    member = await sign_in(acme, "member")
    token = await token_of(member, acme.host)
    for proof in ([], [("x-csrf-token", token)]):
        sender = await send(application, acme, member, PREFERENCE, HALF_A_MILLION_FIELDS, FORM, header, *proof)
        assert (sender.status, sender.sent) == (403, 0)


@pytest.mark.parametrize("length", [[], [("content-length", str(len(HALF_A_MILLION_FIELDS)))]])
async def test_a_form_of_half_a_million_fields_is_little_work(
    application: Application, acme: TestTenant, sign_in: SignIn, length: list[tuple[str, str]]
) -> None:
    member = await sign_in(acme, "member")
    await send(application, acme, member, PREFERENCE, b"csrf_token=forged", FORM)
    with counted() as little:
        await send(application, acme, member, PREFERENCE, b"csrf_token=forged", FORM)
    with counted() as large:
        sender = await send(application, acme, member, PREFERENCE, HALF_A_MILLION_FIELDS, FORM, *length)
    assert sender.status == 413
    assert large.steps < little.steps + 4 * FORM_BYTES


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a=1&" * (MOST_FIELDS - 2) + b"b=2", 403),
        (b"a=1&" * MOST_FIELDS + b"b=2", 413),
        (b"&" * MOST_FIELDS, 413),
        (b"a=" + b"x" * (FORM_BYTES - 2), 403),
        (b"a=" + b"x" * FORM_BYTES, 413),
        (b"a=%00", 422),
        (b"a%00=b", 422),
        (b"a=\0", 422),
        (b"a=%ff", 422),
        (b"a=\xff", 422),
        (b"a=%ED%A0%80", 422),
        (b"", 403),
    ],
)
async def test_a_form_is_whole_or_refused(
    application: Application, acme: TestTenant, sign_in: SignIn, body: bytes, status: int
) -> None:
    assert (await send(application, acme, await sign_in(acme, "member"), PREFERENCE, body, FORM)).status == status


def part(head: bytes, body: bytes = b"") -> bytes:
    return b"--x\r\n" + head + b"\r\n\r\n" + body + b"\r\n"


NAMED = b'Content-Disposition: form-data; name="a"'
HEADS = {
    "no name": b"Content-Disposition: form-data",
    "an empty name": b'Content-Disposition: form-data; name=""',
    "a zero byte in the name": b"Content-Disposition: form-data; name*=UTF-8''a%00",
    "a line break in the name": b"Content-Disposition: form-data; name*=UTF-8''a%0Ab",
    "no disposition": b"Content-Type: text/plain",
    "a long header": NAMED + b"\r\nX: " + b"y" * MOST_PART_HEADER_BYTES,
    "many headers": NAMED + b"\r\nX: y" * 20,
    "many headers by line feeds": NAMED.replace(b"\r", b"") + b"\nX: y" * 20,
    "many parameters": NAMED + b"; a=b" * 2000,
    "folded without end": NAMED + b"\r\n y" * 2000,
    "text in no encoding": NAMED + b"\r\nX: \xff",
}


@pytest.mark.parametrize("fault", HEADS)
@pytest.mark.parametrize("path", [PREFERENCE, "/files"])
async def test_a_part_with_an_odd_head_is_refused(
    application: Application, acme: TestTenant, sign_in: SignIn, path: str, fault: str
) -> None:
    member = await sign_in(acme, "member")
    headers = [MULTIPART] if path == PREFERENCE else [
        MULTIPART, ("x-csrf-token", await token_of(member, acme.host)), ("content-length", "60000")
    ]  # fmt: skip
    body = part(HEADS[fault], b"c") + b"--x--\r\n"
    assert (await send(application, acme, member, path, body, *headers)).status == 422


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n" + NAMED + b"\r\nX: " + b"y" * 60_000,
        b"y" * 60_000,
        part(NAMED) * 3 + b"--y--",
        part(NAMED, b"\r\n--" * 5000),
        b"--x--\r\n" + b"y" * 60_000 + b"\xff",
    ],
)
async def test_a_multipart_form_without_an_end_is_refused(
    application: Application, acme: TestTenant, sign_in: SignIn, body: bytes
) -> None:
    sender = await send(application, acme, await sign_in(acme, "member"), PREFERENCE, body, MULTIPART)
    assert sender.status in {403, 422}


@pytest.mark.parametrize("boundary", ["", "x" * 71, '"a b', "\u00e4"])
async def test_a_boundary_that_no_browser_makes_is_refused(
    application: Application, acme: TestTenant, sign_in: SignIn, boundary: str
) -> None:
    kind = ("content-type", f"multipart/form-data; boundary={boundary}")
    sender = await send(application, acme, await sign_in(acme, "member"), PREFERENCE, part(NAMED), kind)
    assert sender.status == 422


async def test_a_multipart_form_has_its_fields_counted(
    application: Application, acme: TestTenant, sign_in: SignIn
) -> None:
    member = await sign_in(acme, "member")
    few, many = part(NAMED) * 400 + b"--x--\r\n", part(NAMED) * (MOST_FIELDS + 1) + b"--x--\r\n"
    assert (await send(application, acme, member, PREFERENCE, few, MULTIPART)).status == 403
    assert (await send(application, acme, member, PREFERENCE, many, MULTIPART)).status == 413


async def test_a_network_that_was_refused_too_often_is_not_read_any_more(  # noqa: PLR0917  # fixtures are asked for by name
    application: Application, app: WebApp, acme: TestTenant, new_visitor: NewVisitor, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(refusals, "LIMIT", Limit("refused", 3, 60))
    browser, neighbour = new_visitor(), new_visitor()
    for visitor in (browser, neighbour):
        await token_of(visitor, acme.host)
    forged = urlencode({"csrf_token": "forged", "locale": "de"}).encode()
    read = [await send(application, acme, browser, PREFERENCE, forged, FORM) for _ in range(4)]
    assert [sender.status for sender in read] == [403] * 4

    unread = await send(application, acme, browser, PREFERENCE, forged, FORM)
    assert (unread.status, unread.sent) == (429, 0)
    assert (await send(application, acme, neighbour, PREFERENCE, forged, FORM)).status == 403

    member = await sign_in(acme, "member")
    member.address = browser.address
    honest = {"csrf_token": await token_of(member, acme.host), "locale": "de"}
    assert (await send(application, acme, member, PREFERENCE, urlencode(honest).encode(), FORM)).status == 303
    assert app.kit.refusals._over_until
