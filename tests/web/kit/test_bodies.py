from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of
from web.kit import body

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import SignIn
    from web.kit.app import WebApp

BOUNDARY = "probe-boundary"
MEGABYTE = 1024 * 1024


def opening(name: str, filename: str = "") -> bytes:
    of_file = f'; filename="{filename}"\r\nContent-Type: text/plain' if filename else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'.encode()


class SlowSender(Sender):
    """Takes so many seconds for each piece, by the clock that bodies are timed with."""

    def __init__(self, seconds: float, *pieces: Any) -> None:
        super().__init__(*pieces)
        self._seconds = seconds
        self.now = 0.0

    async def receive(self) -> dict[str, Any]:
        self.now += self._seconds
        return await super().receive()


FORM = ("content-type", "application/x-www-form-urlencoded")
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


@pytest.mark.parametrize(("seconds", "status"), [(29, 408), (2, 303)])
async def test_a_form_that_trickles_is_408(  # noqa: PLR0917  # fixtures are asked for by name
    two_tenants: TwoTenants,
    sign_in: SignIn,
    kit_app: WebApp,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    status: int,
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    sender = SlowSender(seconds, [b"text="], (b"x", 10))
    monkeypatch.setattr(body, "clock", lambda: sender.now)

    await sender.to(kit_app, acme, visitor, "/probe/notes", FORM, ("x-csrf-token", token))

    assert sender.status == status


@pytest.mark.parametrize(("piece", "status"), [(1024, 408), (32 * 1024, 200)])
async def test_an_upload_that_trickles_is_408_whatever_it_sent_before(  # noqa: PLR0917  # fixtures are asked for by name
    two_tenants: TwoTenants,
    sign_in: SignIn,
    kit_app: WebApp,
    monkeypatch: pytest.MonkeyPatch,
    piece: int,
    status: int,
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    fast = [opening("file", "a.bin") + b"x" * MEGABYTE]
    sender = SlowSender(25, fast, (b"x" * piece, 100), f"\r\n--{BOUNDARY}--\r\n".encode())
    monkeypatch.setattr(body, "clock", lambda: sender.now)

    await sender.to(kit_app, acme, visitor, "/probe/uploads", MULTIPART, ("x-csrf-token", token))

    assert sender.status == status
    assert (sender.sent < MEGABYTE + 10 * piece) == (status == 408)
