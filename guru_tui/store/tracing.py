"""Which messages their provider is asked about, when next, and what it said, as SQL in the caller's transaction.

`poll_at` is when to ask next, empty for never. A message is asked about more and more rarely, and three days after it
left no more: what a provider does not know by then it never learns.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.store.outbox import WAITING

_WAITS = (
    timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=12),
)  # fmt: skip
_GIVE_UP = timedelta(hours=72)
_BALANCE_AGE = timedelta(hours=1)


class Traced(NamedTuple):
    """A message to ask about, as it was when it was taken; `left_at` is when it was last heard of before that."""

    id: int
    channel: str
    provider_id: str
    state: str
    polls: int
    left_at: str


def due(connection: sqlite3.Connection, now: str) -> bool:
    """Whether a provider has something to be asked: about messages, or about its balance while there is SMS to send."""
    since = utc_text(from_utc_text(now) - _BALANCE_AGE)
    row = connection.execute(
        f"""SELECT EXISTS (SELECT 1 FROM outbox_message WHERE poll_at <> '' AND poll_at <= :now)
               OR EXISTS (SELECT 1 FROM outbox_message WHERE {WAITING} AND channel = 'sms')
                  AND NOT EXISTS (SELECT 1 FROM channel_state WHERE channel = 'sms' AND balance_at > :since)""",
        {"now": now, "since": since},
    ).fetchone()
    return bool(row[0])


def take(connection: sqlite3.Connection, now: str, most: int) -> list[Traced]:
    """Up to `most` messages that are due to be asked about, those that have waited longest first."""
    rows = connection.execute(
        """SELECT id, channel, provider_id, state, polls, CASE sent_at WHEN '' THEN updated_at ELSE sent_at END
           FROM outbox_message WHERE poll_at <> '' AND poll_at <= ? ORDER BY poll_at, id LIMIT ?""",
        (now, most),
    )
    return [Traced(*row) for row in rows]


def record(
    connection: sqlite3.Connection, message: Traced, now: datetime, state: str, reason: str = "", at: str = ""
) -> bool:
    """Note what the provider said: `delivered` (since `at`), `undelivered` (why), or `underway`, and then ask again.

    An unknown message that the provider has after all becomes `sent`. True where the state is another one now; False
    too where the message has become something else meanwhile.
    """
    known = "sent" if state == "underway" else state
    again = _next(message, now) if state == "underway" else ""
    cursor = connection.execute(
        """UPDATE outbox_message
           SET state = :state, reason = :reason, delivered_at = :delivered, poll_at = :again, polls = polls + 1,
               sent_at = CASE sent_at WHEN '' THEN :left ELSE sent_at END, updated_at = :now
           WHERE id = :id AND provider_id = :provider_id AND state = :before AND state <> :state""",
        {
            "state": known, "reason": reason, "delivered": at if known == "delivered" else "", "again": again,
            "left": message.left_at, "now": utc_text(now), "id": message.id, "provider_id": message.provider_id,
            "before": message.state,
        },
    )  # fmt: skip
    if cursor.rowcount == 1:
        if message.state == "unknown":
            connection.execute(
                """UPDATE outbox_attempt SET result = 'sent', reason = ''
                   WHERE id = (SELECT max(id) FROM outbox_attempt WHERE message_id = ?) AND result = 'unknown'""",
                (message.id,),
            )
        return True
    learnt_nothing(connection, message, now)
    return False


def learnt_nothing(connection: sqlite3.Connection, message: Traced, now: datetime) -> None:
    """The provider knows no more than before: ask again later, or no more."""
    connection.execute(
        "UPDATE outbox_message SET poll_at = ?, polls = polls + 1 WHERE id = ? AND poll_at <> ''",
        (_next(message, now), message.id),
    )


def put_off(connection: sqlite3.Connection, channel: str, now: datetime, wait: timedelta) -> None:
    """The provider could not be asked at all: everything that is due on the channel waits, and counts as not asked.

    What has left too long ago is not asked about any more.
    """
    text, oldest = utc_text(now), utc_text(now - _GIVE_UP)
    connection.execute(
        """UPDATE outbox_message
           SET poll_at = CASE WHEN CASE sent_at WHEN '' THEN updated_at ELSE sent_at END <= :oldest
                              THEN '' ELSE :later END
           WHERE poll_at <> '' AND poll_at <= :now AND channel = :channel""",
        {"oldest": oldest, "later": utc_text(now + wait), "now": text, "channel": channel},
    )


def balance_wanted(connection: sqlite3.Connection, channel: str, now: datetime) -> bool:
    """Whether the last word on the channel's balance is older than an hour; a clock that was put back asks too."""
    row = connection.execute("SELECT balance_at FROM channel_state WHERE channel = ?", (channel,)).fetchone()
    return row is None or not utc_text(now - _BALANCE_AGE) < row[0] <= utc_text(now)


def record_balance(
    connection: sqlite3.Connection, channel: str, now: datetime, balance: str = "", currency: str = ""
) -> None:
    """Note what the account held at `now`; an empty balance where the provider was asked and did not say."""
    connection.execute(
        """INSERT INTO channel_state (channel, balance, currency, balance_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (channel) DO UPDATE
           SET balance = excluded.balance, currency = excluded.currency, balance_at = excluded.balance_at""",
        (channel, balance, currency, utc_text(now)),
    )


def _next(message: Traced, now: datetime) -> str:
    """When to ask again after one more time, empty where that would be too late."""
    again = now + _WAITS[min(message.polls, len(_WAITS) - 1)]
    return utc_text(again) if again <= from_utc_text(message.left_at) + _GIVE_UP else ""
