"""A message about anything: made the same way whoever asks for it, put into the outbox by the rules, or only shown."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import NewMessage
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, SeriesFacts, Subject
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.services import addressing
from guru_tui.services.addressing import Address
from guru_tui.services.circumstances import after_quiet_hours, document_problem, ways_to
from guru_tui.services.message_texts import text_of
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries.outbox import messages_by_id
from guru_tui.store.queries.settings import practice as practice_settings

NEVER_LEFT = ("cancelled", "blocked", "failed", "expired")
"""States in which a message has surely not left, so that the practitioner's asking again may send it."""


def new_message(
    connection: sqlite3.Connection,
    practice: Practice,
    kind: str,
    subject: Subject,
    to: Address,
    *,
    not_before: str,
    state: str = "queued",
    rule_id: int = 0,
    resend_sequence: int = 0,
    action_id: int | None = None,
    series_id: int | None = None,
    about: str = "",
) -> NewMessage:
    """The message of `kind` about `subject` to one address, with its text of this moment; blocked where that must be.

    `not_before` is UTC text. It is of use until what it tells of begins, of a series the last one: what has begun by
    then is no longer in it.
    """
    text = text_of(connection, kind, subject, to.channel, practice)
    problem = to.problem or text.problem or document_problem(kind, subject, to.channel)
    ends = _of_use_until(subject)
    message = NewMessage(
        kind=kind,
        channel=to.channel,
        client_id=subject.person.client_id,
        recipient=to.recipient,
        recipient_name=subject.person.name,
        subject=text.subject,
        body=text.body,
        state="blocked" if problem else state,
        reason=problem,
        not_before=not_before,
        expires_at=utc_text(ends) if ends else "",
        rule_id=rule_id,
        resend_sequence=resend_sequence,
        action_id=action_id,
        series_id=series_id,
        about=about,
    )
    if isinstance(subject, AppointmentFacts):  # an offer is about a time without an appointment
        return replace(message, appointment_id=subject.id or None, starts_at=subject.starts_at)
    if isinstance(subject, InvoiceFacts):
        document = subject.document_id if (kind, to.channel) == ("invoice", "email") else None
        return replace(message, invoice_id=subject.id, invoice_revision=subject.revision, document_id=document)
    return message


class Queue:
    """Puts messages into the outbox and shows them beforehand, in the caller's transaction; never sends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(
        self,
        connection: sqlite3.Connection,
        kind: str,
        subject: Subject,
        *,
        now: datetime,
        action_id: int | None,
        channels: str | None = None,
        hold: bool = True,
        resend_sequence: int | None = None,
        series_id: int | None = None,
        about: str = "",
    ) -> tuple[MessageRow, ...]:
        """Put the message of `kind` about `subject` into the outbox, one for each channel, and return them.

        Channels come from the rules, or from `channels` ("email", "sms", "sms+email"). One whose key exists already is
        returned as it stands. `resend_sequence` is the part of the key that sets one apart which is to be told although
        the like was told before. Raises `Invalid` for an unknown channel.
        """
        practice = practice_settings(connection)
        ends = _of_use_until(subject)
        leaves, held = _held_until(now, practice.hold if hold else timedelta(), ends)
        ids = []
        for to in self._addresses(connection, practice, kind, subject, channels):
            message = new_message(
                connection,
                practice,
                kind,
                subject,
                to,
                not_before=utc_text(after_quiet_hours(kind, to.channel, leaves, practice, ends)),
                state="held" if held else "queued",
                action_id=action_id,
                series_id=series_id,
                about=about,
            )
            number = _number(connection, message, subject) if resend_sequence is None else resend_sequence
            ids.append(outbox.put(connection, replace(message, resend_sequence=number), utc_text(now), NEVER_LEFT))
        return tuple(messages_by_id(connection, ids))

    def show(
        self, connection: sqlite3.Connection, kind: str, subject: Subject, *, channels: str | None = None
    ) -> tuple[MessagePreview, ...]:
        """The messages that `put` would make, without making them."""
        practice = practice_settings(connection)
        found = []
        for to in self._addresses(connection, practice, kind, subject, channels):
            text = text_of(connection, kind, subject, to.channel, practice)
            problem = to.problem or text.problem
            found.append(MessagePreview.measured(kind, to.channel, to.recipient, text.subject, text.body, problem))
        return tuple(found)

    def _addresses(
        self, connection: sqlite3.Connection, practice: Practice, kind: str, subject: Subject, channels: str | None
    ) -> tuple[Address, ...]:
        if channels is not None:
            return addressing.by_request(subject.person, channels)
        rule = ways_to(connection, practice, kind, subject).channels
        return addressing.by_rule(subject.person, rule, addressing.configured(self._settings), self._settings)


def _of_use_until(subject: Subject) -> datetime | None:
    if isinstance(subject, InvoiceFacts):
        return None
    last = max(one.starts_at for one in subject.visits) if isinstance(subject, SeriesFacts) else subject.starts_at
    return from_utc_text(last)


def _held_until(now: datetime, hold: timedelta, ends: datetime | None) -> tuple[datetime, bool]:
    """When a message leaves at the earliest and whether it is held: a hold never outlasts the message's use."""
    if ends is not None and now + hold >= ends:
        hold = timedelta()
    return now + hold, bool(hold)


def _number(connection: sqlite3.Connection, message: NewMessage, subject: Subject) -> int:
    """The resend sequence of a notice about an appointment, which counts its moves; 0 for anything else.

    The same notice as one of an earlier action, between which something was undone, is news all the same.
    """
    if not isinstance(subject, AppointmentFacts) or message.appointment_id is None:
        return 0
    number = subject.sequence if message.kind in ("reschedule", "cancellation") else 0
    return outbox.following(connection, replace(message, resend_sequence=number)) or number
