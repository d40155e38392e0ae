"""Ways in which a message might go a second time, or end where nobody sees it, each once shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.channels.build import build
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings
from tests.outbox_support import book, client, files, outbox, run, setting, sql, states
from tests.servers import SmtpServer

THURSDAY = "2026-11-26T15:00"


@pytest.mark.parametrize("gone", ["removed", "switched off", "put earlier"])
def test_what_one_rule_has_told_no_other_tells_again(guru: Guru, clock: FixedClock, gone: str) -> None:
    sarah = client(guru)
    book(guru, sarah, THURSDAY)
    rule = guru.rules.add("reminder", days=1, at="10:00", channels="sms", client_id=sarah)
    assert run(guru).sent == 1
    clock.advance(hours=1)
    if gone == "removed":
        guru.rules.remove(rule)
    elif gone == "switched off":
        guru.rules.change(rule, days=1, at="10:00", channels="off")
    else:
        guru.rules.remove(rule)
        setting(guru, "reminder_time", "09:30")
    assert run(guru).sent == 0
    assert states(guru) == [("reminder", "sms", "sent")]


def test_a_later_reminder_of_the_same_start_still_goes(guru: Guru, clock: FixedClock) -> None:
    guru.rules.add("reminder", hours=2, channels="sms")
    book(guru, client(guru), THURSDAY)
    assert run(guru).sent == 2
    clock.advance(hours=28)
    assert run(guru).sent == 1


def test_a_notice_that_came_too_late_needs_a_person(guru: Guru, clock: FixedClock) -> None:
    setting(guru, "sending", "no")
    setting(guru, "reminder_channels", "off")
    book(guru, client(guru), "2026-11-25T12:00", notify=True)
    clock.advance(hours=3)
    run(guru)
    assert [row.state for row in outbox(guru)] == ["expired"]
    assert [need.state for need in guru.reads.needs()] == ["expired"]
    assert guru.reads.totals().failed_messages == 1


def test_a_confirmation_that_is_stuck_stands_in_for_no_reminder(guru: Guru, home: Path, clock: FixedClock) -> None:
    nobody = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": "9", "GURU_SMTP_SECURITY": "none"}
    wired = Guru(Settings(home, {**nobody, "GURU_SMS_BACKEND": "file"}), clock, origin="test")
    clock.advance(hours=2)  # noon: the moment of the reminder is past
    book(wired, client(wired), THURSDAY, notify=True)
    clock.advance(minutes=30)
    assert run(wired).sent == 0
    clock.advance(hours=2)
    assert run(wired).sent == 1
    assert [row.channel for row in outbox(wired) if row.state == "sent"] == ["sms"]
    wired.close()


def test_cancelled_once_more_after_an_undo_is_told_once_more(guru: Guru, clock: FixedClock, home: Path) -> None:
    visit = book(guru, client(guru), THURSDAY)
    setting(guru, "hold_minutes", "0")
    setting(guru, "reminder_channels", "off")
    guru.booking.cancel(visit)
    assert run(guru).sent == 1
    guru.undo.undo()
    again = guru.booking.cancel(visit)
    assert [row.state for row in again.messages] == ["queued"]
    assert run(guru).sent == 1 and run(guru).sent == 0
    assert len(files(home)) == 2


def test_moved_there_again_after_an_undo_is_told_again(guru: Guru) -> None:
    visit = book(guru, client(guru), THURSDAY)
    setting(guru, "hold_minutes", "0")
    setting(guru, "reminder_channels", "off")
    for place in ("2026-11-27T10:00", "2026-11-27T12:00"):
        guru.booking.move(visit, datetime.fromisoformat(place))
        assert run(guru).sent == 1
        guru.undo.undo()
    guru.booking.move(visit, datetime.fromisoformat("2026-11-27T10:00"))
    assert run(guru).sent == 1, "the client has noon in mind"


def test_to_charge_for_a_cancellation_takes_its_notice_not_back(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru), THURSDAY)
    setting(guru, "reminder_channels", "off")
    guru.booking.cancel(visit)
    guru.booking.set_status(visit, "late-cancelled")
    clock.advance(minutes=5)
    assert run(guru).sent == 1


def test_a_message_that_is_put_off_gets_another_try_while_it_is_of_use(
    guru: Guru, home: Path, clock: FixedClock, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp(security="none")
    wired = Guru(Settings(home, {**server.variables(), "GURU_SMS_BACKEND": "none"}), clock, origin="test")
    book(wired, client(wired), "2026-11-26T09:00")
    clock.advance(hours=22, minutes=10)  # fifty minutes before it
    server.plan("rcpt", "450 4.2.0 later")
    sql(wired, "UPDATE outbox_message SET attempts = 9")
    run(wired)
    sql(wired, "UPDATE outbox_message SET attempts = 9")
    (row,) = outbox(wired)
    assert row.state == "queued" and row.expires_at is not None
    assert row.not_before <= row.expires_at - timedelta(minutes=20)
    wired.close()


def test_a_clock_that_ran_ahead_leaves_nothing_behind(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-30T09:00")
    setting(guru, "hold_minutes", "1440")
    book(guru, client(guru, "Thandi"), "2026-12-01T09:00", notify=True)
    clock.advance(days=365)
    run(guru)
    assert {row.state for row in outbox(guru)} <= {"missed", "expired"}
    clock.advance(days=-365)
    run(guru)
    assert not guru.reads.needs()
    clock.advance(days=4)
    run(guru)
    assert ("reminder", "sms", "sent") in states(guru) and ("confirmation", "email", "sent") in states(guru)
    assert not {"missed", "expired"} & {row.state for row in outbox(guru)}


def test_a_clock_that_steps_back_shortens_no_hold(guru: Guru, clock: FixedClock) -> None:
    book(guru, client(guru), "2026-11-30T09:00", notify=True)
    clock.advance(seconds=-2)
    for _ in range(2):
        run(guru)
    assert ("confirmation", "email", "held") in states(guru)
    clock.advance(seconds=179)
    run(guru)
    assert ("confirmation", "email", "held") in states(guru)
    clock.advance(seconds=2)
    run(guru)
    assert ("confirmation", "email", "sent") in states(guru)


def test_what_is_switched_off_stops_a_run_that_is_under_way(
    guru: Guru, home: Path, clock: FixedClock, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp(security="none")
    wired = Guru(Settings(home, {**server.variables(), "GURU_SMS_BACKEND": "none"}), clock, origin="test")
    for number in range(5):
        book(wired, client(wired, f"Client{number}"), f"2026-11-26T{9 + number:02}:00")
    server.on_mail = lambda: setting(guru, "sending", "no") if len(server.mails) == 2 else None
    run(wired)
    assert len(server.mails) == 2
    wired.close()


@pytest.mark.parametrize("ca_file", ["~nosuchuser/ca.pem", "/" + "x" * 5000, "a\0b"])
def test_a_mistake_in_one_channel_leaves_the_other_alone(guru: Guru, home: Path, ca_file: str) -> None:
    settings = Settings(home, {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_CA_FILE": ca_file, "GURU_SMS_BACKEND": "file"})
    channels = build(settings, guru.reads.practice())
    assert "GURU_SMTP_CA_FILE" in channels["email"].describe()
    assert "GURU_SMTP_CA_FILE" not in channels["sms"].describe()


@pytest.mark.parametrize("host", ["mail..example.com", ".example.com", "x" * 64 + ".example.com"])
def test_a_host_that_is_no_name_pauses_the_channel(guru: Guru, home: Path, clock: FixedClock, host: str) -> None:
    wired = Guru(Settings(home, {"GURU_SMTP_HOST": host, "GURU_SMS_BACKEND": "none"}), clock, origin="test")
    book(wired, client(wired), THURSDAY)
    report = run(wired)
    assert (report.unknown, report.status) == (0, 78) and "GURU_SMTP_HOST" in report.paused
    assert [row.state for row in outbox(wired)] == ["queued"]
    wired.close()


def test_an_invoice_mail_that_is_switched_off_stays(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru), "2026-11-25T08:00")
    guru.booking.set_status(visit, "attended")
    invoice = guru.invoicing.invoice_client(1)
    guru.invoicing.send(invoice.row.id, "email")
    guru.templates.switch("invoice", "email", on=False)
    clock.advance(minutes=5)
    run(guru)
    assert [row.state for row in outbox(guru) if row.kind == "invoice"] == ["cancelled"]


def test_moved_away_and_back_and_both_undone_the_confirmation_still_goes(guru: Guru, clock: FixedClock) -> None:
    visit = book(guru, client(guru), "2026-12-04T09:00", notify=True)
    for hour in (10, 9):
        guru.booking.move(visit, datetime(2026, 12, 4, hour))
    guru.undo.undo()
    guru.undo.undo()
    clock.advance(minutes=5)
    assert run(guru).sent == 1
    assert [row.starts_at for row in outbox(guru) if row.state == "sent"] == [guru.reads.entry(visit).starts]


def test_an_address_that_is_lost_in_the_hold_blocks_and_one_key_sends_it_the_other_way(
    guru: Guru, clock: FixedClock
) -> None:
    sarah = client(guru)
    visit = book(guru, sarah, THURSDAY)
    setting(guru, "reminder_channels", "off")
    guru.booking.cancel(visit)
    guru.clients.update(sarah, email="")
    clock.advance(minutes=5)
    run(guru)
    (blocked,) = outbox(guru)
    assert blocked.state == "blocked"
    guru.outbox.retry(blocked.id)
    run(guru)
    assert [(row.channel, row.state) for row in outbox(guru)] == [("email", "blocked"), ("sms", "sent")]


def test_a_blocked_notice_is_tried_again_by_the_way_there_is_now(guru: Guru) -> None:
    larry = client(guru, "Larry", mobile="021 555 0136", email="")
    book(guru, larry, THURSDAY, notify=True)
    (blocked,) = outbox(guru)
    assert blocked.state == "blocked"
    guru.clients.update(larry, email="larry@example.com")
    again = guru.outbox.retry(blocked.id)
    assert (again.channel, again.state) == ("email", "queued")
    assert not guru.reads.needs()
    run(guru)
    assert [row.state for row in outbox(guru) if row.kind == "confirmation"] == ["blocked", "sent"]


def test_a_server_that_has_been_away_for_long_is_told(guru: Guru, home: Path, clock: FixedClock) -> None:
    nobody = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": "9", "GURU_SMTP_SECURITY": "none"}
    wired = Guru(Settings(home, {**nobody, "GURU_SMS_BACKEND": "none"}), clock, origin="test")
    book(wired, client(wired), THURSDAY)
    assert (run(wired).stuck, wired.reads.senders()[0].paused) == ("", "")
    clock.advance(hours=2)
    report = run(wired)
    assert "cannot be reached" in report.stuck and report.status == 75
    assert "cannot be reached" in wired.reads.senders()[0].paused
    wired.close()


def test_a_password_that_is_refused_is_not_tried_at_every_tick(
    guru: Guru, home: Path, clock: FixedClock, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp(users={"naledi": "pass word"})
    wrong = {**server.variables(), "GURU_SMTP_PASSWORD": "wrong", "GURU_SMS_BACKEND": "none"}
    wired = Guru(Settings(home, wrong), clock, origin="test")
    book(wired, client(wired), THURSDAY)
    delivery = wired.delivery("daemon")
    reports = [delivery.run_once() for _ in range(5)]
    assert all(report.paused and report.status == 78 for report in reports)
    assert server.connections == 1
    delivery.use(Settings(home, {**server.variables(), "GURU_SMS_BACKEND": "none"}))
    assert delivery.run_once().sent == 1
    wired.close()
