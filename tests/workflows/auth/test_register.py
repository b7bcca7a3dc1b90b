from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from domain.auth.types import LINK_LIFETIME, MOST_RESENDS, REMIND_AFTER
from tests.support.gate import cancel_here, fail_once
from tests.support.waiting import eventually
from tests.workflows.auth.conftest import applicant, register

if TYPE_CHECKING:
    from temporalio.testing import WorkflowEnvironment

    from core.runs.launch import LaunchedRun
    from tests.support.workbench import Workbench
    from tests.workflows.auth.conftest import Applicant


async def _state(bench: Workbench, who: Applicant) -> str | None:
    found: str | None = await bench.owner.fetchval("select state from auth.accounts where id = $1", who.id)
    return found


def _subjects(bench: Workbench, who: Applicant) -> list[str]:
    return [mail.subject for mail in reversed(bench.mailbox.to(who.email))]


async def _confirm(bench: Workbench, run: LaunchedRun) -> None:
    await bench.client.get_workflow_handle(run.workflow_id).signal("confirm")


async def test_a_click_opens_the_account(bench: Workbench) -> None:
    who = applicant()
    run = await register(bench, who)
    await bench.until(run, "waiting")
    assert await _state(bench, who) == "pending"

    await _confirm(bench, run)

    assert (await bench.result(run))["outcome"] == "registered"
    assert await _state(bench, who) == "active"
    assert _subjects(bench, who) == ["Confirm your address"]
    assert await bench.owner.fetchval("select count(*) from auth.verifications where account_id = $1", who.id) == 0
    assert bench.gate.calls == ["auth.create_account", "auth.send_link", "auth.activate"]
    await bench.keep_history(run, "registered")


async def test_without_a_click_it_reminds_then_expires_and_leaves_nothing(
    quick: Workbench, time_skipping: WorkflowEnvironment
) -> None:
    who = applicant()
    run = await register(quick, who)

    assert (await _ignored(quick, run, time_skipping))["outcome"] == "expired"

    assert quick.gate.calls == ["auth.create_account", "auth.send_link", "auth.remind", "auth.expire"]
    assert await _state(quick, who) is None
    assert await quick.owner.fetchval("select count(*) from auth.verifications where account_id = $1", who.id) == 0
    assert _subjects(quick, who) == ["Confirm your address", "Your account is still waiting for you"]
    times = await _times(quick, run)
    assert times["auth.remind"] == pytest.approx(6 * 3600, abs=60)
    assert times["auth.expire"] == pytest.approx(24 * 3600, abs=60)
    row = await quick.until(run, "done")
    assert row["outcome"] == "expired"
    await quick.keep_history(run, "expired")


async def _times(bench: Workbench, run: LaunchedRun) -> dict[str, float]:
    """When each activity was asked for, in seconds after the start."""
    history = await bench.client.get_workflow_handle(run.workflow_id).fetch_history()
    start = history.events[0].event_time.ToDatetime()
    return {
        event.activity_task_scheduled_event_attributes.activity_type.name: (
            event.event_time.ToDatetime() - start
        ).total_seconds()
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    }


async def _ignored(bench: Workbench, run: LaunchedRun, clock: WorkflowEnvironment) -> dict[str, str]:
    """Let a day pass without a click."""
    await _reminded(bench, run, clock)
    await clock.sleep(LINK_LIFETIME - REMIND_AFTER)
    return await bench.result(run)


async def _reminded(bench: Workbench, run: LaunchedRun, clock: WorkflowEnvironment) -> None:
    await bench.until(run, "waiting")
    await clock.sleep(REMIND_AFTER)
    await eventually(lambda: "auth.remind" in bench.gate.calls)
    await bench.until(run, "waiting")


async def test_a_click_after_the_reminder_still_counts(quick: Workbench, time_skipping: WorkflowEnvironment) -> None:
    who = applicant()
    run = await register(quick, who)
    await _reminded(quick, run, time_skipping)
    await _confirm(quick, run)
    assert (await quick.result(run))["outcome"] == "registered"
    assert await _state(quick, who) == "active"
    await quick.keep_history(run, "reminded")


async def test_the_mail_is_sent_again_but_not_for_ever(bench: Workbench) -> None:
    who = applicant()
    run = await register(bench, who)
    await bench.until(run, "waiting")
    handle = bench.client.get_workflow_handle(run.workflow_id)
    for _ in range(MOST_RESENDS + 3):
        await handle.signal("resend")
    await _confirm(bench, run)

    assert (await bench.result(run))["outcome"] == "registered"
    assert bench.gate.calls.count("auth.send_link") <= 1 + MOST_RESENDS
    await bench.keep_history(run, "sent-again")


