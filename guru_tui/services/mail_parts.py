"""What a mail has besides its text: the HTML form, the entry for the client's calendar, the invoice's PDF."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.channels.base import Attachment
from guru_tui.domain.message_facts import APPOINTMENT_KINDS, AppointmentFacts
from guru_tui.domain.message_html import message_html
from guru_tui.domain.phone import national
from guru_tui.errors import Misconfigured

if TYPE_CHECKING:
    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.services.last_check import Ready
    from guru_tui.settings import Settings

INVITATION = "invite.ics"


class Parts(NamedTuple):
    """The parts of one message; `calendar_sequence` is None and `calendar_facts` empty without a calendar entry."""

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
    if message.channel != "email":
        return Parts()
    language = ready.about.person.language if ready.about is not None else ""
    html = message_html(
        ready.body,
        name=practice.name,
        phone=practice["phone"],
        phone_shown=national(practice["phone"]),
        lang=language or practice["language"],
    )
    files = (Attachment(ready.attachment[0], "application/pdf", ready.attachment[1]),) if ready.attachment else ()
    organizer = practice["email"] or _sender(settings, practice)
    if message.kind not in APPOINTMENT_KINDS or not isinstance(ready.about, AppointmentFacts) or not organizer:
        return Parts(html, files)
    return _with_calendar(connection, practice, message, ready.about, organizer, now, Parts(html, files))


def _with_calendar(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed,
    facts: AppointmentFacts,
    organizer: str,
    now: datetime,
    others: Parts,
) -> Parts:
    from guru_tui.documents.calendar_entry import entry, new_uid, shown
    from guru_tui.store.calendar_sequence import next_entry

    method = "CANCEL" if message.kind == "cancellation" else "REQUEST"
    uid = new_uid(facts.id, facts.created_at, organizer.rpartition("@")[2])
    told = "\n".join(shown(facts, practice, method=method, organizer=organizer))
    found = next_entry(connection, facts.id, uid, told)
    content = entry(
        facts, practice, method=method, sequence=found.sequence, uid=found.uid, organizer=organizer, now=now
    )
    invitation = Attachment(INVITATION, f"text/calendar; method={method}; charset=utf-8", content)
    return Parts(others.html, (invitation, *others.attachments), found.sequence, found.facts)


def _sender(settings: Settings, practice: Practice) -> str:
    from guru_tui.channels.email_message import sender_of

    try:
        return sender_of(settings, practice).address
    except Misconfigured:
        return ""  # no mail leaves before that is remedied
