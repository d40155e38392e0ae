"""Appointments as entries for the client's own calendar (RFC 5545), to be mailed (RFC 5546, 6047).

They say when, where and with whom: the practice's name, and nothing of what the appointments are for. One is mailed as
an invitation, which a client can answer. Several are published (RFC 5546, 3.2.1): an invitation or its cancellation
is about one name only (3.2.2, 3.2.5), and of one that has several, calendars take the first and drop the others
(Outlook: MS-STANOICAL, 2.2.175). Each has the name that it has in a mail about it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress, vText

from guru_tui.documents.calendar_text import PRODUCT, folded, one_line
from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.phone import national

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import AppointmentFacts
    from guru_tui.domain.practice import Practice

PUBLISH = "PUBLISH"
_UTC = "%Y%m%dT%H%M%SZ"


def shown(facts: AppointmentFacts, practice: Practice, *, method: str, organizer: str) -> tuple[str, ...]:
    """What a calendar shows of the entry: where this is another, the entry is a new revision."""
    return (method, facts.starts_at, str(facts.minutes), _place(facts), practice.name, practice["phone"], organizer)


def entry(
    facts: AppointmentFacts,
    practice: Practice,
    *,
    method: str,
    sequence: int,
    uid: str,
    organizer: str,
    now: datetime,
) -> bytes:
    """The entry that puts the appointment into the client's calendar (`REQUEST`) or takes it out (`CANCEL`).

    `organizer` is the mail address answers go to, `now` an aware instant. Times are written in UTC, which needs no
    description of a zone and which every calendar shows in its owner's: an appointment happens once, so no rule of
    a zone must travel with it.
    """
    revision = Revision(facts, uid, sequence, method == "CANCEL")
    return b"".join(_event(revision, practice, method, organizer, now))


class Revision(NamedTuple):
    """One of several entries: an appointment, the entry's name and number, and whether it takes the appointment out."""

    facts: AppointmentFacts
    uid: str
    sequence: int
    gone: bool


def entries(revisions: Sequence[Revision], practice: Practice, *, organizer: str, now: datetime) -> bytes:
    """Several entries, those that put appointments in and those that take them out, with the method `PUBLISH`.

    There is at least one; `organizer` and `now` as in `entry`.
    """
    events = [_event(revision, practice, PUBLISH, organizer, now) for revision in revisions]
    head, _, foot = events[0]
    return b"".join((head, *(event for _, event, _ in events), foot))


def _event(
    revision: Revision, practice: Practice, method: str, organizer: str, now: datetime
) -> tuple[bytes, bytes, bytes]:
    """The beginning of a calendar, one entry, and the calendar's end."""
    facts = revision.facts
    starts = from_utc_text(facts.starts_at)
    status = "CANCELLED" if revision.gone else "CONFIRMED"
    head, before, after, foot = _frame(practice.name, practice["phone"], _place(facts), organizer, method, status)
    lines = (
        before,
        folded(f"UID:{revision.uid}"),
        f"SEQUENCE:{revision.sequence}\r\n".encode(),
        f"DTSTAMP:{now.astimezone(UTC):{_UTC}}\r\n".encode(),
        f"DTSTART:{starts:{_UTC}}\r\n".encode(),
        f"DTEND:{starts + timedelta(minutes=facts.minutes):{_UTC}}\r\n".encode(),
        b"" if method == PUBLISH else folded(_guest(facts, method)),  # what is published has no guests
        after,
    )
    return head, b"".join(lines), foot


@lru_cache(maxsize=32)  # most entries of a run differ only in who comes and when, and a frame takes half a millisecond
def _frame(
    name: str, phone: str, place: str, organizer: str, method: str, status: str
) -> tuple[bytes, bytes, bytes, bytes]:
    """The beginning of a calendar, what comes in an entry before and after the lines in which it differs from the
    next client's, and the calendar's end."""
    event = Event()
    event["SUMMARY"] = vText(one_line(name))
    if place:
        event["LOCATION"] = vText(place)
    if phone:
        event["DESCRIPTION"] = vText(f"{one_line(name)}, {national(phone)}")
    event["STATUS"] = vText(status)
    event["TRANSP"] = vText("OPAQUE")
    event["ORGANIZER"] = _party(organizer, name)
    calendar = Calendar()
    calendar["PRODID"] = vText(PRODUCT)
    calendar["VERSION"] = vText("2.0")
    calendar["METHOD"] = vText(method)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    head, begin, rest = content.partition(b"BEGIN:VEVENT\r\n")
    before, end, foot = rest.partition(b"\r\nEND:VEVENT\r\n")
    return head, begin + before + b"\r\n", end.lstrip(), foot


def _guest(facts: AppointmentFacts, method: str) -> str:
    called = _quoted(facts.person.name)
    guest = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT" + (f';CN="{called}"' if called else "")
    if method == "REQUEST":
        # An entry that is sent again must not undo the answer the client has given already.
        guest += f";PARTSTAT={'ACCEPTED' if facts.status == 'confirmed' else 'NEEDS-ACTION'};RSVP=TRUE"
    return f"{guest}:mailto:{one_line(facts.person.email)}"


def _party(address: str, name: str) -> vCalAddress:
    party = vCalAddress(f"mailto:{one_line(address)}")
    if called := _quoted(name):
        party.params["CN"] = called
    return party


def _quoted(name: str) -> str:
    """`name` fit for a parameter, which has no way to write a quote (RFC 5545, 3.1)."""
    return one_line(name).replace('"', "'")


def _place(facts: AppointmentFacts) -> str:
    return ", ".join(part for line in facts.address.splitlines() if (part := one_line(line).strip(" ,"))) or facts.place
