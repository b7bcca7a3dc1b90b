from __future__ import annotations

from typing import TYPE_CHECKING

from core.ids import new_id
from domain.branding.types import Assets, TestMail
from tests.workflows.branding.conftest import GREEN, picture, publication, publish, uploaded
from workflows.branding.start import start_test_mail

if TYPE_CHECKING:
    from core.runs.launch import LaunchedRun
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.workbench import Workbench


async def ask(bench: Workbench, tenant: TestTenant) -> LaunchedRun:
    admin = tenant.people["admin"]
    async with bench.db.unit_of_work(tenant.id, "branding", actor_id=admin.id) as uow:
        return await start_test_mail(uow, TestMail(tenant.id, admin.id, admin.name, admin.email, "en"), key=new_id())


async def test_the_mail_looks_like_the_tenant(bench: Workbench, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    logo = Assets(logo=await uploaded(bench, acme, picture()))
    await bench.result(await publish(bench, publication(acme, GREEN, logo)))

    run = await ask(bench, acme)

    assert (await bench.result(run))["outcome"] == "sent"
    (mail,) = bench.mailbox.to(acme.people["admin"].email)
    assert mail.subject == "This is how emails from North Pier look"
    assert "background:#0a7d5a" in mail.html
    assert f"http://{acme.host}/brand/" in mail.html
    assert dict(mail.headers)["From"].startswith("North Pier <")
    await bench.keep_history(run, "sent")


async def test_without_a_brand_it_looks_like_the_product_and_says_the_tenants_name(
    bench: Workbench, two_tenants: TwoTenants
) -> None:
    await bench.result(await publish(bench, publication(two_tenants.acme, GREEN)))
    globex = two_tenants.globex

    await bench.result(await ask(bench, globex))

    (mail,) = bench.mailbox.to(globex.people["admin"].email)
    assert mail.subject == "This is how emails from Globex look"
    assert "#0a7d5a" not in mail.html
    assert dict(mail.headers)["From"].startswith("Globex <")
