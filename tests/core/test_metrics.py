"""What operators watch moves when things happen, and names neither tenant nor person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.metrics import REQUESTS, RUNS, STEPS, STREAMS
from core.telemetry import REGISTRY

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_requests_are_counted_by_route_and_status(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    found = {"method": "GET", "route": "/files/<uuid:file_id>", "status": "404"}
    before = count("adx_request_seconds_count", **found)
    await member.get(acme.url("/files/00000000-0000-7000-8000-000000000009"))
    assert count("adx_request_seconds_count", **found) == before + 1


async def test_methods_that_somebody_made_up_are_counted_as_one(web: Visitor) -> None:
    made_up = {"method": "other", "route": "none", "status": "405"}
    before, methods = count("adx_request_seconds_count", **made_up), known_methods()

    for method in ("BREW", "PROPFIND", "X" * 200):
        assert (await web._send(method, "/login", None, {})).status == 405

    assert count("adx_request_seconds_count", **made_up) == before + 3
    assert known_methods() <= methods | {"other"}


def known_methods() -> set[str]:
    return {sample.labels["method"] for metric in REQUESTS.collect() for sample in metric.samples}


async def test_open_streams_are_known(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    await (await sign_in(two_tenants.acme, "member")).get(two_tenants.acme.url("/"))
    assert count("adx_live_streams") == 0


def test_no_label_names_a_tenant_or_a_person() -> None:
    labels = {name for metric in (REQUESTS, RUNS, STEPS, STREAMS) for name in metric._labelnames}
    assert labels == {"method", "route", "status", "contract", "step", "end", "state"}
