"""How a message leaves the outbox: claimed, `sending`, and how that ended, as SQL in the caller's transaction.

`sending` is committed before any network I/O. A crash before it leaves a row to take again, a crash after it one
whose fate is unknown, which is never sent again by itself. The caller holds the sender lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from guru_tui.store.outbox import UNSENT, WAITING

if TYPE_CHECKING:
    from guru_tui.domain.message import Claimed

_POISON = 2


def stale(connection: sqlite3.Connection, now: str) -> bool:
    """Whether a dead sender left something behind, or something waiting is no longer useful."""
    row = connection.execute(
        f"SELECT 1 FROM outbox_message WHERE {WAITING} "
        "AND (state IN ('claimed', 'sending') OR (expires_at <> '' AND expires_at <= ?)) LIMIT 1",
        (now,),
    ).fetchone()
    return row is not None


def recover(connection: sqlite3.Connection, now: str) -> list[int]:
    """Take up what a dead sender left; the caller holds the sender lock, so no living one is disturbed.

    `claimed` is queued again, `sending` may have gone and becomes unknown, and what two senders died over is
    failed. A sender works through its claims in their order, so where nothing was being sent it died over the first.
    Returns the ids of those that are now unknown or failed.
    """
    rows = connection.execute(
        f"SELECT id, state, updated_at FROM outbox_message WHERE {WAITING} AND state IN ('claimed', 'sending') "
        "ORDER BY not_before, id"
    ).fetchall()
    if rows and all(state == "claimed" for _, state, _ in rows):
        _begin_attempt(connection, rows[0][0], rows[0][2])
    ended = []
    for message_id, state, _ in rows:
        if _died(connection, message_id) >= _POISON:
            new, reason = "failed", "two tries ended without a result; look at it before sending it again"
        elif state == "sending":
            new, reason = "unknown", "guru was interrupted while sending; it may or may not have gone"
        else:
            new, reason = "queued", ""
        connection.execute(
            "UPDATE outbox_message SET state = ?, reason = ?, updated_at = ?, lease_owner = '', lease_until = '' "
            "WHERE id = ?",
            (new, reason, now, message_id),
        )
        if new != "queued":
            ended.append(message_id)
    return ended


def _died(connection: sqlite3.Connection, message_id: int) -> int:
    row = connection.execute(
        "SELECT count(*) FROM outbox_attempt WHERE message_id = ? AND result = ''", (message_id,)
    ).fetchone()
    return int(row[0])


def expire(connection: sqlite3.Connection, now: str) -> list[int]:
    """End what is no longer useful: a reminder is missed, any other message expired. Returns their ids."""
    rows = connection.execute(
        f"SELECT id, kind, reason FROM outbox_message WHERE {UNSENT} AND expires_at <> '' AND expires_at <= ?", (now,)
    ).fetchall()
    for message_id, kind, reason in rows:
        connection.execute(
            "UPDATE outbox_message SET state = ?, reason = ?, updated_at = ?, lease_owner = '', lease_until = '' "
            "WHERE id = ?",
            ("missed" if kind == "reminder" else "expired", too_late(reason), now, message_id),
        )
    return [row[0] for row in rows]


def too_late(reason: str) -> str:
    """Why a message ended unsent, with what had kept it."""
    return (
        f"the appointment began before it could be sent ({reason})"
        if reason
        else "the appointment began before it was sent"
    )


def claim(
    connection: sqlite3.Connection, owner: str, now: str, lease_until: str, channels: Iterable[str], limit: int = 1
) -> list[Claimed]:
    """Take up to `limit` messages that are due on `channels`, those that have waited longest, in that order."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    rows = connection.execute(
        f"""SELECT id, idempotency_key, kind, channel, recipient, recipient_name, subject, body, appointment_id,
                   starts_at, invoice_id, invoice_revision, document_id, rule_id, resend_sequence, not_before,
                   expires_at, attempts, action_id, edited
            FROM outbox_message WHERE {WAITING} AND state IN ('held', 'queued') AND not_before <= ?
            AND channel IN ({listed}) ORDER BY not_before, id LIMIT ?""",
        (now, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE outbox_message SET state = 'claimed', lease_owner = ?, lease_until = ?, updated_at = ? WHERE id = ?",
        [(owner, lease_until, now, row[0]) for row in rows],
    )
    from guru_tui.domain.message import Claimed

    return [Claimed(*row) for row in rows]


