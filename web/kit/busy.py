"""The answer to those for whom there is no room now: made once a language, so that to refuse costs next to nothing.

A refusal that is made like a page would take the time of those who are being answered. So it is the same for all: no
look of a tenant's, no session, no token.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any, Literal

import structlog

from core.i18n import negotiate, speaking
from core.messages import messages_of
from core.metrics import REFUSED
from web.kit.services import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from web.kit.security import SecurityHeaders
    from web.kit.services import Kit

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Form = Literal["page", "toast", "nothing", "json"]

N_ = messages_of("kit")
log = structlog.get_logger(__name__)

BUSY = N_("More people are asking right now than can be answered. Nothing was changed; try again in a few seconds.")

BACK_WITHIN = 8
"""Those who are sent away come back spread over so many seconds, not together."""

A_SECOND = 100
LONGEST_PAUSE = 1.0
"""Refusals are paced: who asks again without a pause must not take the processor from those who are being answered."""

LEFT_OVER_BYTES = 256 * 1024
LEFT_OVER_SECONDS = 1.0
LOG_EVERY = 10.0

KINDS: dict[Form, str] = {"json": "application/json", "page": "text/html; charset=utf-8"}


def back_in() -> int:
    """Return after how many seconds somebody is to come back."""
    return random.randint(1, BACK_WITHIN)  # noqa: S311  # no secret depends on it


class Pace:
    """Spreads refusals over time, as long as none waits noticeably."""

    def __init__(self) -> None:
        self._next = 0.0

    async def wait(self) -> None:
        """Wait until the next refusal may go out."""
        now = asyncio.get_running_loop().time()
        self._next = min(max(self._next, now), now + LONGEST_PAUSE) + 1 / A_SECOND
        if self._next - now > 2 / A_SECOND:
            await asyncio.sleep(self._next - now)


class Busy:
    """Refuses requests before anything is done for them."""

    def __init__(self, kit: Kit, headers: SecurityHeaders) -> None:
        self._kit = kit
        self._headers = headers
        self._made: dict[tuple[Form, str], bytes] = {}
        self._pace = Pace()
        self._logged_at = 0.0

    async def answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Say that there is no room now, in the form and the language that is asked for."""
        self._note()
        await self._pace.wait()
        asked = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if asked.keys() & {b"content-length", b"transfer-encoding"}:
            await _take_body(receive)
        form = _form(scope, asked)
        locale = negotiate(asked.get(b"accept-language"), self._kit.services.catalogues.locales)
        body = self._body(form, locale)
        await send({"type": "http.response.start", "status": 503, "headers": self._told(scope, form, len(body))})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _told(self, scope: Mapping[str, Any], form: Form, length: int) -> list[tuple[bytes, bytes]]:
        seconds = str(back_in()).encode()
        told = [
            *self._headers.of_every_page,
            (b"content-type", KINDS.get(form, KINDS["page"]).encode()),
            (b"content-length", str(length).encode()),
            (b"cache-control", b"no-store"),
            (b"retry-after", seconds),
        ]
        if form == "page" and scope["method"] == "GET":
            return [*told, (b"refresh", seconds)]  # whoever looks at it need not come back by hand
        if form == "nothing":
            return [*told, (b"hx-reswap", b"none")]  # a slot's own button says so; what stands in its place stays
        return [*told, (b"hx-push-url", b"false")] if form == "toast" else told

    def _body(self, form: Form, locale: str) -> bytes:
        key = (form, locale)
        if key not in self._made:
            self._made[key] = self._make(form, locale).encode()
        return self._made[key]

    def _make(self, form: Form, locale: str) -> str:
        speaker = self._kit.services.catalogues.speaker(locale, "UTC")
        text = speaker.say(BUSY)
        if form == "json":
            return json.dumps({"error": {"code": "busy", "message": text, "field": None}})
        if form == "nothing":
            return ""
        template = "kit/_toast.html" if form == "toast" else "kit/busy.html"
        with serving(self._kit), speaking(speaker):
            return str(self._kit.templates.render(template, {"text": text, "tone": "danger"}, theme=""))

    def _note(self) -> None:
        """Count each, and write a line for many of them: a line for each would be work as well."""
        REFUSED.labels("page").inc()
        now = asyncio.get_running_loop().time()
        if now - self._logged_at > LOG_EVERY:
            self._logged_at = now
            log.warning("web.busy")


def _form(scope: Mapping[str, Any], asked: Mapping[bytes, str]) -> Form:
    accept = asked.get(b"accept", "")
    if scope["path"].startswith("/api/") or ("application/json" in accept and "text/html" not in accept):
        return "json"
    if asked.get(b"hx-request") != "true":
        return "page"
    return "nothing" if asked.get(b"hx-target", "").startswith("div#slot-") else "toast"


async def _take_body(receive: Receive) -> None:
    """Take what is sent along, within reason: a browser that is still sending would not see the answer."""
    left = LEFT_OVER_BYTES
    try:
        async with asyncio.timeout(LEFT_OVER_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return
