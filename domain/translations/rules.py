"""What a wording must keep of its source, so that it can be shown safely: placeholders, markup, plural forms, lines.

What a tenant writes is text. Templates escape it as they escape the product's own; and where a source carries markup,
a wording may carry exactly that markup, tag for tag and attribute for attribute, so that no HTML can come in by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n.files import plural_rule
from core.i18n.placeholders import has_stray_brace, placeholders
from core.messages import Message, messages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.translations.product import ProductText

N_ = messages_of("translations")

TAG = re.compile(r"<[^<>]*>")
LOOKS_LIKE_MARKUP = re.compile(r"<[a-z/!?]|&#?\w+;", re.IGNORECASE)
LONGEST_FORM = 5000
HARMLESS_CONTROLS = frozenset("\n\u00ad\u061c\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069")
"""A line's end, and what some scripts need: soft hyphens, joiners, marks and isolates of direction."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one form (counted from 0)."""

    form: int
    message: Message


def forms_needed(text: ProductText, locale: str) -> int:
    """Return how many forms a language has for a text."""
    return plural_rule(locale)[0] if text.plural else 1


def flaws(text: ProductText, locale: str, forms: Sequence[str]) -> list[Flaw]:
    """Return everything that is wrong with a wording; nothing, for one that can be shown."""
    if len(forms) != forms_needed(text, locale):
        needed = forms_needed(text, locale)
        return [Flaw(0, N_("This language needs {count} form.", "This language needs {count} forms.", count=needed))]
    return [Flaw(number, message) for number, form in enumerate(forms) for message in _of_form(text, form)]


def _of_form(text: ProductText, form: str) -> Iterator[Message]:
    if not form.strip():
        yield N_("Enter the text. To go back to the default text, use the button for that.")
        return
    if len(form) > LONGEST_FORM:
        yield N_("Use at most {count} character.", "Use at most {count} characters.", count=LONGEST_FORM)
        return
    yield from _of_placeholders(text, form)
    yield from _of_markup(text, form)
    if any(unicodedata.category(one)[0] == "C" and one not in HARMLESS_CONTROLS for one in form):
        yield N_("This holds an invisible character that cannot be shown. Type the text again.")
    if len(form.splitlines()) > 1 and len(text.everything.splitlines()) == 1:
        yield N_("Write this on one line, as in the source: it may stand where there is room for only one.")
    if (form[0] == "\n", form[-1] == "\n") != (text.words[0] == "\n", text.words[-1] == "\n"):
        yield N_("Begin and end lines where the source does.")


def _of_placeholders(text: ProductText, form: str) -> Iterator[Message]:
    given = text.everything
    if has_stray_brace(form) and not has_stray_brace(given):
        yield N_("A brace stands alone. Placeholders look like this: {example}", example="{name}")
    if unknown := placeholders(form) - placeholders(given):
        yield N_("The source has no placeholder {name}.", name=f"{{{min(unknown)}}}")
    if missing := text.required - placeholders(form):
        yield N_("The placeholder {name} is missing.", name=f"{{{min(missing)}}}")


def _of_markup(text: ProductText, form: str) -> Iterator[Message]:
    model = text.plural or text.words
    if Counter(TAG.findall(form)) != Counter(TAG.findall(model)):
        yield N_("Keep the markup as it is in the source: {markup}", markup=" ".join(TAG.findall(model)) or "-")
    elif LOOKS_LIKE_MARKUP.search(TAG.sub("", form)) and not LOOKS_LIKE_MARKUP.search(TAG.sub("", model)):
        yield N_("The source has no markup here, so this text can have none.")
