"""What is too large or can be understood in two ways is refused before anything of it is parsed, on every path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.kit.sending import ask_raw
from web.kit.admission import METHODS, MOST_BYTES_OF, MOST_HEADER_BYTES, MOST_HEADERS, MOST_TARGET_BYTES

if TYPE_CHECKING:
    from core.settings import Settings
    from entrypoints.web import Application

PATHS = ("/login", "/no-such-page", "/live", "/static/x/css/app.css", "/health/live", "/health/ready", "/")

COOKIE_OF_QUOTED_BACKSLASHES = (b"cookie", b'a="' + b"\\" * 32_768 + b'"')


@pytest.fixture
def host(settings: Settings) -> tuple[bytes, bytes]:
    return b"host", settings.base_url.partition("://")[2].encode()


@pytest.mark.parametrize("path", PATHS)
async def test_headers_that_are_too_large_meet_no_parser(
    application: Application, host: tuple[bytes, bytes], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.kit.gate.read_cookies", None)
    too_many = [(b"x-%d" % number, b"y") for number in range(MOST_HEADERS)]
    for headers in ([COOKIE_OF_QUOTED_BACKSLASHES], [(b"x", b"y" * MOST_HEADER_BYTES)], too_many):
        answer = await ask_raw(application, "GET", path, host, *headers)
        assert answer.status == 431
        assert answer.headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("name", sorted(MOST_BYTES_OF))
async def test_a_header_that_is_taken_apart_has_a_bound_of_its_own(
    application: Application, host: tuple[bytes, bytes], name: bytes
) -> None:
    headers = [host] if name != b"host" else []
    over = (name, b"a" * (MOST_BYTES_OF[name] + 1))
    assert (await ask_raw(application, "GET", "/login", *headers, over)).status == 431
    if name not in {b"host", b"origin", b"content-type", b"range"}:
        half = (name, b"a" * (MOST_BYTES_OF[name] // 2 + 1))
        assert (await ask_raw(application, "GET", "/login", *headers, half, half)).status == 431


@pytest.mark.parametrize("path", PATHS)
async def test_an_address_that_is_too_long_is_414(
    application: Application, host: tuple[bytes, bytes], path: str
) -> None:
    long = b"a=b&" * (MOST_TARGET_BYTES // 4)
    assert (await ask_raw(application, "GET", path, host, query_string=long)).status == 414
    assert (await ask_raw(application, "GET", path + "x" * MOST_TARGET_BYTES, host)).status == 414


@pytest.mark.parametrize("path", PATHS)
async def test_a_request_that_two_readers_understand_differently_is_400(
    application: Application, host: tuple[bytes, bytes], path: str
) -> None:
    ours = host[1]
    hosts = [
        [host, host],
        [host, (b"Host", b"evil.example")],
        [],
        *([(b"host", value)] for value in (
            b"", b" ", b"user@" + ours, b"user:secret@" + ours, ours + b", evil.example", ours + b"/x", ours + b"?x",
            ours + b"#x", b"evil.example:" + b"9" * 6, b"evil.example:http", b"evil.example:", b"[::1", b"::1",
            b"a b", b"a\tb", b"a\x00b", b"\xc3\xa4.example", b"http://" + ours, ours + b"\\", b".", b"-",
        )),
    ]  # fmt: skip
    for headers in hosts:
        assert (await ask_raw(application, "GET", path, *headers)).status == 400, headers
    bodies: list[list[tuple[bytes, bytes]]] = [
        [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"1"), (b"content-length", b"1")],
        [(b"content-length", b"+1")],
        [(b"content-length", b"1, 1")],
        [(b"content-length", b"9" * 19)],
        [(b"content-length", "٣".encode())],
        [(b"transfer-encoding", b"gzip, chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
        [(b"transfer-encoding", b"identity")],
        [(b"content-type", b"text/plain"), (b"content-type", b"multipart/form-data; boundary=x")],
    ]
    for headers in bodies:
        assert (await ask_raw(application, "POST", path, host, *headers)).status == 400, headers


@pytest.mark.parametrize("target", ["", "*", "x", "localhost:443", "http://localhost/login", "login"])
async def test_a_target_that_is_no_path_is_400(
    application: Application, host: tuple[bytes, bytes], target: str
) -> None:
    for method in sorted(METHODS):
        assert (await ask_raw(application, method, target, host)).status == 400


@pytest.mark.parametrize("path", [*PATHS, "", "localhost:443", "*"])
async def test_a_method_that_is_none_of_an_address_is_405(
    application: Application, host: tuple[bytes, bytes], path: str
) -> None:
    for method in ("CONNECT", "TRACE", "TRACK", "get", "Post", "BREW", "PRI", "F!#$%X", "X" * 5000, "", "GET "):
        answer = await ask_raw(application, method, path, host)
        assert answer.status == 405, method
        assert b"GET" in answer.headers[b"allow"]


async def test_ordinary_requests_pass(application: Application, host: tuple[bytes, bytes]) -> None:
    large = (b"cookie", b"; ".join(b"c%d=%s" % (number, b"x" * 20) for number in range(400)))
    assert (await ask_raw(application, "GET", "/login", host, large)).status == 200
    assert (await ask_raw(application, "GET", "/health/live", http_version="1")).status == 200
    assert (await ask_raw(application, "GET", "/health/live", (b"host", b"[::1]:8000"))).status == 200
    assert (await ask_raw(application, "OPTIONS", "/login", host)).status in {200, 405}


async def test_a_refusal_says_what_to_do_in_the_readers_language(
    application: Application, host: tuple[bytes, bytes]
) -> None:
    answer = await ask_raw(
        application, "GET", "/login", host, (b"accept-language", b"de-AT,de;q=0.9"), COOKIE_OF_QUOTED_BACKSLASHES
    )
    page = answer.body.decode()
    assert re.search(r"<html lang=.de. dir=.ltr.>", page)
    assert "Löschen Sie seine Cookies für diese Website" in page


ODD = (
    b"http://[", b"http://[::1", b"http://]", b"//", b"http://\xe2\x84\x80", b"\xff\xfe", b"a\tb", b"%", b"%00", b'"',
    b"\\", b";", b",", b"=", b"0", b"-1", b"9" * 60, b"bytes=" + b"9" * 200 + b"-", b"bytes=0-1,2-3", b"q=nan",
    b"a;q=1e999",
    b"multipart/form-data; boundary", b"multipart/form-data; boundary=\xff",
    b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01",
    b"\xc2\xa0", b"(" * 60, b"<" * 60, b"*/*;q=\xff",
)  # fmt: skip
NAMES = (
    b"accept", b"accept-encoding", b"accept-language", b"authorization", b"content-disposition", b"content-type",
    b"cookie", b"date", b"expect", b"forwarded", b"hx-current-url", b"hx-request", b"hx-target", b"hx-trigger",
    b"if-match",
    b"if-modified-since", b"if-none-match", b"if-range", b"last-event-id", b"max-forwards", b"origin", b"range",
    b"referer", b"sec-fetch-site", b"te", b"traceparent", b"tracestate", b"upgrade", b"user-agent", b"x-csrf-token",
    b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto",
)  # fmt: skip


@pytest.mark.parametrize("names", [NAMES[start::4] for start in range(4)])
async def test_an_odd_header_is_never_an_error_of_ours(
    application: Application, host: tuple[bytes, bytes], names: tuple[bytes, ...]
) -> None:
    for value in ODD:
        for method, path in (("GET", "/login"), ("POST", "/login"), ("POST", "/sessions/revocation"), ("GET", "/live")):
            answer = await ask_raw(application, method, path, host, *((name, value) for name in names))
            assert answer.status < 500, (method, path, value)
