"""What was told of a step that is undone is put right by a message, once, and only if that is wanted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import MovedOn, NotFound
from tests.outbox_support import client, outbox, run, setting, states, texts

FRIDAY = datetime(2026, 11, 27, 10, 30)


@pytest.fixture
def visit(guru: Guru) -> int:
    """A booking that the client has been told of."""
    setting(guru, "reminder_channels", "off")
    who = client(guru)
    setting(guru, "hold_minutes", "0")
    key = guru.booking.book(BookingRequest(who, FRIDAY, 60, 1, 1, "Follow-up", 45000)).appointment_id
    assert run(guru).sent == 1
    return key


def test_an_undone_booking_is_put_right_by_a_cancellation(guru: Guru, visit: int, home: Path) -> None:
    undone = guru.undo.undo()
    (due,) = undone.corrections
    assert (due.kind, due.name, due.channels) == ("cancellation", "Sarah Botha", "email")
    assert "Fri 27 November" in due.previews[0].body and "10:30" in due.previews[0].body
    assert run(guru).sent == 0, "nothing goes by itself"
    (queued,) = guru.undo.tell(undone.id)
    assert (queued.kind, queued.state) == ("cancellation", "queued")
    assert run(guru).sent == 1
    assert sum("cancel" in text.lower() for text in texts(home)) == 1
    assert [row.id for row in guru.undo.tell(undone.id)] == [queued.id]
    assert run(guru).sent == 0


def test_an_undone_cancellation_is_put_right_by_a_confirmation(guru: Guru, visit: int) -> None:
    guru.booking.cancel(visit)
    run(guru)
    undone = guru.undo.undo()
    assert [each.kind for each in undone.corrections] == ["confirmation"]
    guru.undo.tell(undone.id)
    assert run(guru).sent == 1
    assert states(guru)[-1] == ("confirmation", "email", "sent")


def test_an_undone_move_is_put_right_with_the_time_that_holds(guru: Guru, visit: int, home: Path) -> None:
    guru.booking.move(visit, FRIDAY + timedelta(days=3))
    run(guru)
    undone = guru.undo.undo()
    (due,) = undone.corrections
    assert due.kind == "reschedule" and "Fri 27 November" in due.previews[0].body
    guru.undo.tell(undone.id)
    assert run(guru).sent == 1
    last = outbox(guru)[-1]
    assert (last.kind, last.state, last.starts_at) == ("reschedule", "sent", guru.reads.entry(visit).starts)
    assert last.body == due.previews[0].body


def test_the_correction_is_held_like_any_other_and_a_redo_takes_it_back(
    guru: Guru, visit: int, clock: FixedClock
) -> None:
    guru.booking.cancel(visit)
    run(guru)
    setting(guru, "hold_minutes", "3")
    guru.undo.undo()  # the setting
    setting(guru, "hold_minutes", "3")
    step = next(row for row in guru.reads.actions() if row.summary.startswith("Cancelled"))
    undone = guru.undo.undo_step(step.id)
    (held,) = guru.undo.tell(undone.id)
    assert held.state == "held"
    redone = guru.undo.redo()
    assert (redone.withdrawn, redone.corrections) == (1, ())
    clock.advance(minutes=10)
    assert run(guru).sent == 0
    with pytest.raises(MovedOn, match="changed again"):
        guru.undo.tell(undone.id)


def test_done_again_after_the_correction_has_left_it_is_offered_once_more(guru: Guru, visit: int) -> None:
    guru.booking.cancel(visit)
    run(guru)
    guru.undo.tell(guru.undo.undo().id)
    assert run(guru).sent == 1
    redone = guru.undo.redo()
    assert [each.kind for each in redone.corrections] == ["cancellation"]
    guru.undo.tell(redone.id)
    guru.undo.tell(redone.id)
    assert run(guru).sent == 1
    again = guru.undo.undo()
    assert [each.kind for each in again.corrections] == ["confirmation"]
    guru.undo.tell(again.id)
    assert run(guru).sent == 1
    assert [kind for kind, _, state in states(guru) if state == "sent"] == [
        "confirmation", "cancellation", "confirmation", "cancellation", "confirmation",
    ]  # fmt: skip


def test_who_knows_what_holds_is_told_nothing(guru: Guru, visit: int) -> None:
    guru.booking.cancel(visit, notify=False)
    undone = guru.undo.undo()
    assert (undone.already_sent, undone.corrections) == ((), ())
    assert guru.undo.tell(undone.id) == ()


def test_a_start_that_is_past_is_not_corrected(guru: Guru, visit: int, clock: FixedClock) -> None:
    clock.advance(days=4)
    undone = guru.undo.undo()
    assert [row.kind for row in undone.already_sent] == ["confirmation"]
    assert undone.corrections == ()
    assert guru.undo.tell(undone.id) == ()


def test_a_booking_that_stands_again_calls_its_cancellation_off(guru: Guru, visit: int) -> None:
    undone = guru.undo.undo()
    guru.undo.tell(undone.id)
    guru.undo.redo()
    assert run(guru).sent == 0


def test_only_an_undo_or_a_redo_can_be_told_about(guru: Guru, visit: int) -> None:
    for step in (guru.reads.actions(limit=1)[0].id, 99999):
        with pytest.raises(NotFound, match="neither an undo nor a redo"):
            guru.undo.tell(step)


def test_two_who_tell_at_once_make_one_message(guru: Guru, visit: int, clock: FixedClock) -> None:
    undone = guru.undo.undo()
    other = Guru(guru.settings, clock, origin="cli")
    assert [row.id for row in guru.undo.tell(undone.id)] == [row.id for row in other.undo.tell(undone.id)]
    other.close()
    assert run(guru).sent == 1


def test_a_correction_that_was_withdrawn_by_hand_is_not_made_anew(guru: Guru, visit: int) -> None:
    undone = guru.undo.undo()
    (queued,) = guru.undo.tell(undone.id)
    guru.outbox.withdraw(queued.id)
    assert [(row.id, row.state) for row in guru.undo.tell(undone.id)] == [(queued.id, "cancelled")]
    assert run(guru).sent == 0


def test_who_was_reminded_of_a_time_that_nobody_told_is_put_right(
    guru: Guru, visit: int, clock: FixedClock, home: Path
) -> None:
    """Moved in silence, told by the reminder, and then taken back."""
    guru.booking.move(visit, FRIDAY + timedelta(hours=2), notify=False)
    step = guru.reads.actions(limit=1)[0].id
    setting(guru, "reminder_channels", "email")
    clock.instant = datetime.fromisoformat("2026-11-26T10:01+02:00")
    assert run(guru).sent == 1
    undone = guru.undo.undo_step(step)
    assert [row.kind for row in undone.already_sent] == ["reminder"]
    assert [each.kind for each in undone.corrections] == ["reschedule"]
    guru.undo.tell(undone.id)
    assert run(guru).sent == 1
    assert "10:30" in outbox(guru)[-1].body and "at 12:30" in outbox(guru)[-1].body


def test_what_was_told_while_a_step_was_undone_is_put_right_when_it_is_done_again(
    guru: Guru, clock: FixedClock
) -> None:
    setting(guru, "reminder_channels", "off")
    visit = guru.booking.book(BookingRequest(client(guru), FRIDAY, 60, 1, 1, "Follow-up", 45000)).appointment_id
    assert guru.booking.cancel(visit).messages == (), "nobody has heard of it"
    guru.undo.undo()
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    redone = guru.undo.redo()
    assert [each.kind for each in redone.corrections] == ["cancellation"]
    guru.undo.tell(redone.id)
    clock.advance(minutes=4)
    assert run(guru).sent == 1


def test_a_correction_that_waits_is_none_for_what_was_undone_since(guru: Guru, visit: int, clock: FixedClock) -> None:
    guru.booking.move(visit, FRIDAY + timedelta(days=3))
    run(guru)
    guru.booking.cancel(visit)
    run(guru)
    guru.undo.tell(guru.undo.undo().id)
    undone = guru.undo.undo()
    assert [each.kind for each in undone.corrections] == ["confirmation"], "of the Monday that waits nothing is true"
    guru.undo.tell(undone.id)
    assert run(guru).sent == 1
    assert "Fri 27 November" in outbox(guru)[-1].body
