"""Whatever a stranger can feed takes work in proportion to its length, counted, not timed."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

import pytest

from core.i18n import negotiate
from core.identity import Look
from tests.support.work import counted, growth
from tests.web.kit.sending import ask_raw, scope_of
from web.kit.admission import objection
from web.kit.cookies import read_cookies
from web.kit.gate import client_address
from web.kit.urls import host_of, path_within
from web.kit.visit import loggable

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import Settings
    from entrypoints.web import Application

LINEAR = 6.0
"""Four times the input may be six times the work at most; were it quadratic, it would be sixteen."""

SIZE = 4096
FILLERS = (
    b"\\", b'"', b'\\"', b";", b"; ", b",", b"=", b"a=", b"a=b; ", b"a;q=0.5,", b"%41", b"%ff", b"%", b" ", b"\t", b"-",
    b"a-", b"/", b"/a", b"../", b"&", b"&a=b", b".", b"[", b":", b"0", b"1.2.3.4,", b"__Host-adx_session=a; ", b"\xff",
    b"a",
)  # fmt: skip

PROXIES = (ipaddress.ip_network("0.0.0.0/0"),)
PARSERS: dict[str, Callable[[bytes], object]] = {
    "cookies": lambda text: read_cookies([(b"cookie", text)]),
    "cookies in many lines": lambda text: read_cookies([(b"cookie", line) for line in text.split(b"a")]),
    "a quoted cookie": lambda text: read_cookies([(b"cookie", b'a="' + text + b'"; __Host-adx_session=b')]),
    "a device's cookie": lambda text: Look.from_cookie(text.decode("latin-1")),
    "admission": lambda text: objection(scope_of("GET", "/" + text.decode("latin-1"), (b"host", text), (b"x", text))),
    "languages": lambda text: negotiate(text.decode("latin-1"), ("en", "de", "zh")),
    "forwarded addresses": lambda text: client_address(
        {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", text)]}, PROXIES
    ),
    "an address": lambda text: path_within("http://a/" + text.decode("latin-1"), "a"),
    "an origin": lambda text: host_of("http://" + text.decode("latin-1")),
    "a path in the log": lambda text: loggable("/" + text.decode("latin-1")),
}


@pytest.mark.parametrize("name", PARSERS)
def test_what_reads_headers_takes_work_in_proportion(name: str) -> None:
    slow = {filler: found for filler in FILLERS if (found := growth(PARSERS[name], filler, SIZE)) > LINEAR}
    assert slow == {}


def test_a_parser_that_looks_at_the_rest_for_each_character_is_noticed() -> None:
    backslash = re.compile(rb"\\[0-3][0-7][0-7]")

    def planted(text: bytes) -> None:
        for position in range(len(text)):
            backslash.search(text, position)

    def by_slices(text: bytes) -> None:
        while text:
            text = text.partition(b"\\")[2]

    assert growth(planted, b"\\", 256) > LINEAR
    assert growth(by_slices, b"\\", 256) > LINEAR


HEADERS = (
    b"accept", b"accept-encoding", b"accept-language", b"content-type", b"cookie", b"hx-current-url", b"hx-target",
    b"if-range", b"last-event-id", b"origin", b"range", b"referer", b"traceparent", b"user-agent", b"x-csrf-token",
    b"x-forwarded-for",
)  # fmt: skip
ASKED = (("GET", "/no-such-page"), ("POST", "/login"), ("GET", "/live"), ("GET", "/static/x/css/app.css"))
SOME_FILLERS = (b"\\", b'"', b"a=b; ", b"a;q=0.5,", b"%ff", b"\xff")
SMALL, LARGE = 3000, 12_000


class Asker:
    """Counts the work of whole requests."""

    def __init__(self, application: Application, host: bytes) -> None:
        self._application = application
        self._always = ((b"host", host), (b"cookie", b"__Host-adx_visit=somebody"))

    async def work(self, method: str, path: str, *headers: tuple[bytes, bytes], **more: Any) -> int:
        with counted() as work:
            await ask_raw(self._application, method, path, *self._always, *headers, **more)
        return work.steps


@pytest.fixture
def asker(application: Application, settings: Settings) -> Asker:
    return Asker(application, settings.base_url.partition("://")[2].encode())


@pytest.mark.parametrize("header", HEADERS)
async def test_a_request_takes_work_in_proportion_to_its_headers(asker: Asker, header: bytes) -> None:
    slow = []
    for method, path in ASKED:
        await asker.work(method, path, (header, b"a"))
        nothing = await asker.work(method, path, (header, b"a"))
        for filler in SOME_FILLERS:
            found = await asker.work(method, path, (header, filler * (LARGE // len(filler))))
            if found > nothing + 60 * LARGE:
                slow.append((method, path, filler, nothing, found))
    assert slow == []


@pytest.mark.parametrize("filler", ["/", "/a", "//", "..", "/files/", "a", "-", "%", ";", "\xff"])
async def test_a_request_takes_work_in_proportion_to_its_address(asker: Asker, filler: str) -> None:
    for path in ("/a", "/", "/login"):
        await asker.work("GET", path)  # templates are compiled
    nothing = await asker.work("GET", "/a")
    of_path = await asker.work("GET", "/" + filler * (SMALL // len(filler)))
    of_query = await asker.work("GET", "/login", query_string=filler.encode() * (SMALL // len(filler.encode())))
    assert max(of_path, of_query) < nothing + 100 * SMALL
