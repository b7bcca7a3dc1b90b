"""The outermost layer, plain ASGI: files, streams and health checks are answered here, all else goes to the routes.

Every request gets a reference (shown on error pages), a span, and one line in the log.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import structlog
from opentelemetry import propagate, trace

from core.health import is_ready
from core.i18n import negotiate, speaking
from core.identity import Look
from core.metrics import REQUESTS
from core.theming import DEFAULT_THEME
from web.kit import live, static
from web.kit.admission import METHODS as ALLOWED, objection
from web.kit.busy import Busy
from web.kit.cookies import read_cookies
from web.kit.errors import REFUSED_AT_THE_GATE
from web.kit.openings import Openings
from web.kit.security import DEVICE_COOKIE, SESSION_COOKIE, VISITOR_COOKIE, SecurityHeaders
from web.kit.services import serving
from web.kit.stopping import drain_when_told_to_stop
from web.kit.visit import Visit, begin, loggable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from core.health import Check
    from core.settings import Network
    from core.turns import Turns
    from web.kit.services import Kit

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Any, Receive, Send], Awaitable[None]]

log = structlog.get_logger("web.access")
tracer = trace.get_tracer("adx.web")

HEALTH = "/health/"
SERVER_ERROR = 500
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
"""Those of RFC 9110, with PATCH of RFC 5789. Figures and spans know no others: anybody may make up endless names."""


class Gate:
    """Wraps the routes of one app."""

    def __init__(self, routes: Application, kit: Kit, turns: Turns) -> None:
        self._routes = routes
        self._kit = kit
        self._hosts = kit.services.identity.hosts
        self._headers = SecurityHeaders(kit.services.settings)
        self._proxies = kit.services.settings.trusted_proxies
        self._turns = turns
        self._busy = Busy(kit, self._headers)
        self._openings = Openings()
        self._stops_streams = False
        self._is_leaving = False

    def leave(self) -> None:
        """Go on answering, but say that this process is not ready, open no streams, and end each connection.

        Whoever holds a connection is told with the answer that the next request needs another one: closed without a
        word, it could lose one that is under way.
        """
        log.info("web.leaving")
        self._is_leaving = True

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401  # an ASGI scope
        """Answer one request, or take part in the server's start and stop."""
        if self._is_leaving and scope["type"] == "http" and scope["http_version"].startswith("1"):
            send = _closing(send)
        if scope["type"] != "http":
            await self._routes(scope, receive, send)
        elif (status := objection(scope)) is not None:
            await self._refuse(status, scope, self._guarded(send))
        elif scope["path"].startswith(static.PREFIX):
            await self._kit.static.answer(scope, self._guarded(send))
        elif scope["path"].startswith(HEALTH):
            await self._health(scope, self._guarded(send))
        elif scope["path"] == live.PATH and (self._is_leaving or self._openings.turns.is_full):
            await self._openings.send_away(self._guarded(send))
        elif scope["path"] != live.PATH and self._turns.is_full:
            await self._busy.answer(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401
        visit = self._visit(scope)
        begin(visit)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(reference=visit.reference)
        status = 0
        started = time.perf_counter()

        async def watched(message: Any) -> None:  # noqa: ANN401
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", visit.reference.encode())]
            await send(message)

        name = f"{_method(scope)} {'/live' if scope['path'] == live.PATH else 'page'}"
        with tracer.start_as_current_span(name, context=_parent(scope), kind=trace.SpanKind.SERVER) as span:
            try:
                if scope["path"] == live.PATH and scope["method"] == "GET":
                    await self._stream(visit, scope, receive, self._guarded(watched))
                else:
                    with serving(self._kit):
                        await self._routes(scope, receive, watched)
            finally:
                _note(span, visit, scope, status, time.perf_counter() - started)

    async def _refuse(self, status: int, scope: Any, send: Send) -> None:  # noqa: ANN401
        """Answer what is not going to be read, in words all the same: a browser may be made to send too much."""
        REQUESTS.labels(_method(scope), "none", str(status)).observe(0)
        log.info("request.refused", status=status, address=client_address(scope, self._proxies))
        catalogues = self._kit.services.catalogues
        locale = negotiate(_header(scope, b"accept-language"), catalogues.locales)
        with speaking(catalogues.speaker(locale, "UTC")) as speaker:
            told = {"status": status, "message": speaker.say(REFUSED_AT_THE_GATE[status]), "reference": None}
            html = self._kit.templates.render("kit/error.html", told, theme=DEFAULT_THEME)
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
        if status == 405:  # noqa: PLR2004  # which says what would do (RFC 9110, section 15.5.6)
            headers.append((b"allow", ", ".join(sorted(ALLOWED)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": html.encode(), "more_body": False})

    async def _stream(self, visit: Visit, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401
        if not self._stops_streams:
            self._stops_streams = True
            drain_when_told_to_stop(self._kit.services.hub)
        visit.ctx = await live.answer(self._kit, self._openings, visit, scope, receive, send) or visit.ctx

    def _guarded(self, send: Send) -> Send:
        """Have answers that no route makes carry the headers of every answer."""

        async def guarded(message: Any) -> None:  # noqa: ANN401
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                missing = [pair for pair in self._headers.of_every_answer if pair[0] not in known]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        return guarded

    def _visit(self, scope: Mapping[str, Any]) -> Visit:
        host = _header(scope, b"host").lower().rstrip(".")
        cookies = read_cookies(scope["headers"])
        return Visit(
            services=self._kit.services,
            host=host,
            kind=self._hosts.kind(host) or "tenant",
            address=client_address(scope, self._proxies),
            reference=secrets.token_hex(6),
            cookies=cookies,
            token=cookies.get(SESSION_COOKIE),
            visitor=cookies.get(VISITOR_COOKIE),
            device=Look.from_cookie(cookies.get(DEVICE_COOKIE)),
        )

    async def _health(self, scope: Any, send: Send) -> None:  # noqa: ANN401
        if scope["path"] != f"{HEALTH}ready":
            await _json(send, 200 if scope["path"] == f"{HEALTH}live" else 404, {})
            return
        checks = await self._kit.services.health.recent()
        told = {name: self._told(check) for name, check in checks.items()}
        await _json(send, 200 if is_ready(checks) and not self._is_leaving else 503, told)

    def _told(self, check: Check) -> dict[str, Any]:
        """Return what anybody may know of a dependency: in production neither its version nor its address."""
        told = asdict(check)
        return told if self._kit.services.settings.environment != "production" else told | {"detail": ""}


def _closing(send: Send) -> Send:
    async def closing(message: Any) -> None:  # noqa: ANN401
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return closing


def client_address(scope: Mapping[str, Any], proxies: Sequence[Network]) -> str:
    """Return who sent the request: the nearest address that is none of our own proxies. Bad headers count nothing.

    All such headers are one list (RFC 9110, section 5.3): a proxy may add its own below one that the browser made up.
    """
    peer = (scope.get("client") or ("",))[0]
    lines = (value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"x-forwarded-for")
    forwarded = [part.strip() for part in ",".join(lines).split(",") if part.strip()]
    address = peer
    while _is_within(address, proxies) and forwarded:
        candidate = forwarded.pop()
        if _parse(candidate) is None:
            break
        address = candidate
    return address


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    found = _parse(address)
    return found is not None and any(found in network for network in networks)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    found = (value for key, value in scope["headers"] if key.lower() == name)
    return next(found, b"").decode("latin-1")


def _parent(scope: Mapping[str, Any]) -> Any:  # noqa: ANN401  # OpenTelemetry's context
    carrier = {"traceparent": _header(scope, b"traceparent")}
    return propagate.extract(carrier) if carrier["traceparent"] else None


def _note(span: trace.Span, visit: Visit, scope: Mapping[str, Any], status: int, seconds: float) -> None:
    """Write the line of one request. The query string is left out: it may hold codes and tokens."""
    if scope["path"] != live.PATH:  # a stream lasts as long as its page; core.metrics.STREAMS counts those
        REQUESTS.labels(_method(scope), visit.route or "none", str(status)).observe(seconds)
    span.set_attribute("http.request.method", _method(scope))
    span.set_attribute("url.path", loggable(scope["path"]))
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("adx.tenant", visit.ctx.tenant.slug)
    if visit.route:
        span.set_attribute("http.route", visit.route)
        span.update_name(f"{_method(scope)} {visit.route}")
    if status >= SERVER_ERROR:
        span.set_status(trace.StatusCode.ERROR)
    log.info(
        "request",
        method=scope["method"],
        path=loggable(scope["path"]),
        status=status,
        ms=round(seconds * 1000, 1),
        tenant=visit.ctx.tenant.slug,
        address=visit.address,
    )


def _method(scope: Mapping[str, Any]) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"


async def _json(send: Send, status: int, value: Mapping[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode(), "more_body": False})
