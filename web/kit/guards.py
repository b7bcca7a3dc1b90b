"""Who may enter a route, and on which host: declared on the route, checked before anything else of it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from urllib.parse import quote

from core.errors import RefusedError
from core.messages import messages_of
from core.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.context import Context
    from core.identity.hosts import HostKind

N_ = messages_of("kit")

Standing = Literal["anyone", "pending", "signed_in"]
"""Who somebody is, whatever they may do: ``pending`` has signed up and not confirmed the address yet."""

Needed: TypeAlias = "Standing | Permission"
Place = Literal["home", "tenant", "usercontent", "any"]
RouteT = TypeVar("RouteT", bound="Callable[..., Any]")

HOSTS: dict[Place, tuple[HostKind, ...]] = {
    "home": ("home",),
    "tenant": ("tenant",),
    "usercontent": ("usercontent",),
    "any": ("home", "tenant"),
}


class SignInNeededError(Exception):
    """Nobody is signed in where somebody has to be."""


def meets(ctx: Context, needed: Needed) -> bool:
    """Whether the person is what is needed, or may do it."""
    if isinstance(needed, Permission):
        return ctx.may(needed)
    return needed == "anyone" or ctx.is_known or (needed == "pending" and ctx.is_pending)


@dataclass(frozen=True, slots=True)
class Guard:
    """What a person needs, and the kinds of host where the route exists at all."""

    needed: Needed
    on: Place

    @property
    def hosts(self) -> tuple[HostKind, ...]:
        """The host kinds on which the route exists; on others it is not found."""
        return HOSTS[self.on]

    def check(self, ctx: Context) -> None:
        """Let the person in, or raise what is told instead."""
        if meets(ctx, self.needed):
            return
        if ctx.person is None:
            raise SignInNeededError
        if ctx.is_pending:
            raise RefusedError(
                N_("Confirm your email address first. The link is in the email we sent you."), code="pending"
            )
        raise RefusedError(
            N_("Your role in this workspace does not allow it. An admin of the workspace can change that."),
            code="permission",
        )


def guard(needed: Needed, *, on: Place | None = None) -> Callable[[RouteT], RouteT]:
    """Declare who may enter a route: whoever has a permission, on tenant hosts; or whoever has a standing.

    A standing is for ``on="home"`` (which it is by default), ``"tenant"``, ``"any"`` or ``"usercontent"``; on tenant
    hosts, ``signed_in`` are those who work there, in whatever role. Stands below the blueprint's decorator.
    """
    place = on or ("tenant" if isinstance(needed, Permission) else "home")

    def mark(route: RouteT) -> RouteT:
        route.__adx_guard__ = Guard(needed, place)  # type: ignore[attr-defined]  # read by guard_of
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
