"""Booking, moving, cancelling, marking, blocking; undo of each; two processes and one slot."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import Ambiguous, Invalid, MovedOn, NotAllowed, NotFound, SlotTaken
from guru_tui.settings import Settings

FRIDAY = datetime(2026, 11, 27, 10, 30)


@pytest.fixture
def sarah(guru: Guru) -> int:
    return guru.clients.add("Sarah", "Botha", mobile="082 555 0101", email="sarah@example.com")


def wanted(client_id: int, start: datetime = FRIDAY, minutes: int = 60) -> BookingRequest:
    return BookingRequest(client_id, start, minutes, 1, 1, "Follow-up", 45000)


def states(guru: Guru) -> list[tuple[str, str]]:
    return guru.connection.execute("SELECT kind, state FROM outbox_message ORDER BY id").fetchall()


def test_a_booking_keeps_wall_time_zone_and_instant(guru: Guru, sarah: int) -> None:
    change = guru.booking.book(wanted(sarah))
    row = guru.connection.execute("SELECT starts_local, zone, starts_at, ends_at, fee_minor, currency FROM appointment")
    assert row.fetchone() == (
        "2026-11-27T10:30",
        "Africa/Johannesburg",
        "2026-11-27T08:30:00Z",
        "2026-11-27T09:30:00Z",
        45000,
        "ZAR",
    )
    assert change.summary == "Booked Sarah Botha Fri 27 Nov 10:30"
    (entry,) = guru.reads.agenda(FRIDAY.date())
    assert (entry.client, entry.title, entry.location, entry.status) == (
        "Sarah Botha",
        "Follow-up",
        "Sea Point",
        "booked",
    )
    assert entry.starts.isoformat() == "2026-11-27T10:30:00+02:00"


def test_the_confirmation_is_queued_with_the_booking_and_held(guru: Guru, sarah: int) -> None:
    change = guru.booking.book(wanted(sarah))
    (message,) = change.messages
    assert (message.kind, message.channel, message.recipient, message.state) == (
        "confirmation",
        "email",
        "sarah@example.com",
        "held",
    )
    assert message.not_before == guru.clock.now() + timedelta(minutes=3)
    assert "Sarah" in message.body and "10:30" in message.body and "Sea Point Physio" in message.body


def test_no_message_when_the_practitioner_says_so(guru: Guru, sarah: int) -> None:
    assert guru.booking.book(wanted(sarah), notify=False).messages == ()
    assert states(guru) == []


def test_an_overlap_is_refused_by_name_and_forced_with_intent(guru: Guru, sarah: int) -> None:
    guru.booking.book(wanted(sarah))
    other = guru.clients.add("Thandi", "Nkosi")
    with pytest.raises(SlotTaken, match="Sarah Botha 10:30-11:30") as taken:
        guru.booking.book(wanted(other, FRIDAY + timedelta(minutes=59)))
    assert len(taken.value.conflicts) == 1
    assert len(guru.reads.agenda(FRIDAY.date())) == 1
    guru.booking.book(wanted(other, FRIDAY + timedelta(minutes=60)))  # back to back is no overlap
    guru.booking.book(wanted(other), force=True)
    assert len(guru.reads.agenda(FRIDAY.date())) == 3


def test_blocked_time_is_in_the_way_too(guru: Guru, sarah: int) -> None:
    guru.booking.block(FRIDAY - timedelta(hours=1), FRIDAY + timedelta(hours=1), "Dentist")
    with pytest.raises(SlotTaken, match="Dentist 09:30-11:30"):
        guru.booking.book(wanted(sarah))
    with pytest.raises(SlotTaken, match="Dentist"):
        guru.booking.block(FRIDAY, FRIDAY + timedelta(minutes=5))
    assert guru.undo.undo().summary == "Blocked Fri 27 Nov 09:30 Dentist"
    guru.booking.book(wanted(sarah))


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        (datetime(2026, 12, 24), datetime(2026, 12, 27), "leave Thu 24 Dec to Sat 26 Dec"),
        (datetime(2026, 12, 24), datetime(2026, 12, 25), "leave Thu 24 Dec;"),
        (datetime(2026, 12, 23, 22), datetime(2026, 12, 24, 10), "leave 22:00-10:00"),
    ],
)
def test_leave_in_the_way_is_told_by_its_days(
    guru: Guru, sarah: int, begin: datetime, end: datetime, said: str
) -> None:
    guru.booking.block(begin, end, "leave")
    with pytest.raises(SlotTaken) as refused:
        guru.booking.book(wanted(sarah, datetime(2026, 12, 24, 9)))
    assert said in str(refused.value)


def test_blocked_times_may_run_into_each_other(guru: Guru, sarah: int) -> None:
    guru.booking.block(FRIDAY, FRIDAY + timedelta(hours=1), "Lunch")
    guru.booking.block(FRIDAY - timedelta(minutes=30), FRIDAY + timedelta(minutes=30), "Golf")
    guru.booking.block(FRIDAY - timedelta(hours=2), FRIDAY + timedelta(hours=6), "Off")
    with pytest.raises(SlotTaken, match=r"Off 08:30-16:30; choose another, or block over it with --force"):
        guru.booking.block(FRIDAY + timedelta(hours=2), FRIDAY + timedelta(hours=3))
    guru.booking.book(wanted(sarah, FRIDAY + timedelta(hours=6)))
    with pytest.raises(SlotTaken, match="Sarah Botha"):
        guru.booking.block(FRIDAY + timedelta(hours=5), FRIDAY + timedelta(hours=7))


def test_a_cancelled_appointment_frees_its_slot(guru: Guru, sarah: int) -> None:
    first = guru.booking.book(wanted(sarah))
    guru.booking.cancel(first.appointment_id)
    second = guru.booking.book(wanted(sarah))
    with pytest.raises(SlotTaken):
        guru.booking.set_status(first.appointment_id, "booked")
    assert guru.reads.entry(second.appointment_id).status == "booked"


def test_unknown_and_archived_clients(guru: Guru, sarah: int) -> None:
    with pytest.raises(NotFound, match="guru clients list"):
        guru.booking.book(wanted(999))
    guru.clients.archive(sarah)
    with pytest.raises(NotAllowed, match="archived"):
        guru.booking.book(wanted(sarah))


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60])
def test_an_impossible_length_is_refused(guru: Guru, sarah: int, minutes: int) -> None:
    with pytest.raises(Invalid, match="minutes"):
        guru.booking.book(wanted(sarah, minutes=minutes))


def test_times_that_daylight_saving_skips_or_repeats(guru: Guru, sarah: int) -> None:
    guru.practice.set("zone", "Europe/London")
    with pytest.raises(Invalid, match="does not exist"):
        guru.booking.book(wanted(sarah, datetime(2027, 3, 28, 1, 30)))
    with pytest.raises(Ambiguous, match="twice") as asked:
        guru.booking.book(wanted(sarah, datetime(2027, 10, 31, 1, 30)))
    assert asked.value.choices == ("01:30 BST", "01:30 GMT")
    second = BookingRequest(sarah, datetime(2027, 10, 31, 1, 30), 60, 1, 1, "Follow-up", 0, fold=1)
    key = guru.booking.book(second).appointment_id
    assert guru.reads.entry(key).starts.astimezone(UTC) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_a_block_covers_an_hour_that_the_clocks_show_twice(guru: Guru, sarah: int) -> None:
    guru.practice.set("zone", "Europe/London")
    guru.booking.block(datetime(2027, 10, 31, 1), datetime(2027, 10, 31, 1, 30), "Stocktaking")
    second = BookingRequest(sarah, datetime(2027, 10, 31, 1, 15), 10, 1, 1, "Follow-up", 0, fold=1)
    with pytest.raises(SlotTaken, match="Stocktaking"):
        guru.booking.book(second)


def test_moving_withdraws_what_was_for_the_old_time_and_tells_the_new(guru: Guru, sarah: int) -> None:
    guru.practice.set("hold_minutes", "0")
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.delivery("remind").run_once()
    assert states(guru) == [("confirmation", "sent")]
    change = guru.booking.move(key, FRIDAY + timedelta(days=3))
    assert change.summary == "Moved Sarah Botha from Fri 27 Nov 10:30 to Mon 30 Nov 10:30"
    assert states(guru) == [("confirmation", "sent"), ("reschedule", "queued")]
    assert "Mon 30 November" in change.messages[0].body
    assert guru.reads.entry(key).starts.day == 30


def test_moving_before_the_confirmation_has_left_sends_one_message(guru: Guru, sarah: int) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    change = guru.booking.move(key, FRIDAY + timedelta(days=3))
    live = [(kind, state) for kind, state in states(guru) if state != "cancelled"]
    assert len(live) == 1 and live[0][1] == "held"
    assert change.withdrawn == 1
    guru.clock.advance(minutes=5)  # type: ignore[attr-defined]
    assert guru.delivery("remind").run_once().sent == 1


def test_moving_back_within_the_hold_sends_nothing(guru: Guru, sarah: int) -> None:
    guru.practice.set("hold_minutes", "0")
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.delivery("remind").run_once()
    guru.practice.set("hold_minutes", "3")
    guru.booking.move(key, FRIDAY + timedelta(days=3))
    guru.booking.move(key, FRIDAY)
    guru.clock.advance(minutes=5)  # type: ignore[attr-defined]
    assert guru.delivery("remind").run_once().sent == 0
    assert [state for kind, state in states(guru) if kind == "reschedule" and state != "cancelled"] == []


def test_cancelling_before_the_confirmation_has_left_sends_nothing(guru: Guru, sarah: int) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.booking.cancel(key)
    guru.clock.advance(minutes=5)  # type: ignore[attr-defined]
    assert guru.delivery("remind").run_once().sent == 0


def test_cancelling_tells_the_client_once(guru: Guru, sarah: int) -> None:
    guru.practice.set("hold_minutes", "0")
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.delivery("remind").run_once()
    change = guru.booking.cancel(key, reason="sick")
    assert [row.kind for row in change.messages] == ["cancellation"]
    assert guru.delivery("remind").run_once().sent == 1
    with pytest.raises(NotAllowed, match="already"):
        guru.booking.cancel(key)
    with pytest.raises(NotAllowed, match="cancelled"):
        guru.booking.move(key, FRIDAY + timedelta(days=1))


def test_undo_of_a_cancellation_withdraws_the_held_message(guru: Guru, sarah: int) -> None:
    guru.practice.set("hold_minutes", "0")
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.delivery("remind").run_once()
    guru.practice.set("hold_minutes", "3")
    guru.booking.cancel(key)
    undone = guru.undo.undo()
    assert (undone.withdrawn, undone.already_sent) == (1, ())
    assert guru.reads.entry(key).status == "booked"
    guru.clock.advance(minutes=10)  # type: ignore[attr-defined]
    assert guru.delivery("remind").run_once().sent == 0


def test_undo_of_a_booking_brings_back_the_confirmation_of_nothing(guru: Guru, sarah: int) -> None:
    guru.booking.book(wanted(sarah))
    undone = guru.undo.undo()
    assert undone.summary == "Booked Sarah Botha Fri 27 Nov 10:30"
    assert undone.withdrawn == 1
    assert guru.reads.agenda(FRIDAY.date()) == []


def test_undo_names_what_had_left_already(guru: Guru, sarah: int) -> None:
    guru.practice.set("hold_minutes", "0")
    guru.booking.book(wanted(sarah))
    guru.delivery("remind").run_once()
    undone = guru.undo.undo()
    assert [row.kind for row in undone.already_sent] == ["confirmation"]


def test_undo_of_a_cancellation_gives_back_a_confirmation_it_had_withdrawn(guru: Guru, sarah: int) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.booking.cancel(key)
    guru.undo.undo()
    guru.clock.advance(minutes=5)  # type: ignore[attr-defined]
    assert guru.delivery("remind").run_once().sent == 1
    assert [kind for kind, state in states(guru) if state == "sent"] == ["confirmation"]


def test_undo_of_a_move_and_of_a_status(guru: Guru, sarah: int) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.booking.move(key, FRIDAY + timedelta(days=3))
    guru.booking.set_status(key, "confirmed")
    assert guru.undo.undo().summary == "Marked Sarah Botha confirmed"
    assert guru.undo.undo().summary.startswith("Moved Sarah Botha")
    entry = guru.reads.entry(key)
    assert (entry.starts.day, entry.status) == (27, "booked")


def test_undo_is_refused_when_someone_else_has_changed_it(guru: Guru, sarah: int, home: Path) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    with guru.unit_of_work.action("elsewhere", undoable=False) as work:
        work.connection.execute("UPDATE appointment SET note = 'by phone' WHERE id = ?", (key,))
    with pytest.raises(MovedOn):
        guru.undo.undo()
    assert guru.reads.entry(key).note == "by phone"


@pytest.mark.parametrize("status", ["confirmed", "attended", "no-show", "late-cancelled"])
def test_statuses(guru: Guru, sarah: int, status: str) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    guru.booking.set_status(key, status)
    assert guru.reads.entry(key).status == status
    with pytest.raises(NotAllowed, match="already"):
        guru.booking.set_status(key, status)


def test_a_status_that_does_not_exist(guru: Guru, sarah: int) -> None:
    key = guru.booking.book(wanted(sarah)).appointment_id
    with pytest.raises(Invalid, match="attended"):
        guru.booking.set_status(key, "asleep")


def test_hostile_text_is_stored_harmless(guru: Guru) -> None:
    key = guru.clients.add("Bobby\x1b[31m[/b]", "\u202eselbaT")
    request = BookingRequest(key, FRIDAY, 60, 1, 1, "Follow-up", 0, note="line\r\nBcc: x\x07")
    guru.booking.book(request)
    (entry,) = guru.reads.agenda(FRIDAY.date())
    assert entry.client == "Bobby[31m[/b] selbaT"
    assert entry.note == "line\nBcc: x"


def _race(home: str, client: int, queue: multiprocessing.Queue[str]) -> None:
    guru = Guru(Settings(Path(home), {}), FixedClock(datetime(2026, 11, 25, 8, tzinfo=UTC)))
    try:
        guru.booking.book(wanted(client))
        queue.put("booked")
    except SlotTaken as error:
        queue.put(str(error))
    finally:
        guru.close()


def test_two_processes_taking_one_slot(guru: Guru, sarah: int, home: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=_race, args=(str(home), sarah, queue)) for _ in range(2)]
    for process in processes:
        process.start()
    answers = sorted(queue.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert answers[1] == "booked"
    assert "Sarah Botha 10:30-11:30" in answers[0]
    assert len(guru.reads.agenda(FRIDAY.date())) == 1


def test_of_two_equal_times_the_second_stays_the_second_where_only_the_length_changes(guru: Guru, sarah: int) -> None:
    guru.practice.set_many({"zone": "Europe/London"})
    night = datetime(2027, 10, 31, 1, 30)
    visit = guru.booking.book(replace(wanted(sarah), start=night, fold=1), notify=False).appointment_id
    guru.booking.move(visit, night, minutes=90)
    entry = guru.reads.entry(visit)
    assert (entry.starts.isoformat(), entry.minutes) == ("2027-10-31T01:30:00+00:00", 90)
    with pytest.raises(Ambiguous):
        guru.booking.move(visit, night.replace(minute=45))


def test_nothing_takes_place_again_for_an_archived_client(guru: Guru, sarah: int) -> None:
    visit = guru.booking.book(wanted(sarah), notify=False).appointment_id
    guru.booking.cancel(visit, notify=False)
    step = guru.reads.actions(limit=1)[0].id
    guru.clients.archive(sarah)
    with pytest.raises(NotAllowed, match="Sarah Botha is archived; bring the client back first"):
        guru.booking.set_status(visit, "booked")
    with pytest.raises(NotAllowed, match="appointments of Sarah Botha, who is archived; undo that first"):
        guru.undo.undo_step(step)
    assert guru.reads.entry(visit).status == "cancelled"
    guru.undo.undo()
    guru.undo.undo_step(step)
    assert guru.reads.entry(visit).status == "booked"
