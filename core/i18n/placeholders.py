"""Named placeholders, ``{name}``: found, compared and filled.

Not by ``str.format``, which would let a translation look inside the values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from core.i18n.isolation import TURNS, isolated, sets_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.i18n.isolation import Direction

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(text: str) -> frozenset[str]:
    """Return the names between braces."""
    return frozenset(PLACEHOLDER.findall(text))


def has_stray_brace(text: str) -> bool:
    """Whether a brace is left over that belongs to no placeholder: ``{name`` or ``{ name }``."""
    rest = PLACEHOLDER.sub("", text)
    return "{" in rest or "}" in rest


def fits(source: str, translation: str) -> bool:
    """Whether every placeholder of ``translation`` can be filled with what ``source`` is given."""
    if has_stray_brace(translation) and not has_stray_brace(source):
        return False
    return placeholders(translation) <= placeholders(source)


def fill(
    text: str, params: Mapping[str, object], show: Callable[[object], str], direction: Direction | None = "ltr"
) -> str:
    """Return ``text`` with its placeholders filled; one without a value stays as it is.

    When a value is markup (a link, say), the words around it are escaped and the result is markup too. ``direction`` is
    that of the text: values are set apart from it where one could turn the other over, with None never.
    """
    as_markup = any(hasattr(value, "__html__") for value in params.values())
    every = direction is not None and sets_apart(text, direction)

    def filled(found: re.Match[str]) -> str:
        if found[1] not in params:
            return found[0]
        value = params[found[1]]
        shown = Markup(value.__html__()) if hasattr(value, "__html__") else show(value)  # noqa: S704  # it says so
        if direction is not None and (TURNS.search(shown) or (every and not _is_of_the_text(value, shown))):
            return isolated(shown)
        return shown

    return _in_markup(text, filled) if as_markup else PLACEHOLDER.sub(filled, text)


def _is_of_the_text(value: object, shown: str) -> bool:
    """Whether a value is a number that reads as one that the translator wrote.

    Digits with separators between them keep their order in every direction, and what translators put beside them
    ("{ratio}:1", "{done}/{all}") belongs to the same number: set apart, it would be turned over. A minus is no digit.
    """
    return isinstance(value, (int, float)) and shown[:1].isdigit() and shown[-1:].isdigit()


def _in_markup(text: str, filled: Callable[[re.Match[str]], str]) -> Markup:
    parts: list[Markup] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        parts += [escape(text[end : found.start()]), escape(filled(found))]
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup().join(parts)
