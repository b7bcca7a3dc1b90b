"""Who may do what, for every route that exists: read from the URL map, compared with a table written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pytest

from core.context import HOME_TENANT_ID, Person
from core.identity import Sessions
from core.ids import new_id
from web.kit.guards import Guard
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.support.web_fixtures import NewVisitor, SignIn
    from web.kit.app import WebApp

Least = Literal["anyone", "pending", "signed_in", "guest", "member", "admin", "owner"]

ROUTES: Mapping[tuple[str, str, str], Least] = {
    ("home", "GET", "/"): "anyone",
    ("home", "GET", "/login"): "anyone",
    ("home", "POST", "/login"): "anyone",
    ("home", "POST", "/logout"): "anyone",
    ("home", "GET", "/manifest.webmanifest"): "anyone",
    ("home", "GET", "/offline"): "anyone",
    ("home", "GET", "/patterns"): "anyone",
    ("home", "GET", "/service-worker.js"): "anyone",
    ("home", "GET", "/register"): "anyone",
    ("home", "POST", "/register"): "anyone",
    ("home", "GET", "/register/check-mail"): "pending",
    ("home", "POST", "/register/mails"): "pending",
    ("home", "GET", "/verify/<token>"): "anyone",
    ("home", "POST", "/verify/<token>"): "anyone",
    ("home", "GET", "/runs"): "pending",
    ("home", "GET", "/runs/active"): "pending",
    ("home", "GET", "/runs/<uuid:run_id>"): "pending",
    ("home", "POST", "/runs/<uuid:run_id>/cancellation"): "pending",
    ("home", "POST", "/runs/<uuid:run_id>/continuation"): "pending",
    ("home", "GET", "/notifications"): "pending",
    ("home", "GET", "/notifications/bell"): "pending",
    ("home", "GET", "/notifications/count"): "pending",
    ("home", "GET", "/notifications/recent"): "pending",
    ("home", "POST", "/notifications/reading"): "pending",
    ("home", "POST", "/notifications/<uuid:notice_id>/reading"): "pending",
    ("home", "GET", "/sessions"): "signed_in",
    ("home", "POST", "/sessions/revocation"): "signed_in",
    ("home", "POST", "/sessions/<uuid:session_id>/revocation"): "signed_in",
    ("home", "GET", "/preferences"): "signed_in",
    ("home", "POST", "/preferences/colour-scheme"): "anyone",
    ("home", "POST", "/preferences/language"): "anyone",
    ("home", "POST", "/preferences/theme"): "signed_in",
    ("home", "POST", "/preferences/timezone"): "signed_in",
    ("home", "GET", "/tenants"): "signed_in",
    ("home", "POST", "/tenants"): "signed_in",
    ("home", "GET", "/tenants/new"): "signed_in",
    ("home", "GET", "/tenants/new/slug"): "signed_in",
    ("home", "GET", "/tenants/new/availability"): "signed_in",
    ("home", "GET", "/tenants/<slug>/entry"): "signed_in",
    ("home", "POST", "/tenants/<slug>/entry"): "signed_in",
    ("tenant", "GET", "/"): "guest",
    ("tenant", "GET", "/enter"): "anyone",
    ("tenant", "POST", "/logout"): "anyone",
    ("tenant", "GET", "/patterns"): "anyone",
    ("tenant", "GET", "/members"): "member",
    ("tenant", "GET", "/members/workspaces"): "guest",
    ("tenant", "GET", "/manifest.webmanifest"): "anyone",
    ("tenant", "GET", "/offline"): "anyone",
    ("tenant", "GET", "/search"): "guest",
    ("tenant", "GET", "/service-worker.js"): "anyone",
    ("tenant", "GET", "/admin/workspace"): "admin",
    ("tenant", "POST", "/admin/workspace"): "admin",
    ("tenant", "GET", "/preferences"): "guest",
    ("tenant", "POST", "/preferences/colour-scheme"): "anyone",
    ("tenant", "POST", "/preferences/language"): "anyone",
    ("tenant", "POST", "/preferences/theme"): "guest",
    ("tenant", "POST", "/preferences/timezone"): "guest",
    ("tenant", "GET", "/files"): "guest",
    ("tenant", "POST", "/files"): "member",
    ("tenant", "GET", "/files/recent"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>/<name>"): "guest",
    ("tenant", "GET", "/files/<uuid:file_id>/download"): "guest",
    ("tenant", "POST", "/files/<uuid:file_id>/removal"): "member",
    ("tenant", "GET", "/runs"): "guest",
    ("tenant", "GET", "/runs/active"): "guest",
    ("tenant", "GET", "/runs/<uuid:run_id>"): "guest",
    ("tenant", "POST", "/runs/<uuid:run_id>/cancellation"): "guest",
    ("tenant", "POST", "/runs/<uuid:run_id>/continuation"): "guest",
    ("tenant", "GET", "/notifications"): "guest",
    ("tenant", "GET", "/notifications/bell"): "guest",
    ("tenant", "GET", "/notifications/count"): "guest",
    ("tenant", "GET", "/notifications/recent"): "guest",
    ("tenant", "POST", "/notifications/reading"): "guest",
    ("tenant", "POST", "/notifications/<uuid:notice_id>/reading"): "guest",
    ("tenant", "GET", "/preferences/notifications"): "guest",
    ("tenant", "POST", "/preferences/notifications"): "guest",
    ("tenant", "GET", "/admin/branding"): "admin",
    ("tenant", "GET", "/admin/branding/preview"): "admin",
    ("tenant", "GET", "/admin/branding/preview.css"): "admin",
    ("tenant", "GET", "/admin/branding/draft.css"): "admin",
    ("tenant", "POST", "/admin/branding/draft"): "admin",
    ("tenant", "POST", "/admin/branding/draft/removal"): "admin",
    ("tenant", "POST", "/admin/branding/trial"): "admin",
    ("tenant", "POST", "/admin/branding/trial/removal"): "admin",
    ("tenant", "POST", "/admin/branding/publication"): "admin",
    ("tenant", "POST", "/admin/branding/versions/<int:number>/restoration"): "admin",
    ("tenant", "POST", "/admin/branding/removal"): "admin",
    ("tenant", "POST", "/admin/branding/mails"): "admin",
    ("tenant", "POST", "/admin/branding/pictures/<kind>"): "admin",
    ("tenant", "POST", "/admin/branding/pictures/<kind>/removal"): "admin",
    ("tenant", "GET", "/admin/branding/pictures/<digest>"): "admin",
    ("tenant", "GET", "/brand/<digest>/<name>"): "anyone",
    ("tenant", "GET", "/admin/translations"): "admin",
    ("tenant", "GET", "/admin/translations/texts/<key>"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>/reversion"): "admin",
    ("tenant", "POST", "/admin/translations/texts/<key>/preview"): "admin",
    ("tenant", "POST", "/admin/translations/context"): "admin",
    ("tenant", "POST", "/admin/translations/context/end"): "admin",
    ("tenant", "GET", "/admin/translations/files"): "admin",
    ("tenant", "GET", "/admin/translations/export"): "admin",
    ("tenant", "POST", "/admin/translations/imports"): "admin",
    ("tenant", "GET", "/admin/translations/replacements"): "admin",
    ("tenant", "POST", "/admin/translations/replacements"): "admin",
    ("tenant", "GET", "/admin/translations/batches/<uuid:batch_id>"): "admin",
    ("tenant", "POST", "/admin/translations/batches/<uuid:batch_id>/reversal"): "admin",
    ("usercontent", "GET", "/original/<token>"): "anyone",
}
"""The least that a person has to be. A route that is not here is red, and so is a row without its route."""

MASKED_TOKEN = re.compile(rb"[A-Za-z0-9_-]{86}==")

RANK = ("anyone", "pending", "signed_in", "guest", "member", "admin", "owner")
AT_HOME = {"anonymous": "anyone", "expired": "anyone", "pending": "pending", "signed in": "signed_in"}
IN_TENANT = {
    "anonymous": "anyone",
    "expired": "anyone",
    "another tenant's owner": "anyone",
    "ex-member": "anyone",
    "guest": "guest",
    "member": "member",
    "admin": "admin",
    "owner": "owner",
}


@dataclass(frozen=True)
class Route:
    """One method of one rule on one kind of host."""

    host: str
    method: str
    rule: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.host, self.method, self.rule

    def path(self, an_id: UUID) -> str:
        """The rule with a random id, name, slug or token in its places."""
        path = self.rule.replace("<token>", an_id.hex).replace("<slug>", f"nobody-{an_id.hex[:8]}")
        path = path.replace("<name>", "thumbnail.webp").replace("<key>", an_id.hex[:12])
        path = path.replace("<kind>", "logo").replace("<digest>", an_id.hex[:24])
        path = re.sub("<uuid:[a-z_]+>", str(an_id), path)
        path = re.sub("<int:[a-z_]+>", "7", path)
        assert "<" not in path, f"{self.rule}: give its places something, or nothing of the route is tried"
        return path


def routes_of(app: WebApp) -> list[Route]:
    return [
        Route(rule.host or "", method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def unlisted(routes: Iterable[Route]) -> set[tuple[str, str, str]]:
    return {route.key for route in routes} - set(ROUTES)


@pytest.fixture
def app(application: Application) -> WebApp:
    assert application.app is not None
    return application.app


@pytest.fixture
async def at_home(db: Database, new_visitor: NewVisitor, owner_connection: asyncpg.Connection) -> dict[str, Visitor]:
    return {
        "anonymous": new_visitor(),
        "expired": await _expired(await _visitor(db, new_visitor, HOME_TENANT_ID, "localhost:8000"), owner_connection),
        "pending": await _visitor(db, new_visitor, HOME_TENANT_ID, "localhost:8000", level="pending"),
        "signed in": await _visitor(db, new_visitor, HOME_TENANT_ID, "localhost:8000"),
    }


@pytest.fixture
async def in_tenant(
    two_tenants: TwoTenants, sign_in: SignIn, new_visitor: NewVisitor, owner_connection: asyncpg.Connection
) -> dict[str, Visitor]:
    acme, globex = two_tenants.acme, two_tenants.globex
    stranger = await sign_in(globex, "owner")
    stranger.cookies[acme.host] = stranger.cookies[globex.host]
    former = await sign_in(acme, "admin")
    await owner_connection.execute(
        "update platform.people set state = 'deactivated' where user_id = $1", acme.people["admin"].id
    )
    found = {
        "anonymous": new_visitor(),
        "expired": await _expired(await sign_in(acme, "owner"), owner_connection),
        "another tenant's owner": stranger,
        "ex-member": former,
    }
    return found | {role: await sign_in(acme, role) for role in ("guest", "member", "owner")}


def test_every_route_stands_in_the_table(app: WebApp) -> None:
    assert unlisted(routes_of(app)) == set()
    assert set(ROUTES) - {route.key for route in routes_of(app)} == set()


def test_a_new_route_is_noticed(app: WebApp) -> None:
    planted = Route("tenant", "POST", "/files/<uuid:file_id>/planted")
    assert unlisted([*routes_of(app), planted]) == {planted.key}


async def test_the_base_host_lets_in_whom_it_should(app: WebApp, at_home: dict[str, Visitor]) -> None:
    await _greet(at_home, "http://localhost:8000", "/register")
    assert await _surprises(app, "home", at_home, AT_HOME, "http://localhost:8000") == []


async def test_a_tenants_host_lets_in_whom_it_should(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    await _greet(in_tenant, f"http://{two_tenants.acme.host}", "/")
    assert await _surprises(app, "tenant", in_tenant, IN_TENANT, f"http://{two_tenants.acme.host}") == []


async def test_a_guard_that_is_too_generous_is_noticed(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["tenants.members"], "__adx_guard__", Guard("anyone", "tenant"))
    surprises = await _surprises(app, "tenant", in_tenant, IN_TENANT, f"http://{two_tenants.acme.host}")
    assert any("/members" in surprise for surprise in surprises)


async def test_unsafe_routes_refuse_a_form_of_another_site(
    app: WebApp, in_tenant: dict[str, Visitor], at_home: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    accepted = []
    for route in routes_of(app):
        if route.method != "POST":
            continue
        base = "http://localhost:8000" if route.host == "home" else f"http://{two_tenants.acme.host}"
        visitor = at_home["signed in"] if route.host == "home" else in_tenant["owner"]
        for headers in ({}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = await visitor.post(base + route.path(new_id()), {"csrf_token": "0" * 64}, **headers)
            if answer.status not in {403, 415}:
                accepted.append((route, headers, answer.status))
    assert accepted == []


async def test_a_foreign_id_answers_like_a_random_one(
    app: WebApp, owner_connection: asyncpg.Connection, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    member = in_tenant["member"]
    await member.get(two_tenants.acme.url("/"))
    foreign = {
        "file_id": await _file(owner_connection, two_tenants.globex),
        "run_id": await _run(owner_connection, two_tenants.globex),
        "notice_id": await _notice(owner_connection, two_tenants.globex),
    }
    compared, told_apart = 0, []
    for route in routes_of(app):
        name = next((name for name in foreign if f"<uuid:{name}>" in route.rule), None)
        if route.host != "tenant" or name is None:
            continue
        answers = [
            await _ask(member, route, two_tenants.acme.url(route.path(an_id))) for an_id in (foreign[name], new_id())
        ]
        compared += 1
        if _visible(answers[0]) != _visible(answers[1]) or answers[0].status != 404:
            told_apart.append((route, [answer.status for answer in answers]))
    assert told_apart == []
    assert compared >= 8


async def test_an_own_id_answers_otherwise(
    owner_connection: asyncpg.Connection, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    paths = [f"/files/{await _file(owner_connection, acme)}", f"/runs/{await _run(owner_connection, acme)}"]
    assert [(await in_tenant["owner"].get(acme.url(path))).status for path in paths] == [200, 200]


async def _surprises(
    app: WebApp, host: str, visitors: dict[str, Visitor], levels: Mapping[str, str], base: str
) -> list[str]:
    """Return every route and actor whose answer is not what the table says."""
    found = []
    for route in sorted(routes_of(app), key=lambda route: route.rule == "/logout"):  # it takes the cookie along
        if route.host != host:
            continue
        for actor, visitor in visitors.items():
            if route.rule == "/logout" and actor not in {"anonymous", "expired"}:
                continue  # would end the session that the next routes are tried with
            may = RANK.index(levels[actor]) >= RANK.index(ROUTES.get(route.key, "owner"))
            answer = await _ask(visitor, route, base + route.path(new_id()))
            if answer.status >= 500 or (_lets_in(answer, route) if not may else _turns_away(answer, route)):
                found.append(f"{route.key} as {actor}: {answer.status} {answer.headers.get('location', '')}")
    return found


async def _ask(visitor: Visitor, route: Route, url: str) -> Answer:
    return await (visitor.get(url) if route.method == "GET" else visitor.post(url))


def _turns_away(answer: Answer, route: Route) -> bool:
    """Whether the guard refused. Where an id is made up, or nothing is under way, "not there" says nothing about it."""
    if answer.status == 404:
        return route.method == "GET" and "<" not in route.rule and ROUTES.get(route.key) != "anyone"
    return answer.status in {401, 403} or (answer.status == 303 and "/login?" in answer.location)


def _lets_in(answer: Answer, route: Route) -> bool:
    return answer.status != 404 and not _turns_away(answer, route)


def _visible(answer: Answer) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return all that could tell two answers apart; tokens and request numbers are random in every answer."""
    random = {"date", "content-length", "x-request-id"}
    headers = [(name, value) for name, value in answer.headers.items() if name not in random]
    return answer.status, MASKED_TOKEN.sub(b"token", answer.content), sorted(headers)


