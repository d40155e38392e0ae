"""The mails to the practitioner: planned from a real outbox, and sent by the sender to files and to a mail server."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.message import NewMessage
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.messages import MessageRow
from guru_tui.services.practitioner_mail import plan
from guru_tui.settings import Settings
from guru_tui.store.outbox import put
from tests.outbox_support import book, client, outbox, run, setting, sql
from tests.servers import SmtpServer
from tests.shell import Shell

OWN = "hello@seapointphysio.example"


@pytest.fixture(autouse=True)
def _alerts(guru: Guru) -> None:
    """Alerts are on, as they are by default."""
    setting(guru, "alert_channels", "email")


@pytest.fixture
def planned(guru: Guru) -> Callable[[], list[NewMessage]]:
    """What is planned at the clock's present."""
    return lambda: list(plan(guru.connection, guru.settings, guru.reads.practice(), guru.clock.now()))


@pytest.fixture(autouse=True)
def _alerts(guru: Guru) -> None:
    """The practice of the suite has them off."""
    setting(guru, "alert_channels", "email")


def own(guru: Guru, kind: str) -> list[MessageRow]:
    """The mails of a kind to the practitioner, oldest first."""
    return [row for row in outbox(guru) if row.kind == kind]


def fail(guru: Guru, message_id: int, state: str = "failed", reason: str = "no route to this number") -> None:
    """Have a message end badly now."""
    at = guru.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    sql(guru, "UPDATE outbox_message SET state = ?, reason = ?, updated_at = ? WHERE id = ?", state, reason, at,
        message_id)  # fmt: skip


def failing(guru: Guru, first: str = "Sarah", last: str = "Botha") -> int:
    """A reminder of an appointment far ahead that has failed at this moment; its id."""
    client_id = client(guru, first, last, email="")
    appointment_id = book(guru, client_id, "2027-03-01T09:00")
    message = NewMessage(
        kind="reminder", channel="sms", client_id=client_id, recipient="+27825550101", recipient_name=f"{first} {last}",
        subject="", body="Tomorrow at nine", state="queued", not_before="2027-02-28T08:00:00Z",
        appointment_id=appointment_id, starts_at="2027-03-01T07:00:00Z",
    )  # fmt: skip
    number = put(guru.connection, message, "2026-11-20T08:00:00Z", ())
    fail(guru, number)
    return number


# ---- alerts ------------------------------------------------------------------------------------------


def test_a_failed_message_is_told_in_words(guru: Guru, home: Path) -> None:
    number = failing(guru)
    report = run(guru)
    (alert,) = own(guru, "alert")
    assert (alert.state, alert.recipient, alert.client_id, report.status) == ("sent", OWN, None, 0)
    assert alert.subject == "guru: 1 message to clients needs you"
    assert f"- Wed 25 Nov 10:00: reminder by SMS to Sarah B. failed: no route to this number ({number})" in alert.body
    assert "guru outbox retry NUMBER" in alert.body and "guru outbox resend" not in alert.body
    assert "Botha" not in alert.body and "Follow-up" not in alert.body
    assert len(list((home / "outbox").glob("*.eml"))) == 1


def test_every_way_to_end_badly_has_its_remedy(guru: Guru, planned: Callable[[], list[NewMessage]]) -> None:
    states = ("failed", "undelivered", "unknown", "missed", "blocked")
    for state, name in zip(states, ("Ann", "Ben", "Cal", "Dot", "Eve"), strict=True):
        fail(guru, failing(guru, name), state)
    fail(guru, failing(guru, "Fay"), "cancelled")
    (alert,) = planned()
    assert alert.subject == "guru: 5 messages to clients need you"
    for line in ("Ann B. failed", "Ben B. was not delivered", "Cal B. may or may not have gone", "Dot B. was missed",
                 "Eve B. is held back", "Not delivered:", "May or may not have gone: ask the client",
                 "Missed: it is too late", "Held back: fill in"):  # fmt: skip
        assert line in alert.body
    assert "Fay" not in alert.body


def test_one_alert_an_hour_at_most_and_none_for_what_is_told(guru: Guru, clock: FixedClock) -> None:
    failing(guru)
    run(guru)
    run(guru)
    clock.advance(minutes=59)
    second = failing(guru, "Ann")
    run(guru)
    assert len(own(guru, "alert")) == 1
    clock.advance(minutes=1)
    run(guru)
    alerts = own(guru, "alert")
    assert len(alerts) == 2
    assert f"Ann B. failed: no route to this number ({second})" in alerts[1].body and "Sarah" not in alerts[1].body
    clock.advance(days=2)
    run(guru)
    assert len(own(guru, "alert")) == 2


