"""Replies by mail: matched with the message they answer, understood where that is certain, kept for a person else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from guru_tui.domain.clock import Clock
from guru_tui.domain.incoming_mail import IncomingMail
from guru_tui.domain.local_time import from_utc_text, short_moment, to_local, utc_text
from guru_tui.domain.practice import Practice
from guru_tui.domain.replies import Answered, Situation, judge
from guru_tui.domain.views.messages import ReplyRow
from guru_tui.errors import Misconfigured, NotAllowed, NotFound
from guru_tui.settings import Settings
from guru_tui.store import replies as store
from guru_tui.store.connection import transaction
from guru_tui.store.queries import replies as queries

# How long after its start an appointment's calendar entry may still be answered; what comes later is nobody's.
_ANSWERED_WITHIN = timedelta(days=14)


class ReplyService:
    """What the practitioner does with replies, each in a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def done(self, reply_id: int) -> ReplyRow:
        """The reply is dealt with; raises `NotFound`, and `NotAllowed` where it was already."""
        if self._one(reply_id).done:
            raise NotAllowed(f"Reply {reply_id} is dealt with already; nothing was changed.")
        return self._mark(reply_id, utc_text(self._clock.now()))

    def undone(self, reply_id: int) -> ReplyRow:
        """The reply waits again; raises `NotFound`, and `NotAllowed` where it does already."""
        if not self._one(reply_id).done:
            raise NotAllowed(f"Reply {reply_id} is not dealt with yet; nothing was changed.")
        return self._mark(reply_id, "")

    def done_all(self) -> int:
        """Every reply that waits is dealt with; returns how many that were."""
        with transaction(self._connection) as connection:
            return store.mark_all(connection, utc_text(self._clock.now()))

    def _mark(self, reply_id: int, done_at: str) -> ReplyRow:
        with transaction(self._connection) as connection:
            store.mark(connection, reply_id, done_at)
        return self._one(reply_id)

    def _one(self, reply_id: int) -> ReplyRow:
        row = queries.reply(self._connection, reply_id)
        if row is None:
            raise NotFound(f"There is no reply {reply_id}; see the ids with: guru replies list --all")
        return row


