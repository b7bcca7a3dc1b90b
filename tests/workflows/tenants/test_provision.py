from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from core.errors import UnavailableError
from core.messages import Message
from domain.tenants import service
from tests.support.gate import cancel_here, fail_once
from tests.workflows.tenants.conftest import new_tenant, provision
from workflows.tenants.contract import PROVISION

if TYPE_CHECKING:
    from uuid import UUID

    from tests.support.workbench import Workbench

STEPS = [step.name for step in PROVISION.steps]
UNDONE_STEPS = [step.name for step in PROVISION.steps if step.has_undo]


async def _tables(bench: Workbench, tenant_id: UUID) -> dict[str, int]:
    tables = {
        "tenants.slugs": "tenant_id",
        "tenants.tenants": "tenant_id",
        "tenants.memberships": "tenant_id",
        "platform.tenants": "id",
        "platform.people": "tenant_id",
        "platform.account_tenants": "tenant_id",
        "platform.entitlements": "tenant_id",
    }
    return {
        table: await bench.owner.fetchval(f"select count(*) from {table} where {column} = $1", tenant_id)  # noqa: S608
        for table, column in tables.items()
    }


async def test_the_founder_is_greeted_in_the_language_they_chose(bench: Workbench) -> None:
    chosen, open_ = new_tenant(), new_tenant()
    await bench.owner.execute("insert into platform.preferences (user_id, locale) values ($1, 'de')", chosen.founder.id)
    for new in (chosen, open_):
        await bench.result(await provision(bench, new))
    subjects = [bench.mailbox.to(new.founder.email)[0].subject for new in (chosen, open_)]
    assert subjects == ["Der Arbeitsbereich Acme ist bereit", "The workspace Acme is ready"]


async def test_a_tenant_is_whole_when_it_is_ready(bench: Workbench) -> None:
    new = new_tenant()
    run = await provision(bench, new)

    result = await bench.result(run)

    assert result["outcome"] == "ready"
    assert bench.gate.calls == [f"tenants.{name}" for name in STEPS]
    assert await _tables(bench, new.id) == {
        "tenants.slugs": 1,
        "tenants.tenants": 1,
        "tenants.memberships": 1,
        "platform.tenants": 1,
        "platform.people": 1,
        "platform.account_tenants": 1,
        "platform.entitlements": len(service.STARTING_LIMITS),
    }
    directory = await bench.owner.fetchrow("select slug, state from platform.tenants where id = $1", new.id)
    assert tuple(directory) == (new.slug, "active")
    assert await bench.storage.exists(service.marker_key(new.id))
    assert [mail.subject for mail in bench.mailbox.to(new.founder.email)] == ["The workspace Acme is ready"]
    audited = await bench.owner.fetch("select action, actor_id from platform.audit where tenant_id = $1", new.id)
    assert [tuple(row) for row in audited] == [("tenant.created", new.founder.id)]
    await bench.keep_history(run, "ready")


async def test_until_it_is_ready_nobody_sees_it(bench: Workbench) -> None:
    new = new_tenant()
    seen: list[str] = []

    async def look() -> None:
        seen.append(await bench.owner.fetchval("select state from platform.tenants where id = $1", new.id))

    bench.gate.before["tenants.open_tenant"] = look
    await bench.result(await provision(bench, new))
    assert seen == ["provisioning"]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", UNDONE_STEPS)
async def test_cancelling_at_any_boundary_leaves_everything_as_it_was(bench: Workbench, step: str, moment: str) -> None:
    neighbour = new_tenant("Globex")
    await bench.result(await provision(bench, neighbour))
    bench.gate.calls.clear()
    before = await bench.snapshot()
    getattr(bench.gate, moment)[f"tenants.{step}"] = cancel_here(bench.client)

    run = await provision(bench, new_tenant())
    with pytest.raises(WorkflowFailureError) as failure:
        await bench.result(run)

    assert isinstance(failure.value.cause, CancelledError)
    assert await bench.snapshot() == before
    begun = STEPS[: STEPS.index(step) + 1]
    assert await bench.steps(run) == dict.fromkeys(begun, "undone")
    undos = [PROVISION.step(name).undo.activity for name in reversed(begun)]  # type: ignore[union-attr]
    assert bench.gate.calls == [*(f"tenants.{name}" for name in begun), *undos]
    await bench.until(run, "cancelled")
    await bench.keep_history(run, f"cancelled-{moment}-{step}")


