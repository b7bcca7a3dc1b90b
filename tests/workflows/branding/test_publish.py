from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from core.brands import brand_of
from core.errors import UnavailableError
from core.messages import Message
from domain.branding import service
from domain.branding.repository import BrandRepository
from domain.branding.types import Assets, Look
from tests.support.gate import cancel_here, fail_once
from tests.workflows.branding.conftest import GREEN, RED, left_behind, picture, publication, publish, uploaded
from workflows.branding.contract import PUBLISH

if TYPE_CHECKING:
    from core.context import Brand
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.workbench import Workbench

STEPS = [step.name for step in PUBLISH.steps]


async def brand(bench: Workbench, tenant: TestTenant) -> Brand | None:
    async with bench.db.unit_of_work(tenant.id, "gateway") as uow:
        return await brand_of(uow)


async def test_a_published_version_is_what_pages_and_mails_see(bench: Workbench, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    assets = Assets(
        logo=await uploaded(bench, acme, picture(400, 100)),
        favicon=await uploaded(bench, acme, picture(300, 300, kind="WEBP"), "image/webp"),
    )
    wanted = publication(acme, GREEN, assets)
    run = await publish(bench, wanted)

    assert (await bench.result(run))["outcome"] == "published"

    assert bench.gate.calls == [f"branding.{name}" for name in STEPS]
    found = await brand(bench, acme)
    assert found is not None
    assert (found.name, found.accent, found.on_accent) == ("North Pier", "#0a7d5a", "#ffffff")
    assert found.logo is not None
    assert (found.logo.width, found.logo.height) == (128, 32)
    sizes = {}
    for name in ("logo.png", "logo-2x.png", "favicon.png", "touch-icon.png", "icon-192.png", "icon-512.png"):
        content = await bench.storage.get_bytes(service.rendition_key(acme.id, wanted.version_id, name))
        with Image.open(BytesIO(content)) as drawn:
            sizes[name] = (drawn.format, *drawn.size)
    assert sizes == {
        "logo.png": ("PNG", 128, 32),
        "logo-2x.png": ("PNG", 256, 64),
        "favicon.png": ("PNG", 32, 32),
        "touch-icon.png": ("PNG", 180, 180),
        "icon-192.png": ("PNG", 192, 192),
        "icon-512.png": ("PNG", 512, 512),
    }
    assert await brand(bench, two_tenants.globex) is None
    audited = await bench.owner.fetch(
        "select action from platform.audit where tenant_id = $1 and action like 'brand.%'", acme.id
    )
    assert [row["action"] for row in audited] == ["brand.published"]
    await bench.keep_history(run, "published")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_cancelling_at_any_boundary_brings_the_former_brand_back_byte_for_byte(
    bench: Workbench, branded: tuple[TestTenant, Assets], step: str, moment: str
) -> None:
    acme, logo = branded
    before = await left_behind(bench, acme)
    getattr(bench.gate, moment)[f"branding.{step}"] = cancel_here(bench.client)

    run = await publish(bench, publication(acme, GREEN, logo))
    with pytest.raises(WorkflowFailureError) as failure:
        await bench.result(run)

    assert isinstance(failure.value.cause, CancelledError)
    assert await left_behind(bench, acme) == before
    begun = STEPS[: STEPS.index(step) + 1]
    assert await bench.steps(run) == dict.fromkeys(begun, "undone")
    await bench.until(run, "cancelled")
    await bench.keep_history(run, f"cancelled-{moment}-{step}")


@pytest.mark.parametrize("step", STEPS)
async def test_an_attempt_that_dies_after_its_work_changes_nothing_twice(
    bench: Workbench, two_tenants: TwoTenants, step: str
) -> None:
    bench.gate.after[f"branding.{step}"] = fail_once(ConnectionResetError("the worker was killed"))
    run = await publish(bench, publication(two_tenants.acme))
    assert (await bench.result(run))["outcome"] == "published"
    rows, _ = await left_behind(bench, two_tenants.acme)
    assert (len(rows["branding.versions"]), len(rows["platform.brands"])) == (1, 1)


async def test_storage_that_stays_down_parks_the_run_and_what_everybody_sees_is_unchanged(
    bench: Workbench, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    await bench.result(await publish(bench, publication(acme, RED)))
    before, down = await brand(bench, acme), True

    async def fail() -> None:
        if down:
            raise ApplicationError("down", type="storage_unavailable", non_retryable=True)

    bench.gate.before["branding.draw_pictures"] = fail
    run = await publish(bench, publication(acme, GREEN))
    await bench.until(run, "needs_you")
    assert "storage_unavailable" in PUBLISH.failures
    assert await brand(bench, acme) == before

    down = False
    await bench.client.get_workflow_handle(run.workflow_id).signal("continue")
    assert (await bench.result(run))["outcome"] == "published"
    await bench.keep_history(run, "continued")


async def test_storage_that_is_down_for_a_while_only_delays(bench: Workbench, two_tenants: TwoTenants) -> None:
    bench.gate.before["branding.draw_pictures"] = fail_once(
        UnavailableError(Message("branding", "down"), code="storage_unavailable")
    )
    run = await publish(bench, publication(two_tenants.acme))
    assert (await bench.result(run))["outcome"] == "published"


@pytest.mark.parametrize(
    ("look", "content", "code"),
    [
        (Look(accent="#ffe14d"), picture(), "contrast_fails"),
        (GREEN, b"\x89PNG\r\n\x1a\n" + b"not a picture" * 50, "picture_broken"),
        (GREEN, picture()[:200], "picture_broken"),
    ],
)
async def test_what_cannot_be_published_parks_at_the_check_and_cancel_leaves_nothing(
    bench: Workbench, two_tenants: TwoTenants, look: Look, content: bytes, code: str
) -> None:
    acme = two_tenants.acme
    assets = Assets(logo=await uploaded(bench, acme, content))
    before = await left_behind(bench, acme)
    run = await publish(bench, publication(acme, look, assets))
    await bench.until(run, "needs_you")
    failure = await bench.owner.fetchval("select failure from platform.run_steps where run_id = $1", run.id)
    assert failure == code
    assert code in PUBLISH.failures

    await bench.client.get_workflow_handle(run.workflow_id).cancel()
    await bench.until(run, "cancelled")
    assert await left_behind(bench, acme) == before


async def test_going_back_shows_the_same_bytes_as_before(bench: Workbench, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    await bench.result(await publish(bench, publication(acme, RED)))
    first = await bench.owner.fetchval("select t::text from platform.brands t where tenant_id = $1", acme.id)
    await bench.result(await publish(bench, publication(acme, GREEN)))
    assert await bench.owner.fetchval("select t::text from platform.brands t where tenant_id = $1", acme.id) != first

    async with bench.db.unit_of_work(acme.id, "branding", actor_id=acme.people["admin"].id) as uow:
        await service.go_back(uow, acme.people["admin"].id, 1)

    assert await bench.owner.fetchval("select t::text from platform.brands t where tenant_id = $1", acme.id) == first
    async with bench.db.unit_of_work(acme.id, "branding") as uow:
        look, _ = service.choices_of(await BrandRepository(uow.session).draft())
    assert look == RED


async def test_taking_a_version_back_leaves_what_somebody_chose_meanwhile(
    bench: Workbench, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    admin = acme.people["admin"].id
    await bench.result(await publish(bench, publication(acme, RED)))

    async def choose_and_cancel() -> None:
        async with bench.db.unit_of_work(acme.id, "branding", actor_id=admin) as uow:
            await service.take_off(uow)
        await cancel_here(bench.client)()

    bench.gate.before["branding.announce_brand"] = choose_and_cancel
    run = await publish(bench, publication(acme, GREEN))
    await bench.until(run, "cancelled")
    assert await brand(bench, acme) is None
    rows, _ = await left_behind(bench, acme)
    assert len(rows["branding.versions"]) == 1


async def test_rows_that_know_nothing_of_the_version_stop_it(bench: Workbench, two_tenants: TwoTenants) -> None:
    """As after a restore: rows that are older than the run."""
    acme = two_tenants.acme

    forgotten = asyncio.Event()

    async def forget() -> None:
        await bench.owner.execute("delete from platform.brands where tenant_id = $1", acme.id)
        await bench.owner.execute("delete from branding.versions where tenant_id = $1", acme.id)
        forgotten.set()

    bench.gate.before["branding.announce_brand"] = forget
    run = await publish(bench, publication(acme))
    await forgotten.wait()
    await bench.until(run, "needs_you")
    query = "select failure from platform.run_steps where run_id = $1 and name = 'announce_brand'"
    assert await bench.owner.fetchval(query, run.id) == "version_gone"
    await bench.client.get_workflow_handle(run.workflow_id).terminate("enough")
