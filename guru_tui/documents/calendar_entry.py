"""An appointment as an entry for the client's own calendar (RFC 5545), to be mailed as an invitation (RFC 5546, 6047).

It says when, where and with whom: the practice's name, and nothing of what the appointment is for.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress, vText

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.phone import national

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import AppointmentFacts
    from guru_tui.domain.practice import Practice

PRODUCT = "-//guru-tui//guru-tui//EN"
_UTC = "%Y%m%dT%H%M%SZ"


def new_uid(appointment_id: int, created_at: str, domain: str) -> str:
    """The name of an appointment in every calendar (RFC 5545, 3.8.4.7): of this practice alone, telling nothing."""
    told = f"{appointment_id}\n{created_at}\n{domain.lower()}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain.lower()}"


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
    starts = from_utc_text(facts.starts_at)
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    before, after = _frame(practice.name, practice["phone"], _place(facts), organizer, method, status)
    lines = (
        before,
        folded(f"UID:{uid}"),
        f"SEQUENCE:{sequence}\r\n".encode(),
        f"DTSTAMP:{now.astimezone(UTC):{_UTC}}\r\n".encode(),
        f"DTSTART:{starts:{_UTC}}\r\n".encode(),
        f"DTEND:{starts + timedelta(minutes=facts.minutes):{_UTC}}\r\n".encode(),
        folded(_guest(facts, method)),
        after,
    )
    return b"".join(lines)


@lru_cache(maxsize=32)  # most entries of a run differ only in who comes and when, and a frame takes half a millisecond
def _frame(name: str, phone: str, place: str, organizer: str, method: str, status: str) -> tuple[bytes, bytes]:
    """What comes before and after the lines that differ from one client to the next."""
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
    before, end, after = content.partition(b"\r\nEND:VEVENT\r\n")
    return before + b"\r\n", end.lstrip() + after


def _guest(facts: AppointmentFacts, method: str) -> str:
    called = _quoted(facts.person.name)
    guest = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT" + (f';CN="{called}"' if called else "")
    if method == "REQUEST":
        # An entry that is sent again must not undo the answer the client has given already.
        guest += f";PARTSTAT={'ACCEPTED' if facts.status == 'confirmed' else 'NEEDS-ACTION'};RSVP=TRUE"
    return f"{guest}:mailto:{one_line(facts.person.email)}"


def folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes (RFC 5545, 3.1), none of which splits a character."""
    rest, pieces = line.encode("utf-8", "ignore"), []
    longest = 75
    while len(rest) > longest:
        end = longest
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(rest[:end])
        rest, longest = rest[end:], 74  # the blank that begins a piece counts
    return b"\r\n ".join((*pieces, rest)) + b"\r\n"


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


def one_line(text: str) -> str:
    """`text` without what cannot be printed, line breaks and runs of blanks made one blank."""
    if text.isprintable() and text.isascii():
        return " ".join(text.split())
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.encode("utf-8", "ignore").decode().split())
