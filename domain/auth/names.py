"""Names of people. They stand in mails to addresses that nobody has confirmed, so none may be an advertisement."""

from __future__ import annotations

import unicodedata

OF_LINKS = ("/", "@", "www.")
UNSEEN = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""What turns the direction of what follows: a name would read otherwise than it is written."""


def is_name(name: str) -> bool:
    """Whether it can be what a person is called: no part of a web or mail address, no control characters."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return not any(part in plain for part in OF_LINKS) and not any(
        unicodedata.category(character) == "Cc" or character in UNSEEN for character in name
    )
