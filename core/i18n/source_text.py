"""A text as it stands in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

FOR_TRANSLATORS = re.compile(r"\s*#?-?\s*Translators:\s*")
"""How a comment begins that is handed on with the text below it."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """One marked text: its feature, its plural and context if it has them, where it stands, and what is told of it.

    ``role`` is what it is there, one of ``core.i18n.roles``, also where a text is too long to be told so.
    """

    domain: str
    text: str
    plural: str | None
    file: str
    line: int
    context: str | None = None
    comments: tuple[str, ...] = ()
    role: str | None = None