def test_what_fails_in_the_second_of_an_alert_is_told_by_the_next(guru: Guru, clock: FixedClock) -> None:
    first = failing(guru)
    run(guru)
    late = failing(guru, "Ann")  # the clock stands still: the same second
    clock.advance(hours=1)
    run(guru)
    alerts = own(guru, "alert")
    assert [re.findall(r"\((\d+)\)$", alert.body, re.MULTILINE) for alert in alerts] == [[str(first)], [str(late)]]


def test_what_she_has_dealt_with_is_no_news(guru: Guru, planned: Callable[[], list[NewMessage]]) -> None:
    number = failing(guru)
    sql(guru, "UPDATE outbox_message SET acknowledged_at = '2026-11-25T08:00:00Z' WHERE id = ?", number)
    assert planned() == []


def test_nothing_is_planned_without_an_address_a_server_or_the_wish(
    guru: Guru, planned: Callable[[], list[NewMessage]]
) -> None:
    failing(guru)
    assert len(planned()) == 1
    practice, now = guru.reads.practice(), guru.clock.now()
    assert plan(guru.connection, Settings(guru.settings.home), practice, now) == ()
    for key, value in (("email", ""), ("alert_channels", "off"), ("sending", "no")):
        changed = Practice({**practice.values, key: value})
        assert plan(guru.connection, guru.settings, changed, now) == ()


def test_no_alert_about_an_alert(guru: Guru, clock: FixedClock) -> None:
    failing(guru)
    run(guru)
    fail(guru, own(guru, "alert")[0].id, reason="550 no such user")
    clock.advance(hours=2)
    run(guru)
    assert len(own(guru, "alert")) == 1


def test_a_long_list_is_cut_and_every_number_named(guru: Guru, planned: Callable[[], list[NewMessage]]) -> None:
    number = failing(guru)
    columns = [row[1] for row in sql(guru, "PRAGMA table_info(outbox_message)") if row[1] != "id"]
    listed = ", ".join(columns)
    for copy in range(40):
        changed = listed.replace("idempotency_key", f"'copy-{copy}'").replace("starts_at", f"'copy-{copy}'")
        sql(guru, f"INSERT INTO outbox_message ({listed}) SELECT {changed} FROM outbox_message WHERE id = ?", number)
    (alert,) = planned()
    assert alert.subject == "guru: 41 messages to clients need you"
    assert alert.body.count("Sarah B.") == 25 and "- and 16 more (" in alert.body
    from guru_tui.services.practitioner_texts import named

    assert len(named(alert.body)) == 41


def test_a_paused_channel_is_told_once_a_day(guru: Guru, clock: FixedClock) -> None:
    setting(guru, "reminder_channels", "sms")
    book(guru, client(guru, email=""), "2026-11-30T09:00")
    told = "Clickatell refuses the key; check GURU_CLICKATELL_API_KEY"
    run(guru)
    for _ in range(30):
        sql(guru, "UPDATE sender_run SET paused = ?, last_at = ?", told,
            (clock.now() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))  # fmt: skip
        clock.advance(hours=1)
        run(guru)
    alerts = own(guru, "alert")
    assert [alert.subject for alert in alerts] == ["guru: sending is paused"] * 2
    assert told in alerts[0].body
    assert alerts[1].created_at - alerts[0].created_at == timedelta(days=1)


def test_an_alert_waits_for_the_mail_server_and_is_still_one(
    guru: Guru, clock: FixedClock, start_smtp: Callable[..., SmtpServer]
) -> None:
    server = start_smtp(security="none")
    server.refuse()
    environ = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": str(server.port), "GURU_SMTP_SECURITY": "none",
               "GURU_SMS_BACKEND": "file"}  # fmt: skip
    mailing = Guru(Settings(guru.settings.home, environ), clock)
    failing(mailing)
    for name in ("Ann", "Ben", "Cal"):
        run(mailing)
        clock.advance(hours=2)
        failing(mailing, name)
    assert [alert.state for alert in own(guru, "alert")] == ["queued"]
    server.accept()
    clock.advance(hours=2)
    run(mailing)
    run(mailing)
    assert [mail.message["Subject"] for mail in server.mails] == ["guru: 1 message to clients needs you"]
    clock.advance(hours=1)
    run(mailing)
    assert [mail.message["Subject"] for mail in server.mails][1:] == ["guru: 3 messages to clients need you"]
    mailing.close()


