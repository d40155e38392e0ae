"""The Outbox screen's own reads: counts, pages and filters that stay fast however many messages there are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.message import ENDED_BADLY, MESSAGE_STATES
from guru_tui.domain.text import fold
from guru_tui.domain.views.outbox import FilterWord, Need, OutboxCounts, SenderRow
from guru_tui.store.outbox import WAITING

_LONGEST_WORD = 100  # no name is longer, and a pattern costs by its length


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


# Word for word the condition of the partial index: SQLite may use it for no other.
NEEDS = f"acknowledged_at = '' AND state IN ({_listed(ENDED_BADLY)})"
_GONE = ("sent", "delivered")
# Naming every state lets SQLite count along the index on it instead of reading each message.
_ANY = f"state IN ({_listed(MESSAGE_STATES)})"


def counts(connection: sqlite3.Connection) -> OutboxCounts:
    """How many messages each part holds."""
    row = connection.execute(
        f"""SELECT (SELECT count(*) FROM outbox_message WHERE {_ANY}),
                   (SELECT count(*) FROM outbox_message WHERE {NEEDS}),
                   (SELECT count(*) FROM outbox_message WHERE {WAITING}),
                   (SELECT count(*) FROM outbox_message WHERE state IN ({_listed(_GONE)}))"""
    ).fetchone()
    return OutboxCounts(*row)


def needs(connection: sqlite3.Connection) -> list[Need]:
    """What has ended badly and nobody has dealt with, by state and channel."""
    rows = connection.execute(
        f"SELECT state, channel, count(*) FROM outbox_message WHERE {NEEDS} GROUP BY state, channel"
    )
    return [Need(*row) for row in rows]


def page(connection: sqlite3.Connection, part: str, words: Sequence[FilterWord] = (), *, limit: int = 500) -> list[int]:
    """The ids of the messages of a part (see `PARTS`) that every word of the filter fits.

    What waits comes in the order in which it leaves, everything else newest first.
    """
    where, values = _filter(words)
    values["limit"] = max(limit, 0)
    if part == "waiting":
        statement = f"SELECT id FROM outbox_message m WHERE {WAITING} AND {where} ORDER BY not_before, id LIMIT :limit"
    elif part == "all":
        statement = f"SELECT id FROM outbox_message m WHERE {where} ORDER BY id DESC LIMIT :limit"
    elif part == "needs":
        statement = f"SELECT id FROM outbox_message m WHERE {NEEDS} AND {where} ORDER BY id DESC LIMIT :limit"
    else:
        # One walk per state, each along the index and newest first, so that none reads more than a page.
        walks = " UNION ALL ".join(
            f"SELECT * FROM (SELECT id FROM outbox_message m WHERE state = '{state}' AND {where} "
            "ORDER BY id DESC LIMIT :limit)"
            for state in _GONE
        )
        statement = f"{walks} ORDER BY 1 DESC LIMIT :limit"
    return [row[0] for row in connection.execute(statement, values)]


def invoice_numbers(connection: sqlite3.Connection, invoice_ids: Collection[int]) -> dict[int, str]:
    """The numbers of these invoices, by id."""
    listed = ",".join(str(int(key)) for key in invoice_ids)
    return dict(
        connection.execute(
            "SELECT id, number FROM invoice WHERE id IN (SELECT value FROM json_each(?)) AND number IS NOT NULL",
            (f"[{listed}]",),
        )
    )


def thread(connection: sqlite3.Connection, client_id: int, *, limit: int = 5) -> list[int]:
    """The ids of the newest messages to a client, newest first."""
    rows = connection.execute(
        "SELECT id FROM outbox_message WHERE client_id = ? ORDER BY id DESC LIMIT ?", (client_id, max(limit, 0))
    )
    return [row[0] for row in rows]


def senders(connection: sqlite3.Connection) -> list[SenderRow]:
    """When each kind of sender last worked, the latest first."""
    rows = connection.execute("SELECT who, last_at, paused, place FROM sender_run ORDER BY last_at DESC")
    return [SenderRow(who, from_utc_text(at), paused, place) for who, at, paused, place in rows]


def _filter(words: Sequence[FilterWord]) -> tuple[str, dict[str, object]]:
    """The condition that every word fits the name, the address, the text, the reason, or what it names."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    for number, word in enumerate(words):
        if len(word.text) > _LONGEST_WORD:
            return "0", {}
        values[f"any{number}"] = f"%{_literal(word.text)}%"
        values[f"name{number}"] = f"% {_literal(fold(word.text))}%"
        values[f"invoice{number}"] = word.text.removeprefix("#")
        ways = [
            *(f"{column} LIKE :any{number} ESCAPE '\\'" for column in ("recipient_name", "recipient", "reason")),
            *(f"{column} LIKE :any{number} ESCAPE '\\'" for column in ("subject", "body")),
            f"client_id IN (SELECT c.id FROM client c WHERE c.search LIKE :name{number} ESCAPE '\\')",
            f"invoice_id = (SELECT i.id FROM invoice i WHERE i.number = :invoice{number})",
        ]
        digits = re.sub(r"\D", "", word.text)
        if len(digits) >= 3 and digits == word.text.lstrip("+"):
            # At home a number begins with a 0 where the stored one has the country's code.
            values[f"digits{number}"] = f"%{digits.removeprefix('0')}%"
            ways.append(f"recipient LIKE :digits{number}")
        for column, named in (("kind", word.kinds), ("state", word.states), ("channel", word.channels)):
            if named:
                ways.append(f"{column} IN ({', '.join(f':{column}{number}_{at}' for at in range(len(named)))})")
                values |= {f"{column}{number}_{at}": name for at, name in enumerate(named)}
        conditions.append(f"({' OR '.join(ways)})")
    return " AND ".join(conditions) or "1", values


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
