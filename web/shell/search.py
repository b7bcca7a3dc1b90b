"""Search: one question to all features, and what the shell itself knows, its pages and acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quart import Response, request

from core.i18n import speaker
from core.messages import messages_of
from web.kit import Group, Hit, guard, has_feature, offered, page, search, searchable, services
from web.shell.blueprint import blueprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.navigation import Page
    from web.kit import Query

N_ = messages_of("shell")


@dataclass(frozen=True, slots=True)
class FoundPage:
    """``/search``: what was asked, the groups of what was found, and how much that is in all."""

    query: str
    groups: tuple[Group, ...]
    count: int


@blueprint.get("/search")
@guard("signed_in", on="tenant")
async def find() -> Response:
    """Answer with a page, or for the palette with the groups alone."""
    text = request.args.get("q", "")
    groups = await search(text)
    count = sum(len(group.hits) for group in groups)
    return await page("shell/search.html", FoundPage(text, groups, count), fragment="shell/_found.html")


@searchable("shell.pages", title=N_("Pages"), order=10, empty=True)
async def find_pages(query: Query) -> Sequence[Hit]:
    """Find the product's own pages by the words of their names, in the reader's language."""
    return [hit for hit in _pages() if _is_called(hit, query)]


@searchable("shell.acts", title=N_("Actions"), order=90, empty=True)
async def find_acts(query: Query) -> Sequence[Hit]:
    """Find what can be done from anywhere."""
    return [hit for hit in _acts() if _is_called(hit, query)]


def _pages() -> list[Hit]:
    home = Hit(N_("Home"), "/", "home", remembered=False)
    return [home, *(_hit_of(page) for page in offered() if page.menu != "begin")]


def _acts() -> list[Hit]:
    home = services().identity.hosts.url
    acts = {
        Hit(N_("Change theme and language"), "/preferences", "sun", remembered=False): "users",
        Hit(
            N_("Show keyboard shortcuts"),
            "/search",
            "keyboard",
            press='[data-dialog-open="shortcuts"]',
            remembered=False,
        ): "shell",
        Hit(N_("Switch workspace"), home("home", "/tenants"), "switch", reload=True, remembered=False): "tenants",
        Hit(N_("Logged-in devices"), home("home", "/sessions"), "shield", reload=True, remembered=False): "auth",
        Hit(N_("Log out"), "/", "logout", press='form[action="/logout"] button', remembered=False): "auth",
    }
    possible = [act for act, feature in acts.items() if feature == "shell" or has_feature(feature)]
    return [*(_hit_of(page) for page in offered("begin")), *possible]


def _hit_of(page: Page) -> Hit:
    return Hit(page.found_as or page.title, page.path, page.icon, remembered=False)


def _is_called(hit: Hit, query: Query) -> bool:
    title = hit.title if isinstance(hit.title, str) else speaker().say(hit.title)
    return not query.text or query.matches(title) or query.text.casefold() in title.casefold()
