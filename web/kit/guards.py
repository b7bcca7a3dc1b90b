"""Who may enter a route, and on which host: declared on the route, checked before anything else of it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote

from core.errors import NotFoundError, RefusedError
from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.context import Context
    from core.identity.hosts import HostKind

N_ = messages_of("kit")

Level = Literal["anyone", "pending", "signed_in", "guest", "member", "admin", "owner"]
Place = Literal["home", "tenant", "usercontent", "any"]
RouteT = TypeVar("RouteT", bound="Callable[..., Any]")

HOSTS: dict[Place, tuple[HostKind, ...]] = {
    "home": ("home",),
    "tenant": ("tenant",),
    "usercontent": ("usercontent",),
    "any": ("home", "tenant"),
}
RANK = {"anonymous": 0, "pending": 1, "guest": 2, "member": 3, "admin": 4, "owner": 5}
NEEDED: dict[Level, int] = {
    "anyone": 0,
    "pending": 1,
    "signed_in": 2,
    "guest": 2,
    "member": 3,
    "admin": 4,
    "owner": 5,
}


class SignInNeededError(Exception):
    """Nobody is signed in where somebody has to be."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The level a person needs, and the kinds of host where the route exists at all."""

    level: Level
    on: Place

    @property
    def hosts(self) -> tuple[HostKind, ...]:
        """The host kinds on which the route exists; on others it is not found."""
        return HOSTS[self.on]

    def check(self, ctx: Context) -> None:
        """Let the person in, or raise what is told instead."""
        if RANK[ctx.role] >= NEEDED[self.level]:
            return
        if ctx.person is None:
            raise SignInNeededError
        if ctx.role == "pending":
            raise RefusedError(
                N_("Confirm your email address first. The link is in the email we sent you."), code="pending"
            )
        if self.level in {"guest", "member"}:
            raise NotFoundError(N_("There is nothing here."))
        raise RefusedError(N_("Only admins of this workspace can do this. Ask one of them."), code="role")


def guard(level: Level, *, on: Place | None = None) -> Callable[[RouteT], RouteT]:
    """Declare who may enter a route.

    ``guest``, ``member``, ``admin`` and ``owner`` are roles in a tenant, on tenant hosts. ``anyone``, ``pending``
    (signed up, address unconfirmed) and ``signed_in`` are for ``on="home"``, ``"tenant"``, ``"any"`` or
    ``"usercontent"``. Stands below the blueprint's decorator.
    """
    place = on or ("home" if level in {"anyone", "pending", "signed_in"} else "tenant")

    def mark(route: RouteT) -> RouteT:
        route.__adx_guard__ = Guard(level, place)  # type: ignore[attr-defined]  # read by guard_of
        return route

    return mark


def guard_of(route: object) -> Guard | None:
    """Return what :func:`guard` declared, through decorators that keep it."""
    return getattr(route, "__adx_guard__", None)


def sign_in_url(base_url: str, ctx: Context, path: str) -> str:
    """Return where a person signs in and comes back from."""
    if ctx.tenant.is_home:
        return f"/login?next={quote(path, safe='/')}"
    return f"{base_url}/login?tenant={quote(ctx.tenant.slug)}&next={quote(path, safe='/')}"
