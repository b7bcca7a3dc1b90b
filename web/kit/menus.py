"""What the menus of a page lead to: those pages that the reader may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import request

from web.kit.services import services
from web.kit.visit import current_context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.navigation import Menu, Page


def offered(menu: Menu | None = None) -> tuple[Page, ...]:
    """Return the pages of a menu, or of all of them, that are offered to the reader."""
    return services().navigation.pages(current_context(), menu)


def here(pages: Iterable[Page]) -> Page | None:
    """Return the page that the address is at or below, the nearest one; None where it is elsewhere."""
    above = [page for page in pages if f"{request.path}/".startswith(f"{page.path}/")]
    return max(above, key=lambda page: len(page.path), default=None)


def has_feature(feature: str) -> bool:
    """Return whether the product has a feature, in whichever process: else a link to it would lead nowhere."""
    return feature in services().features
