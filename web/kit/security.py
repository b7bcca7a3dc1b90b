"""Headers and cookies that every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from web.kit.cookies import host_cookie

if TYPE_CHECKING:
    from quart import Response

    from core.identity import Look
    from core.identity.hosts import HostKind
    from core.settings import Settings

SESSION_COOKIE = host_cookie("adx_session")
VISITOR_COOKIE = host_cookie("adx_visit")
DEVICE_COOKIE = host_cookie("adx_device")
SESSION_DAYS = 30
YEAR = 365 * 24 * 3600


class SecurityHeaders:
    """The headers of each kind of host."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.base_url)
        base, below = f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://*.{parts.netloc}"
        content = f"{parts.scheme}://usercontent.{parts.netloc}"
        # A form's redirect counts as its target: signing in and out passes between the base host and the tenants'.
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self'; "
            "worker-src 'self'; "
            f"img-src 'self' data: {content}; media-src {content}; connect-src 'self'; "
            f"form-action 'self' {base} {below}; frame-ancestors 'none'; base-uri 'none'"
        )
        common = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if parts.scheme == "https":
            common["Strict-Transport-Security"] = f"max-age={2 * YEAR}; includeSubDomains"
        page = {
            **common,
            "Content-Security-Policy": policy,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        user_content = {
            **common,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-site",
        }
        self.of_every_page = [(name.lower().encode(), value.encode()) for name, value in page.items()]
        self.of_every_answer = [(name.lower().encode(), value.encode()) for name, value in common.items()]
        """What answers carry that no route makes: files, streams, health checks."""
        self._by_host: dict[HostKind, dict[str, str]] = {"home": page, "tenant": page, "usercontent": user_content}

    def apply(self, response: Response, kind: HostKind, *, signed_in: bool) -> None:
        """Set what the route has not set itself."""
        for name, value in self._by_host[kind].items():
            response.headers.setdefault(name, value)
        if signed_in:
            response.headers.setdefault("Cache-Control", "no-store")


def set_session_cookie(response: Response, token: str) -> None:
    """Give the browser its session for this host alone."""
    response.set_cookie(
        SESSION_COOKIE, token, max_age=SESSION_DAYS * 24 * 3600, path="/", secure=True, httponly=True, samesite="Lax"
    )


def clear_session_cookie(response: Response) -> None:
    """Take the session from the browser, with everything it stored of this host."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def keep_for_this_session(response: Response) -> None:
    """Have the browser keep an answer for an hour and show it again to the same session alone.

    The cookie is part of what it is kept by, so whoever comes after, or nobody at all, asks the server anew: also when
    the session has been ended elsewhere, which no header could tell this browser.
    """
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.vary.add("Cookie")


def set_visitor_cookie(response: Response, visitor: str) -> None:
    """Mark a browser that is not signed in, so that its forms can be told from forged ones."""
    response.set_cookie(VISITOR_COOKIE, visitor, path="/", secure=True, httponly=True, samesite="Lax")


def set_device_cookie(response: Response, look: Look) -> None:
    """Have this device, at this host, be shown things as it chose; with nothing chosen the cookie goes."""
    value = look.to_cookie()
    if value:
        response.set_cookie(DEVICE_COOKIE, value, max_age=YEAR, path="/", secure=True, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(DEVICE_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
