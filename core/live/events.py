"""The named events that parts of a page react to without knowing each other; the feature that tells one declares it.

An event comes by the stream (``uow.publish(FILES_CHANGED, key)``), or with the answer to a request
(``web.kit.tell(response, FILES_CHANGED)``). A part of a page hears it by ``hx-trigger="files:changed from:body"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping


NAME = re.compile(r"[a-z][a-z0-9_-]*(:[a-z0-9][a-z0-9_-]*)+")


class PayloadError(TypeError):
    """An event was told with something else than it declares."""


@dataclass(frozen=True, slots=True)
class NoPayload:
    """What goes with an event that only says that something has changed."""


@dataclass(frozen=True, slots=True)
class Event:
    """A declared event, called ``<feature>:<what happened>``; ``payload`` is a frozen dataclass of plain values.

    ``about`` says in one sentence when it is told, for those who build pages.
    """

    name: str
    about: str
    payload: type = NoPayload

    def __str__(self) -> str:
        return self.name

    @property
    def shape(self) -> Mapping[str, str]:
        """The payload's fields with their types, as people read them."""
        hints = get_type_hints(self.payload)
        return {
            item.name: getattr(hints[item.name], "__name__", str(hints[item.name])) for item in fields(self.payload)
        }

    def check(self, params: Mapping[str, Any]) -> None:
        """Raise :class:`PayloadError` unless ``params`` are the fields of the payload, no more and no less."""
        if set(params) != set(self.shape):
            raise PayloadError(f"{self.name} takes {sorted(self.shape)}, not {sorted(params)}")


EVENTS: dict[str, Event] = {}
"""The events of the features that are imported, by name."""


def event(name: str, about: str, payload: type = NoPayload) -> Event:
    """Declare an event; the same name twice is an error."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r}: an event is called <feature>:<what happened>, in letters, digits and dashes")
    if name in EVENTS:
        raise ValueError(f"{name} is declared twice")
    EVENTS[name] = Event(name, about, payload)
    return EVENTS[name]


LIVE_RESET = event("live:reset", "The stream can no longer tell what was missed: what is live reads itself again.")
LIVE_PACE = event("live:pace", "After how long, on average, the page comes back should its stream break off.")
LIVE_PASSED = event("live:passed", "While the page was away a subject had this event, and then others.")
LIVE_AT = event("live:at", "How far the page is, where what came by was not for it.")
LIVE_AWAY = event("live:away", "News cannot be heard now; pages still work.")
LIVE_BACK = event("live:back", "News is heard again, and nothing was missed.")
