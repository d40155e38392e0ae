"""What a client was told of a series is put right by one message after an undo or a redo, and only if it is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import Correction, Undone
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesChange
from guru_tui.errors import MovedOn
from guru_tui.store import sending
from tests.outbox_support import client, outbox, run, setting, states
from tests.services.test_series import TUESDAY, series

ALL = "Tue 1, 8, 15 and 22 December"
HOUR = timedelta(hours=1)


@pytest.fixture
def told(guru: Guru) -> SeriesChange:
    """Four Tuesdays in December at 10:00, of which the client has been told; what is queued leaves at once."""
    setting(guru, "reminder_channels", "off")
    who = client(guru)
    setting(guru, "hold_minutes", "0")
    change = series(guru, who, Repeat("week", count=4))
    assert run(guru).sent == 1
    return change


def due(undone: Undone) -> Correction:
    """The one correction that is offered, about the series."""
    (found,) = undone.corrections
    assert found.appointment_id is None and undone.uncorrected == ()
    return found


def tell(guru: Guru, undone: Undone) -> str:
    """Send the correction, which is one message, and return what it said."""
    (queued,) = guru.undo.tell(undone.id)
    assert [row.id for row in guru.undo.tell(undone.id)] == [queued.id], "asked twice there is one"
    assert run(guru).sent == 1 and run(guru).sent == 0
    (sent,) = [row for row in outbox(guru) if row.id == queued.id]
    assert sent.state == "sent"
    return " ".join(sent.body.split())


def test_an_undone_booking_is_called_off_by_one_message(guru: Guru, told: SeriesChange) -> None:
    undone = guru.undo.undo()
    offered = due(undone)
    assert (offered.kind, offered.name, offered.channels) == ("cancellation", "Sarah Botha", "email")
    assert run(guru).sent == 0, "nothing goes by itself"
    assert f"{ALL} at 10:00 has been cancelled" in tell(guru, undone)
    assert " ".join(offered.previews[0].body.split()) == " ".join(outbox(guru)[-1].body.split())


def test_an_undone_cancellation_is_put_right_with_those_that_stand(guru: Guru, told: SeriesChange) -> None:
    guru.series.cancel(told.ids[2], "later")
    run(guru)
    undone = guru.undo.undo()
    assert due(undone).kind == "confirmation"
    text = tell(guru, undone)
    assert "Tue 15 and 22 December" in text and "Tue 1" not in text.replace("Tue 15", "")


def test_an_undone_move_names_the_times_that_hold_and_those_that_were_told(guru: Guru, told: SeriesChange) -> None:
    guru.series.edit(told.ids[1], "later", Edit(TUESDAY + timedelta(days=7) + HOUR))
    run(guru)
    undone = guru.undo.undo()
    assert due(undone).kind == "reschedule"
    text = tell(guru, undone)
    assert "Tue 8, 15 and 22 December Time: 10:00" in text
    assert "on Tue 8, 15 and 22 December at 11:00" in text


def test_an_undone_pattern_names_what_is_back_and_what_is_gone(guru: Guru, told: SeriesChange) -> None:
    guru.series.change_pattern(told.ids[2], Repeat("week", 2, count=2), start=TUESDAY + timedelta(days=16))
    run(guru)
    undone = guru.undo.undo()
    assert due(undone).kind == "reschedule"
    text = tell(guru, undone)
    assert "Tue 15 and 22 December" in text and "on Thu 17 and 31 December at 10:00" in text


def test_done_again_after_the_correction_has_left_it_is_offered_once_more(guru: Guru, told: SeriesChange) -> None:
    guru.series.cancel(told.ids[0], "all")
    run(guru)
    tell(guru, guru.undo.undo())
    redone = guru.undo.redo()
    assert due(redone).kind == "cancellation"
    assert ALL in tell(guru, redone)
    again = guru.undo.undo()
    assert due(again).kind == "confirmation"
    tell(guru, again)
    assert [kind for kind, _, state in states(guru) if state == "sent"] == [
        "confirmation", "cancellation", "confirmation", "cancellation", "confirmation",
    ]  # fmt: skip


def test_a_booking_undone_and_done_again(guru: Guru, told: SeriesChange) -> None:
    undone = guru.undo.undo()
    redone = guru.undo.redo()
    assert redone.corrections == () and redone.already_sent == (), "the client knows nothing else"
    with pytest.raises(MovedOn, match="changed again"):
        guru.undo.tell(undone.id)
    tell(guru, guru.undo.undo())
    redone = guru.undo.redo()
    assert due(redone).kind == "confirmation" and ALL in tell(guru, redone)


def test_a_held_correction_is_taken_back_by_the_redo(guru: Guru, told: SeriesChange, clock: FixedClock) -> None:
    guru.series.cancel(told.ids[0], "all")
    run(guru)
    step = guru.reads.actions(limit=1)[0].id
    setting(guru, "hold_minutes", "3")
    undone = guru.undo.undo_step(step)
    (held,) = guru.undo.tell(undone.id)
    assert held.state == "held"
    redone = guru.undo.redo()
    assert (redone.withdrawn, redone.corrections) == (1, ())
    clock.advance(minutes=10)
    assert run(guru).sent == 0


def test_what_is_still_held_is_withdrawn_and_nobody_is_told(guru: Guru, told: SeriesChange) -> None:
    setting(guru, "hold_minutes", "3")
    guru.series.cancel(told.ids[0], "all")
    undone = guru.undo.undo()
    assert (undone.withdrawn, undone.already_sent, undone.corrections) == (1, (), ())
    assert guru.undo.tell(undone.id) == ()


def test_of_unknown_fate_it_is_put_right_as_if_it_had_arrived(guru: Guru, told: SeriesChange) -> None:
    guru.series.cancel(told.ids[0], "all")
    (message,) = [row for row in outbox(guru) if row.state == "queued"]
    now = "2026-11-25T08:00:00Z"
    (claimed,) = sending.claim(guru.connection, "another", now, now, ["email"])
    from guru_tui.jobs.checking import Checks

    checked = Checks(guru.connection, guru.settings, guru.reads.practice()).check(claimed, guru.clock.now())
    sending.start_sending(
        guru.connection, claimed, "another", now, message.recipient, "", "", "",
        checked.parts.calendar_sequence, checked.parts.calendar_facts,
    )  # fmt: skip
    run(guru)
    assert states(guru)[-1][2] == "unknown"
    undone = guru.undo.undo()
    assert [row.state for row in undone.already_sent] == ["unknown"]
    assert due(undone).kind == "confirmation"
    assert ALL in tell(guru, undone)


def test_of_a_message_that_never_left_nothing_is_said(guru: Guru, told: SeriesChange) -> None:
    guru.clients.update(1, email="", mobile="")
    guru.series.cancel(told.ids[0], "all")
    assert states(guru)[-1][2] == "blocked"
    step = next(row for row in guru.reads.actions() if row.summary.startswith("Cancelled"))
    undone = guru.undo.undo_step(step.id)
    assert (undone.already_sent, undone.corrections) == ((), ())


def test_only_what_was_told_is_put_right(guru: Guru, told: SeriesChange) -> None:
    guru.series.cancel(told.ids[2], "later", notify=False)
    undone = guru.undo.undo()
    assert (undone.already_sent, undone.corrections) == ((), ())


def test_what_has_begun_is_not_corrected(guru: Guru, told: SeriesChange, clock: FixedClock) -> None:
    guru.series.cancel(told.ids[0], "all")
    run(guru)
    clock.instant = datetime.fromisoformat("2026-12-09T09:00+02:00")
    undone = guru.undo.undo()
    assert "Tue 15 and 22 December" in tell(guru, undone)
    guru.undo.redo()
    clock.instant = datetime.fromisoformat("2026-12-24T09:00+02:00")
    undone = guru.undo.undo()
    assert undone.already_sent and undone.corrections == () and guru.undo.tell(undone.id) == ()


def test_by_the_channels_that_the_wrong_word_went_by(guru: Guru, told: SeriesChange) -> None:
    setting(guru, "cancellation_channels", "sms+email")
    guru.series.cancel(told.ids[0], "all")
    assert run(guru).sent == 2
    step = next(row for row in guru.reads.actions() if row.summary.startswith("Cancelled"))
    undone = guru.undo.undo_step(step.id)
    assert sorted(due(undone).channels.split(",")) == ["email", "sms"]
    assert len(guru.undo.tell(undone.id)) == 2
    assert run(guru).sent == 2 and run(guru).sent == 0
    assert sorted(states(guru)[-2:]) == [("confirmation", "email", "sent"), ("confirmation", "sms", "sent")]


def test_two_clients_each_have_their_own(guru: Guru, told: SeriesChange) -> None:
    jan = series(guru, client(guru, "Jan"), Repeat("week", count=2), TUESDAY + 2 * HOUR)
    run(guru)
    guru.series.cancel(told.ids[0], "all")
    guru.series.cancel(jan.ids[0], "all")
    run(guru)
    for name, dates in (("Jan Botha", "Tue 1 and 8 December"), ("Sarah Botha", ALL)):
        undone = guru.undo.undo()
        assert due(undone).name == name
        assert dates in tell(guru, undone)
        assert outbox(guru)[-1].recipient_name == name


def test_two_who_tell_at_once_make_one_message(guru: Guru, told: SeriesChange, clock: FixedClock) -> None:
    undone = guru.undo.undo()
    other = Guru(guru.settings, clock, origin="cli")
    assert [row.id for row in guru.undo.tell(undone.id)] == [row.id for row in other.undo.tell(undone.id)]
    other.close()
    assert run(guru).sent == 1


def test_what_changes_before_it_leaves_is_told_as_it_is_then(guru: Guru, told: SeriesChange) -> None:
    guru.series.cancel(told.ids[0], "all")
    run(guru)
    undone = guru.undo.undo()
    guru.undo.tell(undone.id)
    guru.booking.cancel(told.ids[1], notify=False)
    guru.booking.move(told.ids[2], TUESDAY + timedelta(days=17), notify=False)
    run(guru)
    body = " ".join(outbox(guru)[-1].body.split())
    assert "Tue 1, Fri 18 and Tue 22 December" in body


def test_sent_once_more_by_hand_it_says_the_same(guru: Guru, told: SeriesChange) -> None:
    tell(guru, guru.undo.undo())
    guru.outbox.resend(outbox(guru)[-1].id, sure=True)
    assert run(guru).sent == 1
    first, again = outbox(guru)[-2:]
    assert (again.state, again.body) == ("sent", first.body)


def test_of_an_undone_pattern_that_is_cancelled_then_what_was_told_is_called_off(
    guru: Guru, told: SeriesChange
) -> None:
    """The correction was to tell of a move back; of what it was back to nothing is left, of what was told something."""
    guru.series.change_pattern(told.ids[2], Repeat("week", 2, count=2), start=TUESDAY + timedelta(days=16))
    run(guru)
    undone = guru.undo.undo()
    guru.undo.tell(undone.id)
    guru.series.cancel(told.ids[2], "later")
    run(guru)
    (first,) = [row for row in outbox(guru) if row.state == "cancelled"]
    own, last = [" ".join(row.body.split()) for row in outbox(guru)[-2:]]
    assert (first.kind, first.reason) == ("reschedule", "it is told as a cancellation")
    assert "Thu 17 and Tue 22 December at 10:00 has been cancelled" in own, "moved back, but the client knows Thursday"
    assert "on Thu 31 December at 10:00 has been cancelled" in last
    assert run(guru).sent == 0


def test_a_new_pattern_that_is_cancelled_before_it_was_told_calls_the_former_off(
    guru: Guru, told: SeriesChange, clock: FixedClock
) -> None:
    setting(guru, "hold_minutes", "3")
    change = guru.series.change_pattern(told.ids[2], Repeat("week", 2, count=2), start=TUESDAY + timedelta(days=16))
    guru.series.cancel(change.ids[0], "all")
    clock.advance(minutes=4)
    assert run(guru).sent == 2 and run(guru).sent == 0
    told_last = [row for row in outbox(guru) if row.state == "sent"][1:]
    assert {row.kind for row in told_last} == {"cancellation"}
    moved, off = (" ".join(row.body.split()) for row in told_last)
    assert "on Tue 15 December at 10:00 has been cancelled" in moved
    assert "on Tue 22 December at 10:00 has been cancelled" in off


@pytest.mark.parametrize("alone", [True, False])
def test_what_the_message_left_without_is_told_when_it_is_back(guru: Guru, clock: FixedClock, alone: bool) -> None:
    setting(guru, "reminder_channels", "off")
    change = series(guru, client(guru), Repeat("week", count=4))
    if alone:
        guru.booking.cancel(change.ids[3])
    else:
        guru.series.cancel(change.ids[3], "later")
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    undone = guru.undo.undo()
    assert due(undone).kind == "confirmation"
    guru.undo.tell(undone.id)
    clock.advance(minutes=4)
    assert run(guru).sent == 1
    body = " ".join(outbox(guru)[-1].body.split())
    assert "Tue 22 December" in body and "Tue 1," not in body
    redone = guru.undo.redo()
    assert due(redone).kind == "cancellation"


def test_a_cancellation_names_the_time_that_the_client_knows(guru: Guru, told: SeriesChange, clock: FixedClock) -> None:
    setting(guru, "hold_minutes", "3")
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + HOUR))
    (preview,) = guru.booking.cancel(told.ids[1]).messages
    assert "Tue 8 December at 10:00" in preview.body
    (message,) = guru.series.cancel(told.ids[0], "all").messages
    assert "Tue 1, 15 and 22 December at 10:00" in message.body
    clock.advance(minutes=4)
    assert run(guru).sent == 2
    assert all("11:00" not in row.body for row in outbox(guru) if row.state == "sent")


def test_one_moved_by_itself_is_left_to_its_own_message(guru: Guru, told: SeriesChange, clock: FixedClock) -> None:
    setting(guru, "hold_minutes", "3")
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + HOUR))
    (moved,) = guru.booking.move(told.ids[1], datetime(2026, 12, 10, 9)).messages
    assert "on Tue 8 December at 10:00" in moved.body, "the time that the client knows"
    clock.advance(minutes=4)
    run(guru)
    (about_all,) = [row for row in outbox(guru) if row.series_id and row.kind == "reschedule"]
    body = " ".join(about_all.body.split())
    assert "Tue 1, 15 and 22 December Time: 11:00" in body and "on Tue 1, 15 and 22 December at 10:00" in body


def test_a_reminder_that_went_meanwhile_makes_no_second_correction(
    guru: Guru, told: SeriesChange, clock: FixedClock
) -> None:
    guru.series.edit(told.ids[0], "all", Edit(TUESDAY + HOUR))
    step = guru.reads.actions(limit=1)[0].id
    run(guru)
    setting(guru, "reminder_channels", "email")
    clock.instant = datetime.fromisoformat("2026-11-30T10:01+02:00")
    assert run(guru).sent == 1
    undone = guru.undo.undo_step(step)
    assert due(undone).kind == "reschedule" and len(undone.already_sent) == 2
    assert "Tue 1, 8, 15 and 22 December Time: 10:00" in tell(guru, undone)
