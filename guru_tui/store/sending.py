"""How a message leaves the outbox: claimed, `sending`, and how that ended, as SQL in the caller's transaction.

`sending` is committed before any network I/O. A crash before it leaves a row to take again, a crash after it one
whose fate is unknown, which is never sent again by itself. The caller holds the sender lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING

from guru_tui.domain.message_kinds import OFFER
from guru_tui.domain.practice import OWN_KINDS
from guru_tui.store.outbox import UNSENT, WAITING

if TYPE_CHECKING:
    from guru_tui.domain.message import Claimed

_POISON = 2
# The columns of `Claimed`, in its order.
_CLAIMED = """id, idempotency_key, kind, channel, recipient, recipient_name, subject, body, appointment_id,
    starts_at, invoice_id, invoice_revision, document_id, rule_id, resend_sequence, not_before, expires_at, attempts,
    action_id, edited, series_id"""


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

    `sending` may have gone and becomes unknown, `claimed` is queued again, or failed where two senders died over it.
    A sender works through its claims in their order, so where nothing was being sent it died over the first. A sender
    that lives after all, because its lock was lost (its file removed, a network file system), does no harm: it cannot
    begin to send what is no longer claimed in its name, and how its try in hand ended still counts (`settle`).
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
        if state == "sending":
            new, reason = "unknown", "guru was interrupted while sending; it may or may not have gone"
        elif _died(connection, message_id) >= _POISON:
            new, reason = "failed", "two tries ended without a result; look at it before sending it again"
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


def set_right(connection: sqlite3.Connection, now: str) -> None:
    """Undo what a clock that ran ahead has done: misses of what is still to come, and waits written in that future.

    A wait begins anew at `now`, as long as it was to be: a hold of three minutes stays one where the clock steps back
    by a second.
    """
    connection.execute(
        """UPDATE outbox_message SET state = 'queued', reason = '', updated_at = ?, not_before = min(not_before, ?)
           WHERE acknowledged_at = '' AND state IN ('missed', 'expired') AND expires_at > ?""",
        (now, now, now),
    )
    connection.execute(
        f"""UPDATE outbox_message SET updated_at = ?, not_before = strftime('%Y-%m-%dT%H:%M:%SZ',
                strftime('%s', ?) + max(strftime('%s', not_before) - strftime('%s', updated_at), 0), 'unixepoch')
            WHERE {WAITING} AND state IN ('held', 'queued') AND updated_at > ? AND not_before > ?""",
        (now, now, now, now),
    )


def ran_ahead(connection: sqlite3.Connection, now: str) -> bool:
    """Whether anything has been written to the outbox at a time that is still to come."""
    row = connection.execute(
        f"""SELECT EXISTS (SELECT 1 FROM outbox_message WHERE acknowledged_at = ''
                             AND state IN ('missed', 'expired') AND expires_at > ?)
                OR EXISTS (SELECT 1 FROM outbox_message WHERE {WAITING} AND updated_at > ? AND not_before > ?)""",
        (now, now, now),
    ).fetchone()
    return bool(row[0])


def expire(connection: sqlite3.Connection, now: str) -> list[int]:
    """End what is no longer useful: a reminder is missed, any other message expired. Returns their ids."""
    rows = connection.execute(
        f"SELECT id, kind, reason FROM outbox_message WHERE {UNSENT} AND expires_at <> '' AND expires_at <= ?", (now,)
    ).fetchall()
    for message_id, kind, reason in rows:
        connection.execute(
            "UPDATE outbox_message SET state = ?, reason = ?, updated_at = ?, lease_owner = '', lease_until = '', "
            "acknowledged_at = ? WHERE id = ?",
            (
                "missed" if kind == "reminder" else "expired",
                too_late(kind, reason),
                now,
                now if kind in OWN_KINDS else "",  # yesterday's agenda is nothing that anybody has to deal with
                message_id,
            ),
        )
    return [row[0] for row in rows]


def too_late(kind: str, reason: str = "") -> str:
    """Why a message ended unsent, with what had kept it."""
    if kind in OWN_KINDS:
        return f"it was no longer of use ({reason})" if reason else "it was no longer of use"
    what = "that time" if kind == OFFER else "the appointment"
    return f"{what} began before it could be sent ({reason})" if reason else f"{what} began before it was sent"


def claim(
    connection: sqlite3.Connection, owner: str, now: str, lease_until: str, channels: Iterable[str], limit: int = 1
) -> list[Claimed]:
    """Take up to `limit` messages that are due on `channels`, those that have waited longest, in that order."""
    listed = ", ".join(f"'{channel}'" for channel in channels)
    rows = connection.execute(
        f"""SELECT {_CLAIMED} FROM outbox_message WHERE {WAITING} AND state IN ('held', 'queued') AND not_before <= ?
            AND channel IN ({listed}) ORDER BY not_before, id LIMIT ?""",
        (now, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE outbox_message SET state = 'claimed', lease_owner = ?, lease_until = ?, updated_at = ? WHERE id = ?",
        [(owner, lease_until, now, row[0]) for row in rows],
    )
    from guru_tui.domain.message import Claimed

    return [Claimed(*row) for row in rows]


def as_claimed(connection: sqlite3.Connection, message_id: int) -> Claimed | None:
    """A message as a sender would have it in hand, without taking it; None where there is none of that id."""
    from guru_tui.domain.message import Claimed

    row = connection.execute(f"SELECT {_CLAIMED} FROM outbox_message WHERE id = ?", (message_id,)).fetchone()
    return Claimed(*row) if row else None


def key_at(claimed: Claimed, recipient: str) -> str:
    """The key of a message when it goes to `recipient`."""
    from guru_tui.domain.message import about_of, idempotency_key, offered_entry

    about = ""
    if claimed.appointment_id is None and claimed.invoice_id is None:
        if offered_entry(claimed.idempotency_key) is None and claimed.series_id is None:
            return claimed.idempotency_key  # about a day or an hour, which only the key itself says
        about = about_of(claimed.idempotency_key)
    return idempotency_key(
        claimed.kind,
        claimed.channel,
        recipient,
        appointment=(claimed.appointment_id, claimed.starts_at),
        invoice=(claimed.invoice_id, claimed.invoice_revision),
        rule_id=claimed.rule_id,
        resend_sequence=claimed.resend_sequence,
        about=about,
    )


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
           SET state = ?, reason = ?, not_before = ?, updated_at = ?, lease_owner = '', lease_until = '',
               acknowledged_at = ?
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (
            state,
            reason,
            not_before or claimed.not_before,
            now,
            now if state == "expired" and claimed.kind in OWN_KINDS else "",
            claimed.id,
            owner,
        ),
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
    calendar_sequence: int | None = None,
    calendar_facts: str = "",
) -> str | None:
    """Make the message `sending` with the text, address and calendar entry it leaves with, and return its key.

    None where it was withdrawn meanwhile. Raises `sqlite3.IntegrityError` where the client's new address has had
    this very message already.
    """
    key = key_at(claimed, recipient)
    if (key, recipient) != (claimed.idempotency_key, claimed.recipient):
        # Apart, because naming them writes every unique index anew even where they stay as they are; and first,
        # because a refusal must leave the claim as it is.
        connection.execute(
            "UPDATE outbox_message SET idempotency_key = ?, recipient = ? "
            "WHERE id = ? AND state = 'claimed' AND lease_owner = ?",
            (key, recipient, claimed.id, owner),
        )
    cursor = connection.execute(
        """UPDATE outbox_message
           SET state = 'sending', reason = '', recipient_name = ?, subject = ?, body = ?, attempts = attempts + 1,
               updated_at = ?, calendar_sequence = ?, calendar_facts = ?
           WHERE id = ? AND state = 'claimed' AND lease_owner = ?""",
        (name, subject, body, now, calendar_sequence, calendar_facts, claimed.id, owner),
    )
    if cursor.rowcount != 1:
        return None
    _begin_attempt(connection, claimed.id, now)
    return key


# Out of which states a result may lead. All but the first are for evidence that comes late: from a sender that was
# taken for dead, or from a provider that is asked, or that a mail comes back from.
_FROM = {
    "queued": ("sending", "unknown"),
    "unknown": ("sending",),
    "failed": ("sending", "unknown"),
    "sent": ("sending", "unknown"),
    "delivered": ("sending", "unknown", "sent", "undelivered"),
    "undelivered": ("sending", "unknown", "sent"),
}
_LEFT = ("sent", "delivered", "undelivered")


def settle(
    connection: sqlite3.Connection, message_id: int, now: str, state: str, reason: str = "", *, provider_id: str = "",
    not_before: str = "", poll_at: str = "",
) -> bool:  # fmt: skip
    """Record how a try ended: `sent`, `failed`, `unknown`, or `queued` for another one at `not_before`.

    `poll_at` is when to ask the provider about `provider_id` for the first time, empty for never. What the provider
    says later is recorded as `delivered` or `undelivered`. Late evidence wins over `unknown`: that may still become
    any of these, but for another try, which then only a person starts (`failed`). False where the message is past it.
    """
    allowed = ", ".join(f"'{before}'" for before in _FROM[state])
    row = connection.execute(
        f"""UPDATE outbox_message
            SET state = CASE WHEN state = 'unknown' AND :state = 'queued' THEN 'failed' ELSE :state END,
                reason = :reason, updated_at = :now, poll_at = :poll_at, polls = 0,
                provider_id = CASE :provider_id WHEN '' THEN provider_id ELSE :provider_id END,
                sent_at = CASE WHEN :left AND sent_at = '' THEN :now ELSE sent_at END,
                delivered_at = CASE :state WHEN 'delivered' THEN :now ELSE delivered_at END,
                not_before = CASE :not_before WHEN '' THEN not_before ELSE :not_before END,
                lease_owner = '', lease_until = ''
            WHERE id = :id AND state IN ({allowed}) RETURNING state""",
        {
            "state": state, "reason": reason, "now": now, "poll_at": poll_at, "provider_id": provider_id,
            "left": state in _LEFT, "not_before": not_before, "id": message_id,
        },
    ).fetchone()  # fmt: skip
    if row is None:
        return False
    if state in ("delivered", "undelivered"):
        _end_attempt(connection, message_id, now, "sent", "", only="('', 'unknown')")
    else:
        _end_attempt(connection, message_id, now, row[0], reason)
    return True


def _begin_attempt(connection: sqlite3.Connection, message_id: int, now: str) -> None:
    connection.execute(
        "INSERT INTO outbox_attempt (message_id, started_at, ended_at, result, reason) VALUES (?, ?, '', '', '')",
        (message_id, now),
    )


def _end_attempt(
    connection: sqlite3.Connection, message_id: int, now: str, result: str, reason: str, only: str = ""
) -> None:
    """End the newest try; `only` (an SQL list) where its result is one of these so far."""
    so_far = f"AND result IN {only}" if only else ""
    connection.execute(
        f"""UPDATE outbox_attempt SET ended_at = ?, result = ?, reason = ?
            WHERE id = (SELECT max(id) FROM outbox_attempt WHERE message_id = ?) {so_far}""",
        (now, result, reason, message_id),
    )


def last_run(connection: sqlite3.Connection, now: str) -> str:
    """When any sender last worked through the outbox by `now`, empty where none ever has.

    One that noted a time still to come did so by a clock that was wrong.
    """
    row = connection.execute("SELECT COALESCE(max(last_at), '') FROM sender_run WHERE last_at <= ?", (now,)).fetchone()
    return str(row[0])


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
