"""Who sent a request is told by our own proxies, never by the browser."""

from __future__ import annotations

from ipaddress import ip_network

from web.kit.gate import client_address
from web.kit.limits import IPV6_SITE, network_of

PROXIES = (ip_network("10.0.0.0/8"),)


def test_a_made_up_header_above_the_one_of_the_proxy_counts_nothing() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.66"), (b"X-Forwarded-For", b"203.0.113.7")]
    assert client_address({"client": ("10.0.0.1", 1), "headers": headers}, PROXIES) == "203.0.113.7"


def test_a_header_that_did_not_come_by_a_proxy_counts_nothing() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.66")]
    assert client_address({"client": ("198.51.100.4", 1), "headers": headers}, PROXIES) == "198.51.100.4"


def test_a_proxy_is_known_on_a_socket_for_both_kinds_of_address() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.7")]
    assert client_address({"client": ("::ffff:10.0.0.1", 1), "headers": headers}, PROXIES) == "203.0.113.7"


def test_those_who_come_by_ipv4_do_not_share_one_limit() -> None:
    assert network_of("::ffff:203.0.113.7") == network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("2001:db8::1") == network_of("2001:db8::2")


def test_a_site_of_ipv6_is_one_however_many_networks_it_has() -> None:
    assert network_of("2001:db8:1:1::1") != network_of("2001:db8:1:2::1")
    assert network_of("2001:db8:1:1::1", IPV6_SITE) == network_of("2001:db8:1:ffff::1", IPV6_SITE)
    assert network_of("2001:db8:1:1::1", IPV6_SITE) != network_of("2001:db8:2:1::1", IPV6_SITE)
    assert network_of("203.0.113.7", IPV6_SITE) != network_of("203.0.113.8", IPV6_SITE)
