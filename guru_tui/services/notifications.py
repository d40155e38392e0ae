"""Which messages a change gives rise to, and taking them back; all inside the change's own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import NewMessage, offer_about
from guru_tui.domain.message_facts import (
    APPOINTMENT_KINDS,
    INVOICE_KINDS,
    OFFER,
    AppointmentFacts,
    InvoiceFacts,
)
from guru_tui.errors import Invalid, NotFound
from guru_tui.services.circumstances import after_quiet_hours, document_problem, moved_to, ways_to, with_previous
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.settings import practice as practice_settings

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.messages import MessagePreview, MessageRow
    from guru_tui.services.addressing import Address
    from guru_tui.services.message_texts import Composed

# States in which a message has surely not left, so that the practitioner's asking again may send it.
_NEVER_LEFT = ("cancelled", "blocked", "failed", "expired")


class NotificationService:
    """Queues, withdraws and previews messages; has no connection of its own and never sends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def queue(
        self,
        connection: sqlite3.Connection,
        kind: str,
        *,
        now: datetime,
        action_id: int | None,
        appointment_id: int | None = None,
        invoice_id: int | None = None,
        channels: str | None = None,
        hold: bool = True,
        previous_start_local: str | None = None,
        resend_sequence: int | None = None,
    ) -> tuple[MessageRow, ...]:
        """Put the messages of `kind` about an appointment or an invoice into the outbox and return them.

        Channels come from the practice's rule for the kind, or from `channels` ("email", "sms", "sms+email"). A
        message whose key exists already is returned as it stands; `resend_sequence` is the part of the key that
        sets one apart which is to be told although the like was told before. Nothing comes of a notice about an
        appointment that has begun, of a move back to the time the client has in mind, or of the cancellation of
        an appointment the client was never told of; a move of such a one is told as a confirmation. Raises
        `NotFound` for an unknown record, `Invalid` for an unknown kind or channel.
        """
        practice = practice_settings(connection)
        kind = _fitting(connection, kind, appointment_id)
        subject = self._subject(connection, kind, appointment_id, invoice_id, action_id, previous_start_local)
        if isinstance(subject, AppointmentFacts) and self._needless(connection, kind, subject, now):
            return ()
        ids = []
        for one in self._addresses(connection, kind, subject, practice, channels):
            message = self._message(connection, kind, subject, one, practice, now=now, action_id=action_id, hold=hold)
            if resend_sequence is not None:
                message = replace(message, resend_sequence=resend_sequence)
            ids.append(outbox.put(connection, message, utc_text(now), _NEVER_LEFT))
        return _rows(connection, ids)

    def withdraw(
        self,
        connection: sqlite3.Connection,
        *,
        now: datetime,
        appointment_id: int,
        reason: str,
        starts_at: str | None = None,
        keep: Collection[str] = (),
    ) -> int:
        """Cancel every message about the appointment (for that start, UTC text) that has not begun to leave.

        Those of the kinds `keep` stay. Returns how many; undoing the present action brings them back.
        """
        return outbox.withdraw_appointment(
            connection, appointment_id, utc_text(now), reason, _open_action(connection), starts_at, keep
        )

    def withdraw_action(
        self, connection: sqlite3.Connection, *, now: datetime, action_id: int, reason: str
    ) -> tuple[int, tuple[MessageRow, ...]]:
        """Undo an action's messages: what is still here is cancelled, what the action had withdrawn comes back.

        Returns how many were cancelled, and the messages that have left or may have.
        """
        from guru_tui.store.queries.outbox import gone_for_action

        text = utc_text(now)
        count = outbox.withdraw_action(connection, action_id, text, reason, _open_action(connection))
        hold = practice_settings(connection).hold
        outbox.bring_back(connection, action_id, text, utc_text(now + hold))
        return count, tuple(gone_for_action(connection, action_id))

    def take_back(self, connection: sqlite3.Connection, *, now: datetime, action_id: int, reason: str) -> int:
        """Cancel what an action gave rise to and has not left, bringing back nothing; returns how many that were."""
        return outbox.withdraw_action(connection, action_id, utc_text(now), reason, _open_action(connection))

    def renew_action(
        self,
        connection: sqlite3.Connection,
        *,
        now: datetime,
        action_id: int,
        undo_id: int,
        reason: str,
        appointment_ids: Collection[int],
    ) -> tuple[int, int]:
        """Redo an action's messages: what its undo had withdrawn for `reason` waits again, where it is still true.

        What the action had withdrawn is withdrawn again, and what is not true any more of the appointments that it
        changes. Returns how many of each.
        """
        text = utc_text(now)
        held_until = utc_text(now + practice_settings(connection).hold)
        withdrawn = outbox.withdraw_again(connection, action_id, text, "done again") + sum(
            outbox.withdraw_untrue(connection, appointment_id, text, "done again", action_id)
            for appointment_id in appointment_ids
        )
        return outbox.renew_action(connection, action_id, undo_id, text, reason, held_until), withdrawn

    def preview(
        self,
        connection: sqlite3.Connection,
        kind: str,
        *,
        now: datetime,
        appointment_id: int | None = None,
        invoice_id: int | None = None,
        channels: str | None = None,
        start_local: datetime | None = None,
        action_id: int | None = None,
    ) -> tuple[MessagePreview, ...]:
        """The messages that `queue` would make, without making them; `start_local` (naive) is a move's new start.

        Of a change that is made already `action_id` names the action. Empty where nothing would be sent.
        """
        practice = practice_settings(connection)
        kind = _fitting(connection, kind, appointment_id)
        subject = self._subject(connection, kind, appointment_id, invoice_id, action_id, None)
        if isinstance(subject, AppointmentFacts):
            if start_local is not None:
                subject = moved_to(connection, subject, start_local)
            if self._needless(connection, kind, subject, now):
                return ()
        return tuple(
            preview_of(kind, one, self._text(connection, kind, subject, one.channel, practice))
            for one in self._addresses(connection, kind, subject, practice, channels)
        )

    def silence(
        self,
        connection: sqlite3.Connection,
        kind: str,
        *,
        now: datetime,
        appointment_id: int,
        start_local: datetime | None = None,
    ) -> str:
        """Why `preview` has no message about the appointment, as the end of a sentence; empty where it has one."""
        kind = _fitting(connection, kind, appointment_id)
        subject = self._subject(connection, kind, appointment_id, None, None, None)
        if not isinstance(subject, AppointmentFacts):
            return ""
        if start_local is not None:
            subject = moved_to(connection, subject, start_local)
        ways = ways_to(connection, practice_settings(connection), kind, subject)
        if ways.channels == "off":
            return ways.reason
        return self._needless(connection, kind, subject, now)

    def queue_offer(
        self, connection: sqlite3.Connection, entry_id: int, starts_at: str, *, now: datetime, action_id: int
    ) -> tuple[MessageRow, ...]:
        """Put the offer of a time (UTC text) to an entry of the waiting list into the outbox, like `queue`.

        Once per entry and start, whoever asks; raises `NotFound` for an entry that does not exist.
        """
        practice = practice_settings(connection)
        facts = _offered(connection, entry_id, starts_at, practice)
        about = offer_about(entry_id, starts_at)
        ids = []
        for one in self._addresses(connection, OFFER, facts, practice, None):
            message = self._message(
                connection, OFFER, facts, one, practice, now=now, action_id=action_id, hold=True, about=about
            )
            ids.append(outbox.put(connection, message, utc_text(now), _NEVER_LEFT))
        return _rows(connection, ids)

    def preview_offer(
        self, connection: sqlite3.Connection, entry_id: int, starts_at: str
    ) -> tuple[MessagePreview, ...]:
        """The messages that `queue_offer` would make, without making them; empty where nothing would be sent."""
        practice = practice_settings(connection)
        facts = _offered(connection, entry_id, starts_at, practice)
        return tuple(
            preview_of(OFFER, one, self._text(connection, OFFER, facts, one.channel, practice))
            for one in self._addresses(connection, OFFER, facts, practice, None)
        )

    def _subject(
        self,
        connection: sqlite3.Connection,
        kind: str,
        appointment_id: int | None,
        invoice_id: int | None,
        action_id: int | None,
        previous_start_local: str | None,
    ) -> AppointmentFacts | InvoiceFacts:
        if kind in APPOINTMENT_KINDS and appointment_id is not None:
            facts = message_facts.appointment(connection, appointment_id)
            if facts is None and kind == "cancellation" and action_id is not None:
                facts = message_facts.taken_back(connection, appointment_id, action_id)
            if facts is None:
                raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
            return with_previous(connection, facts, action_id, previous_start_local) if kind == "reschedule" else facts
        if kind in INVOICE_KINDS and invoice_id is not None:
            bill = message_facts.invoice(connection, invoice_id)
            if bill is None:
                raise NotFound(f"There is no invoice with the id {invoice_id}; see them with: guru invoices list")
            return bill
        raise Invalid(f"A message of kind {kind!r} needs its appointment or its invoice.")

    def _needless(self, connection: sqlite3.Connection, kind: str, facts: AppointmentFacts, now: datetime) -> str:
        """Why nobody needs to hear of it; empty where the client does."""
        if from_utc_text(facts.starts_at) <= now:
            return "the appointment has begun" if kind == "cancellation" else "that time is past"
        if kind == "cancellation" and message_facts.never_told(connection, facts.id):
            return "the client has not been told of this appointment"
        if kind == "reschedule" and facts.previous_local == facts.starts_local:
            return "the client has this very time in mind"
        return ""

    def _addresses(
        self,
        connection: sqlite3.Connection,
        kind: str,
        subject: AppointmentFacts | InvoiceFacts,
        practice: Practice,
        channels: str | None,
    ) -> tuple[Address, ...]:
        from guru_tui.services import addressing

        if channels is not None:
            return addressing.by_request(subject.person, channels)
        available = addressing.configured(self._settings)
        rule = ways_to(connection, practice, kind, subject).channels
        return addressing.by_rule(subject.person, rule, available, self._settings)

    def _text(
        self,
        connection: sqlite3.Connection,
        kind: str,
        subject: AppointmentFacts | InvoiceFacts,
        channel: str,
        practice: Practice,
    ) -> Composed:
        from guru_tui.services.message_texts import text_of

        return text_of(connection, kind, subject, channel, practice)

    def _message(
        self,
        connection: sqlite3.Connection,
        kind: str,
        subject: AppointmentFacts | InvoiceFacts,
        to: Address,
        practice: Practice,
        *,
        now: datetime,
        action_id: int | None,
        hold: bool,
        about: str = "",
    ) -> NewMessage:
        composed = self._text(connection, kind, subject, to.channel, practice)
        problem = to.problem or composed.problem or document_problem(kind, subject, to.channel)
        ends = from_utc_text(subject.starts_at) if isinstance(subject, AppointmentFacts) else None
        not_before, is_held = _held_until(now, practice.hold if hold else timedelta(), ends)
        not_before = after_quiet_hours(kind, to.channel, not_before, practice, ends)
        message = NewMessage(
            kind=kind,
            channel=to.channel,
            client_id=subject.person.client_id,
            recipient=to.recipient,
            recipient_name=subject.person.name,
            subject=composed.subject,
            body=composed.body,
            state="blocked" if problem else "held" if is_held else "queued",
            reason=problem,
            not_before=utc_text(not_before),
            expires_at=utc_text(ends) if ends else "",
            action_id=action_id,
        )
        if about and isinstance(subject, AppointmentFacts):
            return replace(message, about=about, starts_at=subject.starts_at)
        if isinstance(subject, AppointmentFacts):
            sequence = subject.sequence if kind in ("reschedule", "cancellation") else 0
            message = replace(message, appointment_id=subject.id, starts_at=subject.starts_at, resend_sequence=sequence)
            # The same notice as one of an earlier action, between which something was undone, is news all the same.
            following = outbox.following(connection, message)
            return replace(message, resend_sequence=following) if following else message
        document = subject.document_id if to.channel == "email" and kind == "invoice" else None
        return replace(message, invoice_id=subject.id, invoice_revision=subject.revision, document_id=document)


