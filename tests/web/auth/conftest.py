from __future__ import annotations

from tests.support.product import product

__all__ = ["product"]
