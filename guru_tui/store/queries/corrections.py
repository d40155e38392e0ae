"""What a client was told last about an appointment, and what holds now: whether a correction is due."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from guru_tui.store import calendar_sequence
from guru_tui.store.calendar_sequence import CONCERNS, OF_SERIES, TOLD
from guru_tui.store.outbox import WAITING
from guru_tui.store.queries.versions import held_span, image


class Told(NamedTuple):
    """The last message about an appointment that has left or may have; `starts_at` in UTC text.

    `kind` is `cancellation` too where a message about a series has told that the appointment does not take place.
    """

    kind: str
    starts_at: str


class Standing(NamedTuple):
    """An appointment as it stands: status, and start in UTC text."""

    status: str
    starts_at: str


_LEFT = "state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')"
_WHEN = "CASE sent_at WHEN '' THEN updated_at ELSE sent_at END"
# What a step changed; by its own index, as SQLite takes one action for a large part of the log where one once was.
_STEP = "change s INDEXED BY ix_change_action_id"
_SINCE = "(SELECT b.at FROM action c JOIN action b ON b.id = c.undoes WHERE c.id = :step)"


# What a message `o` about the appointment `:id` alone says is so: what is not, does not leave. Of one that is not there
# the booking was undone.
_HOLDS = """(EXISTS (SELECT 1 FROM appointment a WHERE a.id = :id AND a.starts_at = o.starts_at
                       AND (a.status IN ('cancelled', 'late-cancelled')) = (o.kind = 'cancellation'))
             OR o.kind = 'cancellation' AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.id = :id))"""


def told_last(
    connection: sqlite3.Connection, appointment_id: int, client_id: int | None, *, besides: int | None = None
) -> Told | None:
    """What the client has heard last about an appointment, alone or with its series; None where nothing has left.

    Messages of the action `besides` do not count.
    """
    row = connection.execute(
        f"""SELECT * FROM (
              SELECT kind, starts_at, '', {_WHEN}, id, action_id FROM outbox_message
              WHERE appointment_id = :id AND kind IN ('confirmation', 'reminder', 'reschedule', 'cancellation')
                AND {_LEFT}
              UNION ALL
              SELECT kind, '', {TOLD}, {_WHEN}, o.id, action_id FROM outbox_message o, {OF_SERIES}
              WHERE client_id = :client AND series_id IS NOT NULL AND {_LEFT} AND t.key = CAST(:id AS TEXT))
            WHERE :besides IS NULL OR action_id IS NOT :besides ORDER BY 4 DESC, 5 DESC LIMIT 1""",
        {"id": appointment_id, "client": client_id, "besides": besides},
    ).fetchone()
    if row is None:
        return None
    kind, starts_at, told = row[:3]
    if told:
        _uid, method, starts_at, *_shown = told.split("\n")
        kind = "cancellation" if method == "CANCEL" else "confirmation" if kind == "cancellation" else kind
    return Told(kind, starts_at)


def on_its_way(connection: sqlite3.Connection, appointment_id: int, *, besides: int | None = None) -> bool:
    """Whether a notice about an appointment, alone or with its series, waits to leave, which will tell what holds.

    Messages of the action `besides` do not count.
    """
    row = connection.execute(
        f"""SELECT 1 FROM outbox_message o
            WHERE {WAITING} AND state <> 'sending' AND kind IN ('confirmation', 'reschedule', 'cancellation')
              AND (:besides IS NULL OR action_id IS NOT :besides)
              AND (appointment_id = :id AND {_HOLDS} OR series_id IS NOT NULL AND EXISTS (
                   SELECT 1 FROM change h WHERE h.action_id = o.action_id AND h.table_name = 'appointment'
                      AND h.row_key = CAST(:id AS TEXT) AND {CONCERNS})) LIMIT 1""",
        {"id": appointment_id, "besides": besides},
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


def left_without(connection: sqlite3.Connection, step_id: int) -> list[int]:
    """The messages about a series that have left and told nothing of an appointment that a step has brought back.

    That was off when they left, so nobody has told the client of it.
    """
    rows = connection.execute(
        f"""SELECT DISTINCT o.id FROM {_STEP} CROSS JOIN appointment a ON a.id = CAST(s.row_key AS INTEGER)
            JOIN change h ON h.table_name = 'appointment' AND h.row_key = s.row_key AND h.before IS NULL
            JOIN outbox_message o ON o.action_id = h.action_id AND o.series_id IS NOT NULL
            WHERE s.action_id = ? AND s.table_name = 'appointment' AND a.status IN ('booked', 'confirmed')
              AND {calendar_sequence.left_without("s.row_key")} ORDER BY o.id""",
        (step_id,),
    )
    return [row[0] for row in rows]


def left_since(connection: sqlite3.Connection, step_id: int) -> list[int]:
    """The messages that have left about appointments which an undo or redo has changed, since what it takes back.

    They told what held then: a reminder of a time that nobody was told of otherwise, say.
    """
    left_then = f"s.action_id = :step AND s.table_name = 'appointment' AND {_LEFT} AND {_WHEN} > {_SINCE}"
    rows = connection.execute(
        f"""SELECT o.id FROM {_STEP} CROSS JOIN outbox_message o ON o.appointment_id = CAST(s.row_key AS INTEGER)
            WHERE {left_then}
            UNION
            SELECT o.id FROM {_STEP} CROSS JOIN appointment a ON a.id = CAST(s.row_key AS INTEGER)
            CROSS JOIN outbox_message o ON o.client_id = a.client_id AND o.series_id IS NOT NULL
            JOIN {OF_SERIES} ON t.key = s.row_key
            WHERE {left_then} ORDER BY 1""",
        {"step": step_id},
    )
    return [row[0] for row in rows]


def made_about_series(connection: sqlite3.Connection, action_id: int) -> list[int]:
    """The messages that an action has given rise to about a series, oldest first."""
    rows = connection.execute(
        "SELECT id FROM outbox_message WHERE action_id = ? AND series_id IS NOT NULL ORDER BY id", (action_id,)
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
    before, after = (held_span(image(text)) for text in row)
    return after if after != before else None
