"""All queries on tenants. Row-level security keeps each within one tenant, but for slugs and the directory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.projections import PEOPLE
from domain.tenants.models import Membership, Slug, Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.tenants.types import NewTenant, WorkspaceSettings

BY_RANK = case({"owner": 0, "admin": 1, "member": 2, "guest": 3}, value=PEOPLE.c.role)

LIST_IN_DIRECTORY = text("""
    insert into platform.tenants (id, slug, name, state) values (:id, :slug, :name, 'provisioning')
""")
CHANGE_IN_DIRECTORY = text("""
    update platform.tenants set name = :name, locale = :locale, timezone = :timezone, theme = :theme where id = :id
""")
OPEN_IN_DIRECTORY = text("update platform.tenants set state = 'active' where id = :id")
DELETE_FROM_DIRECTORY = text("delete from platform.tenants where id = :id and state = 'provisioning'")
INSERT_PERSON = text("""
    insert into platform.people (tenant_id, user_id, name, email, role)
    values (:tenant_id, :user_id, :name, :email, :role)
""")
DELETE_PERSON = text("delete from platform.people where tenant_id = :tenant_id and user_id = :user_id")
INSERT_ACCOUNT_TENANT = text("""
    insert into platform.account_tenants (user_id, tenant_id, role) values (:user_id, :tenant_id, :role)
""")
DELETE_ACCOUNT_TENANT = text("delete from platform.account_tenants where user_id = :user_id and tenant_id = :tenant_id")
INSERT_ENTITLEMENT = text("insert into platform.entitlements (tenant_id, key, value) values (:tenant_id, :key, :value)")
DELETE_ENTITLEMENTS = text("delete from platform.entitlements where tenant_id = :tenant_id")


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a tenant, as the list shows them."""

    user_id: UUID
    name: str
    email: str
    role: str


class TenantRepository:
    """One tenant's rows, and what the platform shows of it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def taken(self, slugs: Sequence[str]) -> set[str]:
        """Return those of the slugs that a tenant has."""
        return set(await self._session.scalars(select(Slug.slug).where(Slug.slug.in_(slugs))))

    async def reserve(self, slug: str, tenant_id: UUID) -> bool:
        """Take a slug; False when another tenant was faster."""
        await self._session.execute(insert(Slug).values(slug=slug, tenant_id=tenant_id).on_conflict_do_nothing())
        owner = await self._session.scalars(select(Slug.tenant_id).where(Slug.slug == slug))
        return owner.one_or_none() == tenant_id

    async def release(self, tenant_id: UUID) -> None:
        """Give a tenant's slug back."""
        await self._session.execute(delete(Slug).where(Slug.tenant_id == tenant_id))

    async def create(self, new: NewTenant) -> None:
        """Write the tenant's row and list it in the directory, closed."""
        self._session.add(Tenant(tenant_id=new.id, slug=new.slug, name=new.name, created_by=new.founder.id))
        await self._session.flush()
        params = {"id": new.id, "slug": new.slug, "name": new.name}
        await self._session.execute(LIST_IN_DIRECTORY, params)

    async def is_begun(self, tenant_id: UUID) -> bool:
        """Whether a tenant has its row and its address."""
        query = select(Tenant.tenant_id).join(Slug, Slug.tenant_id == Tenant.tenant_id)
        return (await self._session.scalars(query.where(Tenant.tenant_id == tenant_id))).first() is not None

    async def remove(self, tenant_id: UUID) -> None:
        """Delete a tenant that was never opened."""
        await self._session.execute(DELETE_FROM_DIRECTORY, {"id": tenant_id})
        await self._session.execute(delete(Tenant).where(Tenant.tenant_id == tenant_id))

    async def add_member(self, tenant_id: UUID, member: Member) -> None:
        """Make a person a member, for this feature and for all that read the projections."""
        self._session.add(Membership(tenant_id=tenant_id, user_id=member.user_id, role=member.role))
        await self._session.flush()
        params = {
            "tenant_id": tenant_id,
            "user_id": member.user_id,
            "name": member.name,
            "email": member.email,
            "role": member.role,
        }
        await self._session.execute(INSERT_PERSON, params)
        await self._session.execute(INSERT_ACCOUNT_TENANT, params)

    async def remove_member(self, tenant_id: UUID, user_id: UUID) -> None:
        """End a membership everywhere."""
        params = {"tenant_id": tenant_id, "user_id": user_id}
        await self._session.execute(DELETE_ACCOUNT_TENANT, params)
        await self._session.execute(DELETE_PERSON, params)
        await self._session.execute(delete(Membership).where(Membership.user_id == user_id))

    async def members(self) -> list[Member]:
        """Return the people of the tenant, those who run it first."""
        query = select(PEOPLE).where(PEOPLE.c.state == "active").order_by(BY_RANK, func.lower(PEOPLE.c.name))
        return [Member(row.user_id, row.name, row.email, row.role) for row in await self._session.execute(query)]

    async def found(self, pattern: str, beginning: str, *, limit: int) -> list[Member]:
        """Return people whose name or address is like ``pattern``, first those whose name is like ``beginning``."""
        people = PEOPLE.c
        query = (
            select(PEOPLE)
            .where(
                people.state == "active",
                people.name.ilike(pattern, escape="\\") | people.email.ilike(pattern, escape="\\"),
            )
            .order_by(people.name.ilike(beginning, escape="\\").desc(), func.lower(people.name))
            .limit(limit)
        )
        return [Member(row.user_id, row.name, row.email, row.role) for row in await self._session.execute(query)]

    async def entitle(self, tenant_id: UUID, limits: Mapping[str, int]) -> None:
        """Write what the tenant may use."""
        rows = [{"tenant_id": tenant_id, "key": key, "value": value} for key, value in limits.items()]
        await self._session.execute(INSERT_ENTITLEMENT, rows)

    async def revoke_entitlements(self, tenant_id: UUID) -> None:
        """Delete what the tenant may use."""
        await self._session.execute(DELETE_ENTITLEMENTS, {"tenant_id": tenant_id})

    async def change(self, tenant_id: UUID, settings: WorkspaceSettings) -> None:
        """Write the tenant's settings, for this feature and for all that read the directory."""
        name = settings.name
        await self._session.execute(update(Tenant).where(Tenant.tenant_id == tenant_id).values(name=name))
        await self._session.execute(CHANGE_IN_DIRECTORY, {"id": tenant_id, **asdict(settings)})

    async def open(self, tenant_id: UUID) -> None:
        """Make the tenant visible and enterable."""
        await self._session.execute(OPEN_IN_DIRECTORY, {"id": tenant_id})
        await self._session.execute(update(Tenant).where(Tenant.tenant_id == tenant_id).values(ready_at=func.now()))
