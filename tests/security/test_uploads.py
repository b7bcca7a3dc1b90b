"""Uploads that are made to cost: they are refused while they are still small."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of

if TYPE_CHECKING:
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn

PIECE = 64 * 1024
PIECES = 1600
TYPE = ("content-type", "multipart/form-data; boundary=x")
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'

ENDLESS = {
    "preamble": [b"no boundary"],
    "headers": [PART + b"X-Long: "],
    "epilogue": [b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x--\r\n'],
    "field": [b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n'],
}


@pytest.mark.parametrize("where", ENDLESS)
async def test_what_never_ends_is_not_kept_in_memory(
    where: str, application: Application, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    sender = Sender(ENDLESS[where], (b"a" * PIECE, PIECES))

    tracemalloc.start()
    length = ("content-length", str(PIECE * PIECES))
    await sender.to(application, acme, visitor, "/files", TYPE, length, ("x-csrf-token", token))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sender.status == 422
    assert peak < 20 * 1024 * 1024
    assert sender.sent < 5 * 1024 * 1024


async def test_thousands_of_parts_are_refused(
    application: Application, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    part = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n'
    sender = Sender([part * 5000 + b"--x--\r\n"])

    await sender.to(application, acme, visitor, "/files", TYPE, ("content-length", "1"), ("x-csrf-token", token))

    assert sender.status == 413
