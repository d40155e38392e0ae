"""The sender against a real mail server and a real SMS provider on loopback, both misbehaving on cue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, sql, states
from tests.servers import DROP, Answer, ClickatellServer, SmtpServer

THURSDAY = "2026-11-26T09:00"


@pytest.fixture
def wired(guru: Guru, home: Path, smtp_server: SmtpServer, clickatell_server: ClickatellServer) -> Iterator[Guru]:
    """The practice with its mail server and its SMS provider."""
    opened = Guru(Settings(home, {**smtp_server.variables(), **clickatell_server.variables()}), guru.clock)
    yield opened
    opened.close()


def reason(guru: Guru, number: int = 1) -> str:
    return guru.reads.message(number).reason


def test_a_reminder_reaches_both(wired: Guru, smtp_server: SmtpServer, clickatell_server: ClickatellServer) -> None:
    book(wired, client(wired), THURSDAY)
    assert run(wired).sent == 2
    (mail,) = smtp_server.mails
    assert mail.recipients == ("sarah@example.com",)
    assert "Thu 26 November" in mail.message["subject"] and "021 555 0100" in mail.text
    ((number, text),) = clickatell_server.texts
    assert number == "27825550101" and "Sarah" in text
    assert all(row.provider_id for row in outbox(wired))
    assert run(wired).idle


def test_a_server_that_is_down_leaves_them_queued_and_the_next_run_sends_them(
    wired: Guru, smtp_server: SmtpServer
) -> None:
    for name in ("Sarah", "Jan", "Zoë"):
        book(wired, client(wired, name, mobile="", email="someone@example.com"), THURSDAY)
    smtp_server.refuse()
    report = run(wired)
    assert (report.planned, report.sent, report.waiting, report.status) == (3, 0, 3, 75)
    assert len(report.problems) == 1
    smtp_server.accept()
    report = run(wired)
    assert (report.sent, report.status) == (3, 0)
    assert len(smtp_server.mails) == 3


def test_one_channel_down_does_not_stop_the_other(
    wired: Guru, smtp_server: SmtpServer, clickatell_server: ClickatellServer
) -> None:
    book(wired, client(wired), THURSDAY)
    smtp_server.refuse()
    assert (run(wired).sent, len(clickatell_server.texts)) == (1, 1)


def test_a_message_that_is_put_off_waits_a_minute_and_more(
    wired: Guru, smtp_server: SmtpServer, clock: FixedClock
) -> None:
    book(wired, client(wired, mobile=""), THURSDAY)
    smtp_server.plan("rcpt", "451 4.7.1 greylisted")
    report = run(wired)
    assert (report.sent, report.waiting, report.status) == (0, 1, 75)
    waits = (outbox(wired)[0].not_before - clock.now()).total_seconds()
    assert 48 <= waits <= 72
    assert run(wired).sent == 0
    clock.advance(seconds=75)
    assert (run(wired).sent, outbox(wired)[0].attempts) == (1, 2)


def test_a_refused_message_fails_and_the_next_one_goes(wired: Guru, smtp_server: SmtpServer) -> None:
    book(wired, client(wired, mobile=""), THURSDAY)
    book(wired, client(wired, "Jan", mobile=""), THURSDAY)
    smtp_server.plan("rcpt", "550 5.1.1 no such user")
    report = run(wired)
    assert (report.sent, report.failed, report.status) == (1, 1, 3)
    assert [row.state for row in outbox(wired)] == ["failed", "sent"]
    assert run(wired).status == 0
    wired.clients.update(1, email="right@example.com")
    assert run(wired).sent == 1, "the reminder goes to the corrected address"
    assert run(wired).idle


def test_a_line_lost_after_the_final_dot_is_unknown_and_never_sent_again(
    wired: Guru, smtp_server: SmtpServer, clock: FixedClock
) -> None:
    book(wired, client(wired, mobile=""), THURSDAY)
    smtp_server.plan("end", DROP)
    report = run(wired)
    assert (report.sent, report.unknown, report.status) == (0, 1, 3)
    for _ in range(3):
        clock.advance(hours=1)
        assert run(wired).status == 0
    assert states(wired) == [("reminder", "email", "unknown")]
    assert len(smtp_server.mails) == 1


def test_a_refused_login_pauses_the_channel_and_nothing_fails(
    guru: Guru, home: Path, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp(users={"naledi": "pass word"})
    wrong = Guru(Settings(home, {**server.variables(), "GURU_SMTP_PASSWORD": "wrong"}), guru.clock)
    book(wrong, client(wrong, mobile=""), THURSDAY)
    book(wrong, client(wrong, "Jan", mobile=""), THURSDAY)
    report = run(wrong)
    assert (report.sent, report.failed, report.waiting, report.status) == (0, 0, 2, 78)
    assert sql(wrong, "SELECT paused FROM sender_run").fetchone()[0] == report.paused != ""
    right = Guru(Settings(home, server.variables()), guru.clock)
    assert (run(right).sent, run(right).paused) == (2, "")
    assert sql(right, "SELECT paused FROM sender_run").fetchone()[0] == ""
    wrong.close()
    right.close()


def test_a_client_who_told_the_provider_to_stop_gets_no_more_sms(
    wired: Guru, clickatell_server: ClickatellServer
) -> None:
    person = client(wired, email="")
    book(wired, person, THURSDAY)
    book(wired, person, "2026-11-26T14:00")
    error = {"code": 26, "description": "opted out"}
    clickatell_server.plan(
        Answer(202, {"messages": [{"apiMessageId": None, "accepted": False, "to": "27825550101", "error": error}]})
    )
    report = run(wired)
    assert (report.failed, report.sent) == (1, 0)
    assert [row.state for row in outbox(wired)] == ["failed", "blocked"]
    assert wired.reads.client(person).sms_allowed is False
    newest = wired.reads.actions()[0]
    assert (newest.name, newest.summary) == ("opt-out", "Sarah Botha asked for no more SMS")


def test_each_try_is_on_record(wired: Guru, smtp_server: SmtpServer, clock: FixedClock) -> None:
    book(wired, client(wired, mobile=""), THURSDAY)
    smtp_server.plan("rcpt", "451 4.7.1 greylisted")
    run(wired)
    clock.advance(seconds=75)
    run(wired)
    assert [(one.result, bool(one.reason)) for one in wired.outbox.tries(1)] == [("queued", True), ("sent", False)]
