from __future__ import annotations

from typing import TYPE_CHECKING

from core.ids import new_id
from tests.support.product import PASSWORD

if TYPE_CHECKING:
    from tests.support.product import Product
    from tests.support.visitor import Visitor


async def _logged_in(product: Product, email: str) -> Visitor:
    visitor = product.visitor()
    await visitor.get("/login")
    assert (await visitor.post("/login", {"email": email, "password": PASSWORD})).status == 303
    return visitor


async def _session_ids(visitor: Visitor) -> list[str]:
    page = await visitor.get("/sessions")
    return [row.attributes["id"].removeprefix("session-") for row in page.html.one("tbody").all("tr")]


async def test_a_person_sees_where_they_are_signed_in(product: Product) -> None:
    desk = await product.with_account("list@sessions.example")
    await _logged_in(product, "list@sessions.example")

    page = await desk.get("/sessions")

    rows = page.html.one("tbody").all("tr")
    assert len(rows) == 2
    assert "This browser" in rows[0].text
    assert "Firefox on Linux" in rows[0].text
    assert desk.address in rows[0].text
    assert not rows[0].all("button")
    assert [button.text for button in rows[1].all("button")] == ["Log out"]


async def test_one_session_is_signed_out_and_the_other_stays(product: Product) -> None:
    desk = await product.with_account("one@sessions.example")
    phone = await _logged_in(product, "one@sessions.example")
    _, phones = await _session_ids(desk)

    assert (await desk.post(f"/sessions/{phones}/revocation")).location == "/sessions"

    assert (await phone.get("/sessions")).location.startswith("/login")
    assert len(await _session_ids(desk)) == 1


async def test_all_others_are_signed_out_at_once(product: Product) -> None:
    desk = await product.with_account("all@sessions.example")
    others = [await _logged_in(product, "all@sessions.example") for _ in range(2)]
    await desk.get("/sessions")

    assert (await desk.post("/sessions/revocation")).status == 303

    assert [(await other.get("/sessions")).status for other in others] == [303, 303]
    assert len(await _session_ids(desk)) == 1


async def test_a_strangers_session_answers_like_one_that_is_not_there(product: Product) -> None:
    ada = await product.with_account("ada@sessions.example")
    bob = await product.with_account("bob@sessions.example")
    (adas,) = await _session_ids(ada)
    await bob.get("/sessions")

    foreign = await bob.post(f"/sessions/{adas}/revocation")
    unknown = await bob.post(f"/sessions/{new_id()}/revocation")

    assert (foreign.status, unknown.status) == (404, 404)
    assert foreign.heading == unknown.heading
    assert (await ada.get("/sessions")).status == 200


async def test_without_a_session_there_is_no_list(product: Product) -> None:
    assert (await product.visitor().get("/sessions")).location.startswith("/login?next=/sessions")
