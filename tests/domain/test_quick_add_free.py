"""A line read as a search for free time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.hours import parse as hours_of
from guru_tui.domain.quick_add.free import FreeReading, parse_free
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.errors import Invalid

NOW = datetime(2026, 11, 25, 10, 0)  # a Wednesday
HOURS = hours_of("Mon-Fri 08:00-12:30 13:30-17:00")
TYPES = [
    AppointmentTypeRow(number, name, minutes, 45000, None, "", 0, 0, True)
    for number, (name, minutes) in enumerate((("Follow-up", 60), ("Massage", 45), ("First visit", 90)), start=1)
]
PLACES = [LocationRow(1, "Sea Point", "", "", "", "", True), LocationRow(2, "Gardens", "", "", "", "", True)]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


WORDS = (
    "45 min tue tomorrow next week afternoon after before 10 14:00 - dec 16/12 massage @sea @ free in 2 weeks or jan "
    "31 until month 0 99 999 between and an hour friday 12 2026 from 9-10 oggend 'n blah :: !"
)


def read(text: str) -> FreeReading:
    return parse_free(text, now=NOW, hours=HOURS, types=TYPES, locations=PLACES)


def shown(text: str) -> str:
    """`45 tue 12:00-18:00 11-25+28`: minutes, weekdays, hours, the first day and how many."""
    reading = read(text)
    assert reading.problems == (), reading.problems
    search = reading.search
    assert search.first is not None
    opens, closes = search.between
    days = ",".join(DAYS[day] for day in sorted(search.weekdays)) or "any"
    hours = (
        ""
        if search.between == (0, 1440)
        else f" {opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
    )
    return f"{search.minutes} {days}{hours} {search.first:%m-%d}+{search.days}"


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("", "60 any 11-25+7"),
        ("45 minutes tue afternoon", "45 tue 12:00-18:00 11-25+28"),
        ("next free 45 minutes on a Tuesday afternoon", "45 tue 12:00-18:00 11-25+28"),
        ("45 min tues middag", "45 tue 12:00-18:00 11-25+28"),
        ("45 minute dinsdag namiddag", "45 tue 12:00-18:00 11-25+28"),
        ("45 tue", "45 tue 11-25+28"),
        ("an hour tomorrow", "60 any 11-26+1"),
        ("1h30 môre oggend", "90 any 00:00-12:00 11-26+1"),
        ("half an hour today", "30 any 11-25+1"),
        ("this afternoon", "60 any 12:00-18:00 11-25+1"),
        ("vanmiddag 30m", "30 any 12:00-18:00 11-25+1"),
        ("next week", "60 any 11-30+7"),
        ("volgende week", "60 any 11-30+7"),
        ("this week", "60 any 11-25+5"),
        ("next week tue", "60 tue 11-30+7"),
        ("30 min fri next week", "30 fri 11-30+7"),
        ("in 2 weeks", "60 any 12-07+7"),
        ("next month", "60 any 12-01+31"),
        ("volgende maand", "60 any 12-01+31"),
        ("december", "60 any 12-01+31"),
        ("in jan", "60 any 01-01+31"),
        ("next 10 days", "60 any 11-25+10"),
        ("volgende 2 weke", "60 any 11-25+14"),
        ("massage fri", "45 fri 11-25+28"),
        ("massage 30m fri", "30 fri 11-25+28"),
        ("first visit", "90 any 11-25+7"),
        ("massag", "45 any 11-25+7"),
        ("tue or thu mornings", "60 tue,thu 00:00-12:00 11-25+28"),
        ("mon wed fri", "60 mon,wed,fri 11-25+28"),
        ("ma en wo", "60 mon,wed 11-25+28"),
        ("mon-wed", "60 mon,tue,wed 11-25+28"),
        ("weekdays", "60 mon,tue,wed,thu,fri 11-25+28"),
        ("weekend", "60 sat,sun 11-25+28"),
        ("16/12", "60 any 12-16+1"),
        ("16-18 dec", "60 any 12-16+3"),
        ("14 dec - 18 dec mornings", "60 any 00:00-12:00 12-14+5"),
        ("2026-12-01 14:00-16:00", "60 any 14:00-16:00 12-01+1"),
        ("tue 14:00", "60 tue 14:00-24:00 11-25+28"),
        ("tue 3", "60 tue 15:00-24:00 11-25+28"),
        ("tue 3pm", "60 tue 15:00-24:00 11-25+28"),
        ("after 15:00", "60 any 15:00-24:00 11-25+7"),
        ("na 15h00", "60 any 15:00-24:00 11-25+7"),
        ("before 10 fri", "60 fri 00:00-10:00 11-25+28"),
        ("voor 10 vrydag", "60 fri 00:00-10:00 11-25+28"),
        ("between 2 and 4 tomorrow", "60 any 14:00-16:00 11-26+1"),
        ("tussen 9 en 11", "60 any 09:00-11:00 11-25+7"),
        ("after 1 dec", "60 any 12-02+7"),
        ("from 1 dec", "60 any 12-01+7"),
        ("tue before 12 dec", "60 tue 11-25+17"),
        ("until fri", "60 any 11-25+3"),
        ("next fri", "60 fri 11-27+8"),
        ("this fri", "60 any 11-27+1"),
        ("fri after 12 dec", "60 fri 12-13+28"),
        ("evening", "60 any 17:00-24:00 11-25+7"),
        ("any time tomorrow please", "60 any 11-26+1"),
        ("when is there 45 minutes free next week?", "45 any 11-30+7"),
    ],
)
def test_readings(text: str, understood: str) -> None:
    assert shown(text) == understood


def test_types_and_places() -> None:
    reading = read("massage @gardens")
    assert (reading.search.type_id, reading.search.location_id) == (2, 2)
    assert read("@sea point fri").search.location_id == 1
    assert read("@ sea fri").search.location_id == 1
    assert read("fri").search.location_id is None
    assert read("fri").type == TYPES[0] and not read("fri").type_given
    assert "no place @moon" in read("@moon").problems[0].message


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("blah", "text"),
        ("31/11", "date"),
        ("yesterday", "date"),
        ("3 dec - 1 dec 2026", "date"),
        ("between 14:00 and 14:30", "time"),
        ("25:70", "time"),
        ("0 minutes", "length"),
        ("tue " * 50, "text"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, field: str) -> None:
    assert field in [problem.field for problem in read(text).problems]


def test_which_of_two_types_is_asked() -> None:
    types = [*TYPES, AppointmentTypeRow(9, "Massage long", 90, 0, None, "", 0, 0, True)]
    reading = parse_free("mass fri", now=NOW, hours=HOURS, types=types, locations=PLACES)
    assert reading.problems[0].choices == ("Massage", "Massage long")
    exact = parse_free("massage fri", now=NOW, hours=HOURS, types=types, locations=PLACES)
    assert exact.type == TYPES[1] and not exact.problems


def test_it_is_said_again() -> None:
    assert read("45 minutes tue afternoon").in_words() == "Tue afternoons, 45 min Follow-up, Wed 25 Nov to Tue 22 Dec"
    assert read("massage tomorrow @gardens").in_words() == "any time, 45 min Massage, on Thu 26 Nov, Gardens"


def test_too_long_a_line() -> None:
    with pytest.raises(Invalid):
        read("x" * 501)


@given(
    st.lists(
        st.sampled_from(WORDS.split()),
        max_size=8,
    ).map(" ".join)
)
def test_any_line_gives_a_search_or_a_sentence(text: str) -> None:
    reading = read(text)
    search = reading.search
    assert search.first is not None and search.first >= NOW.date()
    assert 1 <= search.days <= 366 and 0 < reading.minutes < 1440
    assert search.between[0] >= 0 and search.between[1] <= 1440
    assert all(problem.message.endswith((".", "?")) or ":" in problem.message for problem in reading.problems)
    assert isinstance(reading.in_words(), str)
    assert search.first + timedelta(days=search.days) < date(2032, 1, 1)
