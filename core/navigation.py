"""The pages that people are led to: by the main menu, by the tabs of the settings, by the search.

A feature names its own in its manifest; a page that the reader may not open is not offered. Which process serves it is
no matter: all of them are one site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.context import Context
    from core.messages import Message
    from core.permissions import Permission

Menu = Literal["main", "personal", "workspace", "begin"]
"""Where a page is offered: in the main menu, or among the settings of the person or of the workspace; or as a place
where something is begun, which the first page and the search lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a feature, as menus offer it.

    ``icon`` names a symbol of the icon sheet, ``shortcut`` the keys that follow the link. Menus stand by ``order``.
    ``found_as`` is what the search calls it, where the title alone would not say it.
    """

    menu: Menu
    title: Message
    path: str
    icon: str
    order: int
    permission: Permission | None = None
    shortcut: str = ""
    found_as: Message | None = None


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A line of the checklist of a new tenant: done once a workflow of this contract has ended well."""

    title: Message
    path: str
    contract: str


class Navigation:
    """The pages of all features in their order."""

    def __init__(self, offered: Iterable[Page]) -> None:
        self._offered = sorted(offered, key=lambda page: page.order)

    def pages(self, ctx: Context, menu: Menu | None = None) -> tuple[Page, ...]:
        """Return what the reader is offered of a menu, or of all of them."""
        return tuple(
            page
            for page in self._offered
            if ctx.person is not None
            and menu in {None, page.menu}
            and (page.permission is None or ctx.may(page.permission))
        )
