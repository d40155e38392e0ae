"""Which messages a change gives rise to, and taking them back; all inside the change's own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import offer_about
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts
from guru_tui.domain.message_kinds import APPOINTMENT_KINDS, INVOICE_KINDS, OFFER
from guru_tui.errors import Invalid, NotFound
from guru_tui.services.circumstances import appointment_told, moved_to, ways_to
from guru_tui.services.queueing import Queue
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.settings import practice as practice_settings

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import MessagePreview, MessageRow


class NotificationService:
    """Queues, withdraws and previews messages; has no connection of its own and never sends."""

    def __init__(self, settings: Settings) -> None:
        self._queue = Queue(settings)

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
        kind = _fitting(connection, kind, appointment_id)
        subject = self._subject(connection, kind, appointment_id, invoice_id, action_id, fallback=previous_start_local)
        if isinstance(subject, AppointmentFacts) and self._needless(connection, kind, subject, now):
            return ()
        return self._queue.put(
            connection,
            kind,
            subject,
            now=now,
            action_id=action_id,
            channels=channels,
            hold=hold,
            resend_sequence=resend_sequence,
        )

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
        kind = _fitting(connection, kind, appointment_id)
        subject = self._subject(connection, kind, appointment_id, invoice_id, action_id, waiting=action_id is None)
        if isinstance(subject, AppointmentFacts):
            if start_local is not None:
                subject = moved_to(connection, subject, start_local)
            if self._needless(connection, kind, subject, now):
                return ()
        return self._queue.show(connection, kind, subject, channels=channels)

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
        subject = self._subject(connection, kind, appointment_id, None, None)
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
        facts = _offered(connection, entry_id, starts_at)
        about = offer_about(entry_id, starts_at)
        return self._queue.put(connection, OFFER, facts, now=now, action_id=action_id, about=about)

    def preview_offer(
        self, connection: sqlite3.Connection, entry_id: int, starts_at: str
    ) -> tuple[MessagePreview, ...]:
        """The messages that `queue_offer` would make, without making them; empty where nothing would be sent."""
        return self._queue.show(connection, OFFER, _offered(connection, entry_id, starts_at))

    def _subject(
        self,
        connection: sqlite3.Connection,
        kind: str,
        appointment_id: int | None,
        invoice_id: int | None,
        action_id: int | None,
        *,
        fallback: str | None = None,
        waiting: bool = False,
    ) -> AppointmentFacts | InvoiceFacts:
        if kind in APPOINTMENT_KINDS and appointment_id is not None:
            facts = appointment_told(connection, kind, appointment_id, action_id, fallback=fallback, waiting=waiting)
            if facts is None:
                raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
            return facts
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


def _fitting(connection: sqlite3.Connection, kind: str, appointment_id: int | None) -> str:
    """A move of an appointment whose confirmation never left is news of the appointment, not of its former time."""
    if kind == "reschedule" and appointment_id is not None and message_facts.never_told(connection, appointment_id):
        return "confirmation"
    return kind


def _offered(connection: sqlite3.Connection, entry_id: int, starts_at: str) -> AppointmentFacts:
    facts = message_facts.offer(connection, entry_id, starts_at, practice_settings(connection))
    if facts is None:
        raise NotFound(f"There is no entry {entry_id} on the waiting list; see them with: guru waitlist list")
    return facts


def _open_action(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT action_id FROM action_context").fetchone()
    return int(row[0]) if row else None
