"""Sessions in the database. Tokens and codes are stored hashed; a stolen table opens no door."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import CursorResult, text

from core.context import HOME_TENANT_ID, Person, Role, TenantFacts
from core.gathered import Gathered
from core.identity.look import Look
from core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from core.db import Database

GATEWAY = "gateway"
TOKEN_BYTES = 32
LIFETIME = timedelta(days=30)
IDLE = timedelta(days=7)
"""How long a session lasts of which no request is made and no page is open."""

TOUCH_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last in use."""

PENDING_LIFETIME = timedelta(days=1)
HANDOVER_LIFETIME = timedelta(seconds=60)

Level = Literal["pending", "full"]

# A session that was handed over ends no later than the one it comes from.
INSERT = text("""
    insert into platform.sessions
        (id, token_hash, parent_id, user_id, tenant_id, level, name, email, user_agent, address, expires_at)
    values
        (:id, :token_hash, :parent_id, :user_id, :tenant_id, :level, :name, :email, :user_agent, :address,
        least(:expires_at, (select parent.expires_at from platform.sessions parent where parent.id = :parent_id)))
""")
# The role is read with the session: a change of role, or a membership that has ended, counts at the next request.
# So are the person's preferences.
FIND = """
    select s.token_hash, s.id, s.parent_id, s.user_id, s.name, s.email, s.level, s.seen_at, p.role,
        l.locale, l.timezone, l.colour_scheme, l.theme
    from platform.sessions s
    left join platform.preferences l on l.user_id = s.user_id
    left join platform.people p on p.tenant_id = s.tenant_id and p.user_id = s.user_id and p.state = 'active'
    where s.token_hash = any($1) and s.tenant_id = $2
        and s.expires_at > now() and s.seen_at > now() - cast($3 as interval)
"""
TOUCH = text("update platform.sessions set seen_at = now() where id = :id or id = :parent_id")
CLOSE = text(
    "delete from platform.sessions where id = :id or id = (select parent_id from platform.sessions where id = :id)"
)
CLOSE_OTHERS = text("delete from platform.sessions where user_id = :user_id and id <> :keep and parent_id is null")
CLOSE_ONE_OF = text("delete from platform.sessions where user_id = :user_id and id = :id returning id")
RAISE = text("""
    update platform.sessions set level = 'full', expires_at = :expires_at where user_id = :user_id and level = 'pending'
""")
OF_USER = text("""
    select s.id, s.user_agent, s.address, s.created_at, s.seen_at, s.tenant_id, s.parent_id
    from platform.sessions s where s.user_id = :user_id and s.parent_id is null and s.expires_at > now()
    order by s.seen_at desc
""")
TENANTS_OF = text("""
    select t.id, t.slug, t.name, t.locale, t.theme, t.state, t.timezone, a.role
    from platform.account_tenants a join platform.tenants t on t.id = a.tenant_id
    where a.user_id = :user_id and t.state = 'active' order by t.name
""")
INSERT_HANDOVER = text("""
    insert into platform.handovers (code_hash, session_id, tenant_id, expires_at)
    select :code_hash, s.id, :tenant_id, :expires_at from platform.sessions s
    join platform.account_tenants a on a.user_id = s.user_id and a.tenant_id = :tenant_id
    where s.id = :session_id and s.level = 'full'
    returning session_id
""")
# A hand-over is a use of the session it comes from: that one is never seen less lately than those that came of it.
REDEEM = text("""
    with used as (
        delete from platform.handovers where code_hash = :code_hash and tenant_id = :tenant_id
        returning session_id, expires_at
    )
    update platform.sessions s set seen_at = now() from used
    where s.id = used.session_id and used.expires_at > now() and s.expires_at > now()
    returning s.id, s.user_id, s.name, s.email
""")
# What FIND would not find any more. One that is locked is in use just now, or another sweep's.
FORGET_SESSIONS = text("""
    delete from platform.sessions where id = any(array(
        select id from platform.sessions where expires_at <= now() or seen_at <= now() - cast(:idle as interval)
        limit :most for update skip locked
    )) returning id
""")
FORGET_HANDOVERS = text("""
    delete from platform.handovers where code_hash = any(array(
        select code_hash from platform.handovers where expires_at <= now() limit :most for update skip locked
    )) returning session_id
""")


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A live session and the person's role in its tenant (None: no longer a member)."""

    id: UUID
    parent_id: UUID | None
    person: Person
    level: Level
    role: Role | None
    seen_at: datetime
    look: Look


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One line of a person's list of devices."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A tenant that a person may enter, and as what."""

    tenant: TenantFacts
    role: Role


