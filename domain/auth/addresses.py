"""E-mail addresses, in the one form in which they are compared and stored."""

from __future__ import annotations

import re

LONGEST = 254
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
ADDRESS = re.compile(rf"(?!.*=\?)[!#-'*+\-/-9=?^-~.]{{1,64}}@{LABEL}(?:\.{LABEL})+")
"""RFC 5321 without quoted and non-ASCII local parts, which few servers take; other scripts' domains as xn--.

Nor may a local part look like an encoded word (RFC 2047): mail programs would show another address than it is.
"""


def normalise(address: str) -> str:
    """Return the address in lower case: what is typed in another case is the same person.

    Nothing else is folded, so that limits, which count addresses as typed but for case, count the same one.
    """
    return address.strip().lower()


def is_address(address: str) -> bool:
    """Whether mail could be sent to a normalised address. That somebody reads it is what the confirmation proves."""
    return len(address) <= LONGEST and ADDRESS.fullmatch(address) is not None
