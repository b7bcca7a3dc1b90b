"""What stops anchoring, in words for operators."""

from __future__ import annotations


class AnchorError(Exception):
    """The anchors, or the key that signs them, are not what they must be. Nothing was signed or written."""
