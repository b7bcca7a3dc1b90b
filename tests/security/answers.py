"""What an answer of a route says: whether its guard refused, and what could tell it from another answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.security.routes import ROUTES

if TYPE_CHECKING:
    from tests.security.routes import Route
    from tests.support.visitor import Answer, Visitor

MASKED_TOKEN = re.compile(rb"[A-Za-z0-9_-]{86}==")


async def ask(visitor: Visitor, route: Route, url: str) -> Answer:
    """Send an empty request of the route's method."""
    return await (visitor.get(url) if route.method == "GET" else visitor.post(url))


def turns_away(answer: Answer, route: Route) -> bool:
    """Whether the guard refused. Where an id is made up, or nothing is under way, "not there" says nothing about it."""
    if answer.status == 404:
        return route.method == "GET" and "<" not in route.rule and ROUTES.get(route.key) != "anyone"
    return answer.status in {401, 403} or (answer.status == 303 and "/login?" in answer.location)


def lets_in(answer: Answer, route: Route) -> bool:
    """Whether the guard let the request pass."""
    return answer.status != 404 and not turns_away(answer, route)


def visible(answer: Answer) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return all that could tell two answers apart; tokens and request numbers are random in every answer."""
    random = {"date", "content-length", "x-request-id"}
    headers = [(name, value) for name, value in answer.headers.items() if name not in random]
    return answer.status, MASKED_TOKEN.sub(b"token", answer.content), sorted(headers)
