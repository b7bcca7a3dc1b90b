"""The installed app: manifest, worker, and the page for times without a connection."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn


async def test_each_tenant_is_an_app_of_its_own_name(web: Visitor, two_tenants: TwoTenants) -> None:
    for tenant in (two_tenants.acme, two_tenants.globex):
        answer = await web.get(tenant.url("/manifest.webmanifest"))
        assert answer.headers["content-type"].startswith("application/manifest+json")
        told = json.loads(answer.content)
        assert told["name"] == tenant.facts.name
        assert told["display"] == "standalone"
        assert re.fullmatch(r"#[0-9a-f]{6}", told["theme_color"])
        assert {"any", "maskable"} <= {icon["purpose"] for icon in told["icons"]}
        for icon in told["icons"]:
            assert (await web.get(tenant.url(icon["src"]))).status == 200
    assert json.loads((await web.get("/manifest.webmanifest")).content)["name"] == "ADX"


async def test_the_manifest_speaks_the_devices_language(web: Visitor, two_tenants: TwoTenants) -> None:
    web.language = "ar"
    told = json.loads((await web.get(two_tenants.acme.url("/manifest.webmanifest"))).content)
    assert (told["lang"], told["dir"]) == ("ar", "rtl")


async def test_the_worker_keeps_files_that_are_there_and_nothing_else(web: Visitor, two_tenants: TwoTenants) -> None:
    answer = await web.get(two_tenants.acme.url("/service-worker.js"))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    found = re.search(r"const KEPT = (\[.*\]);", answer.content.decode())
    assert found
    kept = json.loads(found[1])
    assert all(path.startswith("/static/") for path in kept)
    for path in kept:
        assert (await web.get(two_tenants.acme.url(path))).status == 200
    policy = (await web.get(two_tenants.acme.url("/offline"))).headers["content-security-policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy


@pytest.mark.parametrize("signed_in", [True, False])
async def test_the_page_for_times_without_a_connection_names_nobody(
    sign_in: SignIn, web: Visitor, two_tenants: TwoTenants, *, signed_in: bool
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "owner") if signed_in else web
    answer = await visitor.get(acme.url("/offline"))
    assert answer.heading == "No connection"
    told = answer.content.decode()
    assert "data-person" not in told
    for secret in (acme.slug, acme.facts.name, acme.people["owner"].name, acme.people["owner"].email, "csrf"):
        assert secret.lower() not in told.lower()
