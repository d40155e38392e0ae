"""Entries as boxes of the week's grid: every minute stands somewhere, and nothing covers anything else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.views.agenda import Span
from guru_tui.domain.views.hours import Interval
from guru_tui.screens.week_plan import DAY, Placed, free, opening, placed

MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("Africa/Johannesburg")
Lengths = st.lists(st.tuples(st.integers(-600, 7 * DAY), st.integers(1, 2 * DAY)), max_size=25)


def span(number: int, begins: int, minutes: int) -> Span:
    starts = datetime(2026, 11, 23, tzinfo=ZONE) + timedelta(minutes=begins)
    return Span("appointment", number, starts, starts + timedelta(minutes=minutes), "", "booked", "")


def spans(lengths: list[tuple[int, int]]) -> list[Span]:
    return [span(number, *length) for number, length in enumerate(lengths)]


@given(Lengths)
def test_no_two_boxes_share_a_place(lengths: list[tuple[int, int]]) -> None:
    for one, other in combinations(placed(spans(lengths), MONDAY, 7), 2):
        if one.day == other.day and one.begins < other.ends and other.begins < one.ends:
            assert one.lane != other.lane and one.lanes == other.lanes > max(one.lane, other.lane)


@given(Lengths)
def test_every_minute_of_the_days_on_show_is_kept(lengths: list[tuple[int, int]]) -> None:
    parts = placed(spans(lengths), MONDAY, 7)
    for number, (begins, minutes) in enumerate(lengths):
        shown = max(min(begins + minutes, 7 * DAY) - max(begins, 0), 0)
        assert sum(part.ends - part.begins for part in parts if part.span.id == number) == shown


@given(Lengths)
def test_what_overlaps_nothing_has_the_whole_width(lengths: list[tuple[int, int]]) -> None:
    parts = placed(spans(lengths), MONDAY, 7)
    for part in parts:
        alone = all(
            other is part or other.day != part.day or other.begins >= part.ends or other.ends <= part.begins
            for other in parts
        )
        assert part.clashing != alone


@given(Lengths, st.lists(st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)), max_size=4))
def test_free_minutes_are_those_that_nothing_holds(
    lengths: list[tuple[int, int]], hours: list[tuple[int, int]]
) -> None:
    intervals = [Interval(0, opens, min(opens + length, DAY)) for opens, length in hours]
    open_minutes = opening(intervals, MONDAY)
    parts = placed(spans(lengths), MONDAY, 1)
    held = {minute for part in parts for minute in range(part.begins, part.ends)}
    wanted = {minute for opens, closes in open_minutes for minute in range(opens, closes)}
    assert free(parts, 0, open_minutes) == len(wanted - held)


def test_a_clash_of_three_and_a_run_of_two() -> None:
    parts = placed(spans([(540, 60), (555, 60), (570, 30), (660, 60), (690, 60)]), MONDAY, 1)
    assert [(part.span.id, part.lane, part.lanes) for part in parts] == [
        (0, 0, 3), (1, 1, 3), (2, 2, 3), (3, 0, 2), (4, 1, 2),
    ]  # fmt: skip


def test_an_hour_that_the_clocks_repeat_still_shows() -> None:
    london = ZoneInfo("Europe/London")
    starts = datetime(2026, 10, 25, 1, 30, tzinfo=london, fold=0)
    ends = datetime(2026, 10, 25, 1, 15, tzinfo=london, fold=1)
    [part] = placed([Span("appointment", 1, starts, ends, "", "booked", "")], date(2026, 10, 25), 1)
    assert part == Placed(part.span, 0, 90, 91)
