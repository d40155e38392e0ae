"""Replies by mail as faces show them, and the messages that a mail may answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.replies import Answered
from guru_tui.domain.views.messages import ReplyRow
from guru_tui.store.calendar_sequence import NUMBER, OF_SERIES, TOLD

_ROW = """SELECT r.id, r.client_id, coalesce(trim(c.first_name || ' ' || c.last_name), ''), r.appointment_id,
                 r.message_id, r.received_at, r.reading, r.sender, r.subject, r.body, r.outcome, r.done_at <> ''
          FROM client_reply r LEFT JOIN client c ON c.id = r.client_id """
_ANSWERED = "SELECT id, kind, recipient, client_id, appointment_id, starts_at, state FROM outbox_message "


def replies(connection: sqlite3.Connection, *, open_only: bool = True, limit: int = 500) -> list[ReplyRow]:
    """The newest replies first; only those that a person must look at, or all."""
    which = "WHERE r.done_at = '' " if open_only else ""
    return [_reply(row) for row in connection.execute(_ROW + which + "ORDER BY r.id DESC LIMIT ?", (limit,))]


def reply(connection: sqlite3.Connection, reply_id: int) -> ReplyRow | None:
    """One reply; None where there is none of that id."""
    row = connection.execute(_ROW + "WHERE r.id = ?", (reply_id,)).fetchone()
    return _reply(row) if row else None


def answered(connection: sqlite3.Connection, mail_ids: Sequence[str]) -> Answered | None:
    """The mail that the first of these Message-IDs (without brackets) names which is one of ours."""
    marks = ", ".join("?" * len(mail_ids))
    rows = connection.execute(
        f"SELECT provider_id, id FROM outbox_message WHERE provider_id <> '' AND channel = 'email' "
        f"AND provider_id IN ({marks}) ORDER BY id",
        tuple(mail_ids),
    ).fetchall()
    if not rows:
        return None
    first = min(rows, key=lambda row: mail_ids.index(row[0]))
    return one_answered(connection, first[1])


def one_answered(connection: sqlite3.Connection, message_id: int) -> Answered | None:
    """A message by its id, as what a mail answers."""
    row = connection.execute(_ANSWERED + "WHERE id = ?", (message_id,)).fetchone()
    return Answered(*row) if row else None


def of_unknown_fate(connection: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """Id, key and recipient of each mail that may have gone without the server's word for it."""
    return connection.execute(
        "SELECT id, idempotency_key, recipient FROM outbox_message "
        "WHERE state IN ('unknown', 'failed') AND channel = 'email' AND attempts > 0"
    ).fetchall()


def of_calendar_entry(connection: sqlite3.Connection, uid: str, sequence: int, since: str) -> Answered | None:
    """The newest mail with this calendar entry in this revision, about an appointment that began after `since`.

    A mail about a series is taken as one about the appointment of that entry.
    """
    # The cross join and the + keep SQLite on the appointments since then; by id it would walk every message.
    row = connection.execute(
        """SELECT m.id FROM appointment a CROSS JOIN outbox_message m ON m.appointment_id = a.id
           WHERE a.starts_at > ? AND m.calendar_sequence = ? AND m.channel = 'email'
           AND substr(m.calendar_facts, 1, ?) = ? ORDER BY +m.id DESC LIMIT 1""",
        (since, sequence, len(uid) + 1, f"{uid}\n"),
    ).fetchone()
    if row:
        return one_answered(connection, row[0])
    row = connection.execute(
        f"""SELECT o.id, a.id, {TOLD} FROM appointment a CROSS JOIN outbox_message o CROSS JOIN {OF_SERIES}
            WHERE a.starts_at > ? AND a.series_id IS NOT NULL AND o.client_id = a.client_id AND o.series_id IS NOT NULL
            AND o.calendar_sequence IS NOT NULL AND t.key = CAST(a.id AS TEXT) AND {NUMBER} = ?
            AND substr({TOLD}, 1, ?) = ? ORDER BY +o.id DESC LIMIT 1""",
        (since, sequence, len(uid) + 1, f"{uid}\n"),
    ).fetchone()
    message = one_answered(connection, row[0]) if row else None
    return replace(message, appointment_id=row[1], starts_at=row[2].split("\n")[2]) if message else None


def appointment_now(connection: sqlite3.Connection, appointment_id: int | None) -> tuple[str, str]:
    """Status and start of an appointment as they are; both empty where there is none."""
    row = connection.execute("SELECT status, starts_at FROM appointment WHERE id = ?", (appointment_id,)).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")


def client_now(connection: sqlite3.Connection, client_id: int | None) -> tuple[str, str, str]:
    """First name, last name and mail address of a client as they are; all empty where there is none."""
    row = connection.execute("SELECT first_name, last_name, email FROM client WHERE id = ?", (client_id,)).fetchone()
    return (str(row[0]), str(row[1]), str(row[2])) if row else ("", "", "")


def _reply(row: Sequence[object]) -> ReplyRow:
    number, client_id, client, appointment_id, message_id, received, reading, sender, subject, body, outcome, done = row
    return ReplyRow(
        id=int(str(number)),
        client_id=client_id if isinstance(client_id, int) else None,
        client=str(client),
        appointment_id=appointment_id if isinstance(appointment_id, int) else None,
        message_id=message_id if isinstance(message_id, int) else None,
        received=from_utc_text(str(received)),
        reading=str(reading),
        sender=str(sender),
        subject=str(subject),
        body=str(body),
        outcome=str(outcome),
        done=bool(done),
    )
