from __future__ import annotations

from typing import TYPE_CHECKING

from entrypoints.seed import seed

if TYPE_CHECKING:
    from tests.support.product import Product


async def test_the_printed_accounts_work_however_often_they_are_added(product: Product) -> None:
    await seed(product.bench.settings)
    ada, bob = await seed(product.bench.settings)

    assert (ada.email, bob.email) == ("ada@example.com", "bob@example.com")
    assert ada.password in str(ada)
    for account, slug, stranger in ((ada, "acme", "globex"), (bob, "globex", "acme")):
        visitor = product.visitor()
        await visitor.get("/login")
        entered = await visitor.post("/login", {"email": account.email, "password": account.password})
        assert entered.location == "/tenants"
        assert (await visitor.get(f"/tenants/{stranger}/entry")).status == 404
        await visitor.get(await visitor.handover(slug))
        assert (await visitor.get(visitor.tenant(slug, "/members"))).status == 200
