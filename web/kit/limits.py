"""Limits on routes: counted before the route runs, whatever comes of it."""

from __future__ import annotations

import ipaddress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from quart import request

from core.errors import TooManyError
from core.messages import messages_of
from core.throttle import Limit
from web.kit.csrf import SAFE_METHODS
from web.kit.forms import form_value
from web.kit.services import services
from web.kit.visit import client_address, current_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

N_ = messages_of("kit")
RouteT = TypeVar("RouteT", bound="Callable[..., Any]")
Part: TypeAlias = "str | Callable[[], Awaitable[str]]"

IPV6_NETWORK = 64
IPV6_SITE = 48


def limited(
    name: str, *, hits: int, seconds: int, by: tuple[Part, ...], when: Callable[[], Awaitable[bool]] | None = None
) -> Callable[[RouteT], RouteT]:
    """Let a route's unsafe methods be tried ``hits`` times within ``seconds``, for each combination of ``by``.

    Parts of ``by``: ``"account:<form field>"`` (as typed, case apart), ``"person"`` (who is signed in), ``"tenant"``,
    ``"network"`` (the address; of IPv6 its /64), ``"site"`` (the address; of IPv6 its /48), or an async function that
    returns what to count by. With ``when``, requests for which it is false are not counted here. For independent
    limits, use the decorator more than once.
    Raises ``TooManyError``. Stands below ``guard``.
    """
    limit = Limit(name, hits, seconds)

    def decorate(route: RouteT) -> RouteT:
        @wraps(route)
        async def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # any route
            if request.method not in SAFE_METHODS and (when is None or await when()):
                wait = await services().throttle.hit(limit, *[await _part(part) for part in by])
                if wait:
                    raise TooManyError(
                        N_("Too many attempts. Nothing was changed; wait a moment and try again."),
                        code="too_many",
                        retry_after=wait,
                    )
            return await route(*args, **kwargs)

        return cast("RouteT", counted)

    return decorate


async def _part(part: Part) -> str:
    if not isinstance(part, str):
        return await part()
    kind, _, field = part.partition(":")
    match kind:
        case "account":
            return (await form_value(field)).strip().casefold()
        case "network":
            return client_network()
        case "site":
            return client_site()
        case "person":
            return str(current_context().actor_id or client_network())
        case "tenant":
            return str(current_context().tenant_id)
    raise ValueError(f"unknown part of a limit: {part}")


def client_network() -> str:
    """Return what one subscriber surely has alone: the browser's IPv4 address, or its /64 of IPv6."""
    return network_of(client_address())


def client_site() -> str:
    """Return the most that is surely one sender's: the browser's IPv4 address, or its /48 of IPv6."""
    return network_of(client_address(), IPV6_SITE)


def network_of(address: str, of_ipv6: int = IPV6_NETWORK) -> str:
    """Return what one subscriber has: an IPv4 address, or a /64 of IPv6 unless it is asked for another part."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((found, of_ipv6), strict=False))
