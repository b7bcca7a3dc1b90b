"""Languages: catalogues read straight from ``.po`` files, and numbers, dates and sizes as each language writes them.

A page, a mail or a live fragment is rendered inside ``with speaking(catalogues.speaker("de", "Europe/Berlin")):``;
everything below it (templates, forms, macros) asks :func:`speaker` for words.
"""

from core.i18n.catalogues import Catalogues
from core.i18n.negotiate import available_locales, language_name, negotiate
from core.i18n.speaker import Speaker, is_right_to_left, speaker, speaking
from core.i18n.template import install

__all__ = [
    "Catalogues",
    "Speaker",
    "available_locales",
    "install",
    "is_right_to_left",
    "language_name",
    "negotiate",
    "speaker",
    "speaking",
]
