"""Series: planned against the calendar, made in one step, told in one message."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import SeriesChange
from guru_tui.errors import Invalid, NotAllowed, SlotTaken
from tests.outbox_support import book, client, outbox, run, setting, sql, states, texts

TUESDAY = datetime(2026, 12, 1, 10)
WEEKLY = Repeat("week", count=6)


def request(who: int, start: datetime = TUESDAY, minutes: int = 60) -> BookingRequest:
    return BookingRequest(who, start, minutes, 1, 1, "Follow-up", 45000)


def series(guru: Guru, who: int, repeat: Repeat = WEEKLY, start: datetime = TUESDAY, **how: object) -> SeriesChange:
    return guru.series.book(request(who, start), repeat, **how)  # type: ignore[arg-type]


def starts(guru: Guru, status: str = "booked") -> list[str]:
    rows = sql(guru, "SELECT starts_local FROM appointment WHERE status = ? ORDER BY starts_at", status)
    return [row[0] for row in rows]


def everything(guru: Guru) -> list[list[tuple[object, ...]]]:
    """The rows of the calendar."""
    tables = ("series", "appointment", "blocked_time")
    return [sql(guru, f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables]


def test_six_tuesdays_are_one_step_and_one_message(guru: Guru, clock: FixedClock, home: Path) -> None:
    before = everything(guru)
    change = series(guru, client(guru))
    assert change.summary == "Booked Sarah Botha 6 times, every Tue 10:00 from Tue 1 Dec"
    assert starts(guru) == [f"{TUESDAY + timedelta(7 * n):%Y-%m-%dT%H:%M}" for n in range(6)]
    assert states(guru) == [("confirmation", "email", "held")]
    (message,) = outbox(guru)
    assert "Tue 1, 8, 15, 22, 29 December and 5 January" in message.body
    assert "10:00" in message.body and message.subject.startswith("Your appointment on Tue 1, 8")
    clock.advance(minutes=3)
    assert run(guru).sent == 1
    assert "Tue 1, 8, 15, 22, 29 December and 5 January" in texts(home)[0]
    guru.undo.undo()
    assert everything(guru) == before


def test_undone_within_the_hold_nothing_leaves(guru: Guru, clock: FixedClock, home: Path) -> None:
    series(guru, client(guru))
    guru.undo.undo()
    assert states(guru) == [("confirmation", "email", "cancelled")]
    guru.undo.redo()
    assert len(starts(guru)) == 6 and states(guru) == [("confirmation", "email", "held")]
    clock.advance(minutes=3)
    run(guru)
    assert len(texts(home)) == 1


def test_a_text_message_lists_the_dates_too(guru: Guru) -> None:
    series(guru, client(guru, email=""), Repeat("week", weekdays=(1, 3), count=4))
    (message,) = outbox(guru)
    assert message.channel == "sms"
    assert "booked for Tue 1, Thu 3, Tue 8 and Thu 10 December at 10:00." in message.body


def test_an_afrikaans_client_is_told_in_afrikaans(guru: Guru) -> None:
    series(guru, client(guru, language="af"), Repeat("week", count=3))
    assert "Di 1, 8 en 15 Desember" in outbox(guru)[0].body


def test_conflicts_are_listed_before_anything_is_booked(guru: Guru) -> None:
    other = client(guru, "Jan", email="")
    book(guru, other, "2026-12-08T10:30")
    guru.booking.block(datetime(2026, 12, 15, 9), datetime(2026, 12, 15, 12), "Dentist")
    plan = guru.series.plan(request(client(guru)), WEEKLY)
    assert [(f"{one.start:%d}", one.trouble) for one in plan.occurrences if one.troubled] == [
        ("08", "overlaps Jan Botha 10:30-11:30"),
        ("15", "overlaps Dentist 09:00-12:00"),
    ]
    assert [one.shifted for one in plan.troubled] == [datetime(2026, 12, 8, 11, 30), datetime(2026, 12, 15, 13, 30)]
    before = everything(guru)
    sentence = r"2 of 6 .*Tue 8 Dec 10:00 overlaps Jan Botha.*--skip.*--shift.*--force"
    with pytest.raises(SlotTaken, match=sentence) as told:
        series(guru, 2)
    assert len(told.value.conflicts) == 2
    assert everything(guru) == before


def test_each_occurrence_is_skipped_shifted_or_kept(guru: Guru) -> None:
    who = client(guru)
    for day in (8, 15, 22):
        book(guru, client(guru, f"Jan{day}", email=""), f"2026-12-{day:02d}T10:00")
    decisions = {TUESDAY + timedelta(7 * n): word for n, word in ((1, "skip"), (2, "shift"), (3, "keep"))}
    change = series(guru, who, decisions=decisions)
    mine = sql(guru, "SELECT starts_local, series_start FROM appointment WHERE series_id > 0 ORDER BY starts_at")
    assert mine.fetchall() == [
        ("2026-12-01T10:00", "2026-12-01T10:00"),
        ("2026-12-15T11:00", "2026-12-15T10:00"),
        ("2026-12-22T10:00", "2026-12-22T10:00"),
        ("2026-12-29T10:00", "2026-12-29T10:00"),
        ("2027-01-05T10:00", "2027-01-05T10:00"),
    ]
    assert len(change.ids) == 5
    assert "Tue 1, 15 (11:00), 22, 29 December and 5 January" in change.messages[0].body


def test_a_closed_day_and_a_public_holiday_are_conflicts(guru: Guru) -> None:
    guru.opening.close(datetime(2026, 12, 8).date(), datetime(2026, 12, 9).date(), "Leave")
    plan = guru.series.plan(request(client(guru)), Repeat("week", count=2))
    assert [(one.trouble, one.shifted) for one in plan.troubled] == [("closed: Leave", None)]
    with pytest.raises(NotAllowed, match="no free time after it that day"):
        series(guru, 1, Repeat("week", count=2), decisions={TUESDAY + timedelta(7): "shift"})
    holiday = guru.series.plan(request(1, datetime(2026, 12, 15, 10)), Repeat("day", count=2))
    assert [one.trouble for one in holiday.troubled] == ["closed: Day of Reconciliation"]


def test_what_nobody_can_make_is_refused(guru: Guru) -> None:
    who = client(guru)
    book(guru, client(guru, "Jan", email=""), "2026-12-01T10:00")
    book(guru, 2, "2026-12-08T10:00")
    skip = {TUESDAY: "skip", TUESDAY + timedelta(7): "skip"}
    with pytest.raises(NotAllowed, match="nothing was booked"):
        series(guru, who, Repeat("week", count=2), decisions=skip)
    with pytest.raises(Invalid, match="lasts from 1"):
        guru.series.book(request(who, minutes=0), WEEKLY)


def test_a_time_that_the_clocks_skip_is_said_and_never_moved_by_itself(guru: Guru) -> None:
    setting(guru, "zone", "Europe/London")
    setting(guru, "public_holidays", "off")
    start, missing = datetime(2027, 3, 21, 1, 30), datetime(2027, 3, 28, 1, 30)
    plan = guru.series.plan(request(client(guru), start), Repeat("week", count=3))
    assert [one.start for one in plan.troubled] == [missing]
    assert plan.troubled[0].trouble == "that time does not exist: the clocks skip it"
    with pytest.raises(SlotTaken, match="1 of 3"):
        series(guru, 1, Repeat("week", count=3), start)
    with pytest.raises(NotAllowed, match=r"does not exist on 28 March 2027.*--skip"):
        series(guru, 1, Repeat("week", count=3), start, decisions={missing: "keep"})
    series(guru, 1, Repeat("week", count=3), start, decisions={missing: "skip"})
    assert starts(guru) == ["2027-03-21T01:30", "2027-04-04T01:30"]


@pytest.mark.parametrize("zone", ["Africa/Johannesburg", "Europe/London", "America/New_York"])
def test_a_year_of_weekly_nine_o_clock_across_the_change_of_the_clocks(guru: Guru, zone: str) -> None:
    setting(guru, "zone", zone)
    setting(guru, "public_holidays", "off")
    series(guru, client(guru), Repeat("week", count=53), datetime(2026, 12, 1, 9), decisions={})
    rows = sql(guru, "SELECT starts_at, starts_local FROM appointment ORDER BY starts_at").fetchall()
    assert len(rows) == 53
    assert {f"{to_local(from_utc_text(at), zone):%a %H:%M}" for at, _ in rows} == {"Tue 09:00"}
    assert all(f"{to_local(from_utc_text(at), zone):%Y-%m-%dT%H:%M}" == wall for at, wall in rows)


def test_the_message_is_held_against_the_calendar_once_more(guru: Guru, clock: FixedClock, home: Path) -> None:
    change = series(guru, client(guru))
    guru.booking.cancel(change.ids[1])
    guru.booking.move(change.ids[2], datetime(2026, 12, 16, 11), notify=False)
    assert states(guru) == [("confirmation", "email", "held")], "nobody is told that what they never heard of is off"
    clock.advance(minutes=3)
    run(guru)
    (text,) = texts(home)
    assert "Tue 1, 22, 29 December and 5 January" in text


def test_a_series_of_which_nothing_is_left_is_not_told(guru: Guru, clock: FixedClock, home: Path) -> None:
    change = series(guru, client(guru), Repeat("week", count=2))
    for key in change.ids:
        guru.booking.cancel(key)
    clock.advance(minutes=3)
    assert run(guru).sent == 0
    assert states(guru) == [("confirmation", "email", "cancelled")]


def test_one_appointment_of_a_told_series_has_messages_of_its_own(guru: Guru, clock: FixedClock) -> None:
    change = series(guru, client(guru))
    clock.advance(minutes=3)
    run(guru)
    assert guru.booking.cancel(change.ids[1]).messages[0].kind == "cancellation"
    moved = guru.booking.move(change.ids[2], datetime(2026, 12, 16, 11)).messages
    assert moved[0].kind == "reschedule" and "on Tue 15 December at 10:00" in moved[0].body


def test_each_appointment_of_it_has_its_reminder(guru: Guru, clock: FixedClock, home: Path) -> None:
    series(guru, client(guru), Repeat("week", count=2))
    clock.advance(minutes=3)
    run(guru)
    clock.instant = datetime.fromisoformat("2026-11-30T10:30+02:00")
    run(guru)
    clock.instant = datetime.fromisoformat("2026-12-07T10:30+02:00")
    run(guru)
    assert [kind for kind, _, _ in states(guru)] == ["confirmation", *["reminder"] * 4]


def test_the_confirmation_of_a_series_serves_for_a_reminder_that_it_comes_too_late_for(
    guru: Guru, clock: FixedClock
) -> None:
    change = series(guru, client(guru), Repeat("week", count=3), datetime(2026, 11, 26, 9))
    clock.advance(minutes=3)
    run(guru)
    assert states(guru) == [("confirmation", "email", "sent")]
    assert guru.reads.entry(change.ids[0]).reminder == "-"
    assert guru.reads.entry(change.ids[1]).reminder == "scheduled"


def test_what_has_begun_is_in_no_message(guru: Guru) -> None:
    change = series(guru, client(guru), Repeat("day", count=3), datetime(2026, 11, 24, 9))
    assert "Thu 26 November" in change.messages[0].body and "24" not in change.messages[0].subject


def test_silent_and_switched_off(guru: Guru, clock: FixedClock) -> None:
    who = client(guru)
    assert series(guru, who, notify=False).messages == ()
    series(guru, who, start=TUESDAY + timedelta(hours=4))
    setting(guru, "confirmation_channels", "off")
    clock.advance(minutes=3)
    run(guru)
    assert states(guru) == [("confirmation", "email", "cancelled")]


def test_a_series_message_is_sent_once_more_by_hand(guru: Guru, clock: FixedClock, home: Path) -> None:
    series(guru, client(guru))
    clock.advance(minutes=3)
    run(guru)
    again = guru.outbox.resend(outbox(guru)[0].id, sure=True)
    run(guru)
    assert again.id != 1 and len(texts(home)) == 2 and texts(home)[0] == texts(home)[1]


def test_blocks_repeat_in_one_step(guru: Guru) -> None:
    before = everything(guru)
    friday = datetime(2026, 11, 27, 12)
    book(guru, client(guru), "2026-12-04T14:00")
    before = everything(guru)
    repeat = Repeat("week", count=8)
    with pytest.raises(SlotTaken, match="Fri 4 Dec 12:00 overlaps Sarah Botha"):
        guru.series.block(friday, friday + timedelta(hours=5), "admin", repeat)
    skip = {friday + timedelta(7): "skip"}
    change = guru.series.block(friday, friday + timedelta(hours=5), "admin", repeat, skip)
    assert change.summary == "Blocked admin 7 times, every Fri 12:00 from Fri 27 Nov"
    assert len(sql(guru, "SELECT * FROM blocked_time").fetchall()) == 7
    guru.undo.undo()
    assert everything(guru) == before


def test_what_repeats_is_blocked_over_the_lunch_without_a_question(guru: Guru) -> None:
    noon, lunch = datetime(2026, 11, 27, 12), Repeat("week", weekdays=(0, 1, 2, 3, 4), count=40)
    guru.series.block(noon + timedelta(minutes=30), noon + timedelta(minutes=90), "lunch", lunch)
    assert not guru.series.plan_block(noon, noon + timedelta(hours=5), Repeat("week", count=8)).troubled
    within = noon + timedelta(minutes=30), noon + timedelta(minutes=60)
    assert len(guru.series.plan_block(*within, Repeat("week", count=8)).troubled) == 8


def test_a_whole_day_blocked_again_is_a_whole_day_when_the_clocks_change(guru: Guru) -> None:
    setting(guru, "zone", "Europe/London")
    day = datetime(2027, 3, 21)
    guru.series.block(day, day + timedelta(1), "off", Repeat("week", count=2))
    assert [row[0] for row in sql(guru, "SELECT minutes FROM blocked_time ORDER BY id")] == [1440, 1380]
