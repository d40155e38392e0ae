"""What the practitioner does with a single message of the outbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import utc_text
from guru_tui.domain.message import Claimed, NewMessage, about_of
from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts
from guru_tui.domain.practice import OWN_KINDS
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services.last_check import Aside, Ready, last_check
from guru_tui.services.rerouting import rerouted, subject_of
from guru_tui.store import outbox, outbox_by_hand, sending
from guru_tui.store.connection import transaction
from guru_tui.store.queries.outbox import attempts, message
from guru_tui.store.queries.settings import practice

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import AttemptRow, MessageRow

_ON_ITS_WAY = ("held", "queued", "claimed", "sending")
_NEVER_LEFT = ("cancelled", "blocked", "expired", "missed")
_LONGEST_BODY = 10_000


class Unsure(NotAllowed):
    """Sending it once more may make it arrive twice; `str(error)` says why, and only a person can decide."""

    title = "Send it once more?"


class _Case(NamedTuple):
    """One message in the transaction that changes it."""

    connection: sqlite3.Connection
    row: MessageRow
    at: datetime
    now: str


class OutboxService:
    """Changes to single messages, each in a transaction of its own; every refusal says why."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def tries(self, message_id: int) -> list[AttemptRow]:
        """Every try at sending a message, oldest first."""
        return attempts(self._connection, message_id)

    def withdraw(self, message_id: int) -> MessageRow:
        """Take back a message that has not left; no rule queues it again.

        Raises `NotFound`, and `NotAllowed` for one that has left, may have, or has ended otherwise.
        """
        with self._case(message_id) as case:
            if not outbox.withdraw_one(case.connection, message_id, case.now):
                raise NotAllowed(f"Message {message_id} is {case.row.state}; only one that waits can be withdrawn.")
            return _now(case)

    def retry(self, message_id: int) -> MessageRow:
        """Queue a message again that has surely not left: failed, blocked, too late, or withdrawn by hand.

        It is checked as in the moment of sending. Raises `NotFound`, and `NotAllowed` where it has left or may have,
        has no use any more, or what was in its way still is.
        """
        with self._case(message_id) as case:
            _refuse_retry(case.row)
            elsewhere = _other_way(case)
            if elsewhere is not None:
                return elsewhere
            checked = _checked(case, _claimed(case))
            reason, not_before = (checked.reason, checked.not_before) if isinstance(checked, Aside) else ("", "")
            outbox_by_hand.queue_again(case.connection, message_id, case.now, not_before or case.now, reason)
            return _now(case)

    def resend(self, message_id: int, *, sure: bool = False) -> MessageRow:
        """Send a message once more, as a new one, to where the client is reached now; returns the new message.

        One whose text the practitioner wrote keeps that. Raises `NotFound`; `Unsure` for one that has arrived or may
        have, unless `sure`; `NotAllowed` where it has not left, is on its way once more already, or has no use any
        more.
        """
        with self._case(message_id) as case:
            _refuse_resend(case, sure=sure)
            number = outbox_by_hand.next_sequence(case.connection, message_id, case.row.kind)
            # The rules let it leave once; whether it does once more is the practitioner's own decision.
            claimed = replace(_claimed(case), resend_sequence=number)
            new = outbox.put(case.connection, _again(case, claimed, _checked(case, claimed)), case.now, ())
            if case.row.edited:
                outbox_by_hand.rewrite(case.connection, new, case.now, case.row.subject, case.row.body)
            outbox_by_hand.deal_with(case.connection, case.now, message_id)
            found = message(case.connection, new)
        if found is None:
            raise RuntimeError("the message that was just put in is not there")
        return found

    def send_now(self, message_id: int) -> MessageRow:
        """Let a message that is held, or waits for another try, leave with the next run.

        Raises `NotFound`, and `NotAllowed` for one that does not wait. Quiet hours still hold.
        """
        with self._case(message_id) as case:
            if not outbox_by_hand.leave_now(case.connection, message_id, case.now):
                raise NotAllowed(f"Message {message_id} is {case.row.state}; only one that is held back can be let go.")
            return _now(case)

    def edit(self, message_id: int, *, subject: str | None = None, body: str) -> MessageRow:
        """Give a message that has not left the text `body`, and a mail the `subject` if one is given.

        From then on templates change nothing about it; whether it may leave is still checked. Raises `NotFound`,
        `NotAllowed` where it has left or has ended, and `Invalid` for a text that cannot be sent.
        """
        with self._case(message_id) as case:
            row = case.row
            if row.kind in OWN_KINDS:
                raise NotAllowed(f"Message {message_id} is one to yourself; its text stays.")
            subject, body = _own_text(row, subject, body)
            if not outbox_by_hand.rewrite(case.connection, message_id, case.now, subject, body):
                raise NotAllowed(f"Message {message_id} is {row.state}; only one that has not left can be changed.")
            return _now(case)

    def acknowledge(self, message_id: int) -> MessageRow:
        """Note that a message that ended badly was dealt with, so that it counts nowhere any more; again is no harm.

        Raises `NotFound`, and `NotAllowed` for one that needs nobody.
        """
        with self._case(message_id) as case:
            if case.row.state not in outbox_by_hand.DEALT_WITH:
                raise NotAllowed(f"Message {message_id} is {case.row.state}; there is nothing to deal with.")
            outbox_by_hand.deal_with(case.connection, case.now, message_id)
            return _now(case)

    def acknowledge_all(self) -> int:
        """Note that everything that ended badly was dealt with; returns how many messages that were."""
        with transaction(self._connection) as connection:
            return outbox_by_hand.deal_with(connection, utc_text(self._clock.now()))

    @contextmanager
    def _case(self, message_id: int) -> Iterator[_Case]:
        at = self._clock.now()
        with transaction(self._connection) as connection:
            row = message(connection, message_id)
            if row is None:
                raise NotFound(f"There is no message {message_id}; see the ids with: guru outbox list")
            yield _Case(connection, row, at, utc_text(at))


