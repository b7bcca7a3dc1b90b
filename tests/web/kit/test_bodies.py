from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import SignIn
    from web.kit.app import WebApp

BOUNDARY = "probe-boundary"
MEGABYTE = 1024 * 1024


def opening(name: str, filename: str = "") -> bytes:
    of_file = f'; filename="{filename}"\r\nContent-Type: text/plain' if filename else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'.encode()


MULTIPART = ("content-type", f"multipart/form-data; boundary={BOUNDARY}")


async def test_an_upload_streams_and_costs_no_memory(two_tenants: TwoTenants, sign_in: SignIn, kit_app: WebApp) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    first = [
        opening("csrf_token") + token.encode() + b"\r\n" + opening("note") + b"hello\r\n" + opening("file", "a.bin")
    ]
    sender = Sender(first, (b"x" * MEGABYTE, 200), f"\r\n--{BOUNDARY}--\r\n".encode())

    tracemalloc.start()
    await sender.to(kit_app, acme, visitor, "/probe/uploads", MULTIPART)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (sender.status, sender.body) == (200, f"note:hello a.bin={200 * MEGABYTE}".encode())
    assert peak < 20 * MEGABYTE


async def test_an_upload_without_a_token_is_refused_before_its_bytes_are_read(
    two_tenants: TwoTenants, sign_in: SignIn, kit_app: WebApp
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    for pieces in ([opening("file", "a.bin")], [opening("csrf_token") + b"forged\r\n" + opening("file", "a.bin")]):
        sender = Sender(pieces, (b"x" * MEGABYTE, 50), b"")
        await sender.to(kit_app, acme, visitor, "/probe/uploads", MULTIPART)
        assert sender.status == 403
        assert sender.sent < 5 * MEGABYTE


async def test_a_form_of_more_than_a_megabyte_is_413(two_tenants: TwoTenants, sign_in: SignIn, kit_app: WebApp) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    form = ("content-type", "application/x-www-form-urlencoded")
    for length in ([("content-length", str(50 * MEGABYTE))], []):
        sender = Sender([b"text="], (b"x" * 65536, 800))
        await sender.to(kit_app, acme, visitor, "/probe/notes", form, *length)
        assert sender.status == 413
        assert sender.sent < 5 * MEGABYTE


async def test_broken_uploads_are_told_as_such(two_tenants: TwoTenants, sign_in: SignIn, kit_app: WebApp) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    by_header = ("x-csrf-token", token)
    cut_short = Sender([opening("file", "a.bin") + b"half of"])
    await cut_short.to(kit_app, acme, visitor, "/probe/uploads", MULTIPART, by_header)
    assert cut_short.status == 422
    not_a_form = Sender([b"{}"])
    await not_a_form.to(kit_app, acme, visitor, "/probe/uploads", ("content-type", "text/plain"), by_header)
    assert not_a_form.status == 415
