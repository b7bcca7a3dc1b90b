"""The anchors as they lie outside: one object for each checkpoint, written once and never again.

``anchors/000000000000`` and so on, each a JSON object: ``checkpoint``, the signed note; ``leaves``, the heads that are
new since the one before, in order; ``edge``, from which the tree grows on. All of it is under the signature: the edge
gives the signed root, and the leaves lead from the edge before to this one. Leaves and signature are one object, so
there is no moment at which one is there without the other. ``restored`` stands in those that declare a restore.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from core.anchors.errors import AnchorError
from core.anchors.note import Checkpoint
from core.anchors.restored import Restored
from core.anchors.tree import grown, leaf_hash, root_of
from core.audit import Head
from core.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from core.anchors.note import Signer, Verifier
    from core.settings import Settings

    Leaf = tuple[UUID, Head]

FOLDER = "anchors"
DIGITS = 12
READ_AT_ONCE = 20

WHOLE_EVERY = 1000
"""Each of so many checkpoints repeats the heads of all tenants: no process reads further back when it starts."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One object. Its signature and its root have been checked, and that of ``statement``, the note of ``restored``."""

    number: int
    checkpoint: Checkpoint
    note: str
    leaves: Sequence[Leaf]
    edge: Sequence[bytes]
    restored: Restored | None = None
    statement: str = ""

    def follows(self, size: int, edge: Sequence[bytes]) -> bool:
        """Whether this is what a tree of that size and edge has grown into."""
        grew = size + len(self.leaves) == self.checkpoint.size
        return grew and grown(edge, size, map(hash_of_leaf, self.leaves)) == self.edge