class Sessions:
    """Opens, finds and closes sessions. All of it happens as the gateway, before any feature is involved."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._finding: Gathered[UUID, bytes, FoundSession] = Gathered(self._find)

    async def open(  # keyword-only facts of the row
        self,
        *,
        tenant_id: UUID,
        person: Person,
        level: Level,
        user_agent: str,
        address: str,
        parent_id: UUID | None = None,
    ) -> str:
        """Open a session and return its token, which is stored nowhere but in the person's cookie.

        It ends 30 days later (a pending one after a day), or with its parent.
        """
        token, session_id = secrets.token_urlsafe(TOKEN_BYTES), new_id()
        lifetime = LIFETIME if level == "full" else PENDING_LIFETIME
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            await uow.session.execute(
                INSERT,
                {
                    "id": session_id,
                    "token_hash": _hash(token),
                    "parent_id": parent_id,
                    "user_id": person.id,
                    "tenant_id": tenant_id,
                    "level": level,
                    "name": person.name,
                    "email": person.email,
                    "user_agent": user_agent[:300],
                    "address": address,
                    "expires_at": datetime.now(UTC) + lifetime,
                },
            )
            if tenant_id != HOME_TENANT_ID:  # the sign-in itself is told by who checked it
                uow.actor_id, uow.session_id = person.id, session_id
                seen = {"address": address, "user_agent": user_agent[:300]}
                await uow.audit("session.entered", f"session:{session_id}", sealed=seen)
        return token

    async def find(self, token: str, tenant_id: UUID) -> FoundSession | None:
        """Return the live session of a token in a tenant. Many who ask at the same time are looked up together."""
        return await self._finding.get(tenant_id, _hash(token))

    async def _find(self, tenant_id: UUID, hashes: Collection[bytes]) -> Mapping[bytes, FoundSession]:
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            rows = await (await uow.driver()).fetch(FIND, list(hashes), tenant_id, IDLE)
        return {row["token_hash"]: _found(row) for row in rows}

    async def touch(self, session: FoundSession) -> None:
        """Note that the session is in use."""
        await self._home(TOUCH, {"id": session.id, "parent_id": session.parent_id})

    async def raise_pending(self, user_id: UUID) -> None:
        """Make the pending sessions of a person full ones, when their address has been verified."""
        await self._home(RAISE, {"user_id": user_id, "expires_at": datetime.now(UTC) + LIFETIME})

    async def close(self, session_id: UUID) -> None:
        """Close a session, the one it was handed over from, and all that were handed over from that one."""
        await self._home(CLOSE, {"id": session_id})

    async def close_one_of(self, user_id: UUID, session_id: UUID) -> bool:
        """Close a session if it is the person's own; tells whether there was one."""
        return bool(await self._home(CLOSE_ONE_OF, {"user_id": user_id, "id": session_id}))

    async def close_others(self, user_id: UUID, keep: UUID) -> None:
        """Close every session of a person but one."""
        await self._home(CLOSE_OTHERS, {"user_id": user_id, "keep": keep})

    async def forget_ended(self, most: int) -> int:
        """Delete up to ``most`` sessions and as many codes that are over, with what a browser told of itself.

        Returns how many they were, not counting the sessions that were handed over from them and go too.
        """
        codes = await self._home(FORGET_HANDOVERS, {"most": most})
        return len(codes) + len(await self._home(FORGET_SESSIONS, {"most": most, "idle": IDLE}))

    async def of(self, user_id: UUID) -> list[SessionFacts]:
        """Return the person's sessions at the base host, the last used first."""
        rows = await self._home(OF_USER, {"user_id": user_id})
        return [SessionFacts(row.id, row.user_agent, row.address, row.created_at, row.seen_at) for row in rows]

    async def tenants_of(self, user_id: UUID) -> list[Membership]:
        """Return the tenants that a person may enter."""
        rows = await self._home(TENANTS_OF, {"user_id": user_id})
        return [Membership(TenantFacts(*row[:-1]), row.role) for row in rows]

    async def issue_handover(self, session_id: UUID, tenant_id: UUID, browser: str) -> str | None:
        """Return a code that opens, once and within a minute, a session at a tenant's host; None for a non-member.

        It works in one browser alone: the one that the tenant's host knows by ``browser``.
        """
        code = secrets.token_urlsafe(TOKEN_BYTES)
        expires_at = datetime.now(UTC) + HANDOVER_LIFETIME
        params = {
            "code_hash": _hash(f"{code}.{browser}"),
            "session_id": session_id,
            "tenant_id": tenant_id,
            "expires_at": expires_at,
        }
        return code if await self._home(INSERT_HANDOVER, params) else None

    async def redeem_handover(
        self, code: str, tenant_id: UUID, browser: str, *, user_agent: str, address: str
    ) -> str | None:
        """Use up a code and return the token of a new session at the tenant's host.

        None for a code that is bad, used, too old, or another browser's.
        """
        rows = await self._home(REDEEM, {"code_hash": _hash(f"{code}.{browser}"), "tenant_id": tenant_id})
        if not rows:
            return None
        parent = rows[0]
        return await self.open(
            tenant_id=tenant_id,
            person=Person(parent.user_id, parent.name, parent.email),
            level="full",
            user_agent=user_agent,
            address=address,
            parent_id=parent.id,
        )

    async def _home(self, statement: Any, params: dict[str, Any]) -> list[Any]:  # noqa: ANN401  # rows of any shape
        async with self._db.unit_of_work(HOME_TENANT_ID, GATEWAY) as uow:
            result = await uow.session.execute(statement, params)
            return list(result.all()) if isinstance(result, CursorResult) and result.returns_rows else []


def _found(row: Any) -> FoundSession:  # noqa: ANN401  # a row of FIND
    person = Person(row["user_id"], row["name"], row["email"])
    look = Look(row["locale"], row["timezone"], row["colour_scheme"], row["theme"])
    return FoundSession(row["id"], row["parent_id"], person, row["level"], row["role"], row["seen_at"], look)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
