"""The words that a page says, in the language of its reader."""

from __future__ import annotations

from functools import cache

from core.i18n import Catalogues
from core.settings import ROOT


class Words:
    """Call it with the English text to get what a reader of ``locale`` sees; a text without translation fails."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def __call__(self, text: str, domain: str = "shell", /, **params: object) -> str:
        catalogues = _catalogues()
        if self.locale != "en":
            assert catalogues.find(text, self.locale, domain) != (text,), f"not translated: {text}"
        return catalogues.gettext(text, self.locale, domain, **params)


@cache
def _catalogues() -> Catalogues:
    return Catalogues.load(ROOT / "locales")
