"""What goes the other way: its channel is no longer set up, or the rules name another one than when it was queued."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.message import Claimed, NewMessage, about_of
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts
from guru_tui.domain.message_rules import channel_words, used
from guru_tui.domain.practice import CHANNELS, Practice
from guru_tui.domain.views.messages import MessageRow
from guru_tui.services.addressing import Address, address, by_rule, configured
from guru_tui.services.circumstances import document_problem, ways_to, with_previous
from guru_tui.services.message_texts import text_of
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.outbox import same_elsewhere, waiting_on

_WORDS = {"email": "email", "sms": "SMS"}
# States in which a message has surely not left, nor will by itself.
_REVIVED = ("cancelled", "blocked", "expired")
# The same, for the practitioner's own wish that it go another way.
_NEVER_LEFT = (*_REVIVED, "failed")
# States of one that went the other way for nothing: this one waits on, or nobody would be told.
_IN_VAIN = ("failed", "undelivered", "missed")


def reroute(
    connection: sqlite3.Connection, settings: Settings, practice: Practice, unset: Collection[str], now: datetime
) -> list[int]:
    """Move what is due on the channels `unset`, in the caller's transaction; returns the ids of what was touched.

    The first message is cancelled with the reason. Where the client has had the very same by the other channel, or
    will, no second one is made. One whose text the practitioner wrote for its channel waits for that channel.
    """
    touched: list[int] = []
    for row in waiting_on(connection, utc_text(now), unset):
        subject = None if row.edited else _subject(connection, row)
        to = _other_way(connection, settings, practice, row, subject) if subject is not None else None
        if subject is None or to is None:
            continue
        there = same_elsewhere(connection, row.id, to.channel)
        message = _message(connection, practice, row, to, subject)
        if (there is None and message.state == "blocked") or (there is not None and there[1] in _IN_VAIN):
            continue
        moved = there[0] if there is not None else outbox.put(connection, message, utc_text(now), _REVIVED)
        outbox.cancel(
            connection, row.id, utc_text(now), f"{_WORDS[row.channel]} is not set up; it goes by {_WORDS[to.channel]}"
        )
        touched += [row.id, moved]
    return touched


def _other_way(
    connection: sqlite3.Connection,
    settings: Settings,
    practice: Practice,
    row: MessageRow,
    subject: AppointmentFacts | InvoiceFacts,
) -> Address | None:
    """Where the rules let the message go instead; None where they do not, or the client cannot be reached there."""
    available = configured(settings)
    every = by_rule(subject.person, ways_to(connection, practice, row.kind, subject).channels, available, settings)
    return next((to for to in every if to.channel in available and not to.problem), None)


def _subject(connection: sqlite3.Connection, row: MessageRow) -> AppointmentFacts | InvoiceFacts | None:
    if row.appointment_id is None:
        return message_facts.invoice(connection, row.invoice_id) if row.invoice_id is not None else None
    facts = message_facts.appointment(connection, row.appointment_id)
    if facts is not None and row.kind == "reschedule":
        return with_previous(connection, facts, row.action_id)
    return facts


def _message(
    connection: sqlite3.Connection,
    practice: Practice,
    row: MessageRow,
    to: Address,
    subject: AppointmentFacts | InvoiceFacts,
) -> NewMessage:
    text = text_of(connection, row.kind, subject, to.channel, practice)
    problem = text.problem or document_problem(row.kind, subject, to.channel)
    message = NewMessage(
        kind=row.kind,
        channel=to.channel,
        client_id=row.client_id,
        recipient=to.recipient,
        recipient_name=subject.person.name,
        subject=text.subject,
        body=text.body,
        state="blocked" if problem else "queued",
        reason=problem,
        not_before=utc_text(row.not_before),
        expires_at=utc_text(row.expires_at) if row.expires_at else "",
        rule_id=row.rule_id,
        resend_sequence=row.resend_sequence,
        action_id=row.action_id,
    )
    if isinstance(subject, AppointmentFacts):
        return replace(message, appointment_id=subject.id, starts_at=subject.starts_at)
    document = subject.document_id if (row.kind, to.channel) == ("invoice", "email") else None
    return replace(message, invoice_id=subject.id, invoice_revision=subject.revision, document_id=document)


def rerouted(
    connection: sqlite3.Connection,
    practice: Practice,
    message: Claimed,
    facts: AppointmentFacts,
    now: datetime,
    *,
    by_hand: bool = False,
) -> str:
    """Why a notice that is about to leave may not take its channel any more; empty where it may.

    Where the rules name another channel since it was queued, it is put there, to leave at once. One that was sent
    once more by hand, or whose text the practitioner wrote for its channel, stays there. `by_hand`: she tries one again
    that is blocked, and the rules allow another channel than the one that does not reach the client.
    """
    sequence = facts.sequence if message.kind in ("reschedule", "cancellation") else 0
    if message.action_id is None or message.resend_sequence != sequence:
        return ""
    ways = ways_to(connection, practice, message.kind, facts)
    wanted = channel_words(ways.channels)
    if not wanted:
        return ways.reason
    lost = address(facts.person, message.channel).problem if by_hand and "-or-" in ways.channels else ""
    if message.edited or (message.channel in wanted and not lost):
        return ""
    every = [address(facts.person, channel) for channel in wanted]
    reached = used(ways.channels, [one.channel for one in every if not one.problem], CHANNELS)
    if message.channel in wanted and not reached:
        return ""
    for to in [one for one in every if one.channel in reached] or every[:1]:
        text = text_of(connection, message.kind, facts, to.channel, practice)
        problem = to.problem or text.problem
        new = NewMessage(
            kind=message.kind,
            channel=to.channel,
            client_id=facts.person.client_id,
            recipient=to.recipient,
            recipient_name=facts.person.name,
            subject=text.subject,
            body=text.body,
            state="blocked" if problem else "queued",
            reason=problem,
            not_before=utc_text(now),
            expires_at=message.expires_at,
            appointment_id=facts.id or None,  # an offer is about a time without an appointment
            starts_at=facts.starts_at,
            resend_sequence=message.resend_sequence,
            action_id=message.action_id,
            about="" if facts.id else about_of(message.idempotency_key),
        )
        outbox.put(connection, new, utc_text(now), _NEVER_LEFT)
    if message.channel in wanted:
        return f"{lost}; it goes by {_WORDS[reached[0]]}"
    return f"the practice no longer sends this {'as an SMS' if message.channel == 'sms' else 'by email'}"
