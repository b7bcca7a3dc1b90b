from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.product import PASSWORD
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from tests.support.product import Product
    from tests.support.visitor import Visitor

WRONG_LINK = f"/verify/{'x' * 43}"


async def test_a_person_registers_confirms_and_is_in(product: Product) -> None:
    email = "anna@register.example"
    visitor = await product.registered("  Anna@Register.Example ")

    waiting = await visitor.get("/register/check-mail")
    assert waiting.heading == "Check your email"
    assert email in waiting.text
    assert waiting.html.one("article").attributes["data-state"] in {"launching", "running", "waiting"}
    link = await product.link_for(email)
    assert (await product.account(email))["state"] == "pending"

    page = await visitor.get(link)
    assert (page.heading, page.html.all("input", type="password")) == ("Confirm your address", [])
    assert (await product.account(email))["state"] == "pending"  # looking changes nothing: mail scanners look

    before = dict(visitor.cookies["localhost:8000"])
    entered = await visitor.post(link)
    account = await product.account(email)
    assert (entered.status, entered.location, account["state"]) == (303, "/tenants/new", "active")
    assert visitor.cookies["localhost:8000"]["__Host-adx_session"] != before["__Host-adx_session"]
    assert (await visitor.get("/tenants/new")).status == 200
    assert await product.audited(account["id"]) == ["account.requested", "account.activated"]


async def test_before_the_click_nothing_is_open(product: Product) -> None:
    email = "early@register.example"
    visitor = await product.registered(email)
    await product.link_for(email)

    assert (await visitor.get("/tenants/new")).status == 403
    await visitor.get("/login")
    assert (await visitor.post("/login", {"email": email, "password": PASSWORD})).status == 422


async def test_a_link_works_once(product: Product) -> None:
    email = "once@register.example"
    visitor = await product.signed_up(email)

    link = await product.link_for(email)
    used, unknown = await visitor.get(link), await visitor.get(WRONG_LINK)
    assert (used.status, unknown.status) == (404, 404)
    assert used.heading == unknown.heading
    assert (await visitor.post(link)).status == 404


async def test_another_browser_has_to_know_the_password(product: Product) -> None:
    email = "phone@register.example"
    desk = await product.registered(email)
    link = await product.link_for(email)
    phone = product.visitor()

    assert len((await phone.get(link)).html.all("input", type="password")) == 1
    refused = await phone.post(link, {"password": "not the one at all"})
    assert (refused.status, refused.error_of("password")) == (
        422,
        "This is not the password you chose when you created your account.",
    )
    assert (await product.account(email))["state"] == "pending"

    assert (await phone.post(link, {"password": PASSWORD})).location == "/tenants/new"
    assert (await phone.get("/tenants/new")).status == 200
    await _until_open(desk)


async def _until_open(visitor: Visitor) -> None:
    async def is_open() -> bool:
        return (await visitor.get("/tenants/new")).status == 200

    await eventually(is_open)


async def test_the_waiting_page_goes_on_when_another_browser_has_confirmed(product: Product) -> None:
    email = "desk@register.example"
    desk = await product.registered(email)
    link = await product.link_for(email)
    phone = product.visitor()
    await phone.get(link)
    await phone.post(link, {"password": PASSWORD})

    await _until_open(desk)
    assert (await desk.get("/register/check-mail")).location == "/tenants"


async def test_an_address_with_an_account_gets_the_same_answer_and_its_owner_a_mail(product: Product) -> None:
    email = "taken@register.example"
    await product.signed_up(email)

    new = await _answer(product, "fresh@register.example")
    taken = await _answer(product, email)

    assert taken == new
    mail = await product.bench.mailbox.wait_for(email, subject="already have")
    assert "/verify/" not in mail.text
    assert (await product.account(email))["state"] == "pending"
    active = await product.bench.owner.fetchval(
        "select count(*) from auth.accounts where email = $1 and state = 'active'", email
    )
    assert active == 1


