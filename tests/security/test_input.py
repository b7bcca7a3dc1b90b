"""What no person types: it is refused like any mistake, and never ends in an error of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from werkzeug.routing import ValidationError
from werkzeug.routing.converters import NumberConverter

from core.ids import new_id
from core.settings import ROOT
from tests.security.actors import HOME
from tests.security.answers import ask
from tests.security.routes import routes_of
from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    import asyncpg

    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn
    from web.kit.app import WebApp

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


ODD_PLACES = (
    "9" * 25, "2147483648", "-1", "%D9%A3", "%00", "7%00", "%1B%5B2J%0A", "%ED%A0%80", "..%2f", "%", "a" * 4000,
)  # fmt: skip
"""What may stand in any place of a route: numbers no column holds, text no database takes, and the like."""


async def test_no_place_of_a_route_ends_in_an_error_of_ours(
    app: WebApp, at_home: dict[str, Visitor], in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    answered = []
    for route in routes_of(app):
        visitor = at_home["signed in"] if route.host == "home" else in_tenant["owner"]
        base = f"http://{HOME}" if route.host == "home" else two_tenants.acme.url("")
        if route.host == "usercontent":
            base = f"http://usercontent.{HOME}"
        for place in re.findall(r"<(?:[a-z]+:)?([a-z_]+)>", route.rule):
            for odd in ODD_PLACES:
                answer = await ask(visitor, route, base + route.path(new_id(), {place: odd}))
                if answer.status >= 500:
                    answered.append(f"{route.key} {place}={odd[:30]}: {answer.status}")
    assert answered == []


def test_a_number_in_a_route_is_one_that_the_database_holds(app: WebApp) -> None:
    places = [
        converter
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, NumberConverter)
    ]
    assert places
    for converter in places:
        assert converter.to_python("2147483647") == 2**31 - 1
        for number in ("2147483648", "9" * 18):
            with pytest.raises(ValidationError):
                converter.to_python(number)
        assert re.fullmatch(converter.regex, "9" * 25) is None
        assert re.fullmatch(converter.regex, "\u0663") is None


ARGUMENT = re.compile(r"""(?:args\.get(?:list)?\(|args\[)["'](\w+)["']""")


async def test_no_field_of_an_address_ends_in_an_error_of_ours(
    app: WebApp, at_home: dict[str, Visitor], in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    sources = "".join(file.read_text() for file in sorted((ROOT / "web").rglob("*.py")))
    names = sorted(set(ARGUMENT.findall(sources)))
    assert {"next", "page", "before"} <= set(names)
    answered = []
    for route in routes_of(app):
        if route.method != "GET" or route.host == "usercontent":
            continue
        visitor = at_home["signed in"] if route.host == "home" else in_tenant["owner"]
        base = f"http://{HOME}" if route.host == "home" else two_tenants.acme.url("")
        for odd in ("a%00%1B%ED%A0%80", "9" * 25):
            fields = "&".join(f"{name}={odd}" for name in names)
            answer = await ask(visitor, route, f"{base}{route.path(new_id())}?{fields}")
            if answer.status >= 500:
                answered.append(f"{route.key} ?…={odd[:20]}: {answer.status}")
    assert answered == []


FILENAMES = (
    b"a\0.po", b"\0", b"a.po\0.png", b"a\x1b[2J.po", b"a\x7f.po", b"\xe2\x80\xae.po", b"../../a.po",
    b"a" * 2000 + b".po", b"\xff.po", b"", b" ", b".po", b'a\\"b.po', b"\xf3\xa0\x81\x81.po",
)  # fmt: skip
EXTENDED = (b"UTF-8''a%00.po", b"UTF-8''%0d%0aX.po", b"UTF-8''%ED%A0%80.po", b"iso-8859-1''%00%01.po", b"x''%00")


async def test_no_name_of_a_file_ends_in_an_error_of_ours(
    application: Application, two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    await owner_connection.execute("insert into platform.entitlements values ($1, 'files.bytes', 1000000)", acme.id)
    admin = await sign_in(acme, "admin")
    proof = ("x-csrf-token", await token_of(admin, acme.host))
    kind = ("content-type", "multipart/form-data; boundary=x")
    catalogue = b'msgid ""\nmsgstr ""\n"Language: de\\n"\n\nmsgid "Files"\nmsgstr "Ablage"\n'
    names = [b'filename="' + name + b'"' for name in FILENAMES] + [b"filename*=" + name for name in EXTENDED]
    for path in ("/admin/translations/imports?feature=shell&language=de", "/files", "/admin/branding/pictures/logo"):
        for name in names:
            head = b'--x\r\nContent-Disposition: form-data; name="file"; ' + name
            body = head + b"\r\n\r\n" + catalogue + b"\r\n--x--\r\n"
            sender = Sender([body])
            length = ("content-length", str(len(body)))
            await sender.to(application, acme, admin, path, kind, length, proof)
            assert sender.status < 500, (path, name)
    stored = await owner_connection.fetch("select name from translations.batches where tenant_id = $1", acme.id)
    assert "a.po" in [row["name"] for row in stored]
