"""A tenant's own wording: texts in the place of the product's, on pages and in mails of that tenant alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.i18n.catalogues import Book


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """Books by locale, then by domain. Two are equal only if they are one object: cheap as part of a key."""

    books: Mapping[str, Mapping[str, Book]] = field(default_factory=lambda: MappingProxyType({}))


PRODUCTS_OWN = Wording()
"""No text of a tenant's own."""
