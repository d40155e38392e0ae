"""The outbox: putting messages in and taking them back, as SQL in the caller's transaction.

    held -> queued -> claimed -> sending -> sent, or failed, unknown, or queued again
    held, queued, claimed -> cancelled, blocked, expired, missed

What a message may be sent once for is its idempotency key, and the key is unique in the database. How one leaves
stands in `store.sending`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.domain.message import NewMessage

WITHDRAWN_BY_HAND = "withdrawn by you"
"""The reason of a message that the practitioner took back herself: no rule brings that one back."""

# Word for word the condition of the partial index: SQLite may use it for no other.
WAITING = "state IN ('held', 'queued', 'claimed', 'sending')"
UNSENT = f"{WAITING} AND state <> 'sending'"

_COLUMNS = (
    "kind", "channel", "client_id", "recipient", "recipient_name", "subject", "body", "appointment_id", "starts_at",
    "invoice_id", "invoice_revision", "document_id", "rule_id", "resend_sequence", "state", "reason", "not_before",
    "expires_at", "action_id", "series_id",
)  # fmt: skip
# What a message that has just been put in has in the other columns.
_FRESH = {
    "attempts": 0, "lease_owner": "", "lease_until": "", "provider_id": "", "sent_at": "", "delivered_at": "",
    "edited": 0, "poll_at": "", "polls": 0, "acknowledged_at": "", "calendar_facts": "",
}  # fmt: skip


def put(connection: sqlite3.Connection, message: NewMessage, now: str, revive: Collection[str]) -> int:
    """Insert the message and return its id; where its key exists already, return that row's.

    An existing row whose state is in `revive` never left, so it takes on the new text, time and state.
    """
    row = connection.execute(
        "SELECT id, state FROM outbox_message WHERE idempotency_key = ?", (message.key,)
    ).fetchone()
    if row is None:
        columns = (*_COLUMNS, "idempotency_key", "created_at", "updated_at", *_FRESH)
        cursor = connection.execute(
            f"INSERT INTO outbox_message ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            (*(getattr(message, column) for column in _COLUMNS), message.key, now, now, *_FRESH.values()),
        )
        return int(cursor.lastrowid or 0)
    if row[1] in revive:
        pairs = ", ".join(f"{column} = ?" for column in _COLUMNS)
        connection.execute(
            # Who withdrew it stays: where this is undone and that too, it comes back.
            f"UPDATE outbox_message SET {pairs}, edited = 0, acknowledged_at = '', "
            "created_at = ?, updated_at = ? WHERE id = ?",
            (*(getattr(message, column) for column in _COLUMNS), now, now, row[0]),
        )
    return int(row[0])


def following(connection: sqlite3.Connection, message: NewMessage) -> int | None:
    """The next resend sequence where another action has told the very same already; None where `message` is the first.

    Undo puts back what an appointment's own sequence is counted from, so that it may come again.
    """
    row = connection.execute(
        """SELECT 1 FROM outbox_message WHERE idempotency_key = ? AND action_id IS NOT ?
           AND state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')""",
        (message.key, message.action_id),
    ).fetchone()
    if row is None:
        return None
    (last,) = connection.execute(
        "SELECT max(resend_sequence) FROM outbox_message WHERE appointment_id = ? AND kind = ?",
        (message.appointment_id, message.kind),
    ).fetchone()
    return int(last) + 1


def is_news(connection: sqlite3.Connection, message: NewMessage, revive: Collection[str]) -> bool:
    """Whether `put` would change anything: a blocked message that is blocked for the same reason still is no news."""
    row = connection.execute(
        "SELECT state, reason FROM outbox_message WHERE idempotency_key = ?", (message.key,)
    ).fetchone()
    return row is None or (row[0] in revive and (row[0], row[1]) != (message.state, message.reason))


