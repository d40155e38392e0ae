"""What the practitioner does to single messages of the outbox by hand, as SQL in the caller's transaction."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.message import ENDED_BADLY
from guru_tui.store.outbox import WAITING

DEALT_WITH = ENDED_BADLY
"""The states that a person can deal with."""

REWRITABLE = ("held", "queued", "claimed", "blocked", "failed")
"""The states in which a text may be changed: it has not left, and may still."""

# Planning numbers these kinds as the appointment's moves are, so those sent once more by hand keep clear of that.
_FLOOR = {"reschedule": 1000, "cancellation": 1000}


def queue_again(connection: sqlite3.Connection, message_id: int, now: str, not_before: str, reason: str) -> None:
    """Let a message that has surely not left wait for the next run.

    Tries that a sender had died over are closed, so that they count against it no more.
    """
    connection.execute(
        """UPDATE outbox_message SET state = 'queued', reason = ?, not_before = ?, updated_at = ?, withdrawn_by = NULL,
                  acknowledged_at = '', lease_owner = '', lease_until = '' WHERE id = ?""",
        (reason, not_before, now, message_id),
    )
    connection.execute(
        "UPDATE outbox_attempt SET result = 'interrupted', reason = 'guru was interrupted' "
        "WHERE message_id = ? AND result = ''",
        (message_id,),
    )


def leave_now(connection: sqlite3.Connection, message_id: int, now: str) -> bool:
    """Let one that is held, or waits for its time, leave with the next run; False where it does not wait any more."""
    cursor = connection.execute(
        f"""UPDATE outbox_message SET state = 'queued', not_before = min(not_before, ?), reason = '', updated_at = ?
            WHERE id = ? AND {WAITING} AND state IN ('held', 'queued')""",
        (now, now, message_id),
    )
    return cursor.rowcount == 1


def rewrite(connection: sqlite3.Connection, message_id: int, now: str, subject: str, body: str) -> bool:
    """Give a message the practitioner's own text; False where it has left or is leaving.

    One that a sender has claimed is taken from it: that sender still has the former text in its hands.
    """
    listed = ", ".join(f"'{state}'" for state in REWRITABLE)
    cursor = connection.execute(
        f"""UPDATE outbox_message SET subject = ?, body = ?, edited = 1, updated_at = ?, lease_owner = '',
                   lease_until = '', state = CASE state WHEN 'claimed' THEN 'queued' ELSE state END
            WHERE id = ? AND state IN ({listed})""",
        (subject, body, now, message_id),
    )
    return cursor.rowcount == 1


def deal_with(connection: sqlite3.Connection, now: str, message_id: int | None = None) -> int:
    """Note that the practitioner has dealt with what ended badly: one message, or all; returns how many."""
    listed = ", ".join(f"'{state}'" for state in DEALT_WITH)
    one = "AND id = :id" if message_id is not None else ""
    cursor = connection.execute(
        f"UPDATE outbox_message SET acknowledged_at = :now WHERE acknowledged_at = '' AND state IN ({listed}) {one}",
        {"now": now, "id": message_id},
    )
    return cursor.rowcount


# Messages `o` that say the very same as message `m`, in the same way.
_SAME = """o.kind = m.kind AND o.channel = m.channel AND o.client_id IS m.client_id AND o.rule_id = m.rule_id
    AND (m.appointment_id IS NOT NULL AND o.appointment_id = m.appointment_id AND o.starts_at = m.starts_at
         OR m.invoice_id IS NOT NULL AND o.invoice_id = m.invoice_id
         OR m.appointment_id IS NULL AND m.invoice_id IS NULL
            AND rtrim(o.idempotency_key, '0123456789') = rtrim(m.idempotency_key, '0123456789'))"""


def next_sequence(connection: sqlite3.Connection, message_id: int, kind: str) -> int:
    """The resend sequence of the message sent once more."""
    row = connection.execute(
        f"SELECT max(o.resend_sequence) FROM outbox_message m JOIN outbox_message o ON {_SAME} WHERE m.id = ?",
        (message_id,),
    ).fetchone()
    return max(int(row[0] or 0), _FLOOR.get(kind, 0)) + 1


def on_its_way_again(connection: sqlite3.Connection, message_id: int) -> int | None:
    """The message that sends this one once more and has not left yet; None where there is none."""
    waiting = WAITING.replace("state", "o.state")
    row = connection.execute(
        f"SELECT max(o.id) FROM outbox_message m JOIN outbox_message o ON {_SAME} "
        f"WHERE m.id = ? AND o.id <> m.id AND {waiting}",
        (message_id,),
    ).fetchone()
    return row[0] if row else None


def of_key(connection: sqlite3.Connection, key: str) -> int | None:
    """The message that has this key; None where there is none."""
    row = connection.execute("SELECT id FROM outbox_message WHERE idempotency_key = ?", (key,)).fetchone()
    return row[0] if row else None
