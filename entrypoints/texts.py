"""The product's catalogues, opened the same way by every process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import Catalogues
from core.settings import ROOT

if TYPE_CHECKING:
    from core.settings import Settings


def catalogues(settings: Settings) -> Catalogues:
    """Return all languages; in development, an edited ``.po`` is seen without a restart.

    The pseudo-languages are for those who build and test: production never offers them.
    """
    environment = settings.environment
    watch, pseudo = environment == "development", environment in {"development", "test"}
    return Catalogues.load(ROOT / "locales", watch=watch, pseudo_languages=pseudo)
