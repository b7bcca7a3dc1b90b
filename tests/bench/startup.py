"""The row on the second start of ``bin/dev``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.figures import Row

if TYPE_CHECKING:
    from tests.bench.product import Product

FIGURE = 10.0


async def measure(product: Product) -> list[Row]:
    """Tell how long it took to bring the product here."""
    took = product.seconds_to_first_page
    return [Row("bin/dev, second start to first page", f"{took:.1f} s", figure=f"< {FIGURE:.0f} s", met=took < FIGURE)]
