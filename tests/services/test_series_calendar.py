"""What a client's calendar makes of the mails about a series and about single appointments of it, one after the other.

A small calendar takes them in as RFC 5546 has it: by name, and never an older revision over a newer one.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import cast

import icalendar
import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.series import Edit, SeriesChange
from guru_tui.errors import GuruError
from tests.outbox_support import client, run, setting, sql
from tests.services.test_mail_parts import later, mails
from tests.services.test_series import TUESDAY, series

HOUR = timedelta(hours=1)


def calendar_of(mail: EmailMessage) -> icalendar.Calendar | None:
    """The calendar in a mail, None where it has none; what the part says of itself is what is in it."""
    forms = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not forms:
        return None
    [form] = forms
    content = cast(bytes, form.get_payload(decode=True))
    assert content.endswith(b"END:VCALENDAR\r\n") and all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar) and calendar.errors == []
    assert form.get_param("method") == str(calendar["METHOD"])
    return calendar


def entries(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    """Its entries, held against what RFC 5546 (3.2.1, 3.2.2, 3.2.5) asks of its method."""
    found = [cast(icalendar.Event, each) for each in calendar.walk("VEVENT")]
    assert found and {"DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "UID", "SEQUENCE"} <= set.intersection(
        *(set(event) for event in found)
    )
    if calendar["METHOD"] == "PUBLISH":
        assert not any("ATTENDEE" in event for event in found)
    else:
        assert len({str(event["UID"]) for event in found}) == 1
        assert all("ATTENDEE" in event for event in found)
    return found


@dataclass
class Phone:
    """A client's calendar: by name the revision, the start (UTC), and whether it takes place."""

    home: Path
    seen: int = 0
    entries: dict[str, tuple[int, datetime, bool]] = field(default_factory=dict)
    methods: list[str] = field(default_factory=list)

    def takes_in(self) -> None:
        """Whatever mails have come since the last time."""
        found = mails(self.home)
        for mail in found[self.seen :]:
            calendar = calendar_of(mail)
            self.methods.append(str(calendar["METHOD"]) if calendar else "")
            for event in entries(calendar) if calendar else []:
                uid, number, start = str(event["UID"]), int(event["SEQUENCE"]), event.decoded("DTSTART")
                new = (number, cast(datetime, start), str(event["STATUS"]) == "CONFIRMED")
                old = self.entries.get(uid)
                if old is not None and old[1:] != new[1:]:
                    assert number > old[0], f"{new} would be taken for older than {old}"
                self.entries[uid] = new if old is None or number >= old[0] else old
        self.seen = len(found)

    @property
    def shows(self) -> list[str]:
        """The starts of what takes place, as the practice's clocks show them."""
        at = sorted(start for _, start, holds in self.entries.values() if holds)
        return [f"{start.astimezone(UTC) + 2 * HOUR:%d %H:%M}" for start in at]


@pytest.fixture
def phone(home: Path) -> Phone:
    return Phone(home)


@pytest.fixture
def person(guru: Guru) -> int:
    """A client reached by mail only."""
    setting(guru, "reminder_channels", "email")
    return client(guru, mobile="")


@pytest.fixture
def told(guru: Guru, clock: FixedClock, phone: Phone, person: int) -> SeriesChange:
    """Four Tuesdays that are in the client's calendar."""
    change = series(guru, person, Repeat("week", count=4))
    later(guru, clock)
    phone.takes_in()
    return change


def test_a_series_is_one_mail_with_an_entry_for_each(told: SeriesChange, phone: Phone, home: Path) -> None:
    assert phone.methods == ["PUBLISH"]
    assert phone.shows == ["01 10:00", "08 10:00", "15 10:00", "22 10:00"]
    [mail] = mails(home)
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_disposition()) == ("appointments.ics", "attachment")
    assert file.get_content_type() == "text/calendar", "the standard's own type (RFC 6047), and the file only once"


def test_it_tells_nothing_of_what_the_appointments_are_for(told: SeriesChange, home: Path) -> None:
    [mail] = mails(home)
    whole = b"".join(cast(bytes, part.get_payload(decode=True) or b"") for part in mail.walk())
    for private in (b"Follow-up", b"450", b"+2782"):
        assert private not in whole
    calendar = calendar_of(mail)
    assert calendar is not None
    [about] = {(str(event["SUMMARY"]), str(event["LOCATION"])) for event in entries(calendar)}
    assert about == ("Sea Point Physio", "15 Flannery Road, Sea Point")


