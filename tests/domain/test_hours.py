"""Operating hours as text."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.hours import format_hours, parse, within
from guru_tui.domain.views.hours import Interval
from guru_tui.errors import Invalid


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00", "Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00"),
        ("mon–fri 8–17", "Mon-Fri 08:00-17:00"),
        ("Monday to Wednesday 8 to 12, 13 to 17", "Mon-Wed 08:00-12:00 13:00-17:00"),
        ("Mon, Wed 08:00-12:00", "Mon 08:00-12:00; Wed 08:00-12:00"),
        ("Sat-Mon 9-12", "Mon 09:00-12:00; Sat-Sun 09:00-12:00"),
        ("maandag 08h00-17h00; Sun closed", "Mon 08:00-17:00"),
        ("Fri 00:00-24:00", "Fri 00:00-24:00"),
    ],
)
def test_readings(text: str, shown: str) -> None:
    assert format_hours(parse(text)) == shown


@pytest.mark.parametrize(
    "text", ["", "Mon", "Funday 8-17", "Mon 17-8", "Mon 8-25", "Mon 08:70-17:00", "8-17", "Mon 8-12 11-14", "T 8-12"]
)
def test_what_cannot_be_read_names_the_form(text: str) -> None:
    with pytest.raises(Invalid, match=r"Mon-Fri 08:00|write"):
        parse(text)


@given(
    st.dictionaries(
        st.integers(0, 6),
        st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).map(sorted),
        min_size=1,
    )
)
def test_what_is_shown_reads_back_the_same(days: dict[int, list[int]]) -> None:
    intervals = [
        Interval(day, opens, closes)
        for day, marks in sorted(days.items())
        for opens, closes in zip(marks[::2], marks[1::2], strict=False)
    ]
    assert parse(format_hours(intervals)) == intervals


def test_within() -> None:
    hours = [*parse("Mon-Fri 08:00-12:30 13:30-17:00"), *parse("Wed 10:00-11:00", location_id=2)]
    wednesday = datetime(2026, 11, 25)

    def open_at(start: str, end: str, place: int | None = None) -> bool:
        begin, finish = (wednesday.replace(hour=int(text[:2]), minute=int(text[3:])) for text in (start, end))
        return within(begin, finish, hours, place)

    assert open_at("08:00", "12:30")
    assert not open_at("12:00", "13:45")
    assert not open_at("16:30", "17:30")
    assert not open_at("08:00", "09:00", 2)
    assert open_at("10:00", "11:00", 2)
    assert open_at("08:00", "09:00", 3)
    assert within(wednesday, wednesday, [])
