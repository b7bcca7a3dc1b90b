"""Facts on their way: one capped Redis stream per tenant. A fact's id is its place in the stream."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from core.live.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from redis.asyncio import Redis

log = structlog.get_logger(__name__)

KEEP = 10_000
"""Facts kept per tenant (about): how far back a page can catch up before it has to read itself again."""

TOLD_FOR = 24 * 3600
"""Seconds for which the numbers of told events are remembered."""

# A stream has an epoch, made with its first fact: a place in it means something only until it is lost and begun anew.
# Each fact carries it, so who waits for news sees the change.
# A crash between publishing a fact and forgetting it in the outbox has the sweep publish it once more: a numbered one
# is then known, by the bit of its number, and passed over. One step, so that no crash can come in between.
TELL = """
if ARGV[3] ~= '' then
  if redis.call('SETBIT', KEYS[2], ARGV[3], 1) == 1 then return false end
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
local epoch = redis.call('GET', KEYS[3])
if not epoch or redis.call('EXISTS', KEYS[1]) == 0 then
  epoch = ARGV[5]
  redis.call('SET', KEYS[3], epoch)
end
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'f', ARGV[2], 'e', epoch) .. '.' .. epoch
"""

RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end"

BEGINNING = "0-0"
FIELD = b"f"
EPOCH_FIELD = b"e"
EPOCH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Extent:
    """What a tenant's stream holds: its newest id, its oldest kept id, and whether anything older was dropped."""

    newest: str = BEGINNING
    oldest: str = BEGINNING
    trimmed: bool = False
    exists: bool = False

    def can_resume(self, after: str) -> bool:
        """Whether every fact after the position ``after`` is still there."""
        if not self.exists:
            return after == BEGINNING
        if after != BEGINNING and epoch(after) != epoch(self.newest):
            return False
        if place(after) > place(self.newest):
            return False
        return not self.trimmed or place(after) >= place(self.oldest)


def place(id: str) -> tuple[int, int]:  # noqa: A002  # the stream's own word
    """Return a position's place in its stream as a pair that sorts; raises ``ValueError`` for what is not one."""
    milliseconds, _, number = _raw(id).partition("-")
    return int(milliseconds), int(number or 0)


def epoch(position: str) -> str:
    """Return what names the stream that a position is in; empty before there was one."""
    return position.partition(".")[2]


def _raw(position: str) -> str:
    return position.partition(".")[0]


def _position(id: str, of_epoch: str) -> str:  # noqa: A002
    return f"{id}.{of_epoch}" if of_epoch else id


