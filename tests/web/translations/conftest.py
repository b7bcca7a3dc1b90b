from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from core.i18n.marks import key_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.context import Role
    from tests.support.product import Product
    from tests.support.tenant_fixtures import TestTenant
    from tests.support.visitor import Answer, Visitor

    Inside = Callable[..., Awaitable[Visitor]]

HOME = ("shell", "Home")


@pytest.fixture
def inside(product: Product) -> Inside:
    """A browser signed in on a tenant's host."""

    async def enter(tenant: TestTenant, role: Role = "admin", *, language: str = "en") -> Visitor:
        visitor = product.visitor(language=language)
        await product.let_in(visitor, tenant.id, tenant.people[role], tenant.host)
        await visitor.get(tenant.url("/"))
        return visitor

    return enter


def text_path(domain: str, source: str, suffix: str = "", *, language: str = "en") -> str:
    return f"/admin/translations/texts/{key_of(domain, source)}{suffix}?feature={domain}&language={quote(language)}"


async def reword(
    visitor: Visitor, tenant: TestTenant, domain: str, source: str, *forms: str, language: str = "en"
) -> Answer:
    """Save a wording as the form does."""
    typed = {f"forms-{number}": form for number, form in enumerate(forms)}
    return await visitor.post(tenant.url(text_path(domain, source, language=language)), typed)
