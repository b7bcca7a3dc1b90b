"""From a host and a token to who is asking: sessions, hand-over and what ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID, Context
from core.identity import Identity, Sessions
from core.identity.hosts import RESERVED_SLUGS, Hosts
from core.messages import Message
from core.permissions import ADMINS, Permission, Permissions

if TYPE_CHECKING:
    import asyncpg

    from core.context import Person, TenantFacts
    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants

HOSTS = Hosts("http", "localhost:8000")
HOME = "localhost:8000"
BROWSER = "the visit cookie of the tenant's host"
FACTS = {"user_agent": "Firefox", "address": "192.0.2.1"}


def choose(accept_language: str, default: str) -> str:
    return accept_language or default


RUN = Permission("sample.run", Message("sample", "Run"), Message("sample", "Run it."), ADMINS)


@pytest.fixture
def identity(db: Database) -> Identity:
    return Identity(db, HOSTS, choose, permissions=Permissions([RUN]))


@pytest.fixture
def sessions(db: Database) -> Sessions:
    return Sessions(db)


async def sign_in(sessions: Sessions, person: Person, level: str = "full") -> str:
    return await sessions.open(
        tenant_id=HOME_TENANT_ID,
        person=person,
        level=level,  # type: ignore[arg-type]  # one of two words
        user_agent="Firefox",
        address="192.0.2.1",
    )


async def asked(identity: Identity, host: str, token: str | None) -> Context:
    identity.forget()
    ctx = await identity.resolve(host, token)
    assert ctx
    return ctx


async def hand_over(identity: Identity, tenant: TestTenant, home_token: str) -> str | None:
    home = await asked(identity, HOME, home_token)
    assert home.session_id
    code = await identity.sessions.issue_handover(home.session_id, tenant.id, BROWSER)
    return code and await identity.sessions.redeem_handover(code, tenant.id, BROWSER, **FACTS)


@pytest.mark.parametrize(
    ("host", "slug", "kind"),
    [
        ("localhost:8000", "home", "home"),
        ("LOCALHOST:8000", "home", "home"),
        ("acme.localhost:8000", "acme", "tenant"),
        ("usercontent.localhost:8000", "usercontent", "usercontent"),
        ("localhost:8001", None, None),
        ("localhost", None, None),
        ("evil.example", None, None),
        ("acme.localhost:8000.evil.example", None, None),
        ("a.b.localhost:8000", None, None),
        ("home.localhost:8000", None, None),
        (".localhost:8000", None, None),
    ],
)
def test_hosts_name_tenants(host: str, slug: str | None, kind: str | None) -> None:
    assert (HOSTS.slug(host) or None, HOSTS.kind(host)) == (slug, kind)


def test_names_of_the_platform_are_reserved() -> None:
    assert {"home", "usercontent", "www", "admin", "api"} <= RESERVED_SLUGS
    assert HOSTS.url("acme", "/files") == "http://acme.localhost:8000/files"
    assert HOSTS.url("home") == "http://localhost:8000/"


async def test_a_foreign_host_names_nobody(identity: Identity) -> None:
    assert await identity.resolve("nobody.localhost:8000", None) is None
    assert await identity.resolve("evil.example", None) is None


async def test_a_tenant_that_is_not_active_is_not_there(
    identity: Identity, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    assert await identity.tenant_by_host(two_tenants.acme.host) is not None
    await owner_connection.execute("update platform.tenants set state = 'suspended' where id = $1", two_tenants.acme.id)
    identity.forget()
    assert await identity.tenant_by_host(two_tenants.acme.host) is None


async def test_what_was_being_looked_up_while_it_changed_is_not_believed(
    identity: Identity, two_tenants: TwoTenants, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_closer = identity._in_its_own_way

    async def changed_meanwhile(tenant: TenantFacts) -> TenantFacts:
        await owner_connection.execute("update platform.tenants set name = 'Later' where id = $1", tenant.id)
        identity.forget()
        return await look_closer(tenant)

    with monkeypatch.context() as patch:
        patch.setattr(identity, "_in_its_own_way", changed_meanwhile)
        await identity.tenant_by_host(two_tenants.acme.host)

    found = await identity.tenant_by_host(two_tenants.acme.host)
    assert found is not None
    assert found.name == "Later"


async def test_signing_in_and_handing_over(identity: Identity, sessions: Sessions, two_tenants: TwoTenants) -> None:
    person = two_tenants.acme.people["admin"]
    home_token = await sign_in(sessions, person)
    home = await asked(identity, HOME, home_token)
    assert (home.person, home.role) == (person, "member")
    token = await hand_over(identity, two_tenants.acme, home_token)
    inside = await asked(identity, two_tenants.acme.host, token)
    assert (inside.person, inside.role, inside.permissions) == (person, "admin", frozenset({"sample.run"}))


async def test_a_token_is_good_for_its_own_host_alone(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    home_token = await sign_in(sessions, two_tenants.acme.people["owner"])
    token = await hand_over(identity, two_tenants.acme, home_token)
    for host, foreign in (
        (two_tenants.acme.host, home_token),
        (two_tenants.globex.host, token),
        (HOME, token),
        (HOME, None),
        (HOME, "guessed"),
    ):
        ctx = await asked(identity, host, foreign)
        assert (ctx.role, ctx.person, ctx.session_id) == ("anonymous", None, None)


async def test_nobody_is_handed_over_into_a_tenant_that_is_not_theirs(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    home_token = await sign_in(sessions, two_tenants.acme.people["owner"])
    assert await hand_over(identity, two_tenants.globex, home_token) is None


async def test_a_code_works_once_for_its_tenant_and_browser_alone(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    home = await asked(identity, HOME, await sign_in(sessions, two_tenants.acme.people["owner"]))
    assert home.session_id
    code = await sessions.issue_handover(home.session_id, two_tenants.acme.id, BROWSER)
    assert code
    assert await sessions.redeem_handover(code, two_tenants.globex.id, BROWSER, **FACTS) is None
    assert await sessions.redeem_handover(code, two_tenants.acme.id, "another browser", **FACTS) is None
    assert await sessions.redeem_handover(code, two_tenants.acme.id, BROWSER, **FACTS) is not None
    assert await sessions.redeem_handover(code, two_tenants.acme.id, BROWSER, **FACTS) is None


async def test_a_code_is_good_for_a_minute(
    sessions: Sessions, identity: Identity, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    home = await asked(identity, HOME, await sign_in(sessions, two_tenants.acme.people["owner"]))
    assert home.session_id
    code = await sessions.issue_handover(home.session_id, two_tenants.acme.id, BROWSER)
    await owner_connection.execute(
        "update platform.handovers set expires_at = now() - interval '1 second' where session_id = $1", home.session_id
    )
    assert code
    assert await sessions.redeem_handover(code, two_tenants.acme.id, BROWSER, **FACTS) is None


async def test_a_pending_person_is_handed_over_nowhere(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    home_token = await sign_in(sessions, two_tenants.acme.people["owner"], "pending")
    assert (await asked(identity, HOME, home_token)).role == "pending"
    assert await hand_over(identity, two_tenants.acme, home_token) is None


@pytest.mark.parametrize("days", [3, 40])
async def test_a_session_that_was_handed_over_ends_with_its_parent_at_the_latest(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection, days: int
) -> None:
    person = two_tenants.acme.people["owner"]
    home_token = await sign_in(sessions, person)
    await owner_connection.execute(
        "update platform.sessions set expires_at = now() + make_interval(days => $2) where user_id = $1",
        *(person.id, days),
    )
    assert await hand_over(identity, two_tenants.acme, home_token)
    ends = await owner_connection.fetch(
        "select round(extract(epoch from expires_at - now()) / 86400) from platform.sessions where user_id = $1 "
        "order by parent_id nulls first",
        person.id,
    )
    assert [int(end) for (end,) in ends] == [days, min(days, 30)]


async def test_a_hand_over_is_a_use_of_the_session_it_comes_from(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    person = two_tenants.acme.people["owner"]
    home = await asked(identity, HOME, await sign_in(sessions, person))
    assert home.session_id
    code = await sessions.issue_handover(home.session_id, two_tenants.acme.id, BROWSER)
    await owner_connection.execute(
        "update platform.sessions set seen_at = now() - interval '6 days' where id = $1", home.session_id
    )
    assert code
    assert await sessions.redeem_handover(code, two_tenants.acme.id, BROWSER, **FACTS)
    (seen,) = [facts.seen_at for facts in await sessions.of(person.id)]
    assert datetime.now(UTC) - seen < timedelta(hours=1)


async def test_logging_out_anywhere_ends_it_everywhere(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    home_token = await sign_in(sessions, two_tenants.acme.people["owner"])
    token = await hand_over(identity, two_tenants.acme, home_token)
    inside = await asked(identity, two_tenants.acme.host, token)
    assert inside.session_id
    await sessions.close(inside.session_id)
    assert (await asked(identity, two_tenants.acme.host, token)).role == "anonymous"
    assert (await asked(identity, HOME, home_token)).role == "anonymous"


async def test_a_membership_that_ended_counts_at_the_next_request(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    person = two_tenants.acme.people["owner"]
    token = await hand_over(identity, two_tenants.acme, await sign_in(sessions, person))
    for change, role in (("role = 'guest'", "guest"), ("state = 'deactivated'", "anonymous")):
        await owner_connection.execute(f"update platform.people set {change} where user_id = $1", person.id)  # noqa: S608  # literals
        assert (await asked(identity, two_tenants.acme.host, token)).role == role


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 second'", "seen_at = now() - interval '8 days'"])
async def test_sessions_end_by_age_and_by_idleness(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection, change: str
) -> None:
    person = two_tenants.acme.people["owner"]
    token = await sign_in(sessions, person)
    await owner_connection.execute(f"update platform.sessions set {change} where user_id = $1", person.id)  # noqa: S608  # literals
    assert (await asked(identity, HOME, token)).role == "anonymous"


async def test_a_person_sees_and_closes_their_own_sessions_alone(
    identity: Identity, sessions: Sessions, two_tenants: TwoTenants
) -> None:
    mine, other = two_tenants.acme.people["owner"], two_tenants.globex.people["owner"]
    tokens = [await sign_in(sessions, mine) for _ in range(2)]
    stranger = await sign_in(sessions, other)
    listed = await sessions.of(mine.id)
    assert len(listed) == 2
    assert not await sessions.close_one_of(other.id, listed[0].id)
    assert await sessions.close_one_of(mine.id, listed[0].id)
    current = [session.id for session in await sessions.of(mine.id)]
    await sessions.close_others(mine.id, keep=current[0])
    roles = [(await asked(identity, HOME, token)).role for token in tokens]
    assert sorted(roles) == ["anonymous", "member"]
    assert (await asked(identity, HOME, stranger)).role == "member"


async def test_tokens_are_not_in_the_database(
    sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    token = await sign_in(sessions, two_tenants.acme.people["owner"])
    rows = await owner_connection.fetch("select row_to_json(s)::text as line from platform.sessions s")
    assert rows
    assert all(token not in row["line"] for row in rows)
    assert len(token) >= 43


async def test_people_choose_among_their_own_tenants(sessions: Sessions, two_tenants: TwoTenants) -> None:
    found = await sessions.tenants_of(two_tenants.acme.people["guest"].id)
    assert [(membership.tenant.id, membership.role) for membership in found] == [(two_tenants.acme.id, "guest")]


async def test_the_language_follows_the_browser_then_the_tenant(identity: Identity, two_tenants: TwoTenants) -> None:
    german = await identity.resolve(two_tenants.acme.host, None, accept_language="de")
    plain = await identity.resolve(two_tenants.acme.host, None)
    assert german is not None
    assert plain is not None
    assert (german.locale, plain.locale) == ("de", "en")
