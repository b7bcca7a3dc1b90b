"""The blueprint of translations, to which each of its modules adds its routes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from core.settings import ROOT
from domain.translations.product import ProductTexts
from web.kit import feature_blueprint, services

if TYPE_CHECKING:
    from core.i18n import Catalogues

blueprint = feature_blueprint("translations")


def product_texts() -> ProductTexts:
    """Return the product's own texts."""
    return _texts_of(services().catalogues)


@cache
def _texts_of(catalogues: Catalogues) -> ProductTexts:
    return ProductTexts(catalogues, ROOT / "locales")
