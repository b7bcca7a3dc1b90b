"""A browser without a screen: it keeps its cookies host by host and sends the CSRF token of its last page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entrypoints.web import Application

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VOID = frozenset({"input", "meta", "link", "img", "br", "use", "hr"})


@dataclass
class Element:
    """A part of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words of it, spaces tidied."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element below with this tag and these attributes (``class_``, ``data_state``)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, str):
                continue
            if tag in {"", child.tag} and all(child.attributes.get(name) == wanted[name] for name in wanted):
                found.append(child)
            found += child.all(tag, **attributes)
        return found

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The one such element."""
        (found,) = self.all(tag, **attributes)
        return found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in [element.tag for element in self._open[1:]]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def html(self) -> Element:
        parser = _Parser()
        parser.feed(self.content.decode())
        return parser.root

    @property
    def text(self) -> str:
        return self.html.text

    @property
    def heading(self) -> str:
        return self.html.one("h1").text

    def error_of(self, name: str) -> str:
        """The error that stands beside a field."""
        return self.html.one(id=f"{name}-error").text


class Visitor:
    """One person's browser, at an address of their own."""

    def __init__(self, application: Application, base: str, address: str, *, language: str = "en") -> None:
        self.base = base
        self.address = address
        self.language = language
        self.cookies: dict[str, dict[str, str]] = {}
        self._application = application
        self._csrf: dict[str, str] = {}

    async def get(self, url: str, **headers: str) -> Answer:
        return await self._send("GET", url, None, headers)

    async def post(self, url: str, data: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form. Without an earlier page of the host there is no token to send with it."""
        host = urlsplit(self._full(url)).netloc
        return await self._send("POST", url, {"csrf_token": self._csrf.get(host, ""), **(data or {})}, headers)

    async def handover(self, slug: str) -> str:
        """The address with the code that lets this browser into a tenant."""
        marking = (await self.get(f"/tenants/{slug}/entry")).location
        return (await self.get((await self.get(marking)).location)).location

    def tenant(self, slug: str, path: str) -> str:
        """The address of a page on a tenant's host."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{slug}.{parts.netloc}{path}"

    def _full(self, url: str) -> str:
        return url if url.startswith("http") else self.base + url

    async def _send(self, method: str, url: str, data: Any, headers: Mapping[str, str]) -> Answer:
        url = self._full(url)
        host = urlsplit(url).netloc
        jar = self.cookies.setdefault(host, {})
        sent = {
            "Accept-Language": self.language,
            "User-Agent": USER_AGENT,
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        transport = httpx.ASGITransport(self._application, client=(self.address, 50000))
        async with httpx.AsyncClient(transport=transport, timeout=20) as client:
            response = await client.request(method, url, data=data, headers=sent)
        self._keep(jar, response)
        answer = Answer(response.status_code, response.headers, response.content)
        if answer.headers.get("content-type", "").startswith("text/html"):
            for body in answer.html.all("body"):
                if "hx-headers:inherited" not in body.attributes:
                    continue  # the page for times without a connection sends nothing
                self._csrf[host] = json.loads(body.attributes["hx-headers:inherited"])["X-CSRF-Token"]
        return answer

    def _keep(self, jar: dict[str, str], response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0" or morsel["expires"].startswith("Thu, 01 Jan 1970"):
                    jar.pop(name, None)
                else:
                    jar[name] = morsel.value
