"""Which appointment becomes which under another rule: at the same start, on the same day, in the same period."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.recurrence import Repeat, starts
from guru_tui.domain.series_pairing import paired

TUESDAY = datetime(2026, 12, 15, 10)
WEEKLY, FORTNIGHTLY, MONTHLY = Repeat("week", count=4), Repeat("week", 2, count=4), Repeat("month", count=4)


def becomes(former: Repeat, rule: Repeat, first: datetime, since: datetime = TUESDAY, without: int = -1) -> list[str]:
    """What each start of a rule takes the place of, `15 Dec` or `-`; `without`: one of the former that is off."""
    olds = [start for number, start in enumerate(starts(former, since)) if number != without]
    news = starts(rule, first)
    pairs = paired(former, olds, rule, news, (since, news[0]))
    return [f"{olds[pairs[number]]:%d %b}" if number in pairs else "-" for number in range(len(news))]


def days(number: int, hours: int = 0) -> datetime:
    return TUESDAY + timedelta(days=number, hours=hours)


@pytest.mark.parametrize(
    ("former", "rule", "first", "expected"),
    [
        (WEEKLY, WEEKLY, days(1), ["15 Dec", "22 Dec", "29 Dec", "05 Jan"]),  # Tuesday to Wednesday
        (WEEKLY, WEEKLY, days(-1), ["15 Dec", "22 Dec", "29 Dec", "05 Jan"]),  # to the Monday before
        (WEEKLY, WEEKLY, days(6), ["15 Dec", "22 Dec", "29 Dec", "05 Jan"]),  # to the Monday after
        (WEEKLY, WEEKLY, days(0, 1), ["15 Dec", "22 Dec", "29 Dec", "05 Jan"]),  # another hour
        (WEEKLY, WEEKLY, days(7), ["22 Dec", "29 Dec", "05 Jan", "-"]),  # a week later: those stay, one gives way
        (WEEKLY, FORTNIGHTLY, days(0), ["15 Dec", "29 Dec", "-", "-"]),
        (WEEKLY, FORTNIGHTLY, days(1), ["15 Dec", "29 Dec", "-", "-"]),
        (FORTNIGHTLY, FORTNIGHTLY, days(7), ["15 Dec", "29 Dec", "12 Jan", "26 Jan"]),  # the other week
        (FORTNIGHTLY, WEEKLY, days(2), ["15 Dec", "-", "29 Dec", "-"]),
        (MONTHLY, MONTHLY, days(17), ["15 Dec", "15 Jan", "15 Feb", "15 Mar"]),  # the 15th to the 1st
        (WEEKLY, MONTHLY, days(0), ["15 Dec", "-", "-", "-"]),
        (MONTHLY, WEEKLY, days(0), ["15 Dec", "-", "-", "-"]),
        (Repeat("month", count=2), Repeat("week", count=6), days(1), ["15 Dec", "-", "-", "-", "15 Jan", "-"]),
        (Repeat("year", count=2), Repeat("year", count=2), days(3), ["15 Dec", "15 Dec"]),
        (Repeat("day", count=4), Repeat("day", 2, count=3), days(0, 1), ["15 Dec", "17 Dec", "-"]),
        (Repeat("day", 2, count=3), Repeat("day", 2, count=3), days(1), ["15 Dec", "17 Dec", "19 Dec"]),
        (Repeat("week", weekdays=(1, 3), count=4), Repeat("week", weekdays=(0, 2, 4), count=6), days(1),
         ["15 Dec", "17 Dec", "22 Dec", "24 Dec", "-", "-"]),
    ],
)  # fmt: skip
def test_each_becomes_what_lies_nearest_in_the_rule(
    former: Repeat, rule: Repeat, first: datetime, expected: list[str]
) -> None:
    assert becomes(former, rule, first) == expected


def test_from_a_friday_to_mondays_each_goes_over_the_weekend() -> None:
    friday = TUESDAY + timedelta(3)
    assert becomes(WEEKLY, WEEKLY, friday + timedelta(3), friday) == ["18 Dec", "25 Dec", "01 Jan", "08 Jan"]


def test_one_that_is_off_leaves_its_week_to_a_new_one() -> None:
    assert becomes(WEEKLY, WEEKLY, days(1), without=1) == ["15 Dec", "-", "29 Dec", "05 Jan"]


rules = st.builds(
    Repeat, st.sampled_from(("day", "week", "month")), st.integers(1, 3), count=st.integers(2, 12)
)  # fmt: skip


@given(former=rules, rule=rules, hours=st.integers(0, 24 * 20))
def test_no_appointment_becomes_two_and_what_is_there_already_stays(former: Repeat, rule: Repeat, hours: int) -> None:
    olds, news = starts(former, TUESDAY), starts(rule, TUESDAY + timedelta(hours=hours))
    pairs = paired(former, olds, rule, news, (olds[0], news[0]))
    assert len(set(pairs.values())) == len(pairs)
    for number, start in enumerate(news):
        if start in olds:
            assert olds[pairs[number]] == start
