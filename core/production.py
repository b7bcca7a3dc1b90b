"""What production does not start with: keys that somebody made up, and addresses of this machine alone."""

from __future__ import annotations

import ipaddress
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.keys.root_file import path_of, problem_with

if TYPE_CHECKING:
    from core.settings import Settings

FEWEST_LETTERS = 10
"""Different characters. A random key has more even in hexadecimal."""

SHARE_OF_NEW_TRIPLES = 0.75
"""Of the rows of three characters in a random key nearly all are different; in one that repeats itself few are."""

LONGEST_RUN = 8
"""Characters that all follow one another alike: ``aaaaaaaa``, ``12345678``, ``hgfedcba``."""

WORDS = (
    *("secret", "password", "passwort", "changeme", "change-me", "change_me", "replaceme", "replace-me", "example"),
    *("default", "insecure", "development", "production", "letmein", "qwerty", "123456", "placeholder", "output of"),
)

NAMES_OF_DESKS = (".localhost", ".localdomain", ".local")


def refuse_desk_defaults(settings: Settings) -> None:
    """Raise ValueError for the first setting that is only safe at a desk; its text begins with the variable."""
    if not settings.secret_key.get_secret_value():
        raise ValueError("ADX_SECRET_KEY: is not set, and production never makes one up")
    if not settings.storage_url:
        raise ValueError("STORAGE_URL: is not set, and production does not guess where files are kept")
    if not settings.kms_url:
        raise ValueError("KMS_URL: is not set, and production never makes a root key up")
    if problem := problem_with(path_of(settings.kms_url), outside=settings.state_dir):
        raise ValueError(f"KMS_URL: names a root key that {problem}")
    if (anchor_key := settings.anchor_key_file) and (problem := problem_with(anchor_key, outside=settings.state_dir)):
        raise ValueError(f"ANCHOR_KEY_FILE: names a key that {problem}")
    if settings.mailbox_url:
        raise ValueError("ADX_MAILBOX_URL: is for development; anyone could read the mails there")
    if urlsplit(settings.base_url).scheme != "https":
        raise ValueError("ADX_BASE_URL: must begin with https:// in production, or cookies travel in the clear")
    if is_at_a_desk(settings.base_host):
        raise ValueError("ADX_BASE_URL: must name a public host in production, below which tenants get theirs")
    if fault := weakness(settings.secret_key.get_secret_value()):
        raise ValueError(f"ADX_SECRET_KEY: {fault}")


def weakness(key: str) -> str | None:
    """Return what is wrong with a key that is long enough, or None."""
    if len(set(key)) < FEWEST_LETTERS:
        return "has too few different characters to be random"
    triples = [key[place : place + 3] for place in range(len(key) - 2)]
    if len(set(triples)) < SHARE_OF_NEW_TRIPLES * len(triples):
        return "repeats itself"
    if any(_runs(key[place : place + LONGEST_RUN]) for place in range(len(key) - LONGEST_RUN + 1)):
        return "holds a row of characters that follow one another"
    found = next((word for word in WORDS if word in key.lower()), None)
    return f"holds the word “{found}”, so it is not random" if found else None


def is_at_a_desk(host: str) -> bool:
    """Whether a host is this machine itself, or an address, below which there are no hosts."""
    name = host.rstrip(".").lower()
    if "." not in name or name.endswith(NAMES_OF_DESKS):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _runs(part: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(part)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
