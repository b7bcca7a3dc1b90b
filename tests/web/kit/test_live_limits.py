"""What one person may take of the streams, and what a page may say of where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from core.live import hub
from web.kit.live import _position

if TYPE_CHECKING:
    import pytest

    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import OpenStream, SignIn


async def test_a_person_has_only_so_many_streams_however_many_sessions(
    two_tenants: TwoTenants, sign_in: SignIn, open_stream: OpenStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_OF_A_PERSON", 3)
    acme = two_tenants.acme
    visitor, again = await sign_in(acme, "member"), await sign_in(acme, "member")
    other = await sign_in(acme, "guest")

    streams = [await open_stream(acme.host, session).open() for session in (visitor, again, again, visitor)]
    assert [stream.status for stream in streams] == [200, 200, 200, 429]
    assert (await open_stream(acme.host, other).open()).status == 200

    await streams[0].leave()
    assert (await open_stream(acme.host, again).open()).status == 200


def test_a_position_is_made_of_plain_digits() -> None:
    good = ("12-3", "12-3.0af9")
    bad = ("١٢-٣", "12-3) count 1", "-", "1" * 17, "12-3.", "12-3.X", "12-3.0af9.1", "12-3." + "0" * 17)
    for after in (*good, *bad):
        scope = {"headers": [], "query_string": f"after={quote(after)}".encode()}
        assert _position(scope) == (after if after in good else None)