class Transport:
    """Publishes and reads facts. ``redis`` must not decode responses; connection failures are the caller's."""

    def __init__(self, redis: Redis, *, keep: int = KEEP, prefix: str = "adx:live") -> None:
        self._redis = redis
        self._keep = keep
        self._prefix = prefix

    def key(self, tenant_id: UUID) -> str:
        """Return the stream's key."""
        return f"{self._prefix}:{tenant_id}"

    async def publish(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Append facts in their order, in one round trip; returns with their ids those that were not told before."""
        pipeline = self._redis.pipeline(transaction=False)
        for fact in facts:
            value = json.dumps(fact.to_json(), separators=(",", ":"))
            stream = self.key(fact.tenant_id)
            number = "" if fact.number is None else fact.number
            keys = [stream, f"{stream}:told:{fact.topic}:{fact.key}", _epoch_key(stream)]
            pipeline.eval(TELL, len(keys), *keys, self._keep, value, number, TOLD_FOR, _new_epoch())
        ids = await pipeline.execute()
        return tuple(replace(fact, id=_text(id)) for fact, id in zip(facts, ids, strict=True) if id is not None)  # noqa: A001

    async def server(self) -> str:
        """Return what names this run of the server: another one after a restart or a failover."""
        info = await self._redis.info("server")
        return str(info["run_id"])

    async def extent(self, tenant_id: UUID) -> Extent:
        """Return what the tenant's stream holds now."""
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.xinfo_stream(self.key(tenant_id))
        pipeline.get(_epoch_key(self.key(tenant_id)))
        info, found = await pipeline.execute(raise_on_error=False)
        if isinstance(info, Exception):
            return _no_stream(info)
        if isinstance(found, Exception):
            raise found
        first = info["first-entry"]
        newest = _position(_text(info["last-generated-id"]), _text(found or b""))
        added = info.get("entries-added", info["length"])
        return Extent(newest, _text(first[0]) if first else newest, trimmed=added > info["length"], exists=True)

    async def renew(self, tenant_id: UUID, lost: str) -> None:
        """Begin another epoch: facts of the one called ``lost`` were told and are gone, so no position in it holds."""
        await self._redis.eval(RENEW, 1, _epoch_key(self.key(tenant_id)), lost, _new_epoch())

    async def after(self, tenant_id: UUID, position: str, *, limit: int | None = None) -> list[Fact]:
        """Return the facts after a position, oldest first."""
        found = await self._redis.xrange(self.key(tenant_id), min=f"({_raw(position)}", count=limit)
        return list(_facts(found or []))

    async def wait(self, positions: Mapping[UUID, str], wake_key: str, wake_id: str, *, seconds: float) -> Arrived:
        """Wait until any of these tenants has a fact after its position, or somebody calls :meth:`wake`."""
        streams: dict[Any, Any] = {self.key(tenant): _raw(after) for tenant, after in positions.items()}
        streams[wake_key] = wake_id
        found = await self._redis.xread(streams, block=int(seconds * 1000), count=1000)
        tenants = {self.key(tenant): (tenant, epoch(after)) for tenant, after in positions.items()}
        return _arrived(found or [], wake_key, tenants)

    async def wake(self, wake_key: str) -> None:
        """Have the reader that waits with this key look at its set of tenants again."""
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.xadd(wake_key, {b"w": b"1"}, maxlen=1, approximate=False)
        pipeline.expire(wake_key, 3600)
        await pipeline.execute()


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one wait brought, by tenant: facts, and how far reading has come; and the newest wake-up call, if any."""

    facts: Mapping[UUID, list[Fact]]
    newest: Mapping[UUID, str]
    wake_id: str | None


def _arrived(found: Iterable[Any], wake_key: str, tenants: Mapping[str, tuple[UUID, str]]) -> Arrived:
    pairs = found.items() if isinstance(found, dict) else found
    facts: dict[UUID, list[Fact]] = {}
    newest: dict[UUID, str] = {}
    wake_id = None
    for raw_key, entries in pairs:
        key = _text(raw_key)
        if key == wake_key:
            wake_id = _text(entries[-1][0])
        else:
            tenant, known = tenants[key]
            facts[tenant] = list(_facts(entries))
            told = [_text(values[EPOCH_FIELD]) for _, values in entries if EPOCH_FIELD in values]
            newest[tenant] = _position(_text(entries[-1][0]), told[-1] if told else known)
    return Arrived(facts, newest, wake_id)


def _facts(entries: Iterable[Any]) -> Iterable[Fact]:
    """Read entries of a stream. One that no release of the product wrote must not end the news of all tenants."""
    for id, values in entries:  # noqa: A001
        try:
            position = _position(_text(id), _text(values.get(EPOCH_FIELD, b"")))
            yield Fact.from_json(json.loads(values[FIELD]), id=position)
        except (KeyError, TypeError, ValueError):
            log.exception("live.unreadable", id=_text(id))


def _no_stream(error: Exception) -> Extent:
    if "no such key" in str(error).lower():
        return Extent()
    raise error


def _epoch_key(stream: str) -> str:
    return f"{stream}:epoch"


def _new_epoch() -> str:
    return secrets.token_hex(EPOCH_BYTES)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