def _claimed(case: _Case) -> Claimed:
    found = sending.as_claimed(case.connection, case.row.id)
    if found is None:
        raise RuntimeError("the message that was just read is not there")
    return found


def _checked(case: _Case, claimed: Claimed) -> Ready | Aside:
    """The check in the moment of sending, made now: `Ready`, or `Aside` only where it goes a little later."""
    found = last_check(case.connection, practice(case.connection), claimed, case.at)
    if isinstance(found, Ready):
        there = outbox_by_hand.of_key(case.connection, sending.key_at(claimed, found.recipient))
        if there not in (None, case.row.id):
            raise NotAllowed(f"Message {case.row.id} went to the client's new address already, as message {there}.")
    elif found.state == "blocked":
        raise NotAllowed(f"Message {case.row.id} cannot be sent: {found.reason}.")
    elif found.state != "queued":
        raise NotAllowed(f"Message {case.row.id} has no use any more: {found.reason}.")
    return found


def _other_way(case: _Case) -> MessageRow | None:
    """The message that takes a blocked one's place, by the other channel that the rules allow; None without one."""
    row, claimed, settings = case.row, _claimed(case), practice(case.connection)
    if row.state != "blocked" or row.kind == "reminder":
        return None
    facts = subject_of(case.connection, settings, claimed, case.at)
    if facts is None or isinstance(facts, InvoiceFacts):
        return None
    if isinstance(facts, AppointmentFacts) and claimed.starts_at != facts.starts_at:
        return None
    elsewhere = rerouted(case.connection, settings, claimed, facts, case.at, by_hand=True)
    if not elsewhere.ids:
        return None
    outbox_by_hand.deal_with(case.connection, case.now, row.id)
    return message(case.connection, elsewhere.ids[-1])


