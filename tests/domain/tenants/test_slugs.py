from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from core.identity.hosts import RESERVED_SLUGS
from domain.tenants.slugs import LONGEST, objection, suggest, variants


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("Müller & Söhne", "mueller-soehne"),
        ("Café Zürich GmbH", "cafe-zuerich-gmbh"),
        ("42 Things", "things"),
        ("API", "api-workspace"),
        ("X", "x-workspace"),
        ("日本", "workspace"),
        ("", "workspace"),
        ("A" * 60, "a" * 40),
    ],
)
def test_a_name_suggests_a_slug(name: str, slug: str) -> None:
    assert suggest(name) == slug


@given(st.text(max_size=100))
def test_what_is_suggested_can_be_used(name: str) -> None:
    assert objection(suggest(name)) is None


@given(st.text(max_size=100))
def test_what_is_tried_instead_can_be_used(name: str) -> None:
    slug = suggest(name)
    assert all(objection(variant) is None and len(variant) <= LONGEST for variant in variants(slug))


@pytest.mark.parametrize("slug", ["acme", "a1b", "acme-2", "a" * 40])
def test_hosts_are_accepted(slug: str) -> None:
    assert objection(slug) is None


@pytest.mark.parametrize(
    "slug",
    ["", "ab", "a" * 41, "Acme", "1acme", "-acme", "acme-", "ac--me", "xn--acme", "acme.x", "acme_x", "ac me", "äcme"],
)
def test_others_are_refused(slug: str) -> None:
    assert objection(slug) is not None


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_the_platforms_own_names_are_refused(slug: str) -> None:
    assert objection(slug) is not None
