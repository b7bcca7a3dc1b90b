"""What a User-Agent header says of a device, in words a person knows it by. A hint: anybody can send any header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of

if TYPE_CHECKING:
    from core.messages import Message

N_ = messages_of("auth")

# The first that is found counts: every browser also names those that it wants to pass for.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> Message:
    """Return ``Firefox on Linux``, as far as the header tells."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        # Translators: A device in the list of logged-in devices, such as “Firefox on Windows”.
        return N_("{browser} on {system}", browser=browser, system=system)
    if browser or system:
        # Translators: A device of which only one part is known: {device} is a browser or a system.
        return N_("{device}", device=browser or system)
    # Translators: A device in the list of logged-in devices.
    return N_("Unknown device")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((shown for mark, shown in names if mark in user_agent), "")
