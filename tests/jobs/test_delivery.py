"""The sender's run on a real store: what it plans, sends once, leaves, and reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import TryAgain
from guru_tui.settings import Settings
from guru_tui.store.sender_lock import SenderLock
from tests.outbox_support import book, client, files, outbox, run, setting, sql, states, texts

# The clock stands at Wednesday 25 November 2026, 10:00: the hour at which Thursday's reminders leave.
THURSDAY = "2026-11-26T09:00"


def test_a_reminder_leaves_once_on_each_channel_however_often_it_runs(
    guru: Guru, home: Path, clock: FixedClock
) -> None:
    appointment = book(guru, client(guru), THURSDAY)
    report = run(guru)
    assert (report.planned, report.sent, report.status) == (2, 2, 0)
    assert {row.appointment_id for row in report.messages} == {appointment}
    assert states(guru) == [("reminder", "sms", "sent"), ("reminder", "email", "sent")]
    for _ in range(5):
        clock.advance(hours=1)
        assert run(guru).idle
    assert len(files(home)) == 2
    for text in texts(home):
        for part in ("Sarah", "Thu 26 November", "09:00", "Sea Point Physio", "021 555 0100"):
            assert part in text
        assert "Follow-up" not in text and "450" not in text


def test_nothing_leaves_before_its_hour(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-27T09:00")
    assert run(guru).idle
    clock.advance(hours=23, minutes=59)
    assert run(guru).idle
    clock.advance(minutes=1)
    assert run(guru).sent == 2


def test_a_plan_tells_the_same_and_writes_nothing(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-27T09:00")
    delivery = guru.delivery("remind")
    before = sql(guru, "PRAGMA data_version").fetchone(), guru.connection.total_changes
    assert delivery.plan(clock.now()).messages == ()
    clock.advance(days=1)
    planned = delivery.plan(clock.now())
    assert (planned.planned, [row.id for row in planned.messages]) == (2, [0, 0])
    assert (sql(guru, "PRAGMA data_version").fetchone(), guru.connection.total_changes) == before
    sent = run(guru)
    assert [(row.channel, row.recipient, row.not_before) for row in planned.messages] == [
        (row.channel, row.recipient, row.not_before) for row in sent.messages
    ]


def test_booked_after_the_moment_the_confirmation_serves(guru: Guru, clock: FixedClock) -> None:
    clock.advance(hours=1)
    person = client(guru)
    book(guru, person, THURSDAY, notify=True)
    book(guru, person, "2026-11-26T14:00", notify=False)
    clock.advance(minutes=3)
    run(guru)
    rows = [(row.kind, row.appointment_id) for row in outbox(guru)]
    assert rows == [("confirmation", 1), ("reminder", 2), ("reminder", 2)]


def test_off_for_three_days_sends_what_is_useful_once_and_lists_what_was_missed(guru: Guru, clock: FixedClock) -> None:
    person = client(guru)
    run(guru)
    for start in ("2026-11-27T09:00", "2026-11-28T09:00", "2026-11-28T16:00", "2026-11-29T09:00"):
        book(guru, person, start)
    clock.advance(days=3)  # Saturday 10:00
    report = run(guru)
    assert (report.sent, report.missed, report.status) == (4, 2, 3)
    missed = [row for row in outbox(guru) if row.state == "missed"]
    assert [row.appointment_id for row in missed] == [1, 2]
    assert "guru was not running from Thu 26 Nov 10:00" in missed[0].reason
    assert run(guru).idle


def test_a_sender_that_never_ran_lists_what_it_missed_too(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-27T09:00")
    clock.advance(days=3)
    report = run(guru)
    assert (report.sent, report.missed, report.status) == (0, 1, 3)


def test_an_appointment_entered_after_its_moment_was_not_missed(guru: Guru, clock: FixedClock) -> None:
    person = client(guru)
    clock.advance(hours=5)
    book(guru, person, "2026-11-25T16:00")
    clock.advance(hours=5)
    assert run(guru).idle


def test_cancelled_and_moved_appointments_are_not_reminded_of(guru: Guru, clock: FixedClock) -> None:
    person = client(guru)
    cancelled, moved = book(guru, person, "2026-11-27T09:00"), book(guru, person, "2026-11-27T11:00")
    guru.booking.cancel(cancelled, notify=False)
    guru.booking.move(moved, guru.reads.entry(moved).starts.replace(tzinfo=None, day=30), notify=False)
    clock.advance(days=1)
    assert run(guru).idle
    clock.advance(days=3)
    report = run(guru)
    assert report.sent == 2 and {row.appointment_id for row in report.messages} == {moved}


def test_a_channel_that_does_not_reach_is_left_out_and_nobody_is_silently_missed(guru: Guru) -> None:
    book(guru, client(guru, "Jan", mobile="", email="jan@example.com"), THURSDAY)
    book(guru, client(guru, "Thandi", email="", mobile="021 555 0199"), THURSDAY)
    book(guru, client(guru, "Zoë", mobile="", email=""), THURSDAY)
    report = run(guru)
    assert (report.planned, report.sent, report.status) == (1, 1, 0)
    assert [(row.recipient_name, row.channel, row.state) for row in outbox(guru)] == [
        ("Jan Botha", "email", "sent"),
        ("Thandi Botha", "sms", "blocked"),
        ("Zoë Botha", "sms", "blocked"),
    ]
    assert outbox(guru)[1].reason == "the number is not a mobile number that takes SMS; no email address"
    assert run(guru).idle, "a message that is blocked still is no news"


def test_a_blocked_reminder_goes_when_the_obstacle_is_gone(guru: Guru) -> None:
    person = client(guru, mobile="", email="")
    book(guru, person, THURSDAY)
    run(guru)
    guru.clients.update(person, email="sarah@example.com")
    assert run(guru).sent == 1
    assert states(guru) == [("reminder", "sms", "cancelled"), ("reminder", "email", "sent")]


def test_no_channel_at_all_queues_and_names_the_settings(guru: Guru, home: Path) -> None:
    book(guru, client(guru), THURSDAY)
    bare = Guru(Settings(home, {}), guru.clock)
    report = run(bare)
    assert (report.planned, report.sent, report.status, report.waiting) == (1, 0, 78, 1)
    assert report.problems == (f"email is not set up: put GURU_SMTP_HOST into {home / '.env'}.",)
    assert states(guru) == [("reminder", "email", "queued")]
    assert run(guru).sent == 1
    assert run(bare).status == 0
    bare.close()


def test_one_channel_set_up_reaches_whom_it_can(guru: Guru, home: Path) -> None:
    book(guru, client(guru), THURSDAY)
    book(guru, client(guru, "Jan", mobile="", email="jan@example.com"), THURSDAY)
    only_sms = Guru(Settings(home, {"GURU_SMS_BACKEND": "file"}), guru.clock)
    report = run(only_sms)
    assert (report.sent, report.status) == (1, 0)
    assert [(row.channel, row.state) for row in outbox(guru)] == [("sms", "sent"), ("email", "blocked")]
    assert "email is not set up" in outbox(guru)[1].reason
    only_sms.close()


def test_held_messages_wait_and_are_counted(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-12-04T09:00", notify=True)
    report = run(guru)
    assert (report.held, report.sent, report.idle) == (1, 0, True)
    clock.advance(minutes=3)
    report = run(guru)
    assert (report.held, report.sent) == (0, 1)


def test_hold_of_zero_sends_at_once(guru: Guru) -> None:
    setting(guru, "hold_minutes", "0")
    book(guru, client(guru), "2026-12-04T09:00", notify=True)
    assert states(guru) == [("confirmation", "email", "queued")]
    assert run(guru).sent == 1


def test_a_limit_leaves_the_rest_for_the_next_run(guru: Guru) -> None:
    book(guru, client(guru), THURSDAY)
    first = run(guru, limit=1)
    assert (first.planned, first.sent, first.status) == (2, 1, 0)
    assert run(guru).sent == 1


def test_a_stop_is_heard_between_two_messages(guru: Guru) -> None:
    book(guru, client(guru), THURSDAY)
    asked = iter([False, True])
    report = guru.delivery("daemon").run_once(stop=lambda: next(asked))
    assert (report.sent, report.status) == (1, 0)


@pytest.mark.parametrize("jump", [{"days": 400}, {"days": -400}])
def test_a_jumping_clock_sends_nothing_twice(guru: Guru, clock: FixedClock, home: Path, jump: dict[str, int]) -> None:
    book(guru, client(guru), THURSDAY)
    run(guru)
    clock.advance(**jump)
    run(guru)
    clock.advance(**{unit: -number for unit, number in jump.items()})
    run(guru)
    assert len(files(home)) == 2


def test_a_new_address_takes_what_has_not_left(guru: Guru, clock: FixedClock, home: Path) -> None:
    person = client(guru, mobile="")
    book(guru, person, "2026-12-04T09:00", notify=True)
    guru.clients.update(person, email="new@example.com")
    clock.advance(minutes=3)
    run(guru)
    assert [(row.recipient, row.state) for row in outbox(guru)] == [("new@example.com", "sent")]
    assert "new@example.com" in sql(guru, "SELECT idempotency_key FROM outbox_message").fetchone()[0]


def test_consent_withdrawn_in_the_hold_blocks(guru: Guru, clock: FixedClock, home: Path) -> None:
    person = client(guru)
    book(guru, person, "2026-12-04T09:00", notify=True)
    guru.clients.update(person, email_allowed=False)
    clock.advance(minutes=3)
    run(guru)
    assert [(row.state, row.reason) for row in outbox(guru)] == [("blocked", "email is switched off for this client")]
    assert files(home) == []


def test_texts_and_names_changed_in_the_hold_apply(guru: Guru, clock: FixedClock, home: Path) -> None:
    person = client(guru)
    book(guru, person, "2026-12-04T09:00", notify=True)
    setting(guru, "practice_name", "Green Point Physio")
    guru.clients.update(person, first_name="Sara")
    clock.advance(minutes=3)
    run(guru)
    assert "Dear Sara," in texts(home)[0] and "Green Point Physio" in texts(home)[0]


def test_a_text_that_lacks_what_matters_is_blocked(guru: Guru, home: Path) -> None:
    for key in ("practice_name", "first_name", "last_name"):
        setting(guru, key, "")
    book(guru, client(guru), THURSDAY)
    report = run(guru)
    assert (report.sent, report.planned) == (0, 0)
    assert {row.reason for row in outbox(guru)} == {"the text has no me.practice_name; fill it in under settings"}
    setting(guru, "practice_name", "Sea Point Physio")
    assert run(guru).sent == 2


def test_quiet_hours_hold_reminders_and_sms_back(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T11:00")
    book(guru, client(guru, "Jan", email=""), "2026-12-04T09:00", notify=True)
    clock.advance(hours=11)  # 21:00
    report = run(guru)
    assert (report.sent, report.planned, report.status) == (0, 2, 0)
    clock.advance(hours=9, minutes=59)
    assert run(guru).sent == 0
    clock.advance(minutes=1)  # 07:00
    assert run(guru).sent == 3


def test_reminders_switched_off_are_neither_planned_nor_missed(guru: Guru, clock: FixedClock) -> None:
    setting(guru, "reminder_channels", "off")
    book(guru, client(guru), THURSDAY)
    assert run(guru).idle
    clock.advance(days=2)
    assert run(guru).idle


def test_a_reminder_withdrawn_by_hand_stays_away(guru: Guru, home: Path) -> None:
    book(guru, client(guru, email=""), "2026-11-26T09:00")
    bare = Guru(Settings(home, {}), guru.clock)
    run(bare)
    bare.close()
    guru.outbox.withdraw(1)
    assert run(guru).idle
    assert states(guru) == [("reminder", "sms", "cancelled")]


def test_cancelled_and_brought_back_it_is_reminded_of_again(guru: Guru, home: Path) -> None:
    appointment = book(guru, client(guru, email=""), THURSDAY)
    bare = Guru(Settings(home, {}), guru.clock)
    run(bare)
    bare.close()
    guru.booking.cancel(appointment, notify=False)
    assert states(guru) == [("reminder", "sms", "cancelled")]
    guru.undo.undo()
    assert run(guru).sent == 1


def test_a_second_sender_is_told_who_sends(guru: Guru, home: Path) -> None:
    lock = SenderLock(home, "daemon")
    lock.acquire("2026-11-25T08:00:00Z")
    with pytest.raises(TryAgain, match=r"The daemon \(process \d+\) is sending"):
        run(guru)
    assert guru.delivery("remind").plan(guru.clock.now()).status == 0
    lock.release()
    assert run(guru).idle


def test_a_run_is_noted_for_the_screens(guru: Guru, clock: FixedClock) -> None:
    delivery = guru.delivery("daemon")
    delivery.run_once()
    clock.advance(seconds=30)
    delivery.run_once()
    assert sql(guru, "SELECT who, last_at FROM sender_run").fetchall() == [("daemon", "2026-11-25T08:00:00Z")]
    clock.advance(seconds=30)
    delivery.run_once()
    assert sql(guru, "SELECT who, last_at FROM sender_run").fetchall() == [("daemon", "2026-11-25T08:01:00Z")]


def test_planning_uses_the_indexes(guru: Guru) -> None:
    seen: list[str] = []
    guru.connection.set_trace_callback(seen.append)
    run(guru)
    guru.connection.set_trace_callback(None)
    for statement in seen:
        if statement.lstrip().startswith("SELECT") and not any(
            small in statement for small in ("setting", "sender_run", "message_rule")
        ):
            plan = " ".join(row[3] for row in sql(guru, f"EXPLAIN QUERY PLAN {statement}"))
            assert "SCAN" not in plan.replace("SCAN CONSTANT ROW", ""), (statement, plan)
