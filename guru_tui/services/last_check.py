"""The check in the moment before a message leaves: is it still true, still wanted, still going to the right place?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import Claimed, offered_entry
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, SeriesFacts, Subject
from guru_tui.domain.practice import OWN_KINDS, Practice
from guru_tui.domain.views.agenda import LIVE, OFF
from guru_tui.services.addressing import address
from guru_tui.services.circumstances import after_quiet_hours, appointment_told, document_problem
from guru_tui.services.message_texts import Composed, text_of
from guru_tui.services.reminders import instead
from guru_tui.services.rerouting import rerouted, told_otherwise
from guru_tui.services.series_facts import told_as
from guru_tui.store.queries import agenda, message_facts
from guru_tui.store.sending import too_late

_Facts = TypeVar("_Facts", AppointmentFacts, SeriesFacts)


@dataclass(frozen=True)
class Ready:
    """It may leave, like this. `attachment`: file name and bytes of a PDF. `about`: what it was held against."""

    recipient: str
    recipient_name: str
    subject: str
    body: str
    attachment: tuple[str, bytes] | None = None
    about: Subject | None = None


@dataclass(frozen=True)
class Aside:
    """It may not leave now: the state it gets instead, and why. `not_before` (UTC text) where it only waits."""

    state: str
    reason: str = ""
    not_before: str = ""


def last_check(connection: sqlite3.Connection, practice: Practice, message: Claimed, now: datetime) -> Ready | Aside:
    """Hold a message against the store as it is now, and give it its final text and address.

    Texts, names, addresses, consent and rules that were changed since it was queued all apply.
    """
    if message.expires_at and message.expires_at <= utc_text(now):
        return Aside("missed" if message.kind == "reminder" else "expired", too_late(message.kind))
    if message.kind in OWN_KINDS:
        return _to_the_practitioner(practice, message)
    entry_id = offered_entry(message.idempotency_key)
    about_one = message.appointment_id is not None or message.invoice_id is not None or entry_id is not None
    if not about_one and message.series_id is None:
        # A test that the practitioner sends herself: about nobody's record, its text made when she asked for it.
        return Ready(message.recipient, message.recipient_name, message.subject, message.body)
    subject: Subject | Aside
    if entry_id is not None:
        subject = _offer(connection, practice, message, entry_id, now)
    elif message.series_id is not None:
        subject = _series(connection, practice, message, now)
    elif message.appointment_id is not None:
        subject = _appointment(connection, practice, message, now)
    else:
        subject = _invoice(connection, practice, message)
    if isinstance(subject, Aside):
        return subject
    to = address(subject.person, message.channel)
    if to.problem:
        return Aside("blocked", to.problem)
    ends = from_utc_text(message.expires_at) if message.expires_at else None
    quiet_until = after_quiet_hours(message.kind, message.channel, now, practice, ends)
    if quiet_until > now:
        return Aside("queued", "waits for the end of the quiet hours", utc_text(quiet_until))
    # A text that the practitioner wrote for this one message stays as she wrote it.
    text = (
        Composed(message.subject, message.body)
        if message.edited
        else text_of(connection, message.kind, subject, message.channel, practice)
    )
    problem = text.problem or document_problem(message.kind, subject, message.channel)
    if problem:
        return Aside("blocked", problem)
    attachment = None
    if message.document_id is not None:
        attachment = message_facts.document(connection, message.document_id)
        if attachment is None:
            return Aside("blocked", "the invoice's document is missing")
    return Ready(to.recipient, subject.person.name, text.subject, text.body, attachment, subject)


def _to_the_practitioner(practice: Practice, message: Claimed) -> Ready | Aside:
    if practice.channels_for(message.kind) == "off":
        return Aside("cancelled", "this mail to you was switched off")
    if not practice["email"]:
        return Aside("cancelled", "the practice has no email address any more")
    return Ready(practice["email"], practice.full_name, message.subject, message.body)


def _appointment(
    connection: sqlite3.Connection, practice: Practice, message: Claimed, now: datetime
) -> AppointmentFacts | Aside:
    facts = appointment_told(connection, message.kind, message.appointment_id or 0, message.action_id)
    if facts is None:
        return Aside("cancelled", "the appointment was taken back")
    if facts.starts_at != message.starts_at:
        return Aside("cancelled", "the appointment was moved")
    if message.kind == "cancellation":
        if facts.status not in OFF:
            return Aside("cancelled", f"the appointment is {facts.status} again")
    elif facts.status not in LIVE:
        return Aside("cancelled", f"the appointment is {facts.status}")
    if message.kind == "reminder":
        otherwise = instead(connection, practice, message, facts, now)
        return Aside(*otherwise) if otherwise is not None else facts
    return _by_its_channel(connection, practice, message, facts, now)


_NO_LONGER_WAITS = {
    "booked": "the client has been booked",
    "removed": "the client was taken off the waiting list",
    "archived": "the client is archived",
}


def _offer(
    connection: sqlite3.Connection, practice: Practice, message: Claimed, entry_id: int, now: datetime
) -> AppointmentFacts | Aside:
    facts = message_facts.offer(connection, entry_id, message.starts_at or "", practice)
    if facts is None:
        return Aside("cancelled", "the client is not on the waiting list any more")
    if facts.status in _NO_LONGER_WAITS:
        return Aside("cancelled", _NO_LONGER_WAITS[facts.status])
    begin = from_utc_text(facts.starts_at)
    if agenda.conflicts(connection, begin, begin + timedelta(minutes=facts.minutes)):
        return Aside("cancelled", "that time is no longer free")
    return _by_its_channel(connection, practice, message, facts, now)


def _series(connection: sqlite3.Connection, practice: Practice, message: Claimed, now: datetime) -> SeriesFacts | Aside:
    found = told_as(connection, message.kind, message.action_id or 0, now)
    if found is None or found[0] != message.kind:
        otherwise = told_otherwise(connection, practice, message, now)
        return Aside("cancelled", otherwise or "none of these appointments is as this message says")
    return _by_its_channel(connection, practice, message, found[1], now)


def _by_its_channel(
    connection: sqlite3.Connection, practice: Practice, message: Claimed, facts: _Facts, now: datetime
) -> _Facts | Aside:
    """The facts, unless the rules have it go another way since it was queued."""
    elsewhere = rerouted(connection, practice, message, facts, now)
    return Aside("cancelled", elsewhere.reason) if elsewhere.reason else facts


def _invoice(connection: sqlite3.Connection, practice: Practice, message: Claimed) -> InvoiceFacts | Aside:
    facts = message_facts.invoice(connection, message.invoice_id or 0)
    if facts is None:
        return Aside("cancelled", "the invoice was taken back")
    if not message.resend_sequence and not practice.is_on(message.kind, message.channel):
        return Aside("cancelled", f"{message.kind} messages are switched off (guru templates on {message.kind})")
    if facts.status == "void":
        return Aside("cancelled", "the invoice is void")
    if facts.status == "draft":
        return Aside("blocked", "the invoice is a draft; issue it first")
    if message.kind == "payment-reminder" and facts.due_minor <= 0:
        return Aside("cancelled", "the invoice is paid")
    return facts
