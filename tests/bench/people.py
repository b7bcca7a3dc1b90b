"""A tenant with many signed-in people, written straight into the tables."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from core.context import Context, Person, TenantFacts
from core.ids import new_id

if TYPE_CHECKING:
    import psycopg

SPACE = 20 * 1024**3
SESSION = """copy platform.sessions
    (id, token_hash, user_id, tenant_id, level, name, email, user_agent, address, expires_at) from stdin"""
TENANT = "insert into platform.tenants (id, slug, name, state) values (%s, %s, %s, 'active')"
ENTITLEMENT = "insert into platform.entitlements (tenant_id, key, value) values (%s, 'files.bytes', %s)"


class Tables(Protocol):
    """Whatever knows the way to the tables of a running product."""

    def connect(self) -> psycopg.Connection:
        """Connect as superuser."""


@dataclass(frozen=True)
class Signed:
    """A person with a session of their own."""

    person: Person
    token: str


@dataclass(frozen=True)
class Tenant:
    facts: TenantFacts
    people: tuple[Signed, ...]

    def context(self) -> Context:
        """A request's context of the first person."""
        return Context(tenant=self.facts, person=self.people[0].person, role="member")


def make_tenant(product: Tables, slug: str, people: int) -> Tenant:
    """A tenant whose people are all signed in at its host."""
    facts = TenantFacts(new_id(), slug, slug.title())
    made = tuple(
        Signed(Person(new_id(), f"Person {number}", f"{number}@{slug}.example"), secrets.token_urlsafe(32))
        for number in range(people)
    )
    expires = datetime.now(UTC) + timedelta(days=1)
    with product.connect() as connection, connection.transaction(), connection.cursor() as cursor:
        cursor.execute(TENANT, (facts.id, slug, facts.name))
        cursor.execute(ENTITLEMENT, (facts.id, SPACE))
        with cursor.copy("copy platform.people (tenant_id, user_id, name, email, role) from stdin") as rows:
            for signed in made:
                who = signed.person
                rows.write_row((facts.id, who.id, who.name, who.email, "member"))
        with cursor.copy(SESSION) as rows:
            for signed in made:
                who = signed.person
                digest = hashlib.sha256(signed.token.encode()).digest()
                rows.write_row(
                    (new_id(), digest, who.id, facts.id, "full", who.name, who.email, "bench", "127.0.0.1", expires)
                )
        cursor.execute("analyze platform.people, platform.sessions")
    return Tenant(facts, made)
