"""The outbox's writes: every transition of a message, as SQL in the caller's transaction.

    held -> queued -> claimed -> sending -> sent, or failed, unknown, or queued again
    held, queued, claimed -> cancelled, blocked, expired, missed

`sending` is committed before any network I/O. A crash before it leaves a row to take again, a crash after it
one whose fate is unknown, which is never sent again by itself. What one message may be sent once for is its
idempotency key, and the key is unique in the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

WITHDRAWN_BY_HAND = "withdrawn by you"
"""The reason of a message that the practitioner took back herself: no rule brings that one back."""

# Word for word the condition of the partial index, which SQLite otherwise would not use.
_WAITING = "state IN ('held', 'queued', 'claimed', 'sending')"
_UNSENT = f"{_WAITING} AND state <> 'sending'"
_POISON = 2

_COLUMNS = (
    "kind", "channel", "client_id", "recipient", "recipient_name", "subject", "body", "appointment_id", "starts_at",
    "invoice_id", "invoice_revision", "document_id", "resend_sequence", "state", "reason", "not_before", "expires_at",
    "action_id",
)  # fmt: skip


@dataclass(frozen=True)
class NewMessage:
    """A message to put into the outbox; instants in the store's text form, empty where there is none."""

    kind: str
    channel: str
    client_id: int | None
    recipient: str
    recipient_name: str
    subject: str
    body: str
    state: str
    not_before: str
    expires_at: str = ""
    reason: str = ""
    appointment_id: int | None = None
    starts_at: str | None = None
    invoice_id: int | None = None
    invoice_revision: int = 0
    document_id: int | None = None
    resend_sequence: int = 0
    action_id: int | None = None

    @property
    def key(self) -> str:
        """What this message may be sent once for."""
        return idempotency_key(
            self.kind,
            self.channel,
            self.recipient,
            appointment=(self.appointment_id, self.starts_at),
            invoice=(self.invoice_id, self.invoice_revision),
            resend_sequence=self.resend_sequence,
        )


@dataclass(frozen=True)
class Claimed:
    """A message that this sender has taken; fields as in the store."""

    id: int
    idempotency_key: str
    kind: str
    channel: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    appointment_id: int | None
    starts_at: str | None
    invoice_id: int | None
    invoice_revision: int
    document_id: int | None
    resend_sequence: int
    not_before: str
    expires_at: str
    attempts: int
    action_id: int | None


def idempotency_key(
    kind: str,
    channel: str,
    recipient: str,
    *,
    appointment: tuple[int | None, str | None] = (None, None),
    invoice: tuple[int | None, int] = (None, 0),
    resend_sequence: int = 0,
) -> str:
    """`kind:channel:recipient:subject#resend`, the subject being `appointment@start` or `invoice-id.revision`."""
    subject = f"{appointment[0]}@{appointment[1]}" if invoice[0] is None else f"invoice-{invoice[0]}.{invoice[1]}"
    return f"{kind}:{channel}:{recipient}:{subject}#{resend_sequence}"


def put(connection: sqlite3.Connection, message: NewMessage, now: str, revive: Collection[str]) -> int:
    """Insert the message and return its id; where its key exists already, return that row's.

    An existing row whose state is in `revive` never left, so it takes on the new text, time and state.
    """
    row = connection.execute("SELECT id, state FROM outbox_message WHERE idempotency_key = ?", (message.key,)).fetchone()
    if row is None:
        marks = ", ".join("?" * (len(_COLUMNS) + 3))
        cursor = connection.execute(
            f"INSERT INTO outbox_message ({', '.join(_COLUMNS)}, idempotency_key, created_at, updated_at, attempts, "
            f"lease_owner, lease_until, provider_id, sent_at) VALUES ({marks}, 0, '', '', '', '')",
            (*(getattr(message, column) for column in _COLUMNS), message.key, now, now),
        )
        return int(cursor.lastrowid or 0)
    if row[1] in revive:
        pairs = ", ".join(f"{column} = ?" for column in _COLUMNS)
        connection.execute(
            f"UPDATE outbox_message SET {pairs}, lease_owner = '', lease_until = '', created_at = ?, updated_at = ? "
            "WHERE id = ?",
            (*(getattr(message, column) for column in _COLUMNS), now, now, row[0]),
        )
    return int(row[0])