class Correspondence:
    """What the practice has written and what comes back.

    `now` is one instant for a whole reading of the mailbox, `origin` what the log names for what replies do.
    """

    def __init__(
        self, connection: sqlite3.Connection, settings: Settings, practice: Practice, now: datetime, origin: str
    ) -> None:
        self._origin = origin
        self._connection = connection
        self._practice = practice
        self._now = now
        self._sender = _sender(settings, practice)
        self._unknown: dict[str, int] | None = None

    def known(self, mail_id: str) -> bool:
        """Whether this mail was written down before."""
        return store.known(self._connection, mail_id)

    def answered(self, mail_ids: Sequence[str]) -> Answered | None:
        """The message of ours that the first of these Message-IDs names, those of unknown fate included."""
        if not mail_ids:
            return None
        found = queries.answered(self._connection, mail_ids)
        if found is not None:
            return found
        unknown = self._of_unknown_fate()
        number = next((unknown[mail_id] for mail_id in mail_ids if mail_id in unknown), None)
        return queries.one_answered(self._connection, number) if number is not None else None

    def invited(self, uid: str, sequence: int) -> Answered | None:
        """The message that carried this calendar entry in this revision."""
        since = utc_text(self._now - _ANSWERED_WITHIN)
        return queries.of_calendar_entry(self._connection, uid, sequence, since)

    def take(self, mail: IncomingMail, message: Answered, received: datetime | None) -> None:
        """Write the mail down and do what it comes to, in one transaction; a mail that is known changes nothing."""
        at = min(received or self._now, self._now)
        with transaction(self._connection) as connection:
            if store.known(connection, mail.head.mail_id):
                return
            found = self._situation(connection, message)
            verdict = judge(mail, message, found, at)
            now = utc_text(self._now)
            if message.state == "unknown" and (verdict is not None or mail.report):
                self._late_evidence(connection, message, now)
            if verdict is None:
                return
            if mail.bounce is not None:
                store.came_back(connection, message.id, verdict.outcome, now)
            if verdict.confirm and message.appointment_id is not None:
                self._confirm(connection, message.appointment_id, found)
            store.add(
                connection,
                store.Reply(
                    mail.head.mail_id, message.id, message.appointment_id, message.client_id, mail.head.sender,
                    mail.head.subject, mail.text, utc_text(at), verdict.reading, verdict.outcome,
                    now if verdict.done else "",
                ),
            )  # fmt: skip

    def cannot_read(self, mail: IncomingMail, message: Answered, received: datetime | None) -> None:
        """A mail answers ours, but what is in it cannot be made out: for a person to read where it lies."""
        at = min(received or self._now, self._now)
        with transaction(self._connection) as connection:
            if store.known(connection, mail.head.mail_id):
                return
            store.add(
                connection,
                store.Reply(
                    mail.head.mail_id, message.id, message.appointment_id, message.client_id, mail.head.sender,
                    mail.head.subject, "", utc_text(at), "unclear",
                    "guru cannot read this mail; open it in your mail program", "",
                ),
            )  # fmt: skip

    def _late_evidence(self, connection: sqlite3.Connection, message: Answered, now: str) -> None:
        mail_ids = [mail_id for mail_id, number in self._of_unknown_fate().items() if number == message.id]
        store.it_went(connection, message.id, mail_ids[0] if mail_ids else "", now)

    def _of_unknown_fate(self) -> dict[str, int]:
        """The Message-IDs of mails that may have gone: the same key, recipient and sender always give the same one."""
        if self._unknown is None:
            self._unknown = {
                mail_id: number
                for number, key, recipient in queries.of_unknown_fate(self._connection)
                if (mail_id := self._mail_id(number, key, recipient))
            }
        return self._unknown

    def _mail_id(self, number: int, key: str, recipient: str) -> str:
        from guru_tui.channels.base import OutgoingMessage
        from guru_tui.channels.email_message import Sender, message_id

        if not self._sender:
            return ""
        message = OutgoingMessage(number, "", "email", recipient, "", "", "", key, self._now)
        return message_id(message, Sender("", self._sender)).strip("<>")

    def _situation(self, connection: sqlite3.Connection, message: Answered) -> Situation:
        status, starts_at = queries.appointment_now(connection, message.appointment_id)
        first, last, address = queries.client_now(connection, message.client_id)
        return Situation(
            status=status,
            starts_at=starts_at,
            addresses=frozenset({address.lower()} - {""}),
            own=frozenset({self._sender.lower(), self._practice["email"].lower()} - {""}),
            names=(first, last, self._practice["first_name"], self._practice["last_name"], self._practice.name),
            zone=self._practice.zone,
            now=self._now,
            waiting=message.appointment_id is not None and store.waiting(connection, message.appointment_id),
        )

    def _confirm(self, connection: sqlite3.Connection, appointment_id: int, found: Situation) -> None:
        start = to_local(from_utc_text(found.starts_at), found.zone)
        who = f"{found.names[0]} {found.names[1]}".strip()
        summary = f"{who} confirmed {short_moment(start)} by mail"
        store.confirm(connection, appointment_id, self._now, summary, origin=self._origin)


def check(settings: Settings) -> tuple[str, str, str] | None:
    """Log in to the mailbox: `ok` or `fail`, which mailbox or what is wrong, and the remedy; None where none is set."""
    if not settings.get("GURU_IMAP_HOST"):
        return None
    from guru_tui.channels.imap_mailbox import MailboxAccount, Unreadable, opened

    remedy = f"see GURU_IMAP_HOST, GURU_IMAP_USER, GURU_IMAP_PASSWORD in {settings.home / '.env'}"
    try:
        account = MailboxAccount.of(settings)
    except Misconfigured as error:
        return "fail", str(error), remedy
    try:
        with opened(account):
            return "ok", f"{account.describe()}: replies to mails are read", ""
    except Unreadable as error:
        return "fail", f"{account.describe()}: {error.trouble.reason}", remedy


def _sender(settings: Settings, practice: Practice) -> str:
    """The address mails are from; empty where none is set, and then none has been sent."""
    from guru_tui.channels.email_message import sender_of

    try:
        return sender_of(settings, practice).address
    except Misconfigured:
        return ""
