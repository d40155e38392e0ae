"""What goes along with a message, seen in the files that the sender writes: HTML, calendar entries, the invoice."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple, cast

import icalendar
import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import GuruError
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import set_up
from tests.outbox_support import book, client, run, setting, sql

THURSDAY = "2026-11-26T09:00"


class Told(NamedTuple):
    """What a calendar takes from one mail."""

    method: str
    uid: str
    sequence: int
    start: str


def mails(home: Path) -> list[EmailMessage]:
    """The mails to clients written so far, in the order in which they left."""
    found = [
        cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=modern))
        for path in sorted(
            (home / "outbox").glob("*-email-[!a]*.eml"), key=lambda path: (path.name[:17], path.stat().st_mtime_ns)
        )
    ]
    return found


def entry(mail: EmailMessage) -> icalendar.Event:
    """The entry in a mail; the form of it and the file are the same."""
    forms = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [form] = forms
    [file] = [part for part in mail.iter_attachments() if part.get_filename() == "invite.ics"]
    assert form.get_payload(decode=True) == file.get_payload(decode=True)
    calendar = icalendar.Calendar.from_ical(cast(bytes, form.get_payload(decode=True)))
    assert form.get_param("method") == str(calendar["METHOD"])
    [event] = calendar.walk("VEVENT")
    return cast(icalendar.Event, event)


def told(home: Path) -> list[Told]:
    """What the client's calendar was told, in order."""
    found = []
    for mail in mails(home):
        event = entry(mail)
        method = "CANCEL" if event["STATUS"] == "CANCELLED" else "REQUEST"
        start = event.decoded("DTSTART")
        assert isinstance(start, datetime)
        found.append(Told(method, str(event["UID"]), int(event["SEQUENCE"]), f"{start:%dT%H:%M}"))
    return found


def rising(entries: list[Told]) -> bool:
    """Whether each entry that differs from the one before has a higher number, and each repeated one the same."""
    return all(
        after.sequence == before.sequence
        if after._replace(sequence=0) == before._replace(sequence=0)
        else after.sequence > before.sequence
        for before, after in pairwise(entries)
    )


def later(guru: Guru, clock: FixedClock) -> None:
    """Let the grace period go by and send."""
    clock.advance(minutes=4)
    run(guru)


@pytest.fixture
def person(guru: Guru) -> int:
    """A client reached by mail only."""
    setting(guru, "reminder_channels", "email")
    return client(guru, mobile="")


def test_a_mail_has_its_text_as_a_page_and_an_entry(guru: Guru, home: Path, clock: FixedClock, person: int) -> None:
    book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    [mail] = mails(home)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    html = page.get_content()
    assert "Wed 2 December" in plain.get_content() and "Wed 2 December" in html
    assert '<a href="tel:+27215550100">021 555 0100</a>' in html
    assert len(html.encode()) <= 3000
    event = entry(mail)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Sea Point Physio", "15 Flannery Road, Sea Point")
    assert event["ORGANIZER"] == "mailto:hello@seapointphysio.example"
    assert event["ATTENDEE"] == "mailto:sarah@example.com"
    whole = b"".join(cast(bytes, part.get_payload(decode=True) or b"") for part in mail.walk())
    assert b"Follow-up" not in whole and b"450" not in whole


def test_what_the_client_receives_always_rises(guru: Guru, home: Path, clock: FixedClock, person: int) -> None:
    number = book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    guru.booking.move(number, datetime(2026, 12, 3, 11, 0))
    later(guru, clock)
    guru.booking.move(number, datetime(2026, 12, 2, 9, 0))
    later(guru, clock)
    guru.booking.cancel(number)
    later(guru, clock)
    entries = told(home)
    assert [(one.method, one.sequence, one.start) for one in entries] == [
        ("REQUEST", 0, "02T07:00"),
        ("REQUEST", 1, "03T09:00"),
        ("REQUEST", 2, "02T07:00"),
        ("CANCEL", 3, "02T07:00"),
    ]
    assert len({one.uid for one in entries}) == 1
    assert rising(entries)


