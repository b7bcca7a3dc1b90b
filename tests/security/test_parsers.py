"""Whatever a stranger can feed takes work in proportion to its length, counted, not timed."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from werkzeug.exceptions import RequestEntityTooLarge

from core.errors import InvalidError
from core.i18n import negotiate
from core.identity import Look
from domain.auth.known_browsers import KnownBrowsers
from tests.support.work import counted, growth
from tests.web.kit.sending import ask_raw, scope_of
from web.kit import csrf
from web.kit.admission import objection
from web.kit.cookies import read_cookies
from web.kit.form_body import MOST_FIELDS, FormParser
from web.kit.gate import client_address
from web.kit.urls import host_of, path_within
from web.kit.visit import loggable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

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

MARKS = KnownBrowsers(SecretStr("a secret for tests, longer than 32 bytes"))


def tokens_match(token: str) -> bool:
    """Whether a token is taken apart and compared as ``web.kit.csrf`` does it."""
    visit: Any = SimpleNamespace(came_before=True, token="session", visitor=None)
    return csrf._matches(visit, token)


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
    "marks of known browsers": lambda text: MARKS.find(text.decode("latin-1"), "ada@example.com"),
    "a token": lambda text: tokens_match(text.decode("latin-1")),
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


class Pieces:
    """A body that is there already, in pieces."""

    def __init__(self, content: bytes, size: int) -> None:
        self._pieces = iter([content[at : at + size] for at in range(0, len(content), size)])
        self._content = content

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise StopAsyncIteration from None

    def __await__(self) -> Generator[Any, None, bytes]:
        yield from ()
        return self._content


def read_form(content: bytes, mimetype: str, size: int) -> None:
    """Read a form to its end, or to where it is refused."""
    body: Any = Pieces(content, size)
    reading = FormParser(max_form_parts=MOST_FIELDS).parse(body, mimetype, None, {"boundary": "x"})
    with suppress(StopIteration, InvalidError, RequestEntityTooLarge):
        reading.send(None)


FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'
OPENINGS = {
    "before the first part": b"",
    "the head of a part": b"--x\r\n",
    "a disposition": b"--x\r\nContent-Disposition: form-data; ",
    "a name": b'--x\r\nContent-Disposition: form-data; name="',
    "a field": FIELD,
    "a file": FILE,
    "after the last part": FIELD + b"\r\n--x--\r\n",
}
BODY_FILLERS = (
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"-", b"--x", b"\r\n--x", b"\r\n--x ", b"\r\n--", b"\n ", b"a: b\r\n", b"; a=b",
    b"; a*0=b", b'\\"', b"%41", b"\xff", b" ", b"a", FIELD + b"c\r\n", FILE + b"c\r\n",
)  # fmt: skip


@pytest.mark.parametrize("size", [1024, 31])
@pytest.mark.parametrize("where", OPENINGS)
def test_a_multipart_form_takes_work_in_proportion(where: str, size: int) -> None:
    def parse(filling: bytes) -> None:
        read_form(OPENINGS[where] + filling, "multipart/form-data", size)

    slow = {filler: found for filler in BODY_FILLERS if (found := growth(parse, filler, 3000)) > LINEAR}
    assert slow == {}


def test_a_form_takes_work_in_proportion() -> None:
    def parse(filling: bytes) -> None:
        read_form(b"a=" + filling, "application/x-www-form-urlencoded", 64 * 1024)

    fillers = (*FILLERS, b"a=b&", b"&&", b"%26", b"+", b"%C3%A4")
    slow = {filler: found for filler in fillers if (found := growth(parse, filler, SIZE)) > LINEAR}
    assert slow == {}


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
