"""Whether a number stands beside what it counts in a text that has no plural forms: "{count} files" of one file.

Looked at in the English source: what is filled in is known by its placeholder's name, what it counts by its place. A
placeholder of another name is taken for a number, so that a new one is either told here or counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_NO_NUMBER = frozenset(
    (
        *("accent", "colour", "duration", "folder", "found", "free", "limit", "line", "name", "needed", "path"),
        *("preferred", "root", "scanner", "slug", "suggestion", "tenant", "time", "user", "value", "variable", "what"),
        "who",
    )
)
"""Placeholders for names, sizes, times, and the numbers that are names: what stands behind need not agree with them."""

GOES_ON = frozenset(
    (
        *("a", "about", "after", "ago", "an", "and", "as", "at", "before", "by", "for", "from", "in", "into"),
        *("less", "more", "of", "on", "or", "than", "to", "with"),
    )
)
"""Words that what is counted never begins with."""

TAG = re.compile(r"</?[a-z][^>]*>")
COUNTED = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*)\}[ \u00a0](?P<word>[^\W\d_]+)")
AGREES = "count"
"""The one placeholder that chooses the form."""


def uncounted(text: str, *, has_forms: bool) -> Iterator[re.Match[str]]:
    """Yield the numbers beside what they count for which no form is chosen; of a text with forms, those of others."""
    for found in COUNTED.finditer(TAG.sub("", text)):
        is_chosen = has_forms and found["name"] == AGREES
        if not is_chosen and found["name"] not in OF_NO_NUMBER and found["word"].lower() not in GOES_ON:
            yield found
