"""What a mail has besides its text: the HTML form, the entry for the client's calendar, the invoice's PDF."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.channels.base import Attachment
from guru_tui.domain.message_facts import AppointmentFacts, SeriesFacts
from guru_tui.domain.message_html import message_html
from guru_tui.domain.message_kinds import APPOINTMENT_KINDS
from guru_tui.domain.phone import national
from guru_tui.errors import Misconfigured
from guru_tui.store.calendar_sequence import Entry, newest, next_entry, written

if TYPE_CHECKING:
    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.services.last_check import Ready
    from guru_tui.settings import Settings

INVITATION, CALENDAR = "invite.ics", "appointments.ics"


class Parts(NamedTuple):
    """The parts of one message, and what is to be kept of what it tells a calendar (`store.calendar_sequence`).

    `calendar_sequence` is None without a calendar entry, of several the highest number.
    """

    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    calendar_sequence: int | None = None
    calendar_facts: str = ""


def parts(
    connection: sqlite3.Connection,
    settings: Settings,
    practice: Practice,
    message: Claimed,
    ready: Ready,
    now: datetime,
) -> Parts:
    """The parts of `message` as of now; a text message has none. Reads only: the caller records what they say."""
    mailed = message.channel == "email"
    organizer = (practice["email"] or _sender(settings, practice)) if mailed else ""
    if isinstance(ready.about, SeriesFacts):
        told = _with_series(connection, practice, message, ready.about, organizer, now)
    elif organizer and isinstance(ready.about, AppointmentFacts) and message.kind in APPOINTMENT_KINDS:
        told = _with_calendar(connection, practice, message, ready.about, organizer, now)
    else:
        told = Parts()
    if not mailed:
        return told
    language = ready.about.person.language if ready.about is not None else ""
    html = message_html(
        ready.body,
        name=practice.name,
        phone=practice["phone"],
        phone_shown=national(practice["phone"]),
        lang=language or practice["language"],
    )
    files = (Attachment(ready.attachment[0], "application/pdf", ready.attachment[1]),) if ready.attachment else ()
    return told._replace(html=html, attachments=(*told.attachments, *files))


def _with_calendar(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed,
    facts: AppointmentFacts,
    organizer: str,
    now: datetime,
) -> Parts:
    gone = message.kind == "cancellation"
    found = _entry(connection, practice, facts, organizer, gone=gone)
    return Parts("", _attached(practice, [(facts, found, gone)], organizer, now), found.sequence, found.facts)


def _with_series(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed,
    about: SeriesFacts,
    organizer: str,
    now: datetime,
) -> Parts:
    """The entries of a series. One that takes out what no mail has put in is left out: some would put it in."""
    off = message.kind == "cancellation"
    told = []
    for facts, gone in (*((one, off) for one in about.visits), *((one, True) for one in about.gone)):
        if organizer and not (gone and newest(connection, facts) is None):
            told.append((facts, _entry(connection, practice, facts, organizer, gone=gone), gone))
        else:
            told.append((facts, Entry("", None, f"\n{_method(gone)}\n{facts.starts_at}"), gone))
    kept = written({facts.id: entry for facts, entry, _ in told})
    shown = [one for one in told if one[1].sequence is not None]
    if not shown:
        return Parts(calendar_facts=kept)
    highest = max(entry.sequence or 0 for _, entry, _ in shown)
    return Parts("", _attached(practice, shown, organizer, now), highest, kept)


def _method(gone: bool) -> str:
    return "CANCEL" if gone else "REQUEST"


def _entry(
    connection: sqlite3.Connection, practice: Practice, facts: AppointmentFacts, organizer: str, *, gone: bool
) -> Entry:
    """The name and the number of an appointment's entry, whichever mail carries it."""
    from guru_tui.documents.calendar_entry import shown
    from guru_tui.documents.calendar_text import new_uid

    uid = new_uid(facts.id, facts.created_at, organizer.rpartition("@")[2])
    told = "\n".join(shown(facts, practice, method=_method(gone), organizer=organizer))
    return next_entry(connection, facts, uid, told)


def _attached(
    practice: Practice, told: Sequence[tuple[AppointmentFacts, Entry, bool]], organizer: str, now: datetime
) -> tuple[Attachment, ...]:
    """One entry as an invitation, several as a calendar that is published."""
    from guru_tui.documents.calendar_entry import PUBLISH, Revision, entries, entry

    if len(told) > 1:
        revisions = [Revision(facts, found.uid, found.sequence or 0, gone) for facts, found, gone in told]
        content = entries(revisions, practice, organizer=organizer, now=now)
        return (Attachment(CALENDAR, f"text/calendar; method={PUBLISH}; charset=utf-8", content),)
    facts, found, gone = told[0]
    method = _method(gone)
    content = entry(
        facts, practice, method=method, sequence=found.sequence or 0, uid=found.uid, organizer=organizer, now=now
    )
    return (Attachment(INVITATION, f"text/calendar; method={method}; charset=utf-8", content),)


def _sender(settings: Settings, practice: Practice) -> str:
    from guru_tui.channels.email_message import sender_of

    try:
        return sender_of(settings, practice).address
    except Misconfigured:
        return ""  # no mail leaves before that is remedied
