"""Smaller answers: HTML and JSON in brotli or gzip. Streams and files are left alone."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
from quart.wrappers.response import DataBody

if TYPE_CHECKING:
    from quart import Request, Response

WORTH_IT = 1024
TYPES = ("text/html", "application/json", "text/plain")
BROTLI_QUALITY = 4
GZIP_LEVEL = 5


async def compress(request: Request, response: Response) -> None:
    """Compress the answer's body in place, if the browser takes it and it pays."""
    if response.mimetype not in TYPES or "Content-Encoding" in response.headers:
        return
    if not isinstance(response.response, DataBody):
        return
    response.vary.add("Accept-Encoding")
    body = response.response.data
    accepted = request.headers.get("Accept-Encoding", "")
    if len(body) < WORTH_IT:
        return
    if "br" in accepted:
        _replace(response, brotli.compress(body, quality=BROTLI_QUALITY), "br")
    elif "gzip" in accepted:
        _replace(response, gzip.compress(body, GZIP_LEVEL), "gzip")


def _replace(response: Response, body: bytes, coding: str) -> None:
    response.set_data(body)
    response.headers["Content-Encoding"] = coding
