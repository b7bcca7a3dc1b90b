"""Many texts at once: whole or not at all, and the way back leads exactly to what was before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from domain.translations import batches, service
from domain.translations.errors import taken_back_already
from tests.support.gate import cancel_here, fail_once
from tests.workflows.translations.conftest import import_file, replace, rows, wordings
from workflows.translations.contract import STEPS
from workflows.translations.start import start_batch

if TYPE_CHECKING:
    from core.runs.launch import LaunchedRun
    from domain.translations.product import ProductTexts
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.workbench import Workbench

NAMES = [step.name for step in STEPS]
FILE = """msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Settings"
msgstr "Ablage"

msgid "Home"
msgstr "Start & Ziel"

#, fuzzy
msgid "People"
msgstr "Leute vielleicht"

msgid "Try again in {duration}."
msgstr "Gleich noch einmal."

msgid "Nobody says this"
msgstr "Das sagt niemand"
"""


async def batch_of(bench: Workbench, run: LaunchedRun) -> UUID:
    return UUID(await bench.owner.fetchval("select subject_id from platform.runs where id = $1", run.id))


async def test_an_import_puts_into_force_what_can_be_shown_and_lists_the_rest(
    bench: Workbench, two_tenants: TwoTenants
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    run = await import_file(bench, acme.context("admin"), FILE)

    assert (await bench.result(run))["outcome"] == "partly"

    assert await wordings(bench.owner, acme.id) == {"Settings": ["Ablage"], "Home": ["Start & Ziel"]}
    assert await wordings(bench.owner, globex.id) == {}
    items = await bench.owner.fetch(
        "select position / 1000 as line, fault ->> 'text' as fault from translations.batch_items"
        " where tenant_id = $1 and fault is not null order by position",
        acme.id,
    )
    assert [tuple(row) for row in items] == [
        (13, "It is marked as not certain (fuzzy)."),
        (16, "The placeholder {name} is missing."),
        (19, "ADX has no such text in this feature."),
    ]
    told = await bench.owner.fetch("select actor_name, kind from translations.changes where tenant_id = $1", acme.id)
    assert {tuple(row) for row in told} == {("Admin of Acme", "import")}
    audited = await bench.owner.fetch("select action from platform.audit where tenant_id = $1", acme.id)
    assert "translations.changed_many" in {row["action"] for row in audited}
    await bench.keep_history(run, "partly")


async def test_what_the_product_says_already_is_no_wording(bench: Workbench, two_tenants: TwoTenants) -> None:
    content = 'msgid ""\nmsgstr ""\n\nmsgid "Settings"\nmsgstr "Einstellungen"\n'
    run = await import_file(bench, two_tenants.acme.context("admin"), content)
    assert (await bench.result(run))["outcome"] == "nothing"
    assert await wordings(bench.owner, two_tenants.acme.id) == {}
    await bench.keep_history(run, "nothing")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", NAMES)
async def test_cancelling_an_import_at_any_boundary_leaves_everything_as_it_was(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts, step: str, moment: str
) -> None:
    ctx = two_tenants.acme.context("admin")
    text = product.find("shell", "Settings")
    assert text is not None
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        await service.save(uow, product, text, "de", ["Unser Wort"])
    before = await rows(bench.owner)
    getattr(bench.gate, moment)[f"translations.{step}"] = cancel_here(bench.client)

    run = await import_file(bench, ctx, FILE)
    with pytest.raises(WorkflowFailureError) as failure:
        await bench.result(run)

    assert isinstance(failure.value.cause, CancelledError)
    await bench.until(run, "cancelled")
    assert await rows(bench.owner) == before
    await bench.keep_history(run, f"cancelled-{moment}-{step}")


@pytest.mark.parametrize("step", NAMES)
async def test_an_attempt_that_dies_after_its_work_changes_nothing_twice(
    bench: Workbench, two_tenants: TwoTenants, step: str
) -> None:
    bench.gate.after[f"translations.{step}"] = fail_once(ConnectionResetError("the worker was killed"))
    run = await import_file(bench, two_tenants.acme.context("admin"), FILE)
    assert (await bench.result(run))["outcome"] == "partly"
    assert bench.gate.calls.count(f"translations.{step}") == 2
    changes = await bench.owner.fetchval(
        "select count(*) from translations.changes where tenant_id = $1", two_tenants.acme.id
    )
    assert changes == 2


async def test_an_edit_made_after_a_batch_outlives_its_undo(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts
) -> None:
    ctx = two_tenants.acme.context("admin")
    text = product.find("shell", "Settings")
    assert text is not None

    async def edit() -> None:
        async with bench.db.unit_of_work(ctx, "translations") as uow:
            await service.save(uow, product, text, "de", ["Später geändert"])

    bench.gate.before["translations.announce"] = edit
    bench.gate.after["translations.announce"] = cancel_here(bench.client)
    run = await import_file(bench, ctx, FILE)
    with pytest.raises(WorkflowFailureError):
        await bench.result(run)
    assert await wordings(bench.owner, two_tenants.acme.id) == {"Settings": ["Später geändert"]}


async def test_a_replacement_can_be_taken_back(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts
) -> None:
    acme = two_tenants.acme
    ctx = acme.context("admin")
    run = await replace(bench, ctx, product, ("Settings", ("Papers",)), ("Home", ("Start",)))
    assert (await bench.result(run))["outcome"] == "applied"
    assert await wordings(bench.owner, acme.id) == {"Settings": ["Papers"], "Home": ["Start"]}
    await bench.keep_history(run, "applied")

    old = await batch_of(bench, run)
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        back = await start_batch(uow, await batches.begin_taking_back(uow, product, old))
    assert (await bench.result(back))["outcome"] == "applied"
    assert await wordings(bench.owner, acme.id) == {}
    await bench.keep_history(back, "applied")

    with pytest.raises(type(taken_back_already())):
        async with bench.db.unit_of_work(ctx, "translations") as uow:
            await batches.begin_taking_back(uow, product, old)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["replace", "take_back"])
async def test_cancelling_the_others_leaves_everything_as_it_was_too(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts, kind: str, moment: str
) -> None:
    ctx = two_tenants.acme.context("admin")
    first = await replace(bench, ctx, product, ("Settings", ("Papers",)))
    await bench.result(first)
    before = await rows(bench.owner)
    getattr(bench.gate, moment)["translations.apply"] = cancel_here(bench.client)
    if kind == "replace":
        run = await replace(bench, ctx, product, ("Settings", ("Binders",)))
    else:
        async with bench.db.unit_of_work(ctx, "translations") as uow:
            old = await batch_of(bench, first)
            run = await start_batch(uow, await batches.begin_taking_back(uow, product, old))
    with pytest.raises(WorkflowFailureError):
        await bench.result(run)
    await bench.until(run, "cancelled")
    assert await rows(bench.owner) == before
    await bench.keep_history(run, f"cancelled-{moment}-apply")


async def test_a_file_without_faults_is_in_force_as_a_whole(bench: Workbench, two_tenants: TwoTenants) -> None:
    content = 'msgid ""\nmsgstr ""\n\nmsgid "Settings"\nmsgstr "Ablage"\n'
    run = await import_file(bench, two_tenants.acme.context("admin"), content)
    assert (await bench.result(run))["outcome"] == "applied"
    await bench.keep_history(run, "applied")


@pytest.mark.parametrize("outcome", ["partly", "nothing"])
async def test_a_replacement_is_checked_again_when_it_is_done(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts, outcome: str
) -> None:
    changes = {"partly": [("Settings", ("Papers",)), ("Home", ("{x}",))], "nothing": [("Settings", ("Settings",))]}[
        outcome
    ]
    run = await replace(bench, two_tenants.acme.context("admin"), product, *changes)
    assert (await bench.result(run))["outcome"] == outcome
    await bench.keep_history(run, outcome)


@pytest.mark.parametrize("outcome", ["partly", "nothing"])
async def test_what_cannot_be_brought_back_any_more_is_left_out(
    bench: Workbench, two_tenants: TwoTenants, product: ProductTexts, outcome: str
) -> None:
    """An update has changed a source since, so that its old wording does not fit; or somebody was quicker."""
    ctx = two_tenants.acme.context("admin")
    first = await replace(bench, ctx, product, ("Settings", ("Papers",)), ("Home", ("Start",)))
    await bench.result(first)
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        batch = await batches.begin_taking_back(uow, product, await batch_of(bench, first))
    if outcome == "partly":
        await bench.owner.execute(
            "update translations.batch_items set forms = '{\"{x}\"}' where batch_id = $1 and source = 'Home'", batch.id
        )
    else:
        await bench.owner.execute("delete from platform.wordings where tenant_id = $1", two_tenants.acme.id)
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        run = await start_batch(uow, batch)
    assert (await bench.result(run))["outcome"] == outcome
    await bench.keep_history(run, outcome)


async def test_rows_that_know_nothing_of_the_changes_stop_it(bench: Workbench, two_tenants: TwoTenants) -> None:
    """As after a restore: rows that are older than the run."""
    acme = two_tenants.acme

    forgotten = asyncio.Event()

    async def forget() -> None:
        await bench.owner.execute("delete from platform.wordings where tenant_id = $1", acme.id)
        await bench.owner.execute("update translations.batch_items set applied = false where tenant_id = $1", acme.id)
        forgotten.set()

    bench.gate.before["translations.announce"] = forget
    run = await import_file(bench, acme.context("admin"), FILE)
    await forgotten.wait()
    await bench.until(run, "needs_you")
    query = "select failure from platform.run_steps where run_id = $1 and name = 'announce'"
    assert await bench.owner.fetchval(query, run.id) == "not_applied"
    await bench.client.get_workflow_handle(run.workflow_id).terminate("enough")
