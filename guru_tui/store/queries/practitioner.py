"""What the mails to the practitioner are made of."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

# Word for word the condition of the partial index: SQLite may use it for no other.
_OPEN = (
    "acknowledged_at = '' AND state IN ('failed', 'undelivered', 'unknown', 'missed', 'blocked', 'expired') "
    "AND channel IN ('email', 'sms')"  # every row: naming both columns of that index makes SQLite choose it
)
# A confirmation that is blocked was so before the practitioner's eyes; a reminder is blocked while nobody looks.
_TOLD = "kind NOT IN ('alert', 'agenda') AND (state <> 'blocked' OR kind = 'reminder')"
_OWN = "kind = ? AND channel = 'email'"


class Trouble(NamedTuple):
    """A message to a client that ended badly; `at` is when (UTC text)."""

    id: int
    kind: str
    channel: str
    state: str
    reason: str
    at: str
    name: str


class OwnMail(NamedTuple):
    """A mail to the practitioner, as the store has it."""

    created_at: str
    sent_at: str
    state: str
    body: str


def any_trouble(connection: sqlite3.Connection) -> bool:
    """Whether a message ended badly that nobody has dealt with, or the sender that ran last is paused."""
    row = connection.execute(
        f"""SELECT EXISTS (SELECT 1 FROM outbox_message WHERE {_OPEN} AND {_TOLD})
               OR (SELECT paused FROM sender_run ORDER BY last_at DESC LIMIT 1) <> ''"""
    ).fetchone()
    return bool(row[0])


def trouble(connection: sqlite3.Connection, since: str) -> list[Trouble]:
    """The messages that ended badly at `since` or later and that nobody has dealt with, oldest first."""
    rows = connection.execute(
        f"""SELECT m.id, m.kind, m.channel, m.state, m.reason, m.updated_at,
                   COALESCE(trim(c.first_name || ' ' || c.last_name), m.recipient_name)
            FROM (SELECT * FROM outbox_message WHERE {_OPEN} AND {_TOLD} AND updated_at >= ?) m
            LEFT JOIN client c ON c.id = m.client_id ORDER BY m.updated_at, m.id""",
        (since,),
    )
    return [Trouble(*row) for row in rows]


def paused(connection: sqlite3.Connection) -> str:
    """Why the sender that ran last could not use a channel; empty where it could."""
    row = connection.execute("SELECT paused FROM sender_run ORDER BY last_at DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def newest(connection: sqlite3.Connection, kind: str, until: str) -> OwnMail | None:
    """The newest mail of `kind` to the practitioner made by `until` that did not expire; None where there is none."""
    row = connection.execute(
        f"""SELECT created_at, sent_at, state, body FROM outbox_message
            WHERE {_OWN} AND created_at <= ? AND state <> 'expired' ORDER BY created_at DESC, id DESC LIMIT 1""",
        (kind, until),
    ).fetchone()
    return OwnMail(*row) if row else None


def made(connection: sqlite3.Connection, key: str) -> bool:
    """Whether the outbox has a message of that idempotency key, whatever became of it."""
    return connection.execute("SELECT 1 FROM outbox_message WHERE idempotency_key = ?", (key,)).fetchone() is not None


def made_until(connection: sqlite3.Connection, kind: str, expires_at: str) -> bool:
    """Whether a mail of `kind` that is useful until `expires_at` has been made, to whichever address."""
    row = connection.execute(
        f"SELECT 1 FROM outbox_message WHERE {_OWN} AND expires_at = ? LIMIT 1", (kind, expires_at)
    ).fetchone()
    return row is not None


def open_replies(connection: sqlite3.Connection) -> int:
    """How many replies of clients a person must still look at."""
    return int(connection.execute("SELECT count(*) FROM client_reply WHERE done_at = ''").fetchone()[0])