def _now(case: _Case) -> MessageRow:
    """The message as it is after the change."""
    return message(case.connection, case.row.id) or case.row


def _refuse_retry(row: MessageRow) -> None:
    if row.state in _ON_ITS_WAY:
        raise NotAllowed(f"Message {row.id} is {row.state} and leaves by itself.")
    if row.state == "unknown":
        raise NotAllowed(
            f"Message {row.id} may have gone: tried again, it may arrive twice. "
            f"If you are sure, send it once more with: guru outbox resend {row.id}"
        )
    if row.state in ("sent", "delivered", "undelivered"):
        raise NotAllowed(f"Message {row.id} has left; send it once more with: guru outbox resend {row.id}")
    if row.state == "cancelled" and row.reason != outbox.WITHDRAWN_BY_HAND:
        raise NotAllowed(f"Message {row.id} has no use any more: {row.reason}.")


def _refuse_resend(case: _Case, *, sure: bool) -> None:
    row = case.row
    if row.kind in OWN_KINDS:
        raise NotAllowed(f"Message {row.id} is one to yourself; the next one comes by itself.")
    if row.state in _ON_ITS_WAY:
        raise NotAllowed(f"Message {row.id} is {row.state}; it leaves by itself.")
    if row.state in _NEVER_LEFT:
        raise NotAllowed(f"Message {row.id} never left; try it again with: guru outbox retry {row.id}")
    there = outbox_by_hand.on_its_way_again(case.connection, row.id)
    if there is not None:
        raise NotAllowed(f"Message {row.id} is on its way once more already, as message {there}.")
    if sure:
        return
    if row.state == "unknown":
        raise Unsure(f"Nobody knows whether message {row.id} has arrived; sent once more, it may arrive twice.")
    if row.state in ("sent", "delivered"):
        raise Unsure(f"Message {row.id} was {row.state}; sent once more, it arrives twice.")


def _again(case: _Case, claimed: Claimed, checked: Ready | Aside) -> NewMessage:
    """The message once more: queued, to where and with the text that the check has found."""
    text = claimed if isinstance(checked, Aside) else checked
    return NewMessage(
        kind=claimed.kind,
        channel=claimed.channel,
        client_id=case.row.client_id,
        recipient=text.recipient,
        recipient_name=text.recipient_name,
        subject=text.subject,
        body=text.body,
        state="queued",
        reason=checked.reason if isinstance(checked, Aside) else "",
        not_before=(checked.not_before if isinstance(checked, Aside) else "") or case.now,
        expires_at=claimed.expires_at,
        appointment_id=claimed.appointment_id,
        starts_at=claimed.starts_at,
        invoice_id=claimed.invoice_id,
        invoice_revision=claimed.invoice_revision,
        document_id=claimed.document_id,
        rule_id=claimed.rule_id,
        resend_sequence=claimed.resend_sequence,
        action_id=claimed.action_id,
        about="" if claimed.appointment_id or claimed.invoice_id else about_of(claimed.idempotency_key),
        series_id=claimed.series_id,
    )


def _own_text(row: MessageRow, subject: str | None, body: str) -> tuple[str, str]:
    body = clean(body, multiline=True, field="The text").strip()
    if not body:
        raise Invalid("A message needs a text; to send none, withdraw it.")
    if len(body) > _LONGEST_BODY:
        raise Invalid(f"The text has {len(body)} letters; {_LONGEST_BODY} are the most that a message can have.")
    if row.channel == "sms":
        if subject:
            raise Invalid("A text message has no subject; leave that out.")
        subject = ""
    else:
        subject = row.subject if subject is None else " ".join(clean(subject, field="The subject").split())
        if not subject:
            raise Invalid("A mail needs a subject.")
    if "{{" in subject + body:
        raise Invalid("Tags such as {{ client.first_name }} are filled in templates only; write the words themselves.")
    return subject, body