@pytest.mark.parametrize("seed", range(6))
def test_it_rises_through_whatever_the_practitioner_does(
    guru: Guru, home: Path, clock: FixedClock, person: int, seed: int
) -> None:
    rng = Random(seed)
    number = book(guru, person, "2026-12-02T09:00", notify=True)
    for _ in range(14):
        step = rng.choice(["move", "move", "cancel", "undo", "wait", "send", "send"])
        with suppress(GuruError):
            if step == "move":
                guru.booking.move(number, datetime(2026, 12, rng.choice([2, 3, 4]), rng.choice([9, 11])), force=True)
            elif step == "cancel":
                guru.booking.cancel(number)
            elif step == "undo":
                guru.undo.undo(further=True)
            elif step == "wait":
                clock.advance(minutes=1)
            else:
                later(guru, clock)
    later(guru, clock)
    clock.advance(days=6)
    later(guru, clock)
    entries = told(home)
    assert rising(entries), entries
    assert len({one.uid for one in entries}) <= 1


def test_the_reminder_after_an_undone_cancellation_puts_the_entry_back(
    guru: Guru, home: Path, clock: FixedClock, person: int
) -> None:
    number = book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    guru.booking.cancel(number)
    later(guru, clock)
    guru.undo.undo()
    clock.advance(days=6)
    later(guru, clock)
    entries = told(home)
    assert [(one.method, one.sequence) for one in entries] == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 2)]
    assert len({one.uid for one in entries}) == 1


def test_a_reminder_repeats_the_entry_with_its_number(guru: Guru, home: Path, clock: FixedClock, person: int) -> None:
    book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    clock.advance(days=6)
    later(guru, clock)
    first, second = told(home)
    assert first == second and first.sequence == 0


def test_the_name_of_an_entry_outlives_another_mail_address(
    guru: Guru, home: Path, clock: FixedClock, person: int
) -> None:
    number = book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    setting(guru, "email", "naledi@elsewhere.example")
    guru.booking.move(number, datetime(2026, 12, 3, 11, 0))
    later(guru, clock)
    first, second = told(home)
    assert first.uid == second.uid and first.uid.endswith("@seapointphysio.example")
    assert (first.sequence, second.sequence) == (0, 1)


def test_two_practices_never_share_a_name(tmp_path: Path, clock: FixedClock) -> None:
    names = []
    for mail in ("a@one.example", "b@two.example"):
        home = tmp_path / mail
        settings = Settings(home, {"GURU_EMAIL_BACKEND": "file"})
        schema.create(settings.database)
        other = Guru(settings, clock, origin="test")
        set_up(other)
        setting(other, "email", mail)
        book(other, client(other, mobile=""), THURSDAY)
        run(other)
        names += [one.uid for one in told(home)]
        other.close()
    assert len(set(names)) == len(names) == 2


def test_a_failed_try_gives_its_number_to_the_next(guru: Guru, home: Path, person: int) -> None:
    book(guru, person, THURSDAY)
    (home / "outbox").write_text("not a folder")
    run(guru)
    assert sql(guru, "SELECT state, calendar_sequence FROM outbox_message").fetchall() == [("queued", 0)]
    (home / "outbox").unlink()
    run(guru)
    assert [one.sequence for one in told(home)] == [0]


def test_a_text_message_has_none_of_this(guru: Guru, home: Path) -> None:
    setting(guru, "reminder_channels", "sms")
    book(guru, client(guru), THURSDAY)
    assert run(guru).sent == 1
    assert sql(guru, "SELECT calendar_sequence, calendar_facts FROM outbox_message").fetchall() == [(None, "")]
    assert mails(home) == []


def test_a_confirmed_appointment_is_not_asked_about_again(
    guru: Guru, home: Path, clock: FixedClock, person: int
) -> None:
    number = book(guru, person, "2026-12-02T09:00", notify=True)
    later(guru, clock)
    guru.booking.set_status(number, "confirmed")
    clock.advance(days=6)
    later(guru, clock)
    answers = [entry(mail)["ATTENDEE"].params["PARTSTAT"] for mail in mails(home)]
    assert answers == ["NEEDS-ACTION", "ACCEPTED"]
    first, second = told(home)
    assert first == second
