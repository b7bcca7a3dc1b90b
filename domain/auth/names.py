"""Names of people. They stand in mails to addresses that nobody has confirmed, so none may be an advertisement."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from publicsuffixlist import PublicSuffixList

from core.plain_text import JOINERS, SELECTORS, one_line

OF_LINKS = ("/", "@", "www.")
DOTS = (
    "\u00b7\u02d9\u0387\u0589\u0660\u06d4\u06f0\u0701\u0702\u1427\u16eb\u2022\u2027\u2219\u22c5\u2e31\u2e33\u3002"
    "\u30fb\ua4f8\ua60e\ua78f\U00010101\U00010a50\U0001d16d"
)
"""What looks like a dot or is taken for one in addresses, and is no compatibility form of it (Unicode, confusables)."""

SLASHES = "\u2044\u2215\u2571\u29f8\u3033"
LIKENESSES = str.maketrans(
    dict.fromkeys(DOTS, ".") | dict.fromkeys(SLASHES, "/") | dict.fromkeys([*JOINERS, *SELECTORS], "")
)
CATALAN = re.compile("(?<=l)\u00b7(?=l)")
"""``Marcel·la``: the one dot within a name that is a letter's own."""

ENDING = re.compile(r"(?<![.])\.([\w-]+)")
"""What follows a single dot, with or without something before it."""


def is_name(name: str) -> bool:
    """Whether it can be what a person is called: one clean line, and no part of a web or mail address.

    A dot before letters makes an address only where they are a top-level domain: that is what mail programs turn into
    links. Characters that look like a dot, a slash or a letter count as what they look like.
    """
    plain = unicodedata.normalize("NFKC", CATALAN.sub("", name.casefold())).casefold().translate(LIKENESSES)
    return (
        name == one_line(name)
        and not any(part in plain for part in OF_LINKS)
        and not any(_is_domain(ending) for ending in ENDING.findall(plain))
    )


def _is_domain(ending: str) -> bool:
    # Some top-level domains sell names below certain second levels alone: ``co.za``.
    return ending.startswith("xn--") or _suffixes().publicsuffix(f"co.{ending}") is not None


@cache
def _suffixes() -> PublicSuffixList:
    """Return the list that mail programs and browsers know domains by (publicsuffix.org), as it is installed."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
