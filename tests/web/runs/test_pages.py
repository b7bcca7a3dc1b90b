"""The pages of runs: who sees which card, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from core.context import Role
    from core.settings import Settings
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn
    from tests.web.runs.conftest import Runs


async def test_members_see_their_own_runs_and_owners_all(runs: Runs, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    await runs.add(acme, "mine.pdf", role="member")
    await runs.add(acme, "of-the-guest.pdf", role="guest")
    await runs.add(globex, "foreign.pdf", role="owner")

    member = await (await sign_in(acme, "member")).get(acme.url("/runs"))
    owner = await (await sign_in(acme, "owner")).get(acme.url("/runs"))

    assert titles(member) == ["Preparing mine.pdf"]
    assert titles(owner) == ["Preparing of-the-guest.pdf", "Preparing mine.pdf"]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", {"a.pdf", "b.pdf", "c.pdf"}),
        ("open", {"a.pdf", "b.pdf"}),
        ("needs_you", {"b.pdf"}),
        ("ended", {"c.pdf"}),
        ("rubbish", {"a.pdf", "b.pdf", "c.pdf"}),
    ],
)
async def test_the_list_can_be_narrowed(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn, show: str, expected: set[str]
) -> None:
    acme = two_tenants.acme
    await runs.add(acme, "a.pdf", "running")
    await runs.add(acme, "b.pdf", "needs_you", steps={"scan": ("parked", "scanner_unavailable")})
    await runs.add(acme, "c.pdf", "done")

    answer = await (await sign_in(acme, "member")).get(acme.url(f"/runs?show={show}"))

    assert {title.removeprefix("Preparing ") for title in titles(answer)} == expected


async def test_a_long_list_goes_on_with_older_runs_and_keeps_what_was_chosen(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    for hours in range(27):
        await runs.add(acme, f"{hours}.pdf", "done", age=3600 * hours)
    await runs.add(acme, "gone.pdf", "done", contract="files.remove")
    member = await sign_in(acme, "member")

    first = await member.get(acme.url("/runs?show=ended&kind=files.ingest"))
    (older,) = [link.attributes["href"] for link in first.html.all("a") if link.text == "Show older"]
    second = await member.get(acme.url(older))

    assert older.startswith("/runs?show=ended&kind=files.ingest&before=")
    assert titles(first) + titles(second) == [f"Preparing {hours}.pdf" for hours in range(27)]
    assert len(titles(first)) == 25


async def test_the_list_is_told_by_hour_and_kind(runs: Runs, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    for number in range(12):
        await runs.add(acme, f"{number}.pdf", "running", age=90_000_000)
    await runs.add(acme, "gone.pdf", "running", age=90_000_000, contract="files.remove")
    member = await sign_in(acme, "member")

    page = (await member.get(acme.url("/runs"))).html
    (more,) = [link.attributes["href"] for link in page.all("a") if link.text == "Show all 12"]
    whole = await member.get(acme.url(more))
    nothing = await member.get(acme.url("/runs?show=needs_you&kind=files.remove"))

    assert len(page.all("h2", class_="run-hour__title")) == 1
    assert [heading.text for heading in page.one("main").all("h3")] == ["Preparing files"]
    assert page.one(class_="run-hour__kind").one(class_="run__line").text == "12 in progress"
    assert len(titles(whole)) == 12
    assert "No workflow matches what you chose." in nothing.html.text


@pytest.mark.parametrize("field", ["since", "before"])
@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "2026-02-31T00:00:00", "yesterday", ""]
)
async def test_a_time_that_no_page_begins_at_is_passed_over(
    two_tenants: TwoTenants, sign_in: SignIn, field: str, moment: str
) -> None:
    member = await sign_in(two_tenants.acme, "member")
    assert (await member.get(two_tenants.acme.url(f"/runs?{urlencode({field: moment})}"))).status == 200


async def test_an_hour_of_runs_launched_together_leaves_none_out_at_the_end_of_a_page(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme, moment = two_tenants.acme, datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    for number in range(52):
        at = moment + timedelta(seconds=number) if number < 49 else moment
        await runs.add(acme, f"{number}.pdf", "done", at=at)
    member = await sign_in(acme, "member")

    first = await member.get(acme.url(f"/runs?{urlencode({'since': moment.replace(minute=0).isoformat()})}"))
    (older,) = [link.attributes["href"] for link in first.html.all("a") if link.text == "Show older"]
    second = await member.get(acme.url(older))
    astray = await member.get(acme.url(older.partition("_")[0] + "_no-id"))

    assert len(titles(first)) == 50
    assert sorted(titles(first) + titles(second)) == sorted(f"Preparing {number}.pdf" for number in range(52))
    assert titles(astray) == titles(first), "what is no place is passed over"


async def test_a_parked_run_says_what_happened_and_what_to_do(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    run_id = await runs.add(acme, "a.pdf", "needs_you", steps={"scan": ("parked", "scanner_unavailable")})

    answer = await (await sign_in(acme, "member")).get(acme.url(f"/runs/{run_id}"))

    card = answer.html.one("article", id=f"run-{run_id}")
    assert "The virus scanner cannot be reached" in card.text
    assert [button.text for button in card.all("button")] == ["Continue", "Cancel and undo"]


@pytest.mark.parametrize(
    ("locale", "places"),
    [
        ("en", ["1st in line", "2nd in line", "3rd in line", "11th in line", "1,000th in line"]),
        ("de", ["1. in der Reihe", "2. in der Reihe", "3. in der Reihe", "11. in der Reihe", "1.000. in der Reihe"]),
        ("es", ["1.º en la cola", "2.º en la cola", "3.º en la cola", "11.º en la cola", "1.000.º en la cola"]),
        ("fr", ["1er dans la file", "2e dans la file", "3e dans la file", "11e dans la file", "1 000e dans la file"]),
        ("ja", ["1番目", "2番目", "3番目", "11番目", "1,000番目"]),
        ("zh", ["排在第 1 位", "排在第 2 位", "排在第 3 位", "排在第 11 位", "排在第 1,000 位"]),
        ("ar", ["رقم 1 في الدور", "رقم 2 في الدور", "رقم 3 في الدور", "رقم 11 في الدور", "رقم 1,000 في الدور"]),
    ],
)
async def test_who_waits_for_a_turn_is_told_the_place(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn, locale: str, places: list[str]
) -> None:
    acme = two_tenants.acme
    ids = [await runs.add(acme, "a.pdf", "queued", place=place) for place in (1, 2, 3, 11, 1000)]
    member = await sign_in(acme, "member")

    answer = await member.get(acme.url("/runs"), **{"Accept-Language": locale})

    cards = [answer.html.one("li", id=f"run-line-{run_id}") for run_id in ids]
    said = [card.one(class_="run-row__state").text.replace("\u202f", " ").replace("\u00a0", " ") for card in cards]
    assert [each.endswith(place) for each, place in zip(said, places, strict=True)] == [True] * 5, said
    assert [len(card.all("progress")) for card in cards] == [0] * 5


@pytest.mark.parametrize(
    ("environment", "role", "is_led"),
    [("development", "owner", True), ("development", "member", False), ("production", "owner", False)],
)
async def test_engineers_are_led_to_temporal_where_no_other_tenant_is_at_risk(
    *,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    runs: Runs,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    environment: str,
    role: Role,
    is_led: bool,
) -> None:
    acme = two_tenants.acme
    visitor, run_id = await sign_in(acme, role), await runs.add(acme, "plan.pdf")
    monkeypatch.setitem(settings.__dict__, "temporal_ui_url", "http://temporal.example")
    monkeypatch.setitem(settings.__dict__, "environment", environment)

    page = (await visitor.get(acme.url(f"/runs/{run_id}"))).html

    links = [link.attributes["href"] for link in page.all("a") if link.text == "Technical details"]
    ref = f"{acme.id}%2Ffiles.ingest%2F{run_id}"
    assert links == (
        [f"http://temporal.example/namespaces/{settings.temporal_namespace}/workflows/{ref}"] if is_led else []
    )


async def test_a_stuck_run_says_that_an_engineer_is_needed_and_takes_no_clicks(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    run_id = await runs.add(acme, "tide.pdf", "stuck", steps={"scan": ("waiting", None)})

    card = await runs.card(member, acme, run_id)
    assert "An engineer is needed" in card.text
    assert "stopped here" in card.text
    assert "aiting" not in card.text
    assert card.all("button") == []
    for verb in ("cancellation", "continuation"):
        answer = await member.post(acme.url(f"/runs/{run_id}/{verb}"))
        assert answer.status == 409
        assert "Engineers have been alerted" in answer.html.text


def titles(answer: Any) -> list[str]:
    """What the list names: those that wait for somebody as cards, first; the others a line each."""
    shown = answer.html.one(id="runs")
    return [title.text for each in ("run__title", "run-row__title") for title in shown.all(class_=each)]
