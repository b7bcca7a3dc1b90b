"""Named placeholders, ``{name}``: found, compared and filled.

Not by ``str.format``, which would let a translation look inside the values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def fill(text: str, params: Mapping[str, object], show: Callable[[object], str]) -> str:
    """Return ``text`` with its placeholders filled; one without a value stays as it is.

    When a value is markup (a link, say), the words around it are escaped and the result is markup too.
    """
    if any(hasattr(value, "__html__") for value in params.values()):
        return _fill_markup(text, params, show)
    return PLACEHOLDER.sub(lambda found: _value(found, params, show), text)


def _value(found: re.Match[str], params: Mapping[str, object], show: Callable[[object], str]) -> str:
    name = found[1]
    return show(params[name]) if name in params else found[0]


def _fill_markup(text: str, params: Mapping[str, object], show: Callable[[object], str]) -> Markup:
    parts: list[Markup] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        parts.append(escape(text[end : found.start()]))
        value = params.get(found[1], found[0])
        parts.append(escape(value if hasattr(value, "__html__") else show(value)))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup().join(parts)