@dataclass(slots=True)
class Log:
    """How far the log has come: the newest checkpoint, each tenant's newest head, and the restores since it began."""

    newest: Batch | None = None
    heads: dict[UUID, Head] = field(default_factory=dict)
    restores: list[Restored] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of the next object."""
        return self.newest.number + 1 if self.newest else 0

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self.newest.checkpoint.size if self.newest else 0

    @property
    def edge(self) -> Sequence[bytes]:
        """From which the tree grows on."""
        return self.newest.edge if self.newest else ()

    def add(self, batch: Batch) -> None:
        """Take the next object in; raises :class:`AnchorError` when it is not what follows."""
        if batch.number != self.number or not batch.follows(self.size, self.edge):
            raise _broken(batch.number, "does not follow the one before it")
        if batch.restored:
            self.restores.append(batch.restored)
            self.heads = self.after(batch.restored)
        if any((known := self.heads.get(tenant_id)) and head.seq < known.seq for tenant_id, head in batch.leaves):
            raise _broken(batch.number, "goes back behind what was anchored, and no restore is declared")
        self.newest = batch
        self.heads.update(batch.leaves)

    def after(self, restored: Restored) -> dict[UUID, Head]:
        """Return the heads with what a restored backup still had for the newest of each chain that lost some."""
        kept = {tenant_id: lost.kept for tenant_id, lost in restored.lost.items()}
        return {tenant_id: head for tenant_id, head in {**self.heads, **kept}.items() if head}


class Outside:
    """Reads and appends. What a process has read it remembers, and does not read again."""

    def __init__(self, storage: Storage, verifier: Verifier) -> None:
        self._storage = storage
        self._verifier = verifier
        self._log = Log()

    @classmethod
    def of(cls, settings: Settings, verifier: Verifier) -> Outside:
        """Return what ``ANCHOR_URL`` names; raises :class:`AnchorError` when it names nothing."""
        if not settings.anchor_url:
            raise AnchorError("ANCHOR_URL is not set, and production does not guess where anchors are kept.")
        return cls(Storage.from_url(settings.anchor_url), verifier)

    async def read(self) -> Log:
        """Return how far the log has come, by what lies outside; raises :class:`AnchorError` when it contradicts."""
        if self._log.newest is None:
            self._log = await self._begin()
        else:
            await self._look_again(self._log.newest)
        async for batch in self.batches(self._log.number):
            self._log.add(batch)
        return self._log

    async def history(self) -> AsyncIterator[Batch]:
        """Go through all objects from the first on; raises :class:`AnchorError` when one does not follow."""
        log = Log()
        async for batch in self.batches():
            log.add(batch)
            yield batch

    async def written_at(self) -> datetime | None:
        """Return when the newest checkpoint that was read was written."""
        newest = self._log.newest
        return await self._storage.modified_at(key_of(newest.number)) if newest else None

    async def append(self, signer: Signer, leaves: Sequence[Leaf], restored: Restored | None = None) -> Batch:
        """Sign and write what follows the log as it was read.

        Raises :class:`AnchorError`, and leaves what is there, when another process has written meanwhile: of two
        that sign at the same moment one is kept, and the other's signature is given to nobody.
        """
        log = self._log
        edge = grown(log.edge, log.size, map(hash_of_leaf, leaves))
        checkpoint = Checkpoint(self._verifier.name, log.size + len(leaves), root_of(edge))
        statement = signer.sign(str(restored)) if restored else ""
        batch = Batch(log.number, checkpoint, signer.sign(str(checkpoint)), leaves, edge, restored, statement)
        try:
            await self._storage.create_bytes(key_of(batch.number), written(batch))
        except FileExistsError:
            raise _broken(
                batch.number, "was written by somebody else at this moment; the next round reads it"
            ) from None
        log.add(batch)
        return batch

    async def batches(self, number: int = 0) -> AsyncIterator[Batch]:
        """Go through the objects from a number on; raises :class:`AnchorError` when one is amiss, or missing."""
        at_once = 1
        while True:
            numbers = range(number, number + at_once)
            for batch in await asyncio.gather(*map(self._load, numbers)):
                if batch is None:
                    await self._expect_nothing_after(number)
                    return
                yield batch
                number += 1
            at_once = READ_AT_ONCE  # mostly there is one more, or none

    async def _begin(self) -> Log:
        """Start at the newest checkpoint that names every tenant, from the edge of the one before it."""
        whole = 0
        step = WHOLE_EVERY
        while await self._storage.exists(key_of(whole + step)):
            whole, step = whole + step, step * 2
        while step > WHOLE_EVERY:
            step //= 2
            if await self._storage.exists(key_of(whole + step)):
                whole += step
        if whole == 0:
            return Log()
        before = await self._load(whole - 1)
        if before is None:
            raise _broken(whole - 1, "is gone, and later ones are there")
        return Log(before)

    async def _look_again(self, newest: Batch) -> None:
        now = await self._load(newest.number)
        if now is None or now.note != newest.note:
            raise _broken(newest.number, "is not what this process has signed or read")

    async def _expect_nothing_after(self, number: int) -> None:
        async for found in self._storage.list(FOLDER, after=key_of(number)):
            raise _broken(number, f"is gone, and {found.key} is there")

    async def _load(self, number: int) -> Batch | None:
        try:
            content = await self._storage.get_bytes(key_of(number))
        except FileNotFoundError:
            return None
        try:
            read = json.loads(content)
            leaves = [_leaf(line) for line in read["leaves"]]
            edge = [bytes.fromhex(digest) for digest in read["edge"]]
            note = str(read["checkpoint"])
            statement = str(read.get("restored", ""))
        except (ValueError, KeyError, TypeError):
            raise _broken(number, "is not written as anchors are") from None
        checkpoint = Checkpoint.parse(self._verifier.open(note))
        if checkpoint.origin != self._verifier.name or root_of(edge) != checkpoint.root:
            raise _broken(number, "is not what its signature is for")
        restored = Restored.parse(self._verifier.open(statement)) if statement else None
        if restored and (restored.origin != self._verifier.name or restored.number != number):
            raise _broken(number, "holds a statement of another place")
        return Batch(number, checkpoint, note, leaves, edge, restored, statement)


def key_of(number: int) -> str:
    """Return the name of an object."""
    return f"{FOLDER}/{number:0{DIGITS}}"


def hash_of_leaf(leaf: Leaf) -> bytes:
    """Return the hash under which the tree holds a head."""
    tenant_id, head = leaf
    return leaf_hash(f"adx-audit-head/v1\n{tenant_id}\n{head.seq}\n{head.hash.hex()}\n".encode())


def written(batch: Batch) -> bytes:
    """Return the object."""
    content: Mapping[str, object] = {
        "checkpoint": batch.note,
        "leaves": [f"{tenant_id} {head}" for tenant_id, head in batch.leaves],
        "edge": [digest.hex() for digest in batch.edge],
        **({"restored": batch.statement} if batch.statement else {}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _leaf(line: str) -> Leaf:
    tenant_id, _, head = line.partition(" ")
    return UUID(tenant_id), Head.parse(head)


def _broken(number: int, fault: str) -> AnchorError:
    return AnchorError(f"The anchor {key_of(number)} {fault}.")