def let_go(connection: sqlite3.Connection, owner: str, now: str) -> None:
    """Queue again what this sender has claimed and will not come to."""
    connection.execute(
        f"UPDATE outbox_message SET state = 'queued', updated_at = ?, lease_owner = '', lease_until = '' "
        f"WHERE {WAITING} AND state = 'claimed' AND lease_owner = ?",
        (now, owner),
    )


def set_aside(
    connection: sqlite3.Connection,
    claimed: Claimed,
    owner: str,
    now: str,
    state: str,
    reason: str,
    not_before: str = "",
) -> bool:
    """End a claim without sending: `queued` (later), `cancelled`, `blocked`, `expired` or `missed`.

    False where the message is no longer this sender's, because it was withdrawn meanwhile.
    """
    cursor = connection.execute(
        """UPDATE outbox_message
           SET state = ?, reason = ?, not_before = ?, updated_at = ?, lease_owner = '', lease_until = ''
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (state, reason, not_before or claimed.not_before, now, claimed.id, owner),
    )
    return cursor.rowcount == 1


def start_sending(
    connection: sqlite3.Connection,
    claimed: Claimed,
    owner: str,
    now: str,
    recipient: str,
    name: str,
    subject: str,
    body: str,
) -> str | None:
    """Make the message `sending` with the text and address it leaves with, and return its key.

    None where it was withdrawn meanwhile. Raises `sqlite3.IntegrityError` where the client's new address has had
    this very message already.
    """
    from guru_tui.domain.message import idempotency_key

    key = idempotency_key(
        claimed.kind,
        claimed.channel,
        recipient,
        appointment=(claimed.appointment_id, claimed.starts_at),
        invoice=(claimed.invoice_id, claimed.invoice_revision),
        rule_id=claimed.rule_id,
        resend_sequence=claimed.resend_sequence,
    )
    cursor = connection.execute(
        """UPDATE outbox_message
           SET state = 'sending', reason = '', idempotency_key = ?, recipient = ?, recipient_name = ?,
               subject = ?, body = ?, attempts = attempts + 1, updated_at = ?
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (key, recipient, name, subject, body, now, claimed.id, owner),
    )
    if cursor.rowcount != 1:
        return None
    _begin_attempt(connection, claimed.id, now)
    return key


def settle(
    connection: sqlite3.Connection, message_id: int, now: str, state: str, reason: str = "", *, provider_id: str = "",
    not_before: str = "",
) -> bool:  # fmt: skip
    """Record how a try ended: `sent`, `failed`, `unknown`, or `queued` for another one at `not_before`.

    Evidence that comes late wins: a message that was given up as unknown may still become `sent`.
    """
    allowed = "('sending', 'unknown')" if state == "sent" else "('sending')"
    cursor = connection.execute(
        f"""UPDATE outbox_message SET state = ?, reason = ?, provider_id = ?, sent_at = ?, updated_at = ?,
                   not_before = CASE ? WHEN '' THEN not_before ELSE ? END, lease_owner = '', lease_until = ''
            WHERE id = ? AND state IN {allowed}""",
        (state, reason, provider_id, now if state == "sent" else "", now, not_before, not_before, message_id),
    )
    if cursor.rowcount != 1:
        return False
    _end_attempt(connection, message_id, now, state, reason)
    return True


def _begin_attempt(connection: sqlite3.Connection, message_id: int, now: str) -> None:
    connection.execute(
        "INSERT INTO outbox_attempt (message_id, started_at, ended_at, result, reason) VALUES (?, ?, '', '', '')",
        (message_id, now),
    )


def _end_attempt(connection: sqlite3.Connection, message_id: int, now: str, result: str, reason: str) -> None:
    connection.execute(
        """UPDATE outbox_attempt SET ended_at = ?, result = ?, reason = ?
           WHERE id = (SELECT max(id) FROM outbox_attempt WHERE message_id = ?)""",
        (now, result, reason, message_id),
    )


def last_run(connection: sqlite3.Connection) -> str:
    """When any sender last worked through the outbox, empty where none ever has."""
    return str(connection.execute("SELECT COALESCE(max(last_at), '') FROM sender_run").fetchone()[0])


def record_run(connection: sqlite3.Connection, who: str, now: str, paused: str, place: str = "") -> None:
    """Note that the sender `who` has worked through the outbox, and why a channel is paused, if one is.

    `place` is what started it and where: `cron on desk`.
    """
    connection.execute(
        """INSERT INTO sender_run (who, last_at, paused, place) VALUES (?, ?, ?, ?)
           ON CONFLICT (who) DO UPDATE
           SET last_at = excluded.last_at, paused = excluded.paused, place = excluded.place""",
        (who, now, paused, place),
    )