def drop_blocked(connection: sqlite3.Connection, message: NewMessage, now: str) -> None:
    """Cancel the blocked reminders for the same start, now that `message` has a way to the client, and those of
    earlier rules that still wait: of several that are due only the latest goes."""
    connection.execute(
        """UPDATE outbox_message SET state = 'cancelled', reason = 'replaced by one that can go', updated_at = ?
           WHERE appointment_id = ? AND starts_at = ? AND kind = ? AND state = 'blocked'""",
        (now, message.appointment_id, message.starts_at, message.kind),
    )
    connection.execute(
        """UPDATE outbox_message SET state = 'cancelled', reason = 'a later reminder takes its place', updated_at = ?
           WHERE appointment_id = ? AND starts_at = ? AND kind = ? AND state = 'queued' AND resend_sequence = 0
             AND rule_id <> ? AND not_before < ?""",
        (now, message.appointment_id, message.starts_at, message.kind, message.rule_id, message.not_before),
    )


def withdraw_appointment(
    connection: sqlite3.Connection,
    appointment_id: int,
    now: str,
    reason: str,
    by: int | None,
    starts_at: str | None = None,
    keep: Collection[str] = (),
) -> int:
    """Cancel what has not left about an appointment (for that start, if given) but for the kinds `keep`; how many.

    `by` is the action that did it, so that its undo can bring them back.
    """
    start = "AND starts_at = ?" if starts_at is not None else ""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = ? "
        f"WHERE appointment_id = ? AND {UNSENT} {start} AND kind NOT IN ({', '.join('?' * len(keep))})",
        (reason, now, by, appointment_id, *([starts_at] if starts_at is not None else []), *keep),
    )
    return cursor.rowcount


def withdraw_action(connection: sqlite3.Connection, action_id: int, now: str, reason: str, by: int | None) -> int:
    """Cancel what has not left of the messages an action gave rise to; returns how many."""
    cursor = connection.execute(
        "UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, "
        f"withdrawn_by = COALESCE(withdrawn_by, ?) WHERE action_id = ? AND {UNSENT}",
        (reason, now, by, action_id),
    )
    return cursor.rowcount


# What a message says is still so: of its appointment, and of its invoice.
_STILL_TRUE = """
    (appointment_id IS NULL OR EXISTS (
        SELECT 1 FROM appointment a WHERE a.id = outbox_message.appointment_id
           AND a.starts_at = outbox_message.starts_at
           AND a.status IN ('cancelled', 'late-cancelled') = (outbox_message.kind = 'cancellation')
           AND a.status NOT IN ('attended', 'no-show')))
    AND (invoice_id IS NULL OR EXISTS (
        SELECT 1 FROM invoice i WHERE i.id = outbox_message.invoice_id AND i.status <> 'void'))"""


def bring_back(connection: sqlite3.Connection, withdrawn_by: int, now: str, not_before: str) -> int:
    """Put back what an action that is undone had withdrawn, where it is still true and of use; returns how many.

    It is held until `not_before`; a reminder is never held. Who had withdrawn it stays on record for a redo.
    """
    cursor = connection.execute(
        f"""UPDATE outbox_message SET reason = '', updated_at = ?,
                   state = CASE kind WHEN 'reminder' THEN 'queued' ELSE 'held' END,
                   not_before = CASE kind WHEN 'reminder' THEN not_before ELSE max(not_before, ?) END
            WHERE withdrawn_by = ? AND state = 'cancelled' AND (expires_at = '' OR expires_at > ?)
            AND {_STILL_TRUE}""",
        (now, not_before, withdrawn_by, now),
    )
    return cursor.rowcount


