from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sqlalchemy import text

from core.context import HOME_TENANT_ID
from core.ids import derived_id
from core.runs.report import RunState
from domain.files.types import Verdict
from entrypoints.registry import REGISTRY
from entrypoints.seed import seed

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import Database
    from tests.support.product import Product

EXTREME, EMPTY = (derived_id(HOME_TENANT_ID, f"demo tenant {slug}") for slug in ("extreme", "empty"))
RUNS = text("select distinct contract, state from platform.runs")
FILES = text("select distinct state from files.files")
COUNTED = {
    "files": text("select count(*), sum(size) filter (where charge = 'used') from files.files"),
    "runs": text("select count(*), sum(seq) from platform.runs"),
    "notifications": text("select count(*), count(read_at) from platform.notices"),
}
USED = text("select used from files.usage")


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


async def test_the_extreme_workspace_has_every_state_once_and_its_sibling_nothing(product: Product) -> None:
    accounts = await seed(product.bench.settings, extreme=True)
    db = product.bench.db
    counted = await counts(db, EXTREME)
    assert await seed(product.bench.settings, extreme=True) == accounts
    assert await counts(db, EXTREME) == counted

    async with db.unit_of_work(EXTREME, "runs") as uow:
        runs = {(row.contract, row.state) for row in await uow.session.execute(RUNS)}
    assert runs == {(contract, state) for contract in REGISTRY.contracts for state in get_args(RunState)}
    async with db.unit_of_work(EXTREME, "files") as uow:
        assert set(await uow.session.scalars(FILES)) == {"pending", *get_args(Verdict)}
        assert await uow.session.scalar(USED) == counted["files"][1]
    assert counted["files"][0] > 2000
    assert counted["notifications"][0] == 500
    assert {count for count, _ in (await counts(db, EMPTY)).values()} == {0}


async def counts(db: Database, tenant_id: UUID) -> dict[str, tuple[int, int]]:
    """How much each feature has in a workspace."""
    found = {}
    for feature, query in COUNTED.items():
        async with db.unit_of_work(tenant_id, feature) as uow:
            count, total = (await uow.session.execute(query)).one()
            found[feature] = (count, total or 0)
    return found