def withdraw_appointment(
    connection: sqlite3.Connection, appointment_id: int, now: str, reason: str, by: str, starts_at: str | None = None
) -> int:
    """Cancel what has not left about an appointment (for that start, if given); returns how many.

    `by` names the action that did it, so that its undo can bring them back.
    """
    start = "AND starts_at = ?" if starts_at is not None else ""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, lease_owner = ?, lease_until = '' "
        f"WHERE appointment_id = ? AND {_UNSENT} {start}",
        (reason, now, by, appointment_id, *([starts_at] if starts_at is not None else [])),
    )
    return cursor.rowcount


def withdraw_action(connection: sqlite3.Connection, action_id: int, now: str, reason: str, by: str) -> int:
    """Cancel what has not left of the messages an action gave rise to; returns how many."""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, lease_owner = ?, lease_until = '' "
        f"WHERE action_id = ? AND {_UNSENT}",
        (reason, now, by, action_id),
    )
    return cursor.rowcount


def bring_back(connection: sqlite3.Connection, withdrawn_by: str, now: str, not_before: str) -> int:
    """Put back what an action that is undone had withdrawn, held at least until `not_before`; returns how many."""
    cursor = connection.execute(
        """UPDATE outbox_message SET state = 'held', reason = '', updated_at = ?, lease_owner = '',
                  not_before = max(not_before, ?)
           WHERE lease_owner = ? AND state = 'cancelled' AND (expires_at = '' OR expires_at > ?)""",
        (now, not_before, withdrawn_by, now),
    )
    return cursor.rowcount


def withdraw_one(connection: sqlite3.Connection, message_id: int, now: str) -> bool:
    """Cancel one message on the practitioner's word; False where it has left or was cancelled already."""
    cursor = connection.execute(
        f"UPDATE outbox_message SET state = 'cancelled', reason = ?, updated_at = ?, lease_owner = '', lease_until = '' "
        f"WHERE id = ? AND {_UNSENT}",
        (WITHDRAWN_BY_HAND, now, message_id),
    )
    return cursor.rowcount == 1


def stale(connection: sqlite3.Connection, now: str) -> bool:
    """Whether a dead sender left something behind, or something waiting is no longer useful."""
    row = connection.execute(
        f"SELECT 1 FROM outbox_message WHERE {_WAITING} "
        "AND (state IN ('claimed', 'sending') OR (expires_at <> '' AND expires_at <= ?)) LIMIT 1",
        (now,),
    ).fetchone()
    return row is not None


def recover(connection: sqlite3.Connection, now: str) -> list[int]:
    """Take up what a dead sender left; the caller holds the sender lock, so no living one is disturbed.

    `claimed` is queued again, `sending` may have gone and becomes unknown, and what two senders died over is
    failed. Returns the ids of those that are now unknown or failed.
    """
    rows = connection.execute(
        f"SELECT m.id, m.state, (SELECT count(*) FROM outbox_attempt a WHERE a.message_id = m.id AND a.result = '') "
        f"FROM outbox_message m WHERE m.{_WAITING} AND m.state IN ('claimed', 'sending')"
    ).fetchall()
    ended = []
    for message_id, state, died in rows:
        if died >= _POISON:
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


