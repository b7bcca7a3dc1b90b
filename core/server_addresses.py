"""Addresses of the servers that the product talks to, refused where they are of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Callable


def _of_postgres_or_none(value: str) -> str:
    return value and _of({"postgresql", "postgres"}, "must begin with postgresql://")(value)


def _of(schemes: set[str], refusal: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError(refusal)
        return value

    return check


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("must be host:port, without a scheme")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_of_postgres_or_none)]
RedisUrl = Annotated[
    str, AfterValidator(_of({"redis", "rediss", "unix"}, "must begin with redis://, rediss:// or unix://"))
]
SmtpUrl = Annotated[
    str,
    AfterValidator(_of({"smtp", "smtps", "smtp+starttls"}, "must begin with smtp://, smtps:// or smtp+starttls://")),
]
ClamdUrl = Annotated[str, AfterValidator(_of({"tcp", "unix"}, "must begin with tcp:// or unix://"))]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]