async def test_the_owner_of_an_address_is_told_and_the_stranger_sees_the_same_steps(
    quick: Workbench, time_skipping: WorkflowEnvironment
) -> None:
    who = applicant()
    owners = await register(quick, who)
    await quick.until(owners, "waiting")
    await _confirm(quick, owners)
    await quick.result(owners)
    quick.gate.calls.clear()

    stranger = type(who)(applicant().id, who.email)
    run = await register(quick, stranger)

    assert (await _ignored(quick, run, time_skipping))["outcome"] == "expired"
    assert quick.gate.calls == ["auth.create_account", "auth.send_link", "auth.remind", "auth.expire"]
    told = ["You already have an account"] * 2  # a mail in each step that sends one to others
    assert _subjects(quick, who) == ["Confirm your address", *told]
    assert await _state(quick, who) == "active"
    assert await _state(quick, stranger) is None


async def test_of_two_who_confirm_one_address_the_first_gets_it(bench: Workbench) -> None:
    first = applicant()
    second = type(first)(applicant().id, first.email)
    runs = [await register(bench, who) for who in (first, second)]
    for run in runs:
        await bench.until(run, "waiting")
    await _confirm(bench, runs[0])
    assert (await bench.result(runs[0]))["outcome"] == "registered"
    await _confirm(bench, runs[1])

    assert (await bench.result(runs[1]))["outcome"] == "taken"
    assert [await _state(bench, who) for who in (first, second)] == ["active", None]
    await bench.keep_history(runs[1], "taken")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["create_account", "send_link"])
async def test_cancelling_removes_the_account_and_kills_the_link(bench: Workbench, step: str, moment: str) -> None:
    before = await bench.snapshot()
    getattr(bench.gate, moment)[f"auth.{step}"] = cancel_here(bench.client)
    run = await register(bench, applicant())

    with pytest.raises(WorkflowFailureError) as failure:
        await bench.result(run)

    assert isinstance(failure.value.cause, CancelledError)
    after = await bench.snapshot()
    # A mail that went out cannot be called back, nor is it forgotten that it went out; nothing else is left.
    sent = step == "send_link" and moment == "after"
    assert len(after.mails - before.mails) == sent
    assert len(after.rows.pop("platform.effects")) == len(before.rows.pop("platform.effects")) + sent
    assert after.rows == before.rows
    await bench.keep_history(run, f"cancelled-{moment}-{step}")


async def test_cancelling_while_it_waits_removes_the_account(bench: Workbench) -> None:
    who = applicant()
    run = await register(bench, who)
    await bench.until(run, "waiting")
    await bench.client.get_workflow_handle(run.workflow_id).cancel()
    await bench.until(run, "cancelled")
    assert await _state(bench, who) is None
    assert await bench.steps(run) == dict.fromkeys(("create_account", "send_link", "await_click"), "undone")
    await bench.keep_history(run, "cancelled-while-waiting")


@pytest.mark.parametrize("step", ["create_account", "send_link", "activate"])
async def test_an_attempt_that_dies_after_its_work_changes_nothing_twice(bench: Workbench, step: str) -> None:
    bench.gate.after[f"auth.{step}"] = fail_once(ConnectionResetError("the worker was killed"))
    who = applicant()
    run = await register(bench, who)
    await bench.until(run, "waiting")
    await _confirm(bench, run)
    assert (await bench.result(run))["outcome"] == "registered"
    assert _subjects(bench, who) == ["Confirm your address"]
    assert await bench.owner.fetchval("select count(*) from auth.accounts where email = $1", who.email) == 1


async def test_nothing_personal_is_in_what_others_can_read(bench: Workbench) -> None:
    who = applicant()
    run = await register(bench, who)
    row = await bench.until(run, "waiting")
    told = " ".join(str(row[name]) for name in ("workflow_id", "title_params", "input", "subject_id", "result_path"))
    assert who.email not in told
    assert "not a hash" not in told
    history = await bench.client.get_workflow_handle(run.workflow_id).fetch_history()
    assert who.email not in history.to_json()
    await bench.client.get_workflow_handle(run.workflow_id).cancel()
    await bench.until(run, "cancelled")
