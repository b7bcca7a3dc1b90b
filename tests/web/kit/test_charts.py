from __future__ import annotations

import pytest

from web.kit import bar_chart, line_chart, sparkline

DAYS = ("Mon", "Tue", "Wed")


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, (0, 1)),
        (3, (0, 1, 2, 3)),
        (4, (0, 1, 2, 3, 4)),
        (47, (0, 20, 40, 60)),
        (10, (0, 2.5, 5, 7.5, 10)),
        (1001, (0, 500, 1000, 1500)),
        (0.3, (0, 0.1, 0.2, 0.3)),
    ],
)
def test_the_axis_goes_in_round_steps_to_at_least_the_most(most: float, ticks: tuple[float, ...]) -> None:
    assert line_chart("Files", ["Mon"], [("Added", [most])]).ticks == ticks


def test_a_line_goes_from_edge_to_edge_and_from_nought_to_the_top_of_the_axis() -> None:
    (series,) = line_chart("Files", DAYS, [("Added", [0, 20, 40])]).series
    assert [(mark.x, mark.y) for mark in series.marks] == [(0, 100), (50, 50), (100, 0)]
    assert series.line == "M0 100L50 50L100 0"
    assert series.area == "M0 100L50 50L100 0L100 100L0 100Z"


def test_one_value_stands_in_the_middle() -> None:
    (series,) = line_chart("Files", ["Mon"], [("Added", [4])]).series
    assert [mark.x for mark in series.marks] == [50]


def test_bars_stand_on_the_ground_side_by_side_in_the_slot_of_their_label() -> None:
    first, second = bar_chart("Files", ("Mon", "Tue"), [("Added", [4, 1]), ("Removed", [2, 0])]).series
    for series in (first, second):
        assert all(mark.y + mark.height == 100 for mark in series.marks)
    assert [mark.height for mark in first.marks] == [100, 25]
    assert [mark.height for mark in second.marks] == [50, 0]
    for slot, (left, right) in enumerate(zip(first.marks, second.marks, strict=True)):
        assert slot * 50 < left.x < left.x + left.width == right.x < right.x + right.width < (slot + 1) * 50


def test_marks_know_their_label_and_value_for_the_table() -> None:
    for chart in (line_chart, bar_chart):
        (series,) = chart("Files", DAYS, [("Added", [1, 2, 3])]).series
        assert [(mark.label, mark.value) for mark in series.marks] == [("Mon", 1), ("Tue", 2), ("Wed", 3)]


def test_of_many_labels_six_are_shown_the_first_and_the_last_among_them() -> None:
    labels = [str(day) for day in range(1, 31)]
    shown = line_chart("Files", labels, [("Added", [1] * 30)]).shown_labels
    assert len(shown) == 6
    assert (shown[0], shown[-1]) == ("1", "30")
    assert line_chart("Files", DAYS, [("Added", [1, 2, 3])]).shown_labels == DAYS


def test_a_chart_of_nothing_can_be_drawn() -> None:
    for chart in (line_chart, bar_chart):
        empty = chart("Files", [], [("Added", [])])
        assert list(empty.ticks) == [0, 1]
        assert not empty.series[0].marks


@pytest.mark.parametrize("values", [[1, 2], [1, 2, -3]])
def test_values_that_cannot_be_drawn_are_refused(values: list[float]) -> None:
    for chart in (line_chart, bar_chart):
        with pytest.raises(ValueError, match=r"one value for each label|begins at nought"):
            chart("Files", DAYS, [("Added", values)])


def test_a_sparkline_fills_its_height_whatever_its_values_are() -> None:
    spark = sparkline([1000, 1010, 1005])
    assert spark.line == "M0 95L50 5L100 50"
    assert (spark.first, spark.last) == (1000, 1005)


def test_a_sparkline_of_equal_values_is_level_and_one_of_none_is_refused() -> None:
    assert sparkline([7, 7]).line == "M0 95L100 95"
    with pytest.raises(ValueError, match="needs a value"):
        sparkline([])
