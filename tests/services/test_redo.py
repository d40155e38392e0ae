"""Redo: what was undone is done again, its messages wait again, and nobody is told twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.waitlist import Wish
from guru_tui.errors import MovedOn, NotAllowed, NotFound, SlotTaken
from tests.outbox_support import book, client, run, setting, states

FRIDAY = datetime(2026, 11, 27, 10, 30)


@pytest.fixture
def sarah(guru: Guru) -> int:
    setting(guru, "reminder_channels", "off")
    return client(guru)


def _book(guru: Guru, who: int, start: datetime = FRIDAY) -> int:
    return guru.booking.book(BookingRequest(who, start, 60, 1, 1, "Follow-up", 45000)).appointment_id


def _at_once(guru: Guru) -> None:
    setting(guru, "hold_minutes", "0")


def test_every_undo_is_redone_in_turn_and_undone_again(guru: Guru, sarah: int) -> None:
    visit = book(guru, sarah, "2026-11-27T10:30")
    guru.booking.move(visit, FRIDAY + timedelta(hours=2), notify=False)
    guru.booking.set_note(visit, "Bring scans")
    for _ in range(3):
        guru.undo.undo()
    assert guru.reads.agenda(FRIDAY.date()) == []
    assert guru.undo.redo().summary == "Booked Sarah Botha Fri 27 Nov 10:30"
    assert guru.undo.redo().summary.startswith("Moved Sarah Botha")
    assert guru.undo.redo().summary.startswith("Wrote a note")
    entry = guru.reads.entry(visit)
    assert (entry.starts.hour, entry.note) == (12, "Bring scans")
    with pytest.raises(NotFound, match="nothing to redo"):
        guru.undo.redo()
    assert guru.undo.undo().summary.startswith("Wrote a note")
    assert guru.undo.undo().summary.startswith("Moved")
    assert guru.undo.redo().summary.startswith("Moved")


def test_a_new_action_leaves_nothing_to_redo(guru: Guru, sarah: int) -> None:
    book(guru, sarah, "2026-11-27T10:30")
    guru.undo.undo()
    client(guru, "Thandi")
    with pytest.raises(NotFound, match="something new was done since"):
        guru.undo.redo()
    guru.undo.undo()
    assert guru.undo.redo().summary == "Added Thandi Botha"
    with pytest.raises(NotFound):
        guru.undo.redo()


def test_an_issued_invoice_leaves_nothing_to_redo(guru: Guru, sarah: int) -> None:
    guru.booking.set_status(book(guru, sarah, "2026-11-24T10:30"), "attended")
    book(guru, sarah, "2026-11-27T10:30")
    guru.undo.undo()
    guru.invoicing.invoice_client(sarah)
    with pytest.raises(NotFound, match="nothing to redo"):
        guru.undo.redo()


def test_it_works_in_another_process_of_the_same_store(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit = book(guru, sarah, "2026-11-27T10:30")
    guru.undo.undo()
    with_another = Guru(guru.settings, clock, origin="cli")
    assert with_another.undo.redo().summary.startswith("Booked")
    with_another.close()
    assert guru.reads.entry(visit).status == "booked"
    assert next(row.summary for row in guru.reads.actions(limit=2)).startswith("Redid: Booked")


def test_the_confirmation_waits_again_and_goes_once(guru: Guru, sarah: int, clock: FixedClock) -> None:
    _book(guru, sarah)
    guru.undo.undo()
    clock.advance(minutes=10)
    assert guru.undo.redo().queued == 1
    assert run(guru).sent == 0, "held anew"
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    assert states(guru) == [("confirmation", "email", "sent")]


def test_a_redone_move_withdraws_again_what_was_for_the_old_time(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit = _book(guru, sarah)
    guru.booking.move(visit, FRIDAY + timedelta(days=3))
    guru.undo.undo()
    assert [(row.starts_at, row.state) for row in guru.reads.messages() if row.state == "held"] == [
        (guru.reads.entry(visit).starts, "held")
    ]
    redone = guru.undo.redo()
    assert (redone.queued, redone.withdrawn) == (1, 1)
    clock.advance(minutes=5)
    assert run(guru).sent == 1
    assert [row.starts_at for row in guru.reads.messages() if row.state == "sent"] == [guru.reads.entry(visit).starts]
    guru.undo.undo()
    assert run(guru).sent == 0


def test_what_was_withdrawn_by_hand_stays_withdrawn(guru: Guru, sarah: int, clock: FixedClock) -> None:
    _book(guru, sarah)
    guru.outbox.withdraw(guru.reads.messages()[0].id)
    guru.undo.undo()
    assert guru.undo.redo().queued == 0
    clock.advance(minutes=5)
    assert run(guru).sent == 0


def test_a_redone_cancellation_takes_the_confirmation_back_again(guru: Guru, sarah: int, clock: FixedClock) -> None:
    visit = _book(guru, sarah)
    guru.booking.cancel(visit)
    guru.undo.undo()
    guru.undo.redo()
    clock.advance(minutes=5)
    assert run(guru).sent == 0
    guru.undo.undo()
    clock.advance(minutes=5)
    assert run(guru).sent == 1
    assert states(guru) == [("confirmation", "email", "sent")]


def test_a_redo_is_refused_where_the_rows_are_not_as_the_undo_left_them(guru: Guru, sarah: int) -> None:
    guru.clients.update(sarah, address="12 Main Road")
    guru.undo.undo()
    with guru.unit_of_work.action("elsewhere", undoable=False) as work:
        from guru_tui.store.models import Client

        row = work.session.get(Client, sarah)
        assert row is not None
        row.address = "1 Other Street"
    with pytest.raises(MovedOn, match="cannot be done again"):
        guru.undo.redo()
    assert guru.reads.client(sarah).address == "1 Other Street"


def test_an_older_step_is_undone_where_nothing_newer_touches_it(guru: Guru, sarah: int) -> None:
    first = _book(guru, sarah)
    step = guru.reads.actions(limit=1)[0].id
    client(guru, "Thandi")
    assert guru.undo.undo_step(step).summary.startswith("Booked")
    assert guru.reads.agenda(FRIDAY.date()) == [] and len(guru.reads.clients()) == 2
    with pytest.raises(NotAllowed, match="undone already"):
        guru.undo.undo_step(step)
    guru.undo.redo()
    assert guru.reads.entry(first).status == "booked"
    assert guru.undo.undo().summary.startswith("Booked"), "what was done again last is taken back first"
    assert guru.undo.undo().summary == "Added Thandi Botha"


def test_an_older_step_with_a_newer_one_on_it_stays(guru: Guru, sarah: int) -> None:
    visit = _book(guru, sarah)
    step = guru.reads.actions(limit=1)[0].id
    guru.booking.set_note(visit, "Bring scans")
    with pytest.raises(MovedOn):
        guru.undo.undo_step(step)
    with pytest.raises(NotFound):
        guru.undo.undo_step(99999)
    assert guru.reads.entry(visit).note == "Bring scans"


def test_an_older_cancellation_is_not_undone_into_a_slot_that_was_given_away(guru: Guru, sarah: int) -> None:
    first = book(guru, sarah, "2026-11-27T10:30")
    guru.booking.cancel(first, notify=False)
    step = guru.reads.actions(limit=1)[0].id
    second = guru.booking.book(BookingRequest(sarah, FRIDAY, 60, 1, 1, "", 0), notify=False)
    with pytest.raises(SlotTaken, match="overlaps Sarah Botha 10:30"):
        guru.undo.undo_step(step)
    assert guru.reads.entry(first).status == "cancelled"
    guru.booking.move(second.appointment_id, FRIDAY + timedelta(hours=3), notify=False)
    guru.undo.undo_step(step)
    assert guru.reads.entry(first).status == "booked"


def test_an_older_unblock_is_not_undone_into_a_slot_that_was_given_away(guru: Guru, sarah: int) -> None:
    blocked = guru.booking.block(FRIDAY, FRIDAY + timedelta(hours=1), "Dentist")
    guru.booking.unblock(blocked)
    step = guru.reads.actions(limit=1)[0].id
    book(guru, sarah, "2026-11-27T11:00")
    with pytest.raises(SlotTaken, match="Sarah Botha"):
        guru.undo.undo_step(step)


def test_what_a_step_had_withdrawn_is_withdrawn_again(guru: Guru, sarah: int, clock: FixedClock) -> None:
    entry = guru.waitlist.add(sarah, Wish(60)).entry_id
    guru.waitlist.offer(entry, FRIDAY)
    guru.waitlist.remove(entry)
    guru.undo.undo()
    assert [row.state for row in guru.reads.messages()] == ["held"]
    assert guru.undo.redo().withdrawn == 1
    clock.advance(minutes=5)
    assert run(guru).sent == 0
