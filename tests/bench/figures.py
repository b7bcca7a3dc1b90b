"""Rows of the table, and the few sums that they need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 178


@dataclass(frozen=True)
class Row:
    """One line: what was measured, against what, and whether the figure is reached (None: there is no figure)."""

    what: str
    measured: str
    against: str = ""
    ratio: str = ""
    figure: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Spread:
    """Ratios of rounds that were measured side by side."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, ratios: Sequence[float]) -> Spread:
        return cls(median(ratios), percentile(ratios, 25), percentile(ratios, 75))

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}-{self.high:.2f})"


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` percent of the values do not pass."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def ms(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "no answer"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.0095 else f"{seconds * 1000:.1f} ms"


def p50_p95(seconds: Sequence[float]) -> str:
    return f"p50 {ms(percentile(seconds, 50))}, p95 {ms(percentile(seconds, 95))}"


def table(rows: Sequence[Row]) -> None:
    """Print the one table."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("", "figure", "measured", "against", "ratio", "met"):
        shown.add_column(title, overflow="fold")
    for row in rows:
        met = {None: "", True: "yes", False: "NO"}[row.met]
        shown.add_row(row.what, row.figure, row.measured, row.against, row.ratio, met)
    Console(width=WIDTH, highlight=False).print(shown)
