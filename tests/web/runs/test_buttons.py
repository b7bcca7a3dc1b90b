"""The buttons of runs: what pressing them does, also twice, too late, or when there is nothing to press for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from core.runs.temporal import RunControl

if TYPE_CHECKING:
    import asyncpg

    from core.runs.report import RunState
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn
    from tests.web.runs.conftest import Runs


async def test_a_run_that_waits_for_its_turn_is_cancelled_at_once(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    given = {"tenant_id": str(acme.id), "actor_id": str(acme.people["member"].id), "file_id": str(new_id())}
    run_id = await runs.add(acme, "a.pdf", "queued", place=2, input=json.dumps(given))
    member = await sign_in(acme, "member")
    shown = await runs.card(member, acme, run_id)
    assert [button.text for button in shown.all("button")] == ["Cancel"]

    answer = await member.post(acme.url(f"/runs/{run_id}/cancellation"))

    assert answer.status == 303
    row = await owner_connection.fetchrow("select state, withdrawn from platform.runs where id = $1", run_id)
    assert tuple(row) == ("undoing", True)
    assert (await runs.card(member, acme, run_id)).all("button") == []


async def test_past_the_point_of_no_return_a_sentence_stands_in_place_of_the_button(
    runs: Runs, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    early = await runs.add(acme, "a.pdf", contract="files.remove")
    late = await runs.add(acme, "b.pdf", contract="files.remove", past_return=True)
    member = await sign_in(acme, "member")

    assert [button.text for button in (await runs.card(member, acme, early)).all("button")] == ["Cancel"]
    told = await runs.card(member, acme, late)
    assert told.all("button") == []
    assert "can no longer be cancelled" in told.text


@pytest.mark.parametrize(
    ("state", "past_return", "verb", "code"),
    [
        ("done", False, "cancellation", "cannot_cancel"),
        ("running", True, "cancellation", "cannot_cancel"),
        ("undoing", False, "cancellation", "cannot_cancel"),
        ("running", False, "continuation", "cannot_continue"),
        ("done", False, "continuation", "cannot_continue"),
        ("launching", False, "cancellation", "too_early"),
    ],
)
async def test_a_button_that_comes_at_the_wrong_time_is_refused_with_a_reason(
    *,
    runs: Runs,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    state: RunState,
    past_return: bool,
    verb: str,
    code: str,
) -> None:
    acme = two_tenants.acme
    run_id = await runs.add(acme, "a.pdf", state, past_return=past_return)
    member = await sign_in(acme, "member")
    await member.get(acme.url("/runs"))

    answer = await member.post(acme.url(f"/runs/{run_id}/{verb}"), Accept="application/json")

    assert answer.status == 409
    assert json.loads(answer.content)["error"]["code"] == code


@pytest.mark.parametrize(
    ("verb", "state", "method"), [("cancellation", "running", "cancel"), ("continuation", "needs_you", "resume")]
)
async def test_a_button_that_is_sent_twice_is_one_message_to_the_workflow(  # noqa: PLR0917
    runs: Runs,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    state: RunState,
    method: str,
) -> None:
    acme, told, ways = two_tenants.acme, [], [ConnectionRefusedError("away")]

    async def tell(_: RunControl, workflow_id: str) -> None:
        if ways:
            raise ways.pop()
        told.append(workflow_id)

    monkeypatch.setattr(RunControl, method, tell)
    run_id = await runs.add(acme, "a.pdf", state, steps={"scan": ("parked", None)})
    member = await sign_in(acme, "member")
    await member.get(acme.url("/runs"))

    async def press(key: str) -> int:
        return (await member.post(acme.url(f"/runs/{run_id}/{verb}"), {"idempotency_key": key})).status

    assert [await press("k" * 22) for _ in range(3)] == [503, 303, 303]
    assert len(told) == 1, "what did not go out is sent, and then never again"
    assert await press("l" * 22) == 303
    assert len(told) == 2


async def test_somebody_elses_run_cannot_be_stopped(runs: Runs, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    run_id = await runs.add(acme, "a.pdf", role="owner")
    member = await sign_in(acme, "member")
    await member.get(acme.url("/runs"))

    assert (await member.post(acme.url(f"/runs/{run_id}/cancellation"))).status == 404