def renew_action(
    connection: sqlite3.Connection, action_id: int, undo_id: int, now: str, reason: str, not_before: str
) -> int:
    """Put back what the undo `undo_id` of an action had withdrawn for `reason`, now that the action holds again.

    Only where it is still true and of use; returns how many. It is held until `not_before` as when it was new, or
    leaves at once where its use would be over by then.
    """
    cursor = connection.execute(
        f"""UPDATE outbox_message SET reason = '', updated_at = :now,
                   withdrawn_by = CASE WHEN withdrawn_by <> :undo THEN withdrawn_by END,
                   state = CASE WHEN kind = 'reminder' THEN 'queued' ELSE 'held' END,
                   not_before = CASE WHEN kind = 'reminder' THEN not_before
                                     WHEN expires_at <> '' AND expires_at <= :held THEN max(not_before, :now)
                                     ELSE max(not_before, :held) END
            WHERE (withdrawn_by = :undo OR (action_id = :action AND reason = :reason)) AND state = 'cancelled'
            AND (expires_at = '' OR expires_at > :now) AND {_STILL_TRUE}""",
        {"undo": undo_id, "action": action_id, "reason": reason, "now": now, "held": not_before},
    )
    return cursor.rowcount


def withdraw_again(connection: sqlite3.Connection, action_id: int, now: str, reason: str) -> int:
    """Cancel what an action that is redone had withdrawn before it was undone, as far as it is here; how many."""
    cursor = connection.execute(
        "UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ? "
        f"WHERE withdrawn_by = ? AND {UNSENT}",
        (reason, now, action_id),
    )
    return cursor.rowcount


def withdraw_untrue(connection: sqlite3.Connection, appointment_id: int, now: str, reason: str, by: int) -> int:
    """Cancel what has not left about an appointment and no longer holds, on account of the action `by`; how many."""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = ? "
        f"WHERE appointment_id = ? AND {UNSENT} AND NOT ({_STILL_TRUE})",
        (reason, now, by, appointment_id),
    )
    return cursor.rowcount


def withdraw_offers(connection: sqlite3.Connection, entry_id: int, now: str, reason: str, by: int) -> int:
    """Cancel what has not left of the offers to an entry of the waiting list, on account of the action `by`; how many.

    Which entry an offer is to is said by its key (`domain.message.offer_about`).
    """
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = ? "
        f"WHERE {UNSENT} AND kind = 'offer' AND idempotency_key LIKE ?",
        (reason, now, by, f"%:waiting-{entry_id}@%"),
    )
    return cursor.rowcount


def withdraw_for(connection: sqlite3.Connection, ids: Iterable[int], now: str, reason: str, by: int) -> int:
    """Cancel those of these messages that have not left, on account of the action `by`; returns how many."""
    listed = ", ".join(str(int(number)) for number in ids)
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = ? "
        f"WHERE id IN ({listed}) AND {UNSENT}",
        (reason, now, by),
    )
    return cursor.rowcount


def withdraw_one(connection: sqlite3.Connection, message_id: int, now: str) -> bool:
    """Cancel one message on the practitioner's word; False where it has left or was cancelled already."""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = NULL "
        f"WHERE id = ? AND {UNSENT}",
        (WITHDRAWN_BY_HAND, now, message_id),
    )
    return cursor.rowcount == 1


def cancel(connection: sqlite3.Connection, message_id: int, now: str, reason: str) -> None:
    """Cancel a message that has not left, for `reason`; nobody's undo brings it back."""
    connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, withdrawn_by = NULL "
        f"WHERE id = ? AND {UNSENT}",
        (reason, now, message_id),
    )


def due(connection: sqlite3.Connection, now: str, channels: Iterable[str]) -> int:
    """How many messages wait on these channels whose time has come."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    row = connection.execute(
        f"SELECT count(*) FROM outbox_message WHERE {UNSENT} AND not_before <= ? AND channel IN ({listed})", (now,)
    ).fetchone()
    return int(row[0])


def oldest(connection: sqlite3.Connection, channels: Iterable[str]) -> str:
    """When the time of the message came that has waited longest on these channels (text); empty where none waits."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    row = connection.execute(f"SELECT min(not_before) FROM outbox_message WHERE {UNSENT} AND channel IN ({listed})")
    return row.fetchone()[0] or ""


def held(connection: sqlite3.Connection) -> int:
    """How many messages are held back for the practitioner to think again."""
    row = connection.execute(f"SELECT count(*) FROM outbox_message WHERE {WAITING} AND state = 'held'").fetchone()
    return int(row[0])
