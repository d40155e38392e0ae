"""Free times and what speaks against a time, on a real practice."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.availability import stretches
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.availability import Search, Slot
from guru_tui.domain.views.hours import Interval
from guru_tui.errors import Invalid, NotAllowed, NotFound

THU, FRI = date(2026, 11, 26), date(2026, 11, 27)
RECONCILIATION = date(2026, 12, 16)


@pytest.fixture
def sarah(guru: Guru) -> int:
    return guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")


def book(
    guru: Guru, client_id: int, start: datetime, *, minutes: int = 60, type_id: int = 1, place: int | None = 1
) -> int:
    request = BookingRequest(client_id, start, minutes, type_id, place, "Follow-up", 45000)
    return guru.booking.book(request, notify=False, force=True).appointment_id


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


def found(guru: Guru, **search: object) -> str:
    """`Thu 08:00 08:15 …`: the starts under their days."""
    said: list[str] = []
    latest = ""
    for slot in guru.availability.slots(Search(**search)):  # type: ignore[arg-type]
        day = f"{slot.start:%a}"
        if day != latest:
            said.append(day)
        latest = day
        said.append(f"{slot.start:%H:%M}")
    return " ".join(said)


def said(guru: Guru, start: datetime, minutes: int = 60, **where: int) -> list[str]:
    where = {"type_id": 1, "location_id": 1, **where}
    return [each.text() for each in guru.availability.reasons(start, minutes, **where)]  # type: ignore[arg-type]


class TestFreeTimes:
    def test_the_next_seven_days_from_now_at_the_first_types_length(self, guru: Guru) -> None:
        guru.practice.set("slot_step", "60")
        slots = guru.availability.slots(Search())
        assert (slots[0].start.isoformat(), slots[0].end.isoformat(), slots[0].location) == (
            "2026-11-25T10:00:00+02:00",
            "2026-11-25T11:00:00+02:00",
            "Sea Point",
        )
        assert {slot.start.date() for slot in slots} == {date(2026, 11, day) for day in (25, 26, 27, 30)} | {
            date(2026, 12, 1)
        }

    def test_what_is_booked_or_blocked_is_not_free(self, guru: Guru, sarah: int) -> None:
        guru.practice.set("slot_step", "30")
        book(guru, sarah, at(THU, "09:00"), minutes=120)
        cancelled = book(guru, sarah, at(THU, "15:00"))
        guru.booking.cancel(cancelled, notify=False)
        guru.booking.block(at(THU, "13:00"), at(THU, "14:30"))
        assert found(guru, first=THU, days=1) == "Thu 08:00 11:00 11:30 14:30 15:00 15:30 16:00"
        assert found(guru, first=THU, days=1, minutes=90) == "Thu 11:00 14:30 15:00 15:30"
        massage = next(row.id for row in guru.reads.types() if row.name == "Massage")
        assert found(guru, first=THU, days=1, type_id=massage, between=(0, 720)) == "Thu 08:00 11:00"

    def test_weekdays_and_hours(self, guru: Guru) -> None:
        guru.practice.set("slot_step", "60")
        search = {"first": THU, "days": 14, "weekdays": frozenset({1, 4}), "between": (14 * 60, 17 * 60)}
        assert found(guru, **search) == "Fri 14:30 15:30 Tue 14:30 15:30 Fri 14:30 15:30 Tue 14:30 15:30"

    def test_a_block_of_several_days(self, guru: Guru) -> None:
        guru.booking.block(at(THU, "00:00"), at(FRI + timedelta(1), "00:00"))
        slot = guru.availability.next_free(Search(first=THU))
        assert slot is not None and slot.start.date() == date(2026, 11, 30)

    def test_closed_days_and_public_holidays(self, guru: Guru) -> None:
        assert found(guru, first=RECONCILIATION, days=1) == ""
        guru.practice.set("public_holidays", "shown")
        assert found(guru, first=RECONCILIATION, days=1) != ""
        guru.opening.close(RECONCILIATION, RECONCILIATION, "Leave")
        assert found(guru, first=RECONCILIATION, days=1) == ""

    def test_a_holiday_that_is_worked_on(self, guru: Guru) -> None:
        guru.opening.open(RECONCILIATION, RECONCILIATION)
        assert found(guru, first=RECONCILIATION, days=1) != ""
        assert [(row.title, row.closes) for row in guru.reads.closed_days(RECONCILIATION, RECONCILIATION)] == [
            ("Day of Reconciliation", False)
        ]
        guru.undo.undo()
        assert found(guru, first=RECONCILIATION, days=1) == ""

    def test_elsewhere_other_holidays_and_in_no_country_none(self, guru: Guru) -> None:
        guru.practice.set("country", "NA")
        assert found(guru, first=RECONCILIATION, days=1) != ""
        guru.practice.set("country", "QQ")
        assert guru.reads.closed_days(date(2026, 12, 1), date(2027, 1, 31)) == []

    def test_a_place_that_is_closed(self, guru: Guru) -> None:
        away = guru.practice.add_location("Gardens")
        guru.opening.close(THU, THU, "Painters", location_id=away)
        assert found(guru, first=THU, days=1) != ""
        assert found(guru, first=THU, days=1, location_id=away) == ""

    def test_the_daily_maximum(self, guru: Guru, sarah: int) -> None:
        guru.practice.set("daily_maximum", "2")
        book(guru, sarah, at(THU, "09:00"))
        assert found(guru, first=THU, days=1) != ""
        book(guru, sarah, at(THU, "14:00"))
        assert found(guru, first=THU, days=1) == ""
        assert found(guru, first=FRI, days=1) != ""

    def test_the_buffers_of_both_types(self, guru: Guru, sarah: int) -> None:
        guru.practice.set("slot_step", "5")
        guru.practice.edit_type(1, {"minutes_after": 10})
        guru.practice.edit_type(2, {"minutes_before": 15})
        book(guru, sarah, at(THU, "08:00"), minutes=120)
        assert found(guru, first=THU, days=1, minutes=60, between=(480, 680), type_id=1).startswith("Thu 10:10 ")
        assert found(guru, first=THU, days=1, minutes=60, between=(480, 680), type_id=2).startswith("Thu 10:15 ")

    def test_each_place_has_its_hours_and_the_way_counts(self, guru: Guru, sarah: int) -> None:
        guru.practice.set("slot_step", "10")
        away = guru.practice.add_location("Gardens")
        free = guru.practice.add_type("Visit", 60, 50000)
        guru.practice.set_hours([Interval(3, 600, 840, away)], location_id=away)
        guru.opening.set_travel(away, 1, 25)
        book(guru, sarah, at(THU, "09:00"))
        slots = guru.availability.slots(Search(first=THU, days=1, type_id=free, location_id=away))
        assert (f"{slots[0].start:%H:%M}", slots[0].location) == ("10:30", "Gardens")
        both = guru.availability.slots(Search(first=THU, days=1, type_id=free))
        assert [slot.location for slot in both if f"{slot.start:%H:%M}" == "12:40"] == ["Gardens"]
        assert [slot.location for slot in both if f"{slot.start:%H:%M}" == "11:00"] == ["Sea Point"]
        assert [slot.start for slot in both] == sorted({slot.start for slot in both})

    def test_a_practice_without_anything(self, guru: Guru) -> None:
        guru.practice.set_hours([])
        assert found(guru, first=THU, days=1).startswith("Thu 08:00 ") and "17:00" in found(guru, first=THU, days=1)
        assert found(guru, first=date(2026, 11, 28), days=2) == ""
        for row in guru.reads.types():
            guru.practice.edit_type(row.id, {"active": False})
        slot = guru.availability.slots(Search(first=THU), limit=1)[0]
        assert slot.end - slot.start == timedelta(minutes=60)

    def test_nothing_is_offered_that_has_begun(self, guru: Guru, clock: FixedClock) -> None:
        clock.instant = datetime(2026, 11, 26, 12, 1, tzinfo=UTC)  # Thursday 14:01
        slots = guru.availability.slots(Search(first=date(2026, 11, 20)), limit=1)
        assert f"{slots[0].start:%a %H:%M}" == "Thu 14:15"

    def test_the_next_is_looked_for_over_a_year_and_no_longer(self, guru: Guru) -> None:
        guru.opening.close(THU, date(2027, 11, 1), "Sabbatical")
        slot = guru.availability.next_free(Search(first=THU))
        assert slot is not None and slot.start.date() == date(2027, 11, 2)
        guru.practice.set_hours([Interval(6, 480, 490)])
        assert guru.availability.next_free(Search(first=THU)) is None

    def test_the_night_in_which_the_clocks_change(self, guru: Guru) -> None:
        guru.practice.set_many({"zone": "Europe/Berlin", "slot_step": "30", "public_holidays": "off"})
        guru.practice.set_hours([Interval(6, 60, 270)])  # Sundays 01:00-04:30
        spring = guru.availability.slots(Search(first=date(2027, 3, 28), days=1))
        assert [f"{slot.start:%H:%M}-{slot.end:%H:%M}" for slot in spring] == [
            "01:00-03:00",
            "01:30-03:30",
            "03:00-04:00",
            "03:30-04:30",
        ]
        autumn = guru.availability.slots(Search(first=date(2027, 10, 31), days=1, minutes=210))
        assert [f"{slot.start:%H:%M%z}-{slot.end:%H:%M%z}" for slot in autumn] == [
            "01:00+0200-03:30+0100",
            "01:30+0200-04:00+0100",
            "02:00+0200-04:30+0100",
        ]
        guru.practice.set_hours([Interval(6, 60, 150)])  # until 02:30, the second of the two
        until = guru.availability.slots(Search(first=date(2027, 10, 31), days=1, minutes=60))[-1]
        assert f"{until.start:%H:%M%z}-{until.end:%H:%M%z}" == "02:30+0200-02:30+0100"


class TestWhatSpeaksAgainst:
    def test_nothing(self, guru: Guru) -> None:
        assert said(guru, at(THU, "09:00")) == []

    def test_hours_closed_days_and_the_maximum(self, guru: Guru, sarah: int) -> None:
        guru.practice.set("daily_maximum", "1")
        moved = book(guru, sarah, at(RECONCILIATION, "09:00"))
        assert said(guru, at(RECONCILIATION, "12:00")) == [
            "outside the operating hours",
            "closed: Day of Reconciliation",
            "1 a day is your maximum",
        ]
        assert said(guru, at(RECONCILIATION, "11:00"), exclude_appointment=moved) == ["closed: Day of Reconciliation"]

    def test_buffers_and_ways(self, guru: Guru, sarah: int) -> None:
        away = guru.practice.add_location("Gardens")
        guru.practice.edit_type(1, {"minutes_after": 10})
        guru.opening.set_travel(1, away, 20)
        book(guru, sarah, at(THU, "09:00"))
        assert said(guru, at(THU, "10:00")) == ["10 min to be kept free after Sarah Botha 09:00-10:00"]
        assert said(guru, at(THU, "10:10")) == []
        assert said(guru, at(THU, "10:20"), location_id=away) == [
            "20 min travel from Sea Point (Sarah Botha 09:00-10:00), 10 min kept free"
        ]
        assert said(guru, at(THU, "08:00"), minutes=55) == ["10 min to be kept free before Sarah Botha 09:00-10:00"]
        assert said(guru, at(THU, "09:30")) == []  # an overlap is a conflict, and told as one

    def test_what_is_offered_has_nothing_against_it(self, guru: Guru, sarah: int) -> None:
        away = guru.practice.add_location("Gardens")
        guru.practice.edit_type(1, {"minutes_after": 10, "minutes_before": 5})
        guru.opening.set_travel(1, away, 20)
        guru.opening.close(FRI, FRI)
        for day, clock, place in ((THU, "09:00", 1), (THU, "11:20", away), (FRI, "09:00", 1)):
            book(guru, sarah, at(day, clock), place=place)
        slots = guru.availability.slots(Search(first=THU, days=30))
        assert len(slots) > 100
        for slot in slots:
            assert said(guru, slot.start.replace(tzinfo=None)) == []
            assert guru.reads.conflicts(slot.start, slot.end) == []

    def test_the_booking_line_is_told(self, guru: Guru, sarah: int) -> None:
        guru.practice.edit_type(1, {"minutes_after": 10})
        book(guru, sarah, at(RECONCILIATION, "09:00"))
        checks = guru.quick_add.checks(guru.quick_add.read("sarah 16/12 10:00 follow"))
        assert (checks.free, checks.in_hours) == (True, True)
        assert [each.kind for each in checks.against] == ["closed", "buffer"]
        assert guru.quick_add.checks(guru.quick_add.read("sarah sat 10:00")).against == ()


class TestClosingAndOpening:
    def test_a_day_is_taken_out_of_a_closed_time(self, guru: Guru) -> None:
        first, last = date(2026, 12, 28), date(2027, 1, 8)
        guru.opening.close(first, last, "Leave")
        guru.opening.open(date(2026, 12, 30), date(2026, 12, 30))
        own = [row for row in guru.reads.closed_days(first, last) if not row.holiday]
        assert [(row.first, row.last, row.title) for row in own] == [
            (first, date(2026, 12, 29), "Leave"),
            (date(2026, 12, 31), last, "Leave"),
        ]
        guru.undo.undo()
        (row,) = (row for row in guru.reads.closed_days(first, last) if not row.holiday)
        assert (row.first, row.last) == (first, last)
        guru.opening.reopen(row.id)
        assert [row.title for row in guru.reads.closed_days(first, last)] == ["New Year's Day"]

    def test_what_is_refused(self, guru: Guru) -> None:
        with pytest.raises(Invalid, match="earlier day first"):
            guru.opening.close(FRI, THU)
        guru.opening.close(THU, FRI, "Leave")
        with pytest.raises(NotAllowed, match="closed already"):
            guru.opening.close(FRI, FRI)
        with pytest.raises(NotFound, match="hours show"):
            guru.opening.open(date(2026, 12, 1), date(2026, 12, 1))
        with pytest.raises(NotFound, match="hours show"):
            guru.opening.reopen(99)
        with pytest.raises(NotFound, match="locations list"):
            guru.opening.close(FRI, FRI, location_id=9)

    def test_ways_are_set_changed_and_forgotten(self, guru: Guru) -> None:
        away = guru.practice.add_location("Gardens")
        guru.opening.set_travel(away, 1, 20)
        guru.opening.set_travel(1, away, 25)
        assert [(row.from_name, row.to_name, row.minutes) for row in guru.reads.travel_times()] == [
            ("Sea Point", "Gardens", 25)
        ]
        guru.opening.set_travel(1, away, 0)
        assert guru.reads.travel_times() == []
        guru.undo.undo()
        assert len(guru.reads.travel_times()) == 1
        for one, other, minutes, refusal in ((1, 1, 5, Invalid), (1, away, -1, Invalid), (1, 99, 5, NotFound)):
            with pytest.raises(refusal):
                guru.opening.set_travel(one, other, minutes)
        guru.opening.set_travel(1, away, 0)
        with pytest.raises(NotFound, match="no travel time"):
            guru.opening.set_travel(1, away, 0)

    def test_worked_holidays_long_past_are_forgotten(self, guru: Guru, clock: FixedClock) -> None:
        guru.opening.open(RECONCILIATION, RECONCILIATION)
        with pytest.raises(NotFound):
            guru.opening.open(RECONCILIATION, RECONCILIATION)
        clock.advance(days=600)
        guru.opening.open(date(2028, 12, 25), date(2028, 12, 25))
        assert guru.reads.practice()["holidays_worked"] == "2028-12-25"


def test_free_times_are_drawn_together(guru: Guru) -> None:
    guru.booking.block(at(THU, "10:00"), at(THU, "11:00"))
    drawn = stretches(guru.availability.slots(Search(first=THU, days=2)), 15)
    assert [f"{each.start:%a %H:%M}-{each.end:%H:%M}" for each in drawn] == [
        "Thu 08:00-10:00", "Thu 11:00-12:30", "Thu 13:30-17:00", "Fri 08:00-12:30", "Fri 13:30-17:00",
    ]  # fmt: skip
    one = Slot(datetime(2026, 11, 26, 8, tzinfo=UTC), datetime(2026, 11, 26, 8, 15, tzinfo=UTC))
    apart = one._replace(start=one.start + timedelta(hours=1), end=one.end + timedelta(hours=1))
    assert len(stretches([one, apart], 60)) == 2


def test_a_week_is_there_within_milliseconds(guru: Guru, sarah: int) -> None:
    for offset in range(14):
        for hour in (8, 9, 10, 11, 14, 15):
            book(guru, sarah, datetime(2026, 11, 25, hour) + timedelta(days=offset), minutes=45)
    guru.availability.warm_up()
    took = []
    for _ in range(15):
        begun = time.perf_counter()
        guru.availability.slots(Search(first=THU))
        took.append(time.perf_counter() - begun)
    # The median, with a margin: other processes share the machine.
    assert sorted(took)[len(took) // 2] < 0.02
