from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.web.kit import probe

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import SignIn

STATUS = {
    "not_found": 404, "conflict": 409, "refused": 403, "invalid": 422, "quota": 409, "unavailable": 503,
    "too_many": 429, "too_large": 413, "unsupported": 415,
}  # fmt: skip
HEADINGS = [
    ("quota", "over_quota", "This goes over the workspace’s limit"),
    ("quota", "shelf_full", "This goes over the workspace’s limit"),
    ("conflict", "in_other_hands", "This was changed in the meantime"),
    ("conflict", "too_early", "This can’t be done right now"),
    ("conflict", "done_already", "This was already done"),
    ("refused", "csrf", "This page is out of date"),
    ("refused", "pending", "Confirm your email address first"),
    ("refused", "role", "You may not open this"),
]


@pytest.mark.parametrize("kind", STATUS)
async def test_a_refusal_is_told_in_the_form_that_was_asked_for(
    kind: str, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    url = acme.url(f"/probe/refusal/{kind}")

    page = await visitor.get(url)
    part = await visitor.get(url, HX_Request="true", HX_Request_Type="partial")
    data = await visitor.get(url, Accept="application/json")

    assert {page.status, part.status, data.status} == {STATUS[kind]}
    assert page.html.one("main").attributes["id"] == "main"
    assert part.html.one("hx-partial").attributes["hx-target"] == "#toasts"
    told = json.loads(data.content)["error"]
    assert told == {"code": "probe_code", "message": "No: <b>because</b>.", "field": "text"}
    for answer in (page, part):
        assert not answer.html.all("b"), "a value was taken for markup"
        assert "No: <b>because</b>." in answer.text
    assert page.headers["retry-after"] == "7"


async def test_a_page_is_headed_by_what_happened_not_by_its_status_alone(
    two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    for kind, code, heading in HEADINGS:
        page = await visitor.get(acme.url(f"/probe/refusal/{kind}?code={code}"))
        assert page.html.one("h1").text == heading, code
        assert page.html.one("title").text.startswith(heading)


@pytest.mark.parametrize("which", probe.OUTAGES)
async def test_a_dependency_that_is_down_is_a_503(which: str, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    answer = await (await sign_in(acme, "guest")).get(acme.url(f"/probe/outage/{which}"))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_a_mistake_of_ours_is_a_500_with_a_reference(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    answer = await (await sign_in(acme, "guest")).get(acme.url("/probe/mistake"))
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert f"Reference: {answer.headers['x-request-id']}" in answer.text
    assert answer.html.one("code").text == answer.headers["x-request-id"]


async def test_an_answer_that_hangs_is_given_up(
    two_tenants: TwoTenants, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.kit.app.ANSWER_SECONDS", 0.3)
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    began = time.monotonic()
    answer = await visitor.get(acme.url("/probe/hang"))
    assert answer.status == 503
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("then", "status"), [(0, 200), (60, 503)])
async def test_a_route_may_ask_for_patience_for_a_part_of_its_work(
    two_tenants: TwoTenants, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, then: int, status: int
) -> None:
    monkeypatch.setattr("web.kit.app.ANSWER_SECONDS", 0.3)
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    assert (await visitor.get(acme.url(f"/probe/patient?then={then}"))).status == status


@pytest.mark.parametrize("which", probe.OUTAGES)
async def test_who_sent_something_is_not_told_that_nothing_was_done(
    which: str, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    read = await visitor.get(acme.url(f"/probe/outage/{which}"))
    sent = await visitor.post(acme.url(f"/probe/outage/{which}"))
    assert (read.status, sent.status) == (503, 503)
    assert "Nothing is lost" in read.text
    assert "may still have been done" in sent.text
    assert "Nothing is lost" not in sent.text


async def test_unknown_hosts_are_told_alike(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "guest")
    missing = await visitor.get(acme.url("/probe/nothing"))
    hosts = ("nobody-here.localhost:8000", "a.b.localhost:8000", "elsewhere.example", "LOCALHOST:9", "[::1]:8000")
    unknown = [await visitor.get(f"http://{host}/probe/page") for host in hosts]
    assert {answer.status for answer in (missing, *unknown)} == {404}
    assert len({answer.text for answer in unknown}) == 1
    assert len({len(answer.content) for answer in unknown}) == 1


async def test_wrong_method_is_405(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    assert (await (await sign_in(acme, "guest")).get(acme.url("/probe/notes"))).status == 405
