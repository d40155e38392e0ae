"""What a client was told last about an appointment, and what holds now: whether a correction is due."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple


class Told(NamedTuple):
    """The last message about an appointment that has left or may have; `starts_at` in UTC text."""

    kind: str
    starts_at: str


class Standing(NamedTuple):
    """An appointment as it stands: status, and start in UTC text."""

    status: str
    starts_at: str


def told_last(connection: sqlite3.Connection, appointment_id: int) -> Told | None:
    """What the client has heard last about an appointment; None where nothing has left."""
    row = connection.execute(
        """SELECT kind, starts_at FROM outbox_message
           WHERE appointment_id = ? AND kind IN ('confirmation', 'reminder', 'reschedule', 'cancellation')
             AND state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')
           ORDER BY CASE sent_at WHEN '' THEN updated_at ELSE sent_at END DESC, id DESC LIMIT 1""",
        (appointment_id,),
    ).fetchone()
    return Told(*row) if row else None


def on_its_way(connection: sqlite3.Connection, appointment_id: int) -> bool:
    """Whether a notice about an appointment waits to leave, which will tell what holds."""
    row = connection.execute(
        """SELECT 1 FROM outbox_message WHERE appointment_id = ? AND state IN ('held', 'queued', 'claimed')
             AND kind IN ('confirmation', 'reschedule', 'cancellation') LIMIT 1""",
        (appointment_id,),
    ).fetchone()
    return row is not None


def standing(connection: sqlite3.Connection, appointment_id: int) -> Standing | None:
    """The appointment as it stands; None where its booking was undone."""
    row = connection.execute("SELECT status, starts_at FROM appointment WHERE id = ?", (appointment_id,)).fetchone()
    return Standing(*row) if row else None


def made_by(connection: sqlite3.Connection, action_id: int, appointment_id: int) -> list[int]:
    """The messages that an action has given rise to about an appointment, oldest first."""
    rows = connection.execute(
        "SELECT id FROM outbox_message WHERE action_id = ? AND appointment_id = ? ORDER BY id",
        (action_id, appointment_id),
    )
    return [row[0] for row in rows]


def last_sequence(connection: sqlite3.Connection, appointment_id: int, kind: str) -> int:
    """The highest resend sequence that a message of a kind about an appointment has; 0 where there is none."""
    row = connection.execute(
        "SELECT COALESCE(max(resend_sequence), 0) FROM outbox_message WHERE appointment_id = ? AND kind = ?",
        (appointment_id, kind),
    ).fetchone()
    return int(row[0])


class UndoneStep(NamedTuple):
    """An undo or a redo in the log: its id, the action that it is about, and whether it still holds.

    `summary` is that action's. `again`: it is a redo.
    """

    id: int
    action_id: int
    summary: str
    again: bool
    holds: bool


def undone_step(connection: sqlite3.Connection, step_id: int) -> UndoneStep | None:
    """One undo or redo; None where the log has no such step."""
    row = connection.execute(
        """SELECT s.id, COALESCE(b.undoes, b.id), COALESCE(a.summary, b.summary), b.undoes IS NOT NULL,
                  CASE WHEN b.undoes IS NULL THEN b.undone_by = s.id
                       ELSE a.undone_by IS NULL AND b.undone_by = s.id END
           FROM action s JOIN action b ON b.id = s.undoes LEFT JOIN action a ON a.id = b.undoes
           WHERE s.id = ?""",
        (step_id,),
    ).fetchone()
    return UndoneStep(row[0], row[1], row[2], bool(row[3]), bool(row[4])) if row else None


def occupies(connection: sqlite3.Connection, action_id: int, table: str, key: int) -> tuple[str, str] | None:
    """Start and end (UTC text) of the time that an action has newly taken for a row of the calendar; None for none.

    `table` is `appointment` or `blocked_time`. A change that leaves its time as it was takes nothing anew.
    """
    row = connection.execute(
        """SELECT c.before, c.after FROM change c WHERE c.action_id = ? AND c.table_name = ? AND c.row_key = ?
           ORDER BY c.id DESC LIMIT 1""",
        (action_id, table, str(key)),
    ).fetchone()
    if row is None or row[1] is None:
        return None
    before, after = (_span(image) for image in row)
    return after if after != before else None


def _span(image: str | None) -> tuple[str, str] | None:
    values = json.loads(image) if image else {"status": "cancelled"}
    if values.get("status", "booked") in ("cancelled", "late-cancelled"):
        return None
    return values["starts_at"], values["ends_at"]
