"""Live updates: facts that anyone publishes, delivered in order to every page that may see them, none left out."""

from core.live.fact import EVERYONE, Audience, Fact, holders, only, user_or_holders
from core.live.gatekeeper import SessionGatekeeper
from core.live.hub import Hub
from core.live.transport import Transport
from core.live.viewer import LiveViewer, Subscription

__all__ = [
    "EVERYONE",
    "Audience",
    "Fact",
    "Hub",
    "LiveViewer",
    "SessionGatekeeper",
    "Subscription",
    "Transport",
    "holders",
    "only",
    "user_or_holders",
]
