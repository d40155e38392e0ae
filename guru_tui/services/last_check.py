"""The check in the moment before a message leaves: is it still true, still wanted, still going to the right place?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import Claimed
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts
from guru_tui.domain.practice import OWN_KINDS, Practice
from guru_tui.domain.views.agenda import LIVE
from guru_tui.services.addressing import address
from guru_tui.services.circumstances import after_quiet_hours, document_problem, with_previous
from guru_tui.services.message_texts import Composed, text_of
from guru_tui.services.reminders import instead
from guru_tui.services.rerouting import rerouted
from guru_tui.store.queries import message_facts
from guru_tui.store.sending import too_late

_OFF = ("cancelled", "late-cancelled")


@dataclass(frozen=True)
class Ready:
    """It may leave, like this. `attachment`: file name and bytes of a PDF. `about`: what it was held against."""

    recipient: str
    recipient_name: str
    subject: str
    body: str
    attachment: tuple[str, bytes] | None = None
    about: AppointmentFacts | InvoiceFacts | None = None


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
    if message.appointment_id is None and message.invoice_id is None:
        # A test that the practitioner sends herself: about nobody's record, its text made when she asked for it.
        return Ready(message.recipient, message.recipient_name, message.subject, message.body)
    about_appointment = message.appointment_id is not None
    subject = (
        _appointment(connection, practice, message, now)
        if about_appointment
        else _invoice(connection, practice, message)
    )
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
    facts = message_facts.appointment(connection, message.appointment_id or 0)
    if facts is None:
        return Aside("cancelled", "the appointment was taken back")
    if facts.starts_at != message.starts_at:
        return Aside("cancelled", "the appointment was moved")
    if message.kind == "cancellation":
        if facts.status not in _OFF:
            return Aside("cancelled", f"the appointment is {facts.status} again")
    elif facts.status not in LIVE:
        return Aside("cancelled", f"the appointment is {facts.status}")
    if message.kind == "reminder":
        otherwise = instead(connection, practice, message, facts, now)
        return Aside(*otherwise) if otherwise is not None else facts
    if message.kind == "reschedule":
        facts = with_previous(connection, facts, message.action_id)
    elsewhere = rerouted(connection, practice, message, facts, now)
    return Aside("cancelled", elsewhere) if elsewhere else facts


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