def test_a_clock_set_back_does_not_silence_the_alerts(guru: Guru, clock: FixedClock) -> None:
    failing(guru)
    run(guru)
    clock.advance(days=-2)
    failing(guru, "Ann")
    run(guru)
    assert len(own(guru, "alert")) == 2


# ---- the agenda --------------------------------------------------------------------------------------


@pytest.fixture
def morning(guru: Guru, clock: FixedClock) -> FixedClock:
    """Thursday, 06:29 in Johannesburg, with the agenda on."""
    setting(guru, "agenda_channels", "email")
    setting(guru, "reminder_channels", "off")
    clock.instant = datetime.fromisoformat("2026-11-26T06:29:00+02:00")
    return clock


def test_the_day_on_one_page(guru: Guru, morning: FixedClock, planned: Callable[[], list[NewMessage]]) -> None:
    first = book(guru, client(guru), "2026-11-26T08:00")
    book(guru, client(guru, "John", "Smith"), "2026-11-26T10:00")
    gone = book(guru, client(guru, "Ann", "Gone"), "2026-11-26T11:00")
    book(guru, client(guru, "Bea", "Tomorrow"), "2026-11-27T08:00")
    guru.booking.set_status(first, "confirmed")
    guru.booking.cancel(gone, notify=False)
    guru.booking.block(datetime(2026, 11, 26, 14), datetime(2026, 11, 26, 15), "Dentist")
    assert planned() == []
    morning.advance(minutes=1)
    (mail,) = planned()
    assert mail.subject == "Your Thu 26 November: 2 appointments"
    assert mail.body == (
        "Thu 26 November: 2 appointments\n\n"
        "08:00-09:00  Sarah Botha (confirmed)\n"
        "10:00-11:00  John Smith\n"
        "14:00-15:00  Dentist (blocked)\n\n"
        "Free: 09:00-10:00, 11:00-12:30, 13:30-14:00, 15:00-17:00\n\n"
        "Needs you:\n- 1 appointment of 2 not confirmed yet\n\n"
        "To get no such mail: guru settings set agenda_channels off"
    )
    assert (mail.expires_at, mail.about, mail.recipient) == ("2026-11-26T10:00:00Z", "2026-11-26", OWN)


def test_once_a_day_and_late_still_once(guru: Guru, morning: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T15:00")
    book(guru, client(guru, "John", "Smith"), "2026-11-27T15:00")
    morning.advance(hours=3)  # the machine was off at 06:30
    for _ in range(3):
        run(guru)
        morning.advance(minutes=20)
    setting(guru, "email", "naledi@example.com")
    run(guru)
    assert [(row.state, row.subject) for row in own(guru, "agenda")] == [
        ("sent", "Your Thu 26 November: 1 appointment")
    ]
    morning.instant = datetime.fromisoformat("2026-11-27T12:00:00+02:00")  # off all morning: too late to be of use
    run(guru)
    assert len(own(guru, "agenda")) == 1


def test_an_agenda_that_could_not_leave_by_noon_expires(guru: Guru, morning: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T15:00")
    morning.advance(minutes=1)
    down = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": "9", "GURU_SMTP_SECURITY": "none"}
    offline = Guru(Settings(guru.settings.home, down), morning)
    run(offline)
    assert own(guru, "agenda")[0].state == "queued"
    morning.advance(hours=6)
    run(guru)
    assert [row.state for row in own(guru, "agenda")] == ["expired"]
    offline.close()


def test_an_empty_day_is_told_only_where_something_is_to_do(
    guru: Guru, morning: FixedClock, planned: Callable[[], list[NewMessage]]
) -> None:
    setting(guru, "alert_channels", "off")
    morning.advance(minutes=5)
    guru.booking.block(datetime(2026, 11, 26, 14), datetime(2026, 11, 26, 15), "Dentist")
    assert planned() == []
    failing(guru)
    sql(guru, "INSERT INTO client_reply (mail_id, sender, subject, body, received_at, reading, outcome, done_at) "
        "VALUES ('a', 'x@example.com', '', '', '2026-11-26T04:00:00Z', 'unclear', '', '')")  # fmt: skip
    (mail,) = planned()
    assert mail.subject == "Your Thu 26 November: no appointments"
    assert "- 1 message did not get through" in mail.body and "- 1 reply of clients to read" in mail.body


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Africa/Johannesburg", "2026-11-26", "2026-11-26T02:30+02:00"),
        ("Europe/London", "2026-03-29", "2026-03-29T02:30+01:00"),  # the clocks go from 01:00 to 02:00
        ("Europe/London", "2026-10-25", "2026-10-25T02:30+00:00"),
        ("America/New_York", "2026-03-08", "2026-03-08T03:30-04:00"),  # 02:30 is skipped
        ("America/New_York", "2026-11-01", "2026-11-01T02:30-05:00"),
    ],
)
def test_the_hour_is_local_on_days_when_the_clocks_change(
    guru: Guru, clock: FixedClock, planned: Callable[[], list[NewMessage]], zone: str, day: str, due: str
) -> None:
    clock.instant = datetime.fromisoformat(f"{day}T00:00+00:00") - timedelta(days=20)
    for key, value in (("zone", zone), ("agenda_channels", "email"), ("agenda_time", "02:30")):
        setting(guru, key, value)
    book(guru, client(guru), f"{day}T15:00")
    clock.instant = datetime.fromisoformat(due) - timedelta(seconds=1)
    assert planned() == []
    clock.advance(seconds=1)
    assert [mail.about for mail in planned()] == [day]