@pytest.mark.parametrize("step", ["send_welcome", "open_tenant"])
async def test_past_the_point_of_no_return_a_cancel_is_passed_over(bench: Workbench, step: str) -> None:
    async def cancel() -> None:
        await bench.client.get_workflow_handle(activity.info().workflow_id or "").cancel()

    bench.gate.before[f"tenants.{step}"] = cancel
    new = new_tenant()
    run = await provision(bench, new)
    assert (await bench.result(run))["outcome"] == "ready"
    assert len(bench.mailbox.to(new.founder.email)) == 1
    await bench.keep_history(run, f"cancel-too-late-{step}")


@pytest.mark.parametrize("step", STEPS)
async def test_an_attempt_that_dies_after_its_work_changes_nothing_twice(bench: Workbench, step: str) -> None:
    bench.gate.after[f"tenants.{step}"] = fail_once(ConnectionResetError("the worker was killed"))
    new = new_tenant()
    run = await provision(bench, new)
    assert (await bench.result(run))["outcome"] == "ready"
    assert bench.gate.calls.count(f"tenants.{step}") == 2
    assert set((await _tables(bench, new.id)).values()) == {1, len(service.STARTING_LIMITS)}
    assert len(bench.mailbox.to(new.founder.email)) == 1


async def test_a_slug_that_was_taken_meanwhile_parks_the_run_and_cancel_leaves_the_other_tenant_alone(
    bench: Workbench,
) -> None:
    first = new_tenant()
    await bench.result(await provision(bench, first))
    before = await bench.snapshot()
    second = new_tenant()
    second = type(second)(second.id, first.slug, second.name, second.locale, second.founder)

    run = await provision(bench, second)
    await bench.until(run, "needs_you")
    failure = await bench.owner.fetchval("select failure from platform.run_steps where run_id = $1", run.id)
    assert failure == "slug_taken"
    assert "slug_taken" in PROVISION.failures

    await bench.client.get_workflow_handle(run.workflow_id).cancel()
    await bench.until(run, "cancelled")
    assert await bench.snapshot() == before
    await bench.keep_history(run, "slug-taken")


async def test_a_parked_run_goes_on_from_the_step_that_failed(bench: Workbench) -> None:
    calls = bench.gate.calls
    broken = True

    async def refuse() -> None:
        if broken:
            raise ApplicationError("nobody expected it", type="unexpected", non_retryable=True)

    bench.gate.before["tenants.grant_quota"] = refuse
    new = new_tenant()
    run = await provision(bench, new)
    await bench.until(run, "needs_you")
    assert calls.count("tenants.reserve_slug") == 1

    broken = False
    await bench.client.get_workflow_handle(run.workflow_id).signal("continue")
    assert (await bench.result(run))["outcome"] == "ready"
    assert calls.count("tenants.reserve_slug") == 1
    await bench.keep_history(run, "continued")


async def test_storage_that_is_down_for_a_while_only_delays(bench: Workbench) -> None:
    down = UnavailableError(Message("tenants", "down"), code="storage_unavailable")
    bench.gate.before["tenants.prepare_storage"] = fail_once(down)
    assert (await bench.result(await provision(bench, new_tenant())))["outcome"] == "ready"


@pytest.mark.parametrize("step", ["set_up_permissions", "grant_quota", "send_welcome", "open_tenant"])
async def test_rows_that_know_nothing_of_the_steps_before_stop_it(bench: Workbench, step: str) -> None:
    """As after a restore: rows that are older than the run."""
    new = new_tenant()

    forgotten = asyncio.Event()

    async def forget() -> None:
        await bench.owner.execute("delete from tenants.slugs where tenant_id = $1", new.id)
        await bench.owner.execute("delete from tenants.tenants where tenant_id = $1", new.id)
        forgotten.set()

    bench.gate.before[f"tenants.{step}"] = forget
    run = await provision(bench, new)
    await forgotten.wait()
    await bench.until(run, "needs_you")
    query = "select failure from platform.run_steps where run_id = $1 and name = $2"
    assert await bench.owner.fetchval(query, run.id, step) == "tenant_gone"
    assert await bench.owner.fetchval("select state from platform.tenants where id = $1", new.id) != "active"
    assert bench.mailbox.to(new.founder.email) == [] or step == "open_tenant"
    await bench.client.get_workflow_handle(run.workflow_id).terminate("enough")
