from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.web.kit.conftest import SignIn


async def test_a_page_stands_whatever_its_slots_do(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    began = time.monotonic()

    answer = await visitor.get(acme.url("/probe/slots"))

    assert time.monotonic() - began < 1.5, "the page waited for its slowest slot"
    assert answer.status == 200
    assert "quick" in answer.text
    waiting = {slot.attributes["data-slot"]: slot for slot in answer.html.all("div", class_="slot")}
    assert set(waiting) == {"probe.late", "probe.broken", "elsewhere.recent"}
    for name, url in (
        ("probe.late", "/probe/late"),
        ("probe.broken", "/probe/broken"),
        ("elsewhere.recent", "/elsewhere/recent"),
    ):
        assert waiting[name].attributes["hx-get"] == url
        assert waiting[name].attributes["hx-trigger"].startswith("load")
        assert waiting[name].one("button").attributes["hx-get"] == url


async def test_a_slot_can_be_had_alone_by_those_who_may(
    two_tenants: TwoTenants, sign_in: SignIn, new_visitor: Callable[[], Visitor]
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    assert (await visitor.get(acme.url("/probe/quick"))).text == "quick"
    assert (await visitor.get(acme.url("/probe/broken"))).status == 500
    assert (await new_visitor().get(acme.url("/probe/quick"))).status == 303
