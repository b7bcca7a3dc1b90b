"""People with names of one letter and of hundreds, and one with many sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, Person
from core.identity import Sessions
from core.ids import derived_id
from domain.tenants.repository import Member, TenantRepository
from entrypoints.extremes.names import GERMAN, NAMES

if TYPE_CHECKING:
    from core.db import Database, UnitOfWork

ROLES = ("admin", "member", "guest")
MANY_SESSIONS = 40
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    GERMAN * 3,
    "",
)


async def add_people(uow: UnitOfWork, founder: Person) -> tuple[Person, ...]:
    """Add a person of each name to the workspace; they have no accounts. Returns all of its people."""
    tenants = TenantRepository(uow.session)
    people = tuple(_person(uow, number, name) for number, name in enumerate(NAMES))
    for number, person in enumerate(people):
        await tenants.add_member(
            uow.tenant_id, Member(person.id, person.name, person.email, ROLES[number % len(ROLES)])
        )
    return (founder, *people)


async def add_sessions(db: Database, person: Person) -> None:
    """Sign a person in on many devices, unless they are already."""
    sessions = Sessions(db)
    there = await sessions.of(person.id)
    for number in range(len(there), MANY_SESSIONS):
        await sessions.open(
            tenant_id=HOME_TENANT_ID,
            person=person,
            level="full",
            user_agent=AGENTS[number % len(AGENTS)],
            address="2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        )


def _person(uow: UnitOfWork, number: int, name: str) -> Person:
    address = f"{'address-' * 7}{number:08d}@{'department-' * 5}of.example.com"
    return Person(derived_id(uow.tenant_id, f"extreme person {number}"), name, address)