def _fitting(connection: sqlite3.Connection, kind: str, appointment_id: int | None) -> str:
    """A move of an appointment whose confirmation never left is news of the appointment, not of its former time."""
    if kind == "reschedule" and appointment_id is not None and message_facts.never_told(connection, appointment_id):
        return "confirmation"
    return kind


def _offered(connection: sqlite3.Connection, entry_id: int, starts_at: str, practice: Practice) -> AppointmentFacts:
    facts = message_facts.offer(connection, entry_id, starts_at, practice)
    if facts is None:
        raise NotFound(f"There is no entry {entry_id} on the waiting list; see them with: guru waitlist list")
    return facts


def _held_until(now: datetime, hold: timedelta, ends: datetime | None) -> tuple[datetime, bool]:
    """When a message leaves at the earliest and whether it is held: a hold never outlasts the message's use."""
    if ends is not None and now + hold >= ends:
        hold = timedelta()
    return now + hold, bool(hold)


def preview_of(kind: str, to: Address, composed: Composed) -> MessagePreview:
    """A message as it would go out, with what it takes as an SMS."""
    from guru_tui.domain.views.messages import MessagePreview

    segments, encoding = 0, ""
    if to.channel == "sms":
        from guru_tui.domain.sms_text import measure

        size = measure(composed.body)
        segments, encoding = size.segments, size.encoding
    return MessagePreview(
        kind,
        to.channel,
        to.recipient,
        composed.subject,
        composed.body,
        segments,
        encoding,
        to.problem or composed.problem,
    )


def _rows(connection: sqlite3.Connection, ids: list[int]) -> tuple[MessageRow, ...]:
    from guru_tui.store.queries.outbox import messages_by_id

    return tuple(messages_by_id(connection, ids))


def _open_action(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT action_id FROM action_context").fetchone()
    return int(row[0]) if row else None
