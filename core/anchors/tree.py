"""The hash tree of RFC 6962: a root for any number of leaves, and proofs that one of them is under it.

A tree grows by its ``edge``: the roots of its full subtrees, from the largest to the smallest, one for each bit of its
size. So a new root costs a few hashes, however many leaves there are.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what is above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def grown(edge: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> list[bytes]:
    """Return the edge of a tree of ``size`` leaves after more leaf hashes were appended."""
    now = list(edge)
    for number, leaf in enumerate(leaves, size):
        now.append(leaf)
        full = number
        while full & 1:  # each bit that is carried closes a subtree
            right = now.pop()
            now.append(node_hash(now.pop(), right))
            full >>= 1
    return now


def root_of(edge: Sequence[bytes]) -> bytes:
    """Return the root above an edge."""
    if not edge:
        return sha256(b"").digest()
    *rest, root = edge
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes beside the way from a leaf to the root, from the leaf on."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index), root_of(grown((), 0, right))]
    return [*inclusion_proof(right, index - split), root_of(grown((), 0, left))]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf hash is number ``index`` of the tree with that size and root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root
