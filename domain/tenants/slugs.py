"""Slugs: the first label of a tenant's host."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from core.identity.hosts import RESERVED_SLUGS
from core.messages import messages_of

if TYPE_CHECKING:
    from core.messages import Message

N_ = messages_of("tenants")

SHORTEST = 3
LONGEST = 40
SLUG = re.compile(rf"[a-z][a-z0-9-]{{{SHORTEST - 2},{LONGEST - 2}}}[a-z0-9]")
FALLBACK = "workspace"

SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "ł": "l"})


def objection(slug: str) -> Message | None:
    """Return why a slug cannot be an address, or None. Whether it is free is another question."""
    if len(slug) < SHORTEST:
        return N_("Use at least {count} character.", "Use at least {count} characters.", count=SHORTEST)
    if len(slug) > LONGEST:
        return N_("Use at most {count} character.", "Use at most {count} characters.", count=LONGEST)
    # "--" in the third place is kept for punycode, by RFC 5891.
    if SLUG.fullmatch(slug) is None or "--" in slug:
        return N_("Use lower-case letters, digits and single hyphens. Begin with a letter.")
    if slug in RESERVED_SLUGS:
        return N_("This address is reserved for the platform. Choose another one.")
    return None


def suggest(name: str) -> str:
    """Return an acceptable slug for a name: ``Müller & Söhne`` becomes ``mueller-soehne``."""
    spelt = unicodedata.normalize("NFKD", name.lower().translate(SPELT_OUT))
    plain = re.sub(r"[^a-z0-9]+", "-", spelt.encode("ascii", "ignore").decode())
    slug = re.sub(r"^[^a-z]+", "", plain)[:LONGEST].strip("-")
    if objection(slug) is None:
        return slug
    return f"{slug}-{FALLBACK}"[:LONGEST].strip("-") if slug else FALLBACK


def variants(slug: str) -> list[str]:
    """Return what to try when a slug is taken, the nicest first."""
    return [f"{slug[: LONGEST - len(end)].rstrip('-')}{end}" for end in ("-team", "-hq", "-2", "-3", "-4", "-5", "-6")]
