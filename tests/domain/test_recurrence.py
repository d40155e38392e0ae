"""Repeat rules: their text, their words, and the wall times they give."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guru_tui.domain.local_time import resolve, to_local
from guru_tui.domain.recurrence import (
    MOST,
    Repeat,
    first_on,
    in_words,
    parse_rule,
    rule_text,
    shifted,
    starts,
    told,
    within_a_year,
)
from guru_tui.errors import Invalid

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@st.composite
def repeats(draw: st.DrawFn, units: tuple[str, ...] = ("day", "week", "month", "year"), ends: str = "") -> Repeat:
    unit = draw(st.sampled_from(units))
    weekdays = draw(st.sets(st.integers(0, 6))) if unit == "week" else set()
    ends = ends or draw(st.sampled_from(("count", "until", "never")))
    return Repeat(
        unit,
        draw(st.integers(1, 30)),
        tuple(sorted(weekdays)),
        draw(st.integers(2, 60)) if ends == "count" else None,
        draw(st.dates(date(2020, 1, 1), date(2045, 1, 1))) if ends == "until" else None,
        draw(st.integers(0, 31)) if unit == "month" else draw(st.sampled_from((0, 29))) if unit == "year" else 0,
    )


@given(repeats())
def test_what_is_written_is_read_again(repeat: Repeat) -> None:
    assert parse_rule(rule_text(repeat)) == repeat


@settings(deadline=None)
@given(repeats(ends="count"), moments)
def test_the_text_means_the_same_to_others(repeat: Repeat, start: datetime) -> None:
    """`rrulestr` reads the text by itself; only the day on which it ends is a whole day here."""
    repeat = repeat.anchored(start)
    assume(start.year + repeat.every * (repeat.count or 0) < 3000)
    assert starts(repeat, start) == list(rrulestr(rule_text(repeat), dtstart=start))


@settings(deadline=None)
@given(repeats(), moments)
def test_starts_rise_keep_the_time_and_stay_inside_the_end(repeat: Repeat, start: datetime) -> None:
    repeat = within_a_year(repeat, start)
    start = datetime.combine(first_on(repeat.anchored(start), start.date()), start.time())
    try:
        found = starts(repeat, start)
    except Invalid:
        assert repeat.until is not None or start.year + repeat.every * (repeat.count or 0) >= 3000
        return
    assert all(one < other for one, other in pairwise(found))
    assert {moment.time() for moment in found} == {start.time()}
    if repeat.until is not None:
        assert found[-1].date() <= repeat.until
    if repeat.count is not None:
        assert len(found) == repeat.count
    # The 29th of a yearly rule is that of February.
    named = start.day == repeat.month_day and (repeat.unit != "year" or start.month == 2)
    if named or not repeat.month_day:
        assert found[0] == start


@settings(deadline=None)
@given(st.integers(1, 12), moments, st.integers(2, 40))
def test_a_monthly_rule_leaves_no_month_out(every: int, start: datetime, count: int) -> None:
    for number, moment in enumerate(starts(Repeat("month", every, count=count), start)):
        months = start.year * 12 + start.month - 1 + number * every
        year, month = months // 12, months % 12 + 1
        assert moment.date() == date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@settings(deadline=None)
@given(repeats(("day", "week"), ends="count"), moments, st.integers(-6, 6), st.integers(-600, 600))
def test_a_moved_weekly_rule_gives_the_moved_starts(repeat: Repeat, start: datetime, days: int, minutes: int) -> None:
    repeat = replace(repeat, every=1)  # two weeks on, a weekday that wraps into the next one is in another of them
    start = datetime.combine(first_on(repeat.anchored(start), start.date()), start.time())
    by = timedelta(days, minutes=minutes)
    expected = [moment + by for moment in starts(repeat, start)]
    assert starts(shifted(repeat, start, by), start + by) == expected


@pytest.mark.parametrize("zone", ["Africa/Johannesburg", "Europe/London", "America/New_York"])
def test_a_year_of_weekly_nine_o_clock_stays_nine_o_clock(zone: str) -> None:
    found = starts(within_a_year(Repeat("week"), datetime(2026, 11, 24, 9)), datetime(2026, 11, 24, 9))
    assert len(found) == 53
    instants = [resolve(start, zone) for start in found]
    assert {to_local(instant, zone).strftime("%a %H:%M") for instant in instants} == {"Tue 09:00"}
    gaps = {later - earlier for earlier, later in pairwise(instants)}
    changes = {timedelta(7), timedelta(7, hours=1), timedelta(7, hours=-1)}
    assert gaps == ({timedelta(7)} if zone.startswith("Africa") else changes)


def test_a_time_that_the_clocks_skip_is_given_as_it_is_and_refused_by_the_zone() -> None:
    found = starts(Repeat("week", count=3), datetime(2027, 3, 21, 1, 30))
    assert found[1] == datetime(2027, 3, 28, 1, 30)
    with pytest.raises(Invalid, match="does not exist on 28 March 2027"):
        resolve(found[1], "Europe/London")


@pytest.mark.parametrize(
    ("repeat", "start", "words"),
    [
        (Repeat("week", count=6), "2026-12-08T10:00", "every Tue, 6 times, last Tue 12 Jan"),
        (Repeat("week", 2, count=3), "2026-12-01T10:00", "every 2 weeks on Tue, 3 times, last Tue 29 Dec"),
        (Repeat("week", weekdays=(0, 2), count=4), "2026-11-30T09:00", "every Mon and Wed, 4 times, last Wed 9 Dec"),
        (Repeat("week", weekdays=(0, 1, 2, 3, 4), count=5), "2026-11-30T09", "every weekday, 5 times, last Fri 4 Dec"),
        (Repeat("day", 3, count=2), "2026-11-30T09:00", "every 3 days, 2 times, last Thu 3 Dec"),
        (
            Repeat("month", count=4),
            "2026-12-31T09:00",
            "every month on the 31st (the last day of a shorter month), 4 times, last Wed 31 Mar",
        ),
        (Repeat("month", count=3), "2026-12-02T09:00", "every month on the 2nd, 3 times, last Tue 2 Feb"),
        (
            Repeat("year", count=3),
            "2028-02-29T09:00",
            "every year on 29 Feb (28 in a shorter year), 3 times, last Thu 28 Feb 2030",
        ),
        (Repeat("week", until=date(2027, 11, 23)), "2026-11-24T09:00", "every Tue, 53 times, last Tue 23 Nov 2027"),
    ],
)  # fmt: skip
def test_the_rule_is_said_with_how_often_and_until_when(repeat: Repeat, start: str, words: str) -> None:
    assert told(repeat, starts(repeat, datetime.fromisoformat(start))) == words


def test_a_monthly_thirty_first_falls_on_the_last_day_and_says_so() -> None:
    found = starts(Repeat("month", count=4), datetime(2027, 1, 31, 9))
    assert [f"{moment:%d %b}" for moment in found] == ["31 Jan", "28 Feb", "31 Mar", "30 Apr"]
    assert rule_text(Repeat("month", month_day=31)) == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    assert "the last day of a shorter month" in in_words(Repeat("month", month_day=31))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20261212",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYMONTHDAY=30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=WEEKLY;UNTIL=20261331",
        "FREQ=WEEKLY;COUNT=6;COUNT=7",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=WEEKLY;INTERVAL=1000",
        "FREQ=WEEKLY;COUNT=٣",
    ],
)
def test_a_rule_outside_the_subset_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_rule(text)


def test_a_rule_as_others_write_it_is_read() -> None:
    assert parse_rule("RRULE:FREQ=WEEKLY;WKST=MO;INTERVAL=1;BYDAY=WE,MO") == Repeat("week", weekdays=(0, 2))


def test_too_many_and_none_are_refused_with_the_remedy() -> None:
    with pytest.raises(Invalid, match=f"more than {MOST} times"):
        starts(Repeat("day"), datetime(2026, 11, 25, 9))
    with pytest.raises(Invalid, match="ends before it begins"):
        starts(Repeat("day", until=date(2026, 11, 24)), datetime(2026, 11, 25, 9))
    for count in (0, 1, MOST + 1):
        with pytest.raises(Invalid, match="from 2 to"):
            Repeat("day", count=count)
