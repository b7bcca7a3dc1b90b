"""Matrices of a test: walked in pairs by default, whole on demand (``bin/test --whole``).

Nearly every fault of a combination needs two values to meet, seldom three (Kuhn, Wallace, Gallo, "Software fault
interactions and implications for software testing", IEEE TSE 30(6), 2004). So every two values of two axes meet in
some cell, and most cells are left to the whole walk.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

WHOLE = "--whole"

Cell = tuple[str | int, ...]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch."""
    parser.addoption(WHOLE, action="store_true", help="walk every matrix whole instead of in pairs")


def cells(config: pytest.Config, *axes: Sequence[str | int]) -> list[Cell]:
    """The cells to walk: all of them when the run was asked for the whole, else enough for each pair of values."""
    return list(product(*axes)) if config.getoption(WHOLE) else in_pairs(*axes)


def in_pairs(*axes: Sequence[str | int]) -> list[Cell]:
    """Cells in which every two values of two axes meet; greedy, the same at each call."""
    left = list(product(*axes))
    unmet = {pair for cell in left for pair in _pairs(cell)}
    chosen: list[Cell] = []
    while unmet:
        best = max(left, key=lambda cell: sum(pair in unmet for pair in _pairs(cell)))
        unmet.difference_update(_pairs(best))
        chosen.append(best)
    return sorted(chosen, key=lambda cell: [axis.index(value) for axis, value in zip(axes, cell, strict=True)])


def _pairs(cell: Cell) -> Iterable[tuple[tuple[int, str | int], ...]]:
    return combinations(enumerate(cell), 2)
