"""Charts worked out on the server: where each line, bar and label stands, for ``components/chart.html`` to draw.

A page's model holds ``line_chart(...)``, ``bar_chart(...)`` or ``sparkline(...)``; the template says
``{{ chart(uploads) }}``.
The drawing is 100 units wide and high and is stretched to its place; texts stand beside it, so they keep their size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.messages import Message

    Named = Sequence[tuple[Message | str, Sequence[float]]]

WIDTH = HEIGHT = 100.0
TICKS = 4
LABELS = 6
BAR_SHARE = 0.7
NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: where it is drawn and what it is. For a bar, also its size."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one name, in the order of the labels; ``line`` and ``area`` are the paths of a line chart."""

    name: Message | str
    marks: tuple[Mark, ...]
    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be drawn. ``unit`` is the filter its figures are said with: number, size, duration, percent."""

    kind: str
    title: Message | str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    ticks: tuple[float, ...]
    shown_labels: tuple[str, ...]
    unit: str = "number"


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line without axes, for a table's cell or beside a figure."""

    line: str
    area: str
    first: float
    last: float
    unit: str = "number"


def line_chart(
    title: Message | str,
    labels: Sequence[str],
    series: Named,
    *,
    unit: str = "number",
) -> Chart:
    """Return lines over the labels, one a name. Raises ValueError where a series is not as long as the labels."""
    ticks = _ticks(_most(labels, series))
    drawn = []
    for name, values in series:
        xs = _spread(len(values))
        marks = tuple(
            Mark(x, _round(_y(value, ticks[-1])), 0, 0, label, value)
            for x, label, value in zip(xs, labels, values, strict=True)
        )
        line = _line([(mark.x, mark.y) for mark in marks])
        drawn.append(Series(name, marks, line, _area(line, marks[0].x, marks[-1].x) if marks else ""))
    return Chart("line", title, tuple(labels), tuple(drawn), ticks, _thin(labels), unit)


def bar_chart(
    title: Message | str,
    labels: Sequence[str],
    series: Named,
    *,
    unit: str = "number",
) -> Chart:
    """Return bars over the labels, side by side where there is more than one series. Raises as :func:`line_chart`."""
    ticks = _ticks(_most(labels, series))
    slot = WIDTH / max(1, len(labels))
    width = slot * BAR_SHARE / max(1, len(series))
    drawn = []
    for place, (name, values) in enumerate(series):
        marks = []
        for number, (label, value) in enumerate(zip(labels, values, strict=True)):
            y = _y(value, ticks[-1])
            x = number * slot + slot * (1 - BAR_SHARE) / 2 + place * width
            marks.append(Mark(_round(x), _round(y), _round(width), _round(HEIGHT - y), label, value))
        drawn.append(Series(name, tuple(marks), "", ""))
    return Chart("bar", title, tuple(labels), tuple(drawn), ticks, _thin(labels), unit)


def sparkline(values: Sequence[float], *, unit: str = "number") -> Sparkline:
    """Return the course of some values, between their least and their most. Raises ValueError for none."""
    if not values:
        raise ValueError("a sparkline needs a value")
    least, span = min(values), (max(values) - min(values)) or 1
    points = [
        (x, _round(HEIGHT * 0.95 - (value - least) / span * HEIGHT * 0.9))
        for x, value in zip(_spread(len(values)), values, strict=True)
    ]
    line = _line(points)
    return Sparkline(line, _area(line, points[0][0], points[-1][0]), values[0], values[-1], unit)


def _most(labels: Sequence[str], series: Named) -> float:
    if any(len(values) != len(labels) for _, values in series):
        raise ValueError("every series has one value for each label")
    if any(value < 0 for _, values in series for value in values):
        raise ValueError("a chart begins at nought")
    return max((value for _, values in series for value in values), default=0)


def _ticks(most: float) -> tuple[float, ...]:
    """Even steps from nought to at least ``most``, by 1, 2, 2.5 or 5 times a power of ten."""
    if most <= 0:
        return (0.0, 1.0)
    rough = most / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in NICE if nice * power >= rough * (1 - 1e-9))
    return tuple(round(step * number, 10) for number in range(math.ceil(most / step - 1e-9) + 1))


def _thin(labels: Sequence[str]) -> tuple[str, ...]:
    """At most ``LABELS`` of the labels, evenly, the first and the last among them."""
    if len(labels) <= LABELS:
        return tuple(labels)
    step = (len(labels) - 1) / (LABELS - 1)
    return tuple(labels[round(number * step)] for number in range(LABELS))


def _spread(count: int) -> list[float]:
    return [WIDTH / 2] if count == 1 else [_round(WIDTH * number / (count - 1)) for number in range(count)]


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if number else 'M'}{x:g} {y:g}" for number, (x, y) in enumerate(points))


def _area(line: str, first: float, last: float) -> str:
    return f"{line}L{last:g} {HEIGHT:g}L{first:g} {HEIGHT:g}Z"


def _round(number: float) -> float:
    return round(number, 2)
