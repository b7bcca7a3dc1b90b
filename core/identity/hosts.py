"""Hosts and the tenants they name: the base host, ``<slug>.<base host>``, and the host that serves people's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from core.settings import Settings

HOME_SLUG = "home"
USER_CONTENT = "usercontent"

RESERVED_SLUGS = frozenset({
    HOME_SLUG, USER_CONTENT, "www", "api", "app", "admin", "mail", "smtp", "static", "assets", "cdn", "help", "support",
    "status", "docs", "blog", "login", "register", "account", "accounts", "billing", "security", "root", "system",
})  # fmt: skip
"""Names that a tenant cannot take: the platform's own hosts, and those that would let it pass for the platform."""

HostKind = Literal["home", "tenant", "usercontent"]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Turns hosts into slugs and back."""

    scheme: str
    base: str

    @classmethod
    def of(cls, settings: Settings) -> Hosts:
        """Return the hosts below the settings' base address."""
        parts = urlsplit(settings.base_url)
        return cls(parts.scheme, parts.netloc.lower())

    def slug(self, host: str) -> str | None:
        """Return the slug that a Host header names (``home`` for the base host), or None for a foreign host."""
        host = host.lower()
        if host == self.base:
            return HOME_SLUG
        label, dot, rest = host.partition(".")
        return label if dot and rest == self.base and label != HOME_SLUG else None

    def kind(self, host: str) -> HostKind | None:
        """Return what is served on a host, as far as its name tells."""
        slug = self.slug(host)
        if slug == HOME_SLUG:
            return "home"
        if slug == USER_CONTENT:
            return "usercontent"
        return "tenant" if slug else None

    def url(self, slug: str, path: str = "/") -> str:
        """Return the address of a path at the host of a slug."""
        host = self.base if slug == HOME_SLUG else f"{slug}.{self.base}"
        return f"{self.scheme}://{host}{path}"