async def _greet(visitors: dict[str, Visitor], base: str, path: str) -> None:
    """Have every browser read a page, so that it has a token for forms."""
    for visitor in visitors.values():
        await visitor.get(base + path)


async def _visitor(
    db: Database, new_visitor: NewVisitor, tenant_id: UUID, host: str, *, level: Literal["pending", "full"] = "full"
) -> Visitor:
    visitor = new_visitor()
    token = await Sessions(db).open(
        tenant_id=tenant_id,
        person=Person(new_id(), "Ada", "ada@example.com"),
        level=level,
        user_agent="test",
        address=visitor.address,
    )
    visitor.cookies[host] = {SESSION_COOKIE: token}
    return visitor


async def _expired(visitor: Visitor, connection: asyncpg.Connection) -> Visitor:
    await connection.execute(
        "update platform.sessions set expires_at = $1 where address = $2",
        datetime.now(UTC) - timedelta(seconds=1),
        visitor.address,
    )
    return visitor


async def _file(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    file_id = new_id()
    await connection.execute(
        "insert into files.files (tenant_id, id, name, size, declared_type, type, state, charge, uploader_id) "
        "values ($1, $2, 'plans.pdf', 10, 'application/pdf', 'application/pdf', 'ready', 'used', $3)",
        *(tenant.id, file_id, tenant.people["member"].id),
    )
    return file_id


async def _notice(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    notice_id = new_id()
    await connection.execute(
        "insert into platform.notices (tenant_id, id, user_id, key, kind, message, href) "
        "values ($1, $2, $3, 'x', 'runs.finished', $4, '/')",
        *(tenant.id, notice_id, tenant.people["member"].id),
        '{"domain": "files", "text": "Removed", "params": {}, "plural": null}',
    )
    return notice_id


async def _run(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    run_id = new_id()
    await connection.execute(
        "insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, actor_name, "
        "subject_kind, subject_id, expected_ms) "
        "values ($1, $2, 'files.ingest', $3, 'running', $4, $5, 'Member', 'file', 'x', '{}')",
        *(tenant.id, run_id, f"{tenant.id}/files.ingest/{run_id}", '{"name": "plans.pdf"}', tenant.people["member"].id),
    )
    return run_id
