"""What a change tells the client, what it takes back, and what it need not say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.errors import Invalid, NotFound
from tests.outbox_support import book, client, outbox, run, setting, sql, states, texts

FRIDAY, LATER, LATEST = "2026-12-04T09:00", "2026-12-04T11:00", "2026-12-07T09:00"


def move(guru: Guru, appointment: int, start: str) -> tuple[MessageRow, ...]:
    return guru.booking.move(appointment, datetime.fromisoformat(start)).messages


def send_all(guru: Guru, clock: FixedClock) -> None:
    clock.advance(minutes=3)
    run(guru)


def told(guru: Guru) -> list[tuple[str, str]]:
    """Kind and start of what has been sent, oldest first."""
    rows = sql(guru, "SELECT kind, starts_at FROM outbox_message WHERE state = 'sent' ORDER BY sent_at, id")
    return rows.fetchall()


def waiting(guru: Guru) -> list[tuple[str, str]]:
    rows = sql(guru, "SELECT kind, starts_at FROM outbox_message WHERE state IN ('held', 'queued') ORDER BY id")
    return rows.fetchall()


def preview(guru: Guru, kind: str, appointment: int, start: str | None = None) -> tuple[MessagePreview, ...]:
    return guru.notifications.preview(
        guru.connection,
        kind,
        now=guru.clock.now(),
        appointment_id=appointment,
        start_local=datetime.fromisoformat(start) if start else None,
    )


def test_a_confirmation_goes_by_email_and_by_sms_without_one(guru: Guru) -> None:
    book(guru, client(guru), FRIDAY, notify=True)
    book(guru, client(guru, "Jan", email=""), FRIDAY, notify=True)
    book(guru, client(guru, "Zoë", email="", mobile=""), FRIDAY, notify=True)
    assert [(row.channel, row.state, row.reason) for row in outbox(guru)] == [
        ("email", "held", ""),
        ("sms", "held", ""),
        ("email", "blocked", "no email address; no mobile number"),
    ]


def test_a_move_voids_the_old_time_and_tells_the_new_one(guru: Guru, clock: FixedClock, home: Path) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    send_all(guru, clock)
    expected = preview(guru, "reschedule", appointment, LATER)
    (message,) = move(guru, appointment, LATER)
    assert (message.subject, message.body) == (expected[0].subject, expected[0].body)
    assert "Fri 4 December" in message.body and "11:00" in message.body
    assert "in place" not in message.body and "on Fri 4 December at 09:00" in message.body
    send_all(guru, clock)
    assert told(guru) == [("confirmation", "2026-12-04T07:00:00Z"), ("reschedule", "2026-12-04T09:00:00Z")]
    assert any("on Fri 4 December at 09:00" in text for text in texts(home))


def test_moved_on_within_the_hold_tells_only_the_last_time(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    send_all(guru, clock)
    move(guru, appointment, LATER)
    (message,) = move(guru, appointment, LATEST)
    assert "on Fri 4 December at 09:00" in message.body, "the client has never heard of 11:00"
    send_all(guru, clock)
    assert told(guru)[1:] == [("reschedule", "2026-12-07T07:00:00Z")]


def test_moved_back_within_the_hold_says_nothing(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    send_all(guru, clock)
    move(guru, appointment, LATER)
    move(guru, appointment, LATEST)
    assert preview(guru, "reschedule", appointment, FRIDAY) == ()
    assert move(guru, appointment, FRIDAY) == ()
    assert waiting(guru) == []
    send_all(guru, clock)
    assert len(told(guru)) == 1


def test_moved_back_before_the_confirmation_left_it_leaves_after_all(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    move(guru, appointment, LATER)
    move(guru, appointment, FRIDAY)
    assert waiting(guru) == [("confirmation", "2026-12-04T07:00:00Z")]
    send_all(guru, clock)
    assert told(guru) == [("confirmation", "2026-12-04T07:00:00Z")]


def test_moved_back_after_the_client_was_told_is_told_as_well(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    for start in (LATER, FRIDAY, LATER):
        send_all(guru, clock)
        move(guru, appointment, start)
    send_all(guru, clock)
    assert [start[11:16] for _, start in told(guru)] == ["07:00", "09:00", "07:00", "09:00"]


def test_a_booking_nobody_heard_of_is_cancelled_in_silence(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    assert preview(guru, "cancellation", appointment) == ()
    change = guru.booking.cancel(appointment)
    assert (change.messages, change.withdrawn) == ((), 1)
    send_all(guru, clock)
    assert states(guru) == [("confirmation", "email", "cancelled")]


def test_a_booking_made_at_the_desk_is_cancelled_with_a_notice(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=False)
    (message,) = guru.booking.cancel(appointment).messages
    assert (message.kind, message.state) == ("cancellation", "held")
    send_all(guru, clock)
    assert told(guru) == [("cancellation", "2026-12-04T07:00:00Z")]


def test_undo_takes_the_notice_back_and_revives_what_the_step_had_withdrawn(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    move(guru, appointment, LATER)
    undone = guru.undo.undo()
    assert (undone.withdrawn, undone.already_sent) == (1, ())
    assert waiting(guru) == [("confirmation", "2026-12-04T07:00:00Z")]
    move(guru, appointment, LATER)
    assert waiting(guru) == [("confirmation", "2026-12-04T09:00:00Z")], "the very same move, after its undo"
    send_all(guru, clock)
    assert told(guru) == [("confirmation", "2026-12-04T09:00:00Z")]


def test_a_booking_moved_before_it_was_told_is_told_as_a_booking(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    assert [one.kind for one in preview(guru, "reschedule", appointment, LATER)] == ["confirmation"]
    (message,) = move(guru, appointment, LATER)
    assert (message.kind, message.state) == ("confirmation", "held")
    assert "09:00" not in message.body, "the client never heard of the former time"
    send_all(guru, clock)
    assert told(guru) == [("confirmation", "2026-12-04T09:00:00Z")]


def test_undo_names_what_has_left(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), FRIDAY, notify=True)
    send_all(guru, clock)
    undone = guru.undo.undo()
    assert undone.withdrawn == 0
    assert [(row.kind, row.state) for row in undone.already_sent] == [("confirmation", "sent")]


def test_nothing_is_said_about_what_is_over(guru: Guru, clock: FixedClock) -> None:
    appointment = book(guru, client(guru), "2026-11-25T09:00", notify=False)
    for kind in ("confirmation", "cancellation"):
        assert preview(guru, kind, appointment) == ()


def test_a_hold_never_outlasts_the_appointment(guru: Guru) -> None:
    book(guru, client(guru), "2026-11-25T10:02", notify=True)
    assert states(guru) == [("confirmation", "email", "queued")]


def test_asked_for_channels_are_each_answered_for(guru: Guru) -> None:
    appointment = book(guru, client(guru, email=""), FRIDAY)
    found = guru.notifications.preview(
        guru.connection, "confirmation", now=guru.clock.now(), appointment_id=appointment, channels="sms,email"
    )
    assert [(one.channel, one.problem) for one in found] == [("sms", ""), ("email", "no email address")]
    assert (found[0].segments, found[0].encoding) == (1, "GSM-7")
    with pytest.raises(Invalid, match="no way to send"):
        guru.notifications.preview(
            guru.connection, "confirmation", now=guru.clock.now(), appointment_id=appointment, channels="fax"
        )
    with pytest.raises(NotFound):
        preview(guru, "confirmation", 999)


@pytest.mark.parametrize("kind", ["confirmation", "reminder", "reschedule", "cancellation"])
def test_the_default_texts_name_what_they_must(guru: Guru, kind: str) -> None:
    appointment = book(guru, client(guru, "Lerato"), FRIDAY)
    for channels in ("email", "sms"):
        (one,) = guru.notifications.preview(
            guru.connection, kind, now=guru.clock.now(), appointment_id=appointment, channels=channels,
            start_local=datetime.fromisoformat(LATER) if kind == "reschedule" else None,
        )  # fmt: skip
        hour = "11:00" if kind == "reschedule" else "09:00"
        for part in ("Lerato", "Fri 4 December", hour, "Sea Point Physio", "021 555 0100"):
            assert part in one.body, (kind, channels, part)
        assert "{{" not in one.body and "[[" not in one.body and "R450" not in one.body
        if channels == "sms":
            assert (one.segments, one.encoding) == (1, "GSM-7")


def test_a_practice_without_a_phone_still_writes_whole_sentences(guru: Guru) -> None:
    setting(guru, "phone", "")
    appointment = book(guru, client(guru), FRIDAY)
    for kind in ("confirmation", "reminder", "cancellation"):
        for channel in ("email", "sms"):
            (one,) = guru.notifications.preview(
                guru.connection, kind, now=guru.clock.now(), appointment_id=appointment, channels=channel
            )
            assert "all ." not in one.body and "[[" not in one.body and "\n\n\n" not in one.body
            assert one.problem == ""


def test_a_line_break_in_a_name_makes_no_header(guru: Guru) -> None:
    appointment = book(guru, client(guru), FRIDAY, notify=True)
    assert "\n" not in outbox(guru)[0].subject
    assert preview(guru, "confirmation", appointment)[0].subject.startswith("Your appointment on")


def test_the_reason_of_silence_is_named_for_each_case(guru: Guru, clock: FixedClock) -> None:
    def why(kind: str, appointment: int, start: str | None = None) -> str:
        return guru.notifications.silence(
            guru.connection,
            kind,
            now=clock.now(),
            appointment_id=appointment,
            start_local=datetime.fromisoformat(start) if start else None,
        )

    unheard = book(guru, client(guru), FRIDAY, notify=True)
    assert why("cancellation", unheard) == "the client has not been told of this appointment"
    send_all(guru, clock)
    assert why("cancellation", unheard) == ""
    assert why("reschedule", unheard, LATER) == ""
    assert why("reschedule", unheard, "2026-11-20T09:00") == "that time is past"
    setting(guru, "cancellation_channels", "off")
    assert why("cancellation", unheard) == "the practice sends no cancellation messages (cancellation_channels is off)"
    setting(guru, "cancellation_channels", "email-or-sms")
    clock.advance(days=30)
    assert why("cancellation", unheard) == "the appointment has begun"