def test_the_names_are_those_of_the_feed_and_no_number_is_below_it(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    def in_feed() -> dict[str, int]:
        feed = icalendar.Calendar.from_ical(guru.feed.make("full").content)
        return {str(event["UID"]): int(event["SEQUENCE"]) for event in feed.walk("VEVENT")}

    assert in_feed().keys() == phone.entries.keys()
    for hours in (1, 2, 0):  # each move is mailed, so that the mails' numbers run ahead
        guru.series.edit(told.ids[0], "all", Edit(TUESDAY + hours * HOUR))
        later(guru, clock)
    phone.takes_in()
    assert all(number >= phone.entries[uid][0] == 3 for uid, number in in_feed().items())


def test_one_that_is_moved_and_one_that_is_cancelled_by_itself(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.booking.move(told.ids[1], TUESDAY + timedelta(days=9))
    guru.booking.cancel(told.ids[2])
    later(guru, clock)
    phone.takes_in()
    assert phone.methods == ["PUBLISH", "REQUEST", "CANCEL"]
    assert phone.shows == ["01 10:00", "10 10:00", "22 10:00"]


def test_moving_from_here_on_and_cancelling_the_rest(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.series.edit(told.ids[1], "later", Edit(TUESDAY + timedelta(days=7) + HOUR))
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["01 10:00", "08 11:00", "15 11:00", "22 11:00"]
    guru.series.cancel(told.ids[2], "later")
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["01 10:00", "08 11:00"]
    assert phone.methods == ["PUBLISH"] * 3


def test_another_pattern_takes_the_former_ones_out(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.series.change_pattern(told.ids[2], Repeat("week", 2, count=2), start=TUESDAY + timedelta(days=16))
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["01 10:00", "08 10:00", "17 10:00", "31 10:00"]


def test_another_pattern_keeps_the_names_of_those_that_stay_and_of_those_that_move(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    setting(guru, "public_holidays", "off")
    before = dict(phone.entries)
    guru.series.change_pattern(told.ids[0], Repeat("week", 2, count=3))
    later(guru, clock)
    phone.takes_in()
    after = {start.day: (uid, number) for uid, (number, start, holds) in phone.entries.items() if holds}
    named = {start.day: (uid, number) for uid, (number, start, _) in before.items()}
    assert (after[1], after[15]) == (named[1], named[15]), "not a word of those that stay"
    assert phone.shows == ["01 10:00", "15 10:00", "29 10:00"] and after[29][0] not in before
    guru.series.change_pattern(told.ids[0], Repeat("week", 2, count=3), start=TUESDAY + timedelta(1))
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["02 10:00", "16 10:00", "30 10:00"]
    moved = {start.day: (uid, number) for uid, (number, start, holds) in phone.entries.items() if holds}
    for day in (1, 15, 29):
        assert moved[day + 1] == (after[day][0], after[day][1] + 1)
    assert len(phone.entries) == 5, "four, and the one that was new"
    row = sql(guru, "SELECT sequence, status FROM appointment WHERE id = ?", told.ids[0]).fetchone()
    assert row == (1, "booked")


def test_one_alone_is_an_invitation_that_can_be_answered(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.series.edit(told.ids[3], "this", Edit(TUESDAY + timedelta(days=21) + HOUR))
    later(guru, clock)
    guru.series.cancel(told.ids[3], "this")
    later(guru, clock)
    phone.takes_in()
    assert phone.methods == ["PUBLISH", "REQUEST", "CANCEL"]
    assert phone.shows == ["01 10:00", "08 10:00", "15 10:00"]


def test_a_reminder_repeats_the_entry_that_the_series_has_given(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    clock.advance(days=5)
    later(guru, clock)
    before = dict(phone.entries)
    phone.takes_in()
    assert phone.methods == ["PUBLISH", "REQUEST"] and phone.entries == before


def test_what_is_off_before_the_mail_leaves_is_not_in_it(
    guru: Guru, clock: FixedClock, person: int, phone: Phone
) -> None:
    change = series(guru, person, Repeat("week", count=4))
    guru.booking.cancel(change.ids[1])
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["01 10:00", "15 10:00", "22 10:00"] and len(phone.entries) == 3


def test_of_those_that_go_only_what_is_in_the_calendar_is_taken_out(
    guru: Guru, clock: FixedClock, home: Path, phone: Phone
) -> None:
    setting(guru, "confirmation_channels", "sms")
    change = series(guru, client(guru), Repeat("week", count=4))
    later(guru, clock)
    guru.booking.move(change.ids[3], TUESDAY + timedelta(days=22))
    later(guru, clock)
    new = guru.series.change_pattern(change.ids[2], Repeat("week", 2, count=2), start=TUESDAY + timedelta(days=16))
    later(guru, clock)
    guru.series.edit(new.ids[0], "all", Edit(TUESDAY + timedelta(days=16) + HOUR))
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["17 11:00", "31 11:00"] and len(phone.entries) == 3


def test_what_was_told_by_sms_is_not_taken_out_of_a_calendar_it_never_came_into(
    guru: Guru, clock: FixedClock, home: Path
) -> None:
    setting(guru, "confirmation_channels", "sms")
    change = series(guru, client(guru), Repeat("week", count=4))
    later(guru, clock)
    guru.series.cancel(change.ids[1], "later")
    later(guru, clock)
    [mail] = mails(home)
    assert calendar_of(mail) is None
    body = mail.get_body(("plain",))
    assert body is not None and "Tue 8, 15 and 22 December" in body.get_content()


def test_an_undone_cancellation_is_put_right_in_the_calendar_too(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.series.cancel(told.ids[0], "all")
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == []
    guru.undo.tell(guru.undo.undo().id)
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == ["01 10:00", "08 10:00", "15 10:00", "22 10:00"] and len(phone.entries) == 4


def test_an_undone_booking_is_taken_out_of_the_calendar(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    guru.undo.tell(guru.undo.undo().id)
    later(guru, clock)
    phone.takes_in()
    assert phone.shows == [] and len(phone.entries) == 4


def test_without_an_address_for_answers_there_is_no_entry(
    guru: Guru, clock: FixedClock, person: int, home: Path
) -> None:
    guru.practice.set("email", "")
    series(guru, person, Repeat("week", count=3))
    later(guru, clock)
    kept = sql(guru, "SELECT state, calendar_sequence FROM outbox_message").fetchall()
    assert all(number is None or state == "sent" for state, number in kept)


def test_an_answer_to_the_invitation_for_one_of_them_finds_it(
    guru: Guru, clock: FixedClock, told: SeriesChange, phone: Phone
) -> None:
    from guru_tui.store.queries.replies import of_calendar_entry

    moved = TUESDAY + timedelta(days=21) + HOUR
    guru.series.edit(told.ids[3], "this", Edit(moved))
    later(guru, clock)
    phone.takes_in()
    uid = next(uid for uid, (number, _, _) in phone.entries.items() if number == 1)
    found = of_calendar_entry(guru.connection, uid, 1, "2026-11-01T00:00:00Z")
    assert found is not None
    assert (found.kind, found.appointment_id, found.starts_at) == ("reschedule", told.ids[3], "2026-12-22T09:00:00Z")
    assert of_calendar_entry(guru.connection, uid, 2, "2026-11-01T00:00:00Z") is None


@pytest.mark.parametrize("seed", range(8))
def test_the_calendar_follows_whatever_the_practitioner_does(
    guru: Guru, clock: FixedClock, person: int, phone: Phone, seed: int
) -> None:
    setting(guru, "reminder_channels", "off")
    setting(guru, "public_holidays", "off")
    rng = Random(seed)
    series(guru, person, Repeat("week", count=5), TUESDAY + timedelta(days=14))
    if seed % 2:  # of the others the client has not been told when it begins
        later(guru, clock)
    phone.takes_in()
    for _ in range(10):
        step = rng.choice(["move", "cancel", "edit", "off", "pattern", "undo", "undo", "redo"])
        alive = [row[0] for row in sql(guru, "SELECT id FROM appointment WHERE status = 'booked' ORDER BY starts_at")]
        if not alive and step != "redo":
            step = "redo"
        key = rng.choice(alive) if alive else 0
        by = timedelta(hours=rng.choice([1, 2, 3]), days=rng.choice([0, 1]))
        with suppress(GuruError):
            if step == "move":
                guru.booking.move(key, TUESDAY + timedelta(days=rng.randrange(14, 60)) + by, force=True)
            elif step == "cancel":
                guru.booking.cancel(key)
            elif step == "edit":
                now = sql(guru, "SELECT starts_local FROM appointment WHERE id = ?", key).fetchone()[0]
                guru.series.edit(key, rng.choice(["this", "later", "all"]), Edit(datetime.fromisoformat(now) + by))
            elif step == "off":
                guru.series.cancel(key, rng.choice(["this", "later"]))
            elif step == "pattern":
                now = sql(guru, "SELECT starts_local FROM appointment WHERE id = ?", key).fetchone()[0]
                rule = Repeat(rng.choice(["week", "day"]), rng.choice([1, 2]), count=rng.choice([2, 3, 5]))
                guru.series.change_pattern(key, rule, start=datetime.fromisoformat(now) + by * rng.randrange(2))
            else:
                undone = guru.undo.undo(further=True) if step == "undo" else guru.undo.redo()
                guru.undo.tell(undone.id)
        if rng.random() < 0.7:
            later(guru, clock)
            phone.takes_in()
    later(guru, clock)
    phone.takes_in()
    stands = sql(guru, "SELECT starts_local FROM appointment WHERE status = 'booked' ORDER BY starts_at").fetchall()
    assert phone.shows == [f"{datetime.fromisoformat(row[0]):%d %H:%M}" for row in stands]
    assert run(guru).sent == 0
