"""Who a request comes from and in which tenant: hosts, sessions and the hand-over between them."""

from core.identity.identity import Identity
from core.identity.sessions import Membership, SessionFacts, Sessions

__all__ = ["Identity", "Membership", "SessionFacts", "Sessions"]
