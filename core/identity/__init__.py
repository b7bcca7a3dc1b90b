"""Who a request comes from and in which tenant: hosts, sessions and the hand-over between them."""

from core.identity.identity import Identity
from core.identity.look import COLOUR_SCHEMES, Look, Offers, Shown, choose, preferred_locale, timezones
from core.identity.sessions import Membership, SessionFacts, Sessions

__all__ = [
    "COLOUR_SCHEMES",
    "Identity",
    "Look",
    "Membership",
    "Offers",
    "SessionFacts",
    "Sessions",
    "Shown",
    "choose",
    "preferred_locale",
    "timezones",
]
