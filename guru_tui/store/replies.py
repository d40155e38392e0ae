"""Replies by mail on their way into the store, as SQL in the caller's transaction, and how far a mailbox was read."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import NamedTuple

from guru_tui.domain.local_time import utc_text
from guru_tui.store import changelog, sending


class MailboxState(NamedTuple):
    """How far a mailbox has been read (RFC 3501, 2.3.1.1), and what stood in the way the last time."""

    uid_validity: int = 0
    last_uid: int = 0
    checked_at: str = ""
    problem: str = ""
    retry_at: str = ""


def mailbox(connection: sqlite3.Connection, account: str) -> MailboxState:
    """What is noted about a mailbox; all empty where it was never read."""
    row = connection.execute(
        "SELECT uid_validity, last_uid, checked_at, problem, retry_at FROM mailbox WHERE account = ?", (account,)
    ).fetchone()
    return MailboxState(*row) if row else MailboxState()


def note_mailbox(connection: sqlite3.Connection, account: str, state: MailboxState) -> None:
    """Note how far the mailbox has been read; where another process has come further, that stays."""
    connection.execute(
        """INSERT INTO mailbox (account, uid_validity, last_uid, checked_at, problem, retry_at)
           VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (account) DO UPDATE SET
               last_uid = CASE WHEN uid_validity = excluded.uid_validity
                               THEN max(last_uid, excluded.last_uid) ELSE excluded.last_uid END,
               uid_validity = excluded.uid_validity, checked_at = excluded.checked_at,
               problem = excluded.problem, retry_at = excluded.retry_at""",
        (account, *state),
    )


class Reply(NamedTuple):
    """A reply as it is written down; instants in the store's text form."""

    mail_id: str
    message_id: int
    appointment_id: int | None
    client_id: int | None
    sender: str
    subject: str
    body: str
    received_at: str
    reading: str
    outcome: str
    done_at: str


def known(connection: sqlite3.Connection, mail_id: str) -> bool:
    """Whether the mail of this id has been written down."""
    return connection.execute("SELECT 1 FROM client_reply WHERE mail_id = ?", (mail_id,)).fetchone() is not None


def add(connection: sqlite3.Connection, reply: Reply) -> int:
    """Write a reply down; returns its id."""
    cursor = connection.execute(
        f"INSERT INTO client_reply ({', '.join(Reply._fields)}) VALUES ({', '.join('?' * len(Reply._fields))})", reply
    )
    return int(cursor.lastrowid or 0)


def waiting(connection: sqlite3.Connection, appointment_id: int) -> bool:
    """Whether a reply about this appointment waits for a person."""
    row = connection.execute(
        "SELECT 1 FROM client_reply WHERE done_at = '' AND appointment_id = ? LIMIT 1", (appointment_id,)
    ).fetchone()
    return row is not None


def mark(connection: sqlite3.Connection, reply_id: int, done_at: str) -> bool:
    """Set when a reply was dealt with, empty to open it again; False where there is none of that id."""
    cursor = connection.execute("UPDATE client_reply SET done_at = ? WHERE id = ?", (done_at, reply_id))
    return cursor.rowcount == 1


def mark_all(connection: sqlite3.Connection, done_at: str) -> int:
    """Every reply that waits is dealt with; returns how many that were."""
    return connection.execute("UPDATE client_reply SET done_at = ? WHERE done_at = ''", (done_at,)).rowcount


def confirm(connection: sqlite3.Connection, appointment_id: int, at: datetime, summary: str, *, origin: str) -> None:
    """Mark a booked appointment confirmed, as an action in the log that can be undone."""
    action_id = changelog.begin_action(connection, "status", at=at, summary=summary, origin=origin)
    connection.execute(
        "UPDATE appointment SET status = 'confirmed', status_at = ? WHERE id = ? AND status = 'booked'",
        (utc_text(at), appointment_id),
    )
    changelog.end_action(connection, action_id, summary)


def it_went(connection: sqlite3.Connection, message_id: int, mail_id: str, now: str) -> None:
    """An answer has come to a message of unknown fate: it was sent, under the Message-ID `mail_id`."""
    sending.settle(connection, message_id, now, "sent", provider_id=mail_id)


def came_back(connection: sqlite3.Connection, message_id: int, reason: str, now: str) -> bool:
    """A mail that was sent could not be delivered; False where it was not taken for sent."""
    cursor = connection.execute(
        """UPDATE outbox_message SET state = 'undelivered', reason = ?, updated_at = ?, poll_at = '',
                  acknowledged_at = '' WHERE id = ? AND state IN ('sent', 'delivered')""",
        (reason, now, message_id),
    )
    return cursor.rowcount == 1
