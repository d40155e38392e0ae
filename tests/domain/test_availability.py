"""When there is time: against counting every minute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.availability import Day, Wanted, free_starts, open_for, too_close
from guru_tui.domain.intervals import Span, union
from guru_tui.domain.views.availability import Against, BusyTime

HOURS = Day([(480, 750), (810, 1020)])
TRAVEL = {frozenset((1, 2)): 20}


def at(text: str) -> int:
    return int(text[:-2]) * 60 + int(text[-2:])


def times(starts: list[int]) -> str:
    return " ".join(f"{start // 60}{start % 60:02d}" for start in starts)


def busy(begin: str, end: str, *, before: int = 0, after: int = 0, place: int | None = None) -> BusyTime:
    return BusyTime("appointment", 1, "Sarah", at(begin), at(end), before, after, place, "Gardens")


def starts(
    *taken: BusyTime,
    day: Day = HOURS,
    minutes: int = 60,
    before: int = 0,
    after: int = 0,
    place: int | None = None,
    step: int = 30,
    earliest: int | None = None,
    between: Span | None = None,
) -> str:
    wanted = Wanted(minutes, before, after, place)
    found = free_starts(day, taken, wanted, travel=TRAVEL, step=step, earliest=earliest, between=between)
    return times(found)


class TestADay:
    def test_an_empty_one(self) -> None:
        assert starts() == "800 830 900 930 1000 1030 1100 1130 1330 1400 1430 1500 1530 1600"

    def test_a_closed_and_a_full_one(self) -> None:
        assert starts(day=HOURS._replace(closed=True)) == ""
        assert starts(day=HOURS._replace(booked=8, maximum=8)) == ""
        assert starts(day=HOURS._replace(booked=7, maximum=8)) != ""
        assert starts(day=HOURS._replace(booked=99, maximum=0)) != ""

    def test_what_is_booked_is_taken_to_the_minute(self) -> None:
        assert starts(busy("0900", "1100"), busy("1330", "1630")) == "800 1100 1130"
        assert starts(busy("0850", "1140"), minutes=50, day=Day([(480, 750)])) == "800"
        assert starts(busy("0849", "1141"), minutes=50, day=Day([(480, 750)]), step=10) == ""

    def test_the_steps_count_from_when_it_opens(self) -> None:
        assert starts(day=Day([(500, 700)]), step=45) == "820 905 950 1035"
        assert starts(busy("0830", "0910"), day=Day([(500, 700)]), step=45) == "950 1035"

    def test_hours_that_touch_are_one(self) -> None:
        assert starts(day=Day([(480, 540), (540, 600)])) == "800 830 900"

    def test_earliest_and_between(self) -> None:
        assert starts(earliest=at("1501")) == "1530 1600"
        assert starts(earliest=at("1500")) == "1500 1530 1600"
        assert starts(earliest=at("2000")) == ""
        assert starts(between=(at("1200"), at("1500"))) == "1330 1400"
        assert starts(between=(at("1100"), at("1130"))) == ""


class TestDistances:
    def test_what_the_booked_type_keeps_free(self) -> None:
        assert (
            starts(busy("0900", "1000", after=15), day=Day([(480, 750)]), step=15)
            == "800 1015 1030 1045 1100 1115 1130"
        )
        assert starts(busy("1000", "1100", before=30), day=Day([(480, 690)])) == "800 830"

    def test_what_the_wanted_type_keeps_free(self) -> None:
        assert starts(busy("0900", "1000"), day=Day([(480, 690)]), before=15, step=15) == "800 1015 1030"
        assert starts(busy("1000", "1030"), day=Day([(480, 690)]), after=15, step=15) == "800 815 830 845 1030"

    def test_two_buffers_that_meet_overlap(self) -> None:
        near = busy("0900", "1000", after=10)
        assert starts(near, day=Day([(600, 690)]), before=15, step=5) == "1015 1020 1025 1030"

    def test_a_buffer_may_lie_outside_the_hours(self) -> None:
        assert starts(day=Day([(480, 540)]), before=30, after=30) == "800"

    def test_the_way_between_two_places_comes_on_top(self) -> None:
        away, here, nowhere = (busy("0900", "1000", place=place, after=10) for place in (1, 2, None))
        day = Day([(480, 690)])
        assert starts(away, day=day, place=2, step=5) == "1030"
        assert starts(here, day=day, place=2, step=10) == "800 1010 1020 1030"
        assert starts(nowhere, day=day, place=2, step=10) == "800 1010 1020 1030"
        assert starts(away, day=day, place=3, step=10) == "800 1010 1020 1030"


class TestWhatSpeaksAgainst:
    def test_what_is_too_close_is_named_and_an_overlap_is_not(self) -> None:
        wanted = Wanted(60, 5, 15, 2)
        before, after = busy("0900", "1000", after=10, place=1), busy("1120", "1200", place=2)
        found = too_close(at("1010"), wanted, [before, after], TRAVEL)
        assert [(each.busy, each.travel, each.kept, each.after) for each in found] == [
            (before, 20, 10, False),
            (after, 0, 15, True),
        ]
        assert too_close(at("0930"), wanted, [before], TRAVEL) == []
        assert too_close(at("1030"), wanted, [before], TRAVEL) == []

    def test_in_hours(self) -> None:
        assert open_for((at("0800"), at("1230")), HOURS)
        assert not open_for((at("1200"), at("1345")), HOURS)

    def test_every_kind_is_said(self) -> None:
        from datetime import datetime

        nine, ten = datetime(2026, 11, 25, 9), datetime(2026, 11, 25, 10)
        near = Against("buffer", 10, "Sarah Botha", nine, ten)
        said = [
            near.text(),
            near._replace(after=True).text("S. B."),
            near._replace(kind="travel", place="Gardens", kept=5).text(),
            near._replace(kind="travel", place="Gardens", after=True).text(),
            Against("hours").text(),
            Against("closed", name="Christmas Day").text(),
            Against("closed").text(),
            Against("maximum", 8).text(),
        ]
        assert said == [
            "10 min to be kept free after Sarah Botha 09:00-10:00",
            "10 min to be kept free before S. B. 09:00-10:00",
            "10 min travel from Gardens (Sarah Botha 09:00-10:00), 5 min kept free",
            "10 min travel to Gardens (Sarah Botha 09:00-10:00)",
            "outside the operating hours",
            "closed: Christmas Day",
            "closed that day",
            "8 a day is your maximum",
        ]
        with pytest.raises(ValueError, match="which appointment"):
            Against("buffer").text()


minute = st.integers(0, 180)
spans = st.lists(st.tuples(minute, minute), max_size=4)
buffer = st.sampled_from((0, 0, 5, 15, 40))
place = st.sampled_from((None, 1, 2, 3))
taken = st.lists(
    st.builds(
        lambda begin, length, before, after, where: BusyTime("", 1, "", begin, begin + length, before, after, where),
        st.integers(-60, 240),
        st.integers(1, 60),
        buffer,
        buffer,
        place,
    ),
    max_size=5,
)
wishes = st.builds(Wanted, st.integers(1, 60), buffer, buffer, place)


def apart(start: int, wanted: Wanted, each: BusyTime) -> bool:
    """Whether a time keeps its distance: said once more, in the words of the guide."""
    end = start + wanted.minutes
    two_places = {each.location_id, wanted.location_id}
    way = 20 if two_places == {1, 2} else 0
    if start >= each.end:
        return start - way >= each.end + each.after and start - way - wanted.before >= each.end
    return end + way <= each.begin - each.before and end + way + wanted.after <= each.begin


@given(spans, taken, wishes, st.integers(1, 40), st.none() | minute, st.none() | st.tuples(minute, minute))
def test_every_start_that_fits_is_found_and_no_other(
    opening: list[Span], busy: list[BusyTime], wanted: Wanted, step: int, earliest: int | None, between: Span | None
) -> None:
    found = free_starts(Day(opening), busy, wanted, travel=TRAVEL, step=step, earliest=earliest, between=between)
    fitting = [
        start
        for opens, closes in union(opening)
        for start in range(opens, closes, step)
        if start + wanted.minutes <= closes
        and (earliest is None or start >= earliest)
        and (between is None or (between[0] <= start and start + wanted.minutes <= between[1]))
        and all(apart(start, wanted, each) for each in busy)
    ]
    assert found == fitting
    for start in found:
        assert open_for((start, start + wanted.minutes), Day(opening))
        assert too_close(start, wanted, busy, TRAVEL) == []


@given(taken, wishes, st.integers(-60, 240))
def test_what_is_too_close_is_what_would_not_be_offered(busy: list[BusyTime], wanted: Wanted, start: int) -> None:
    end = start + wanted.minutes
    free = [each for each in busy if each.end <= start or end <= each.begin]
    assert [each.busy for each in too_close(start, wanted, free, TRAVEL)] == [
        each for each in free if not apart(start, wanted, each)
    ]