async def test_the_owner_of_an_address_is_told_in_their_own_language(product: Product) -> None:
    email = "ownwords@register.example"
    await product.signed_up(email)
    await product.bench.owner.execute(
        "insert into platform.preferences (user_id, locale) select id, 'de' from auth.accounts where email = $1", email
    )
    await _answer(product, email)
    assert "/verify/" not in (await product.bench.mailbox.wait_for(email, subject="Sie haben schon ein Konto")).text


async def _answer(product: Product, email: str) -> tuple[object, ...]:
    visitor = product.visitor()
    await visitor.get("/register")
    sent = await visitor.post("/register", {"name": "Somebody", "email": email, "password": PASSWORD})
    names = set(sent.headers)
    page = await visitor.get("/register/check-mail")
    return sent.status, sent.location, sent.content, names, page.heading


async def test_the_mail_can_be_sent_again_but_not_for_ever(product: Product) -> None:
    email = "again@register.example"
    visitor = await product.registered(email)
    await product.link_for(email)
    await visitor.get("/register/check-mail")

    first = [await visitor.post("/register/mails", {"idempotency_key": "k" * 22}) for _ in range(2)]
    assert [answer.status for answer in first] == [303, 303], "the second is the first, sent again"
    answers = [first[0], *[await visitor.post("/register/mails") for _ in range(3)]]

    assert [answer.status for answer in answers] == [303, 303, 303, 429]
    assert int(answers[3].headers["retry-after"]) > 0
    await eventually(lambda: len(product.bench.mailbox.to(email)) == 4)


async def test_cancelling_leaves_no_account(product: Product) -> None:
    email = "never@register.example"
    visitor = await product.registered(email)
    link = await product.link_for(email)
    card = (await visitor.get("/register/check-mail")).html.one("article")
    run_id = card.attributes["id"].removeprefix("run-")

    await visitor.post(f"/runs/{run_id}/cancellation")

    row = await product.bench.owner.fetchrow("select workflow_id from platform.runs where id = $1::uuid", run_id)
    assert row is not None

    async def is_gone() -> bool:
        return await product.account(email) is None

    await eventually(is_gone)
    assert (await visitor.get(link)).status == 404
    over = await visitor.get("/register/check-mail")
    assert over.heading in {"This confirmation has expired", "Check your email"}


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", " ", "Enter the name that others will see."),
        ("name", "Win: https://evil.example", "This does not look like a name. Leave out web addresses, / and @."),
        ("email", "", "Enter your email address."),
        ("email", "ada@", "Enter an email address such as name@example.com."),
        ("email", "a@b.example\r\nBcc: x@y.example", "Enter an email address such as name@example.com."),
        ("password", "short", "Use at least 12 characters. A few words in a row work well."),
        ("password", "x" * 1001, "Use at most 1,000 characters."),
        ("password", "passwordpassword", "This is easy to guess from your name"),
        ("password", "lovelace-lovelace", "This is easy to guess from your name"),
    ],
)
async def test_what_cannot_be_used_is_told_beside_its_field(
    product: Product, field: str, value: str, error: str
) -> None:
    visitor = product.visitor()
    await visitor.get("/register")
    email = f"form-{field}@register.example"
    given = {"name": "Ada Lovelace", "email": email, "password": PASSWORD, field: value}

    answer = await visitor.post("/register", given)

    assert answer.status == 422
    assert answer.error_of(field).startswith(error)
    assert answer.html.one("input", id="name").attributes["value"] == given["name"].strip()  # the input is kept
    assert answer.html.one("input", id="password").attributes.get("value", "") == ""
    assert await product.account(email) is None


async def test_it_speaks_german(product: Product) -> None:
    visitor = product.visitor(language="de")
    assert (await visitor.get("/register")).heading == "Konto anlegen"
    answer = await visitor.post("/register", {"name": "", "email": "x", "password": "x"})
    assert answer.error_of("password") == (
        "Verwenden Sie mindestens 12 Zeichen. Gut eignen sich ein paar Wörter hintereinander."
    )


async def test_without_the_token_of_the_page_nothing_is_registered(product: Product) -> None:
    visitor = product.visitor()
    given = {"name": "Ada", "email": "csrf@register.example", "password": PASSWORD}
    assert (await visitor.post("/register", given)).status == 403
    assert await product.account("csrf@register.example") is None
