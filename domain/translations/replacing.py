"""One word for another in all texts of a language: the words alone, never what stands in placeholders or markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.translations.rules import TAG, flaws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from domain.translations.product import ProductText, ProductTexts
    from domain.translations.repository import Forms

KEPT = re.compile(rf"({TAG.pattern}|\{{[a-z][a-z0-9_]*\}})")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text that would read differently; ``is_sound`` when it could be shown so."""

    text: ProductText
    before: Forms
    after: Forms
    is_sound: bool


def replacements(
    product: ProductTexts, own: Mapping[tuple[str, str], Forms], locale: str, find: str, put: str
) -> list[Replacement]:
    """Return every text of a language in which ``find`` stands, with ``put`` in its place.

    A capital stays a capital: "workspace" to "project" makes "Workspaces" to "Projects".
    """
    found = []
    for text in product.of():
        before = own.get((text.domain, text.source)) or product.forms(text, locale)
        if before is None:
            continue
        after = tuple(_replaced(form, find, put) for form in before)
        if after != before:
            found.append(Replacement(text, before, after, not flaws(text, locale, after)))
    return found


def _replaced(form: str, find: str, put: str) -> str:
    pattern = re.compile(re.escape(find), re.IGNORECASE)
    parts = KEPT.split(form)
    # Every second part is what stood between: a placeholder or a tag.
    words = [pattern.sub(lambda found: _like(found[0], put), part) for part in parts[::2]]
    return "".join(part for pair in zip(words, [*parts[1::2], ""], strict=True) for part in pair)


def _like(found: str, put: str) -> str:
    return put[:1].upper() + put[1:] if found[:1].isupper() else put


def chosen(found: Iterable[Replacement], keys: Iterable[str]) -> list[Replacement]:
    """Return those whose keys a person has chosen and that can be shown."""
    wanted = set(keys)
    return [each for each in found if each.is_sound and each.text.key in wanted]
