"""A feature whose manifest is taken away is gone, and nothing else with it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entrypoints.blueprints import blueprints
from entrypoints.registry import REGISTRY
from tests.support.visitor import Visitor
from web.kit.app import create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.settings import Settings
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn

PAGES_OF_ALL = ("/", "/search?q=e", "/search")


@asynccontextmanager
async def _without(name: str, application: Application) -> AsyncIterator[object]:
    """The product as it would be without a feature, over the services of the whole one."""
    assert application.app is not None
    kept = REGISTRY.without(name)
    services = replace(
        application.app.kit.services,
        contracts=kept.contracts,
        notice_kinds=kept.notice_kinds,
        features=kept.titles,
        navigation=kept.navigation,
        dashboard=kept.dashboard,
        first_steps=kept.first_steps,
    )
    async with AsyncExitStack() as stack:
        app = create_app(services, blueprints(kept.names))
        await app.startup()
        stack.push_async_callback(app.shutdown)
        yield app


@pytest.mark.parametrize("name", REGISTRY.names)
async def test_the_product_works_without_it(
    name: str, application: Application, settings: Settings, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    cookies = (await sign_in(acme, "owner")).cookies
    async with _without(name, application) as app:
        owner = Visitor(app, settings.base_url, "10.9.9.9")  # type: ignore[arg-type]  # any ASGI application
        owner.cookies = cookies
        kept = REGISTRY.without(name)
        others = [page.path for feature in kept for page in feature.pages]
        gone = [page.path for page in REGISTRY[name].pages]

        for path in (*PAGES_OF_ALL, *others):
            answer = await owner.get(acme.url(path))
            assert answer.status == 200, path
            links = {link.attributes.get("href") for link in answer.html.all("a")}
            assert not links & set(gone), path
        assert [(await owner.get(acme.url(path))).status for path in gone] == [404] * len(gone)
