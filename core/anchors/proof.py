"""What a tenant is given of the log: its newest head there, and the proof of c2sp.org/tlog-proof that it is in it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from core.anchors.outside import hash_of_leaf
from core.anchors.tree import inclusion_proof

if TYPE_CHECKING:
    from uuid import UUID

    from core.anchors.outside import Outside


async def proof_of(outside: Outside, tenant_id: UUID) -> str | None:
    """Return the head, a line, and the proof; None when nothing of the tenant was anchored.

    The siblings in it are hashes, so it says nothing of other tenants. Reads the whole log.
    """
    leaves: list[bytes] = []
    note, index, head = "", None, None
    async for batch in outside.history():
        note = batch.note
        for leaf in batch.leaves:
            if leaf[0] == tenant_id:
                index, head = len(leaves), leaf[1]
            leaves.append(hash_of_leaf(leaf))
    if index is None:
        return None
    path = "".join(f"{b64encode(digest).decode()}\n" for digest in inclusion_proof(leaves, index))
    return f"{tenant_id} {head}\nc2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{note}"
