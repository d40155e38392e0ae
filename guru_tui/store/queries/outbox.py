"""The outbox as faces and senders read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.views.messages import AttemptRow, MessageRow
from guru_tui.store.outbox import WAITING

_FIELDS = tuple(field.name for field in fields(MessageRow))
_INSTANTS = (
    "not_before", "expires_at", "sent_at", "created_at", "starts_at", "updated_at", "delivered_at", "acknowledged_at",
)  # fmt: skip
_ROW = f"SELECT {', '.join(_FIELDS)} FROM outbox_message "


def messages(
    connection: sqlite3.Connection, state: str | None = None, limit: int = 500, *, client_id: int | None = None
) -> list[MessageRow]:
    """The newest messages first; only those in `state`, and to that client, where they are given."""
    wanted = {"state": state, "client_id": client_id}
    where = " AND ".join(f"{column} = :{column}" for column, value in wanted.items() if value is not None)
    rows = connection.execute(
        _ROW + (f"WHERE {where} " if where else "") + "ORDER BY id DESC LIMIT :limit", {**wanted, "limit": limit}
    )
    return [_message(row) for row in rows]


def message(connection: sqlite3.Connection, message_id: int) -> MessageRow | None:
    """One message; None where there is none of that id."""
    row = connection.execute(_ROW + "WHERE id = ?", (message_id,)).fetchone()
    return _message(row) if row else None


def messages_by_id(connection: sqlite3.Connection, ids: Iterable[int]) -> list[MessageRow]:
    """The messages of these ids, oldest first."""
    # Written out, a page of ids makes SQLite walk the whole table instead of looking each one up.
    listed = ",".join(str(int(number)) for number in ids)
    rows = connection.execute(_ROW + "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (f"[{listed}]",))
    return [_message(row) for row in rows]


def messages_for_appointment(connection: sqlite3.Connection, appointment_id: int) -> list[MessageRow]:
    """Every message about an appointment, oldest first."""
    rows = connection.execute(_ROW + "WHERE appointment_id = ? ORDER BY id", (appointment_id,))
    return [_message(row) for row in rows]


def messages_for_invoice(connection: sqlite3.Connection, invoice_id: int) -> list[MessageRow]:
    """Every message about an invoice, oldest first."""
    rows = connection.execute(_ROW + "WHERE invoice_id = ? ORDER BY id", (invoice_id,))
    return [_message(row) for row in rows]


def waiting(connection: sqlite3.Connection, now: str, limit: int = 500) -> list[MessageRow]:
    """The messages whose time has come by `now` (text) and that have not left, in the order in which they leave."""
    rows = connection.execute(
        _ROW + "WHERE state IN ('held', 'queued', 'claimed') AND not_before <= ? ORDER BY not_before, id LIMIT ?",
        (now, limit),
    )
    return [_message(row) for row in rows]


def waiting_on(connection: sqlite3.Connection, now: str, channels: Iterable[str]) -> list[int]:
    """The ids of the messages for these channels whose time has come by `now` (text) and that no sender has taken."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    rows = connection.execute(
        f"SELECT id FROM outbox_message WHERE {WAITING} AND state IN ('held', 'queued') AND not_before <= ? "
        f"AND channel IN ({listed}) ORDER BY id",
        (now,),
    )
    return [row[0] for row in rows]


def same_elsewhere(
    connection: sqlite3.Connection, message_id: int, channel: str, about: str = ""
) -> tuple[int, str] | None:
    """Id and state of the message that tells the same client the same on `channel`; None where there is none.

    `about` is what the key of one names that is about neither an appointment nor an invoice. One that was taken back,
    blocked or came too late does not count: it can be put in again.
    """
    row = connection.execute(
        """SELECT o.id, o.state FROM outbox_message m JOIN outbox_message o
             ON o.kind = m.kind AND o.client_id IS m.client_id AND o.rule_id = m.rule_id
            AND o.resend_sequence = m.resend_sequence
            AND (m.appointment_id IS NOT NULL AND o.appointment_id = m.appointment_id AND o.starts_at = m.starts_at
                 OR m.invoice_id IS NOT NULL AND o.invoice_id = m.invoice_id
                 OR :about <> '' AND o.idempotency_key LIKE '%:' || :about || '#%')
           WHERE m.id = :id AND o.channel = :channel AND o.state NOT IN ('cancelled', 'blocked', 'expired')
           ORDER BY o.id DESC LIMIT 1""",
        {"id": message_id, "channel": channel, "about": about},
    ).fetchone()
    return (row[0], row[1]) if row else None


def gone_for_action(connection: sqlite3.Connection, action_id: int) -> list[MessageRow]:
    """The messages of an action that have left or may have."""
    rows = connection.execute(
        _ROW
        + """WHERE action_id = ? AND state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')
             ORDER BY id""",
        (action_id,),
    )
    return [_message(row) for row in rows]


def attempts(connection: sqlite3.Connection, message_id: int) -> list[AttemptRow]:
    """Every try at sending a message, oldest first."""
    rows = connection.execute(
        "SELECT started_at, ended_at, result, reason FROM outbox_attempt WHERE message_id = ? ORDER BY id",
        (message_id,),
    )
    return [
        AttemptRow(from_utc_text(started), from_utc_text(ended) if ended else None, result, reason)
        for started, ended, result, reason in rows
    ]


def _message(row: tuple[Any, ...]) -> MessageRow:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _INSTANTS:
        values[name] = from_utc_text(values[name]) if values[name] else None
    values["edited"] = bool(values["edited"])
    return MessageRow(**values)
