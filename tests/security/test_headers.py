"""Every kind of answer carries the headers that protect it; production says nothing of its servers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from entrypoints.blueprints import blueprints
from tests.support.visitor import Visitor
from web.kit.app import create_app

if TYPE_CHECKING:
    from entrypoints.web import Application

BASE = "https://adx.example"
ADDRESSES = {
    "/": 200,
    "/nowhere": 404,
    "/live": 401,
    "/health/live": 200,
    "/health/ready": 200,
    "/health/nothing": 404,
    "/static/0/css/app.css": 200,
    "/static/../../etc/passwd": 404,
    "/static/0/../../pyproject.toml": 404,
    "/patterns": 404,
    "https://usercontent.adx.example/original/x": 404,
    "https://nobody.adx.example/": 404,
    "https://evil.example/": 404,
}


@pytest.fixture
def production(application: Application) -> Visitor:
    """A browser that looks at the same services, set up as in production."""
    assert application.app is not None
    services = application.app.kit.services
    settings = services.settings.model_copy(update={"environment": "production", "base_url": BASE})
    identity = type(services.identity)(services.db, type(services.identity.hosts).of(settings), lambda *_: "en")
    made: Any = create_app(
        replace(services, settings=settings, identity=identity, stream_identity=identity), blueprints(())
    )
    return Visitor(made, BASE, "198.51.100.77")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_answer_is_protected(address: str, production: Visitor) -> None:
    answer = await production.get(address)

    assert answer.status == ADDRESSES[address]
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    if answer.headers["content-type"].startswith("text/html"):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


async def test_a_stranger_learns_nothing_of_the_servers(production: Visitor) -> None:
    told = json.loads((await production.get("/health/ready")).content)

    assert told["database"]["state"] == "up"
    assert {check["detail"] for check in told.values()} == {""}
