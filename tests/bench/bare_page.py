"""The list of files as a bare Quart page: the product's queries, page model and template, and nothing of the kit.

No session is looked up, no role and tenant are set, no slot is awaited, nothing is compressed or secured.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any
from uuid import UUID

from granian import Granian
from granian.constants import Interfaces, Loops
from markupsafe import Markup
from quart import Quart
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from core.context import Context, Person, TenantFacts
from core.db.unit_of_work import UnitOfWork
from core.i18n import speaking
from core.ids import new_id
from core.runs.entries import entries_of
from core.runs.groups import groups_lately
from core.runs.queries import OPEN_STATES
from core.settings import ROOT, Settings
from domain.files.policy import Policy
from domain.files.quota import usage_of
from domain.files.repository import FileRepository
from entrypoints.registry import REGISTRY
from entrypoints.texts import catalogues
from web.files.pages import FileListPage, FileRow
from web.kit.kept import Kept
from web.kit.static import StaticFiles
from web.kit.template_globals import rereads
from web.kit.templates import Templates, dom_id, variables_of
from web.runs.pages import RunBar
from workflows.files.contract import INGEST

DATABASE, TENANT, PORT = "BENCH_DATABASE_URL", "BENCH_TENANT_ID", "BENCH_PORT"


def application() -> Quart:
    """The app: one route."""
    app = Quart("bare", static_folder=None, template_folder=None)
    address = os.environ[DATABASE].replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(address, pool_size=10)
    texts = catalogues(Settings.load())
    static = StaticFiles()
    tenant = TenantFacts(UUID(os.environ[TENANT]), "bare", "Bare")
    person = Person(new_id(), "Nobody", "nobody@example.com")
    ctx = Context(tenant, person, role="member", permissions=REGISTRY.permissions.of_role("member"))

    def globals_() -> dict[str, Any]:
        return {
            "static_url": static.url,
            "theme_url": lambda _: static.url("themes/adx/theme.css"),
            "home_url": lambda path="/": path,
            "live_after": lambda: "0-0",
            "csrf_token": lambda: "token",
            "person_mark": lambda: "mark",
            "fragment": lambda _: Markup("{bar}"),
            "dom_id": dom_id,
            "rereads": rereads,
            "has_feature": lambda _: True,
            "offered": partial(REGISTRY.navigation.pages, ctx),
            "here": lambda _: None,
        }

    templates = Templates(globals_() | {"kept": lambda template, **values: kept.render(ctx, template, values)})

    kept: Kept = Kept(templates)

    def render(template: str, model: object) -> str:
        with speaking(texts.speaker(ctx.locale, ctx.timezone)):
            return templates.render(template, {"ctx": ctx, **variables_of(model)}, theme=ctx.theme)

    @app.get("/files")
    async def index() -> str:
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            uow = UnitOfWork(session, tenant.id, None, "")
            newest = await FileRepository(session).newest(50)
            usage = await usage_of(uow)
            groups = await groups_lately(uow, person.id, {}, contract=INGEST.name)
            entries = await entries_of(uow, ctx, {}, states=OPEN_STATES, limit=5)
        assert not groups
        assert not entries
        files = tuple(FileRow.of(listed) for listed in newest)
        html = render("files/index.html", FileListPage(Policy(), files, usage, None, None, "/files", {}, ()))
        return html.replace("{bar}", render("runs/_bar.html", RunBar(())))

    return app


if __name__ == "__main__":
    Granian(
        "tests.bench.bare_page:application",
        port=int(os.environ[PORT]),
        interface=Interfaces.ASGI,
        factory=True,
        loop=Loops.asyncio,
        websockets=False,
        log_enabled=False,
        working_dir=ROOT,
    ).serve()
    sys.exit(0)