def expire(connection: sqlite3.Connection, now: str) -> list[int]:
    """End what is no longer useful: a reminder is missed, any other message expired. Returns their ids."""
    rows = connection.execute(
        f"SELECT id, kind, reason FROM outbox_message WHERE {_UNSENT} AND expires_at <> '' AND expires_at <= ?", (now,)
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
    return f"the appointment began before it could be sent ({reason})" if reason else "the appointment began before it was sent"


def due(connection: sqlite3.Connection, now: str, channels: Iterable[str]) -> int:
    """How many messages wait on these channels whose time has come."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    row = connection.execute(
        f"SELECT count(*) FROM outbox_message WHERE {_UNSENT} AND not_before <= ? AND channel IN ({listed})", (now,)
    ).fetchone()
    return int(row[0])


def held(connection: sqlite3.Connection) -> int:
    """How many messages are held back for the practitioner to think again."""
    row = connection.execute(f"SELECT count(*) FROM outbox_message WHERE {_WAITING} AND state = 'held'").fetchone()
    return int(row[0])


def claim(
    connection: sqlite3.Connection, owner: str, now: str, lease_until: str, channels: Iterable[str]
) -> Claimed | None:
    """Take the message that has waited longest on one of `channels`, opening a try; None where none is due."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    row = connection.execute(
        f"""SELECT id, idempotency_key, kind, channel, recipient, recipient_name, subject, body, appointment_id, starts_at,
                   invoice_id, invoice_revision, document_id, resend_sequence, not_before, expires_at, attempts, action_id
            FROM outbox_message WHERE {_WAITING} AND state IN ('held', 'queued') AND not_before <= ?
            AND channel IN ({listed}) ORDER BY not_before, id LIMIT 1""",
        (now,),
    ).fetchone()
    if row is None:
        return None
    connection.execute(
        "UPDATE outbox_message SET state = 'claimed', lease_owner = ?, lease_until = ?, updated_at = ? WHERE id = ?",
        (owner, lease_until, now, row[0]),
    )
    connection.execute("INSERT INTO outbox_attempt (message_id, started_at, ended_at, result, reason) VALUES (?, ?, '', '', '')", (row[0], now))
    return Claimed(*row)


def set_aside(
    connection: sqlite3.Connection, claimed: Claimed, owner: str, now: str, state: str, reason: str, not_before: str = ""
) -> bool:
    """End a claim without sending: `queued` (later), `cancelled`, `blocked`, `expired` or `missed`.

    False where the message is no longer this sender's, because it was withdrawn meanwhile.
    """
    cursor = connection.execute(
        """UPDATE outbox_message SET state = ?, reason = ?, not_before = ?, updated_at = ?, lease_owner = '', lease_until = ''
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (state, reason, not_before or claimed.not_before, now, claimed.id, owner),
    )
    _end_attempt(connection, claimed.id, now, state if cursor.rowcount else "cancelled", reason)
    return cursor.rowcount == 1


def start_sending(
    connection: sqlite3.Connection, claimed: Claimed, owner: str, now: str, recipient: str, name: str, subject: str, body: str
) -> str | None:
    """Make the message `sending` with the text and address it leaves with, and return its key.

    None where it was withdrawn meanwhile. Raises `sqlite3.IntegrityError` where the client's new address has had
    this very message already.
    """
    key = idempotency_key(
        claimed.kind,
        claimed.channel,
        recipient,
        appointment=(claimed.appointment_id, claimed.starts_at),
        invoice=(claimed.invoice_id, claimed.invoice_revision),
        resend_sequence=claimed.resend_sequence,
    )
    cursor = connection.execute(
        """UPDATE outbox_message SET state = 'sending', reason = '', idempotency_key = ?, recipient = ?, recipient_name = ?,
                  subject = ?, body = ?, attempts = attempts + 1, updated_at = ?
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (key, recipient, name, subject, body, now, claimed.id, owner),
    )
    if cursor.rowcount != 1:
        _end_attempt(connection, claimed.id, now, "cancelled", "withdrawn before it left")
        return None
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


def _end_attempt(connection: sqlite3.Connection, message_id: int, now: str, result: str, reason: str) -> None:
    connection.execute(
        """UPDATE outbox_attempt SET ended_at = ?, result = ?, reason = ?
           WHERE id = (SELECT max(id) FROM outbox_attempt WHERE message_id = ?)""",
        (now, result, reason, message_id),
    )


def last_run(connection: sqlite3.Connection) -> str:
    """When any sender last worked through the outbox, empty where none ever has."""
    return str(connection.execute("SELECT COALESCE(max(last_at), '') FROM sender_run").fetchone()[0])


def record_run(connection: sqlite3.Connection, who: str, now: str, paused: str) -> None:
    """Note that the sender `who` has worked through the outbox, and why a channel is paused, if one is."""
    connection.execute(
        """INSERT INTO sender_run (who, last_at, paused) VALUES (?, ?, ?)
           ON CONFLICT (who) DO UPDATE SET last_at = excluded.last_at, paused = excluded.paused""",
        (who, now, paused),
    )
