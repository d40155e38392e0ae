"""A day as a list: gaps inside the hours, the now-line, clashes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.hours import Interval
from guru_tui.screens.day_plan import Gap, plan

ZONE = ZoneInfo("Africa/Johannesburg")
DAY = date(2026, 11, 25)
HOURS = [Interval(2, 480, 750), Interval(2, 810, 1020)]


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=ZONE)


def entry(
    number: int, starts: datetime, minutes: int, status: str = "booked", kind: str = "appointment"
) -> AgendaEntry:
    return AgendaEntry(kind, number, starts, starts + timedelta(minutes=minutes), "Follow-up", status)


def spans(found: object) -> list[tuple[str, str]]:
    return [(f"{gap.starts:%H:%M}", f"{gap.ends:%H:%M}") for gap in found.items if isinstance(gap, Gap)]  # type: ignore[attr-defined]


def test_a_free_day_is_its_hours() -> None:
    assert spans(plan([], HOURS, DAY, at(9))) == [("08:00", "12:30"), ("13:30", "17:00")]


def test_gaps_are_what_appointments_and_blocks_leave() -> None:
    entries = [entry(1, at(8), 60), entry(2, at(9, 10), 50), entry(3, at(12), 120, "", "block"), entry(4, at(16), 90)]
    assert spans(plan(entries, HOURS, DAY, at(9))) == [("10:00", "12:00"), ("14:00", "16:00")]


def test_a_cancelled_appointment_frees_its_time_and_a_no_show_does_not() -> None:
    entries = [entry(1, at(8), 60, "cancelled"), entry(2, at(9), 60, "no-show"), entry(3, at(10), 60, "late-cancelled")]
    found = plan(entries, HOURS, DAY, at(7))
    assert spans(found) == [("08:00", "09:00"), ("10:00", "12:30"), ("13:30", "17:00")]
    assert found.booked == 1


def test_a_closed_day_has_gaps_only_between_its_appointments() -> None:
    assert spans(plan([], [], DAY, at(9))) == []
    found = plan([entry(1, at(9), 60), entry(2, at(11), 60)], [], DAY, at(9))
    assert spans(found) == [("10:00", "11:00")]
    assert not found.open


def test_overlapping_hours_of_two_places_are_one_timeline() -> None:
    hours = [Interval(2, 480, 720, 1), Interval(2, 600, 840, 2)]
    assert spans(plan([], hours, DAY, at(9))) == [("08:00", "14:00")]


def test_what_is_on_what_comes_and_what_clashes() -> None:
    entries = [entry(1, at(8), 60, "attended"), entry(2, at(9), 60), entry(3, at(9, 30), 60), entry(4, at(11), 60)]
    found = plan(entries, HOURS, DAY, at(9, 15))
    assert found.ongoing is entries[1]
    assert found.following is entries[2]
    assert found.clashing == {2, 3}
    assert found.now_after == 1


def test_another_day_has_no_now() -> None:
    found = plan([entry(1, at(9), 60)], HOURS, DAY, at(9) + timedelta(days=1))
    assert (found.now_after, found.ongoing, found.following) == (None, None, None)
