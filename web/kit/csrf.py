"""Forged requests: every unsafe one must come from our own pages and carry the token of its session."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from quart import request

from core.errors import RefusedError
from core.messages import messages_of
from web.kit.services import services
from web.kit.urls import host_of
from web.kit.visit import current_visit

if TYPE_CHECKING:
    from web.kit.visit import Visit

N_ = messages_of("kit")

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY"})
LENGTH = 32


def csrf_token() -> str:
    """Return the token for the forms of this page. Each page gets another look of it: compression tells nothing."""
    visit = current_visit()
    if not visit.csrf_token:
        visit.csrf_token = _new_token(visit)
    return visit.csrf_token


def _new_token(visit: Visit) -> str:
    if visit.token is None and visit.visitor is None:
        visit.visitor = secrets.token_urlsafe(16)
        visit.sets_visitor = True
    mask = secrets.token_bytes(LENGTH)
    return base64.urlsafe_b64encode(mask + _xor(mask, _digest(visit))).decode()


def check_origin() -> None:
    """Refuse an unsafe request that another site's page has sent."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise _refusal()
    origin = request.headers.get("Origin")
    if origin is not None and host_of(origin) != current_visit().host:
        raise _refusal()


def check_browser() -> None:
    """Refuse a browser that was never given a page of this host: it has no token, whatever its body may hold."""
    if not current_visit().came_before:
        raise _refusal()


def check_token(token: str | None) -> None:
    """Refuse a request without the token of its session. Routes that read their own body call it themselves."""
    visit = current_visit()
    if not _matches(visit, token or ""):
        raise _refusal()
    visit.csrf_checked = True


def check_header() -> bool:
    """Check the token that came by header; returns whether there was one."""
    token = request.headers.get(HEADER)
    if token is not None:
        check_token(token)
    return token is not None


async def check_in_body() -> None:
    """Check the token that is the hidden field of a form."""
    check_token((await request.form).get(FIELD))


def _matches(visit: Visit, token: str) -> bool:
    if not visit.came_before:
        return False
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 2 * LENGTH and hmac.compare_digest(_xor(raw[:LENGTH], raw[LENGTH:]), _digest(visit))


def _digest(visit: Visit) -> bytes:
    secret = services().settings.secret_key.get_secret_value().encode()
    whose = f"csrf\0session\0{visit.token}" if visit.token else f"csrf\0visitor\0{visit.visitor}"
    return hmac.digest(secret, whose.encode(), hashlib.sha256)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _refusal() -> RefusedError:
    return RefusedError(
        N_("This page is out of date, so nothing was changed. Load it again and repeat what you wanted."), code="csrf"
    )
