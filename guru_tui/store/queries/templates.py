"""The practitioner's own texts, and whom a text can be tried on."""

from __future__ import annotations

import sqlite3


def own(connection: sqlite3.Connection, kind: str, channel: str, language: str) -> tuple[str, str] | None:
    """Subject and body of the practice's own text; None where the default holds."""
    row = connection.execute(
        "SELECT subject, body FROM message_template WHERE kind = ? AND channel = ? AND language = ?",
        (kind, channel, language),
    ).fetchone()
    return (row[0], row[1]) if row else None


def every_own(connection: sqlite3.Connection, language: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Subject and body of all own texts in a language, by kind and channel."""
    rows = connection.execute(
        "SELECT kind, channel, subject, body FROM message_template WHERE language = ?", (language,)
    )
    return {(kind, channel): (subject, body) for kind, channel, subject, body in rows}


def coming_appointments(connection: sqlite3.Connection, now: str, limit: int) -> list[int]:
    """The ids of the next live appointments after an instant (text), one for each client, soonest first."""
    rows = connection.execute(
        """SELECT id FROM appointment a
           WHERE starts_at > ? AND status IN ('booked', 'confirmed')
             AND NOT EXISTS (SELECT 1 FROM appointment e
                 WHERE e.client_id = a.client_id AND e.starts_at > ? AND e.starts_at < a.starts_at
                   AND e.status IN ('booked', 'confirmed'))
           ORDER BY starts_at, id LIMIT ?""",
        (now, now, limit),
    )
    return [row[0] for row in rows]


def latest_invoices(connection: sqlite3.Connection, limit: int) -> list[int]:
    """The ids of the newest issued invoices, newest first."""
    rows = connection.execute(
        "SELECT id FROM invoice WHERE number IS NOT NULL AND status <> 'void' ORDER BY id DESC LIMIT ?", (limit,)
    )
    return [row[0] for row in rows]
