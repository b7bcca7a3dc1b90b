"""Files of the pages: named by their content, compressed once at the start, kept by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import structlog

from core.theming import ThemeError, read_theme

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from typing import Any

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "/static/"
JOINED = {"css/app.css": "css/*.css", "js/app.js": "js/*.js"}
"""Files that are made of several, joined in the order of their names."""
FROM_NPM = {"js/htmx.js": "htmx.org/dist/htmx.min.js", "js/hx-sse.js": "htmx.org/dist/ext/hx-sse.min.js"}
COMPRESSED = (".css", ".js", ".svg", ".html", ".json", ".txt", ".webmanifest")
HASH_LENGTH = 16
LOOK_AGAIN_AFTER = 0.5

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in the forms it is sent in."""

    digest: str
    content_type: str
    plain: bytes
    br: bytes | None
    gzip: bytes | None


class StaticFiles:
    """All files under ``web/static``, the themes' own, and the libraries from npm. Held in memory."""

    def __init__(self, root: Path = ROOT, *, watch: bool = False) -> None:
        self._root = root
        self._watch = watch
        self._stamp: tuple[int, int] = (0, 0)
        self._looked_at = 0.0
        self._assets: dict[str, Asset] = {}
        self._read()

    def url(self, name: str) -> str:
        """Return the address of a file; it changes whenever the content does. Raises ``KeyError`` for no such file."""
        self._look_again()
        return f"{PREFIX}{self._assets[name].digest}/{name}"

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._assets

    async def answer(self, scope: Mapping[str, Any], send: Callable[[Any], Awaitable[None]]) -> None:
        """Send the file that an address below ``/static/`` names, or 404. Plain ASGI: it needs nothing else."""
        digest, _, name = scope["path"][len(PREFIX) :].partition("/")
        asset = self._assets.get(name) if scope["method"] in {"GET", "HEAD"} else None
        if asset is None:
            await _send(send, 404, {"content-type": "text/plain", "cache-control": "no-store"}, b"Not found\n")
            return
        coding, body = _best(asset, _header(scope, b"accept-encoding"))
        # An older page may ask for the older content while processes of two versions answer: never kept then.
        fresh = digest == asset.digest
        headers = {
            "content-type": asset.content_type,
            "cache-control": "public, max-age=31536000, immutable" if fresh else "no-store",
            "vary": "Accept-Encoding",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
        }
        if coding:
            headers["content-encoding"] = coding
        headers["content-length"] = str(len(body))
        await _send(send, 200, headers, b"" if scope["method"] == "HEAD" else body)

    def _look_again(self) -> None:
        if not self._watch or time.monotonic() - self._looked_at < LOOK_AGAIN_AFTER:
            return
        self._looked_at = time.monotonic()
        if self._stamp_of_files() != self._stamp:
            self._read()

    def _read(self) -> None:
        self._stamp = self._stamp_of_files()
        known = {(name, asset.digest): asset for name, asset in self._assets.items()}
        assets = {}
        for name, content in self._contents():
            digest = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
            assets[name] = known.get((name, digest)) or _asset(name, digest, content, quick=self._watch)
        self._assets = assets

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        own = self._root / "web" / "static"
        for name, pattern in JOINED.items():
            yield name, b"\n".join(file.read_bytes() for file in sorted(own.glob(pattern)))
        for file in _files(own):
            if file.parent.name not in {"css", "js"}:
                yield file.relative_to(own).as_posix(), file.read_bytes()
        for file in _files(self._root / "themes"):
            if "templates" not in file.parts and file.suffix not in {".toml", ".css"}:
                yield file.relative_to(self._root).as_posix(), file.read_bytes()
        for file in sorted(self._root.glob("themes/*/theme.toml")):
            with suppress(ThemeError):  # told by core.theming, which shows the default one instead
                yield f"themes/{file.parent.name}/theme.css", read_theme(file.parent).css.encode()
        for name, source in FROM_NPM.items():
            file = self._root / "node_modules" / source
            if not file.is_file():
                log.error("static.missing", file=source, remedy="npm ci --ignore-scripts")
            yield name, file.read_bytes() if file.is_file() else b""

    def _stamp_of_files(self) -> tuple[int, int]:
        stamps = [f.stat().st_mtime_ns for d in ("web/static", "themes") for f in _files(self._root / d)]
        return len(stamps), max(stamps, default=0)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))


def _asset(name: str, digest: str, content: bytes, *, quick: bool) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    if not name.endswith(COMPRESSED):
        return Asset(digest, content_type, content, None, None)
    return Asset(
        digest,
        content_type,
        content,
        brotli.compress(content, quality=5 if quick else 11),
        gzip.compress(content, 6 if quick else 9, mtime=0),
    )


def _best(asset: Asset, accepted: str) -> tuple[str | None, bytes]:
    if asset.br is not None and "br" in accepted:
        return "br", asset.br
    if asset.gzip is not None and "gzip" in accepted:
        return "gzip", asset.gzip
    return None, asset.plain


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


async def _send(send: Callable[[Any], Awaitable[None]], status: int, headers: Mapping[str, str], body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})
