"""Addresses that browsers tell us in headers: taken apart without a parser that fails on what is no address."""

from __future__ import annotations


def host_of(url: str) -> str:
    """Return host and port of an ``Origin`` or an address, in small letters; empty for what has none."""
    return url.partition("://")[2].partition("/")[0].lower()


def path_within(url: str, host: str) -> str | None:
    """Return path and query of an address of ``host``, fit to go on to; None for any other, and for what is none."""
    if host_of(url) != host.lower():
        return None
    path = "/" + url.partition("://")[2].partition("/")[2].partition("#")[0]
    leads_away = path[1:2] in {"/", "\\"} or not path.isprintable()
    return None if leads_away else path