def test_an_hour_in_the_evening_is_for_the_day_after(
    guru: Guru, morning: FixedClock, planned: Callable[[], list[NewMessage]]
) -> None:
    setting(guru, "agenda_time", "18:00")
    book(guru, client(guru), "2026-11-27T15:00")
    morning.instant = datetime.fromisoformat("2026-11-26T17:59:00+02:00")
    assert planned() == []
    morning.advance(minutes=1)
    assert [mail.about for mail in planned()] == ["2026-11-27"]
    morning.advance(hours=15)
    assert [mail.about for mail in planned()] == ["2026-11-27"]


def test_switched_off_after_it_was_queued_it_does_not_leave(guru: Guru, home: Path, morning: FixedClock) -> None:
    book(guru, client(guru), "2026-11-26T15:00")
    morning.advance(minutes=1)
    setting(guru, "sending", "yes")
    bare = Guru(Settings(home, {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": "9", "GURU_SMTP_SECURITY": "none"}),
                morning)  # fmt: skip
    run(bare)
    bare.close()
    setting(guru, "agenda_channels", "off")
    morning.advance(minutes=30)
    run(guru)
    assert [(row.state, row.reason) for row in own(guru, "agenda")] == [
        ("cancelled", "this mail to you was switched off")
    ]


# ---- the cost, and the command -----------------------------------------------------------------------


def test_where_nothing_is_due_it_is_one_query(guru: Guru) -> None:
    setting(guru, "agenda_channels", "email")
    practice, now = guru.reads.practice(), guru.clock.now().replace(hour=12)
    seen: list[str] = []
    guru.connection.set_trace_callback(seen.append)
    assert plan(guru.connection, guru.settings, practice, now) == ()
    guru.connection.set_trace_callback(None)
    assert len(seen) == 1


def test_guru_remind_sends_both_to_a_mail_server(guru: Guru, home: Path, start_smtp: Callable[..., SmtpServer]) -> None:
    server = start_smtp(security="none")
    setting(guru, "agenda_channels", "email")
    book(guru, client(guru, email=""), "2026-11-25T15:00")
    failing(guru, "Ann")
    shell = Shell(home, "2026-11-25T10:05:00+02:00", {
        "GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": str(server.port), "GURU_SMTP_SECURITY": "none",
        "GURU_SMS_BACKEND": "file",
    })  # fmt: skip
    shell.run("remind")
    shell.run("remind")
    mails = {mail.message["Subject"]: mail for mail in server.mails}
    assert sorted(mails) == ["Your Wed 25 November: 1 appointment", "guru: 1 message to clients needs you"]
    assert len(server.mails) == 2
    assert {mail.recipients for mail in server.mails} == {(OWN,)}
    assert "15:00-16:00  Sarah Botha" in mails["Your Wed 25 November: 1 appointment"].text
