"""Whether one English text stands for two things, which other languages say in two ways.

"Search" on a button is a verb, above a page a noun; what is "Ready" is a file here, which is masculine, and a workflow
there, which may be feminine.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.i18n import roles
from core.i18n.checks import Finding
from core.i18n.negotiate import ENGLISH_ONLY
from core.messages import in_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.i18n.source_text import SourceText

KINDS = MappingProxyType(
    {
        **dict.fromkeys((roles.BUTTON, roles.OF_MACROS["icon_button.label"]), "a button"),
        **dict.fromkeys((roles.HEADING, roles.PAGE_TITLE, roles.COLUMN, roles.LABEL, roles.FACT), "a heading"),
        **dict.fromkeys((roles.TAB, roles.SEARCHED, roles.OF_MACROS["table.caption"]), "a heading"),
        roles.STATE: "a state",
        roles.OUTCOME: "the outcome of a workflow",
        roles.TITLE: "the title of a workflow",
        roles.STEP: "a step",
    }
)
"""What a text is, by its role; links, menus and what is read out are verbs or nouns."""

TELLS_STATE = re.compile(r"^The state of ")
"""How a comment begins that tells the same as the role of a badge."""


def two_meanings(texts: Iterable[SourceText]) -> Iterator[Finding]:
    """Yield each text that is of two kinds under one key: a ``context`` tells them apart."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    told: set[tuple[str, str]] = set()
    for text in texts:
        key = text.domain, in_context(text.text, text.context)
        kind = _kind_of(text)
        if kind is None or text.domain in ENGLISH_ONLY:
            continue
        before, where = first.setdefault(key, (kind, f"{text.file}:{text.line}"))
        if kind != before and key not in told:
            told.add(key)
            fault = f"{kind}, and {before} in {where}: give one of them a context"
            yield Finding(text.file, text.line, fault, text.text)


def _kind_of(text: SourceText) -> str | None:
    if text.role and (kind := KINDS.get(text.role)):
        return kind
    return KINDS[roles.STATE] if any(map(TELLS_STATE.match, text.comments)) else None
