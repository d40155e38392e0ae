"""What a store that is being replaced knows to have left is taken over by the copy that takes its place.

To the copy such messages still wait, or are yet to be planned, and all of them would go a second time.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from guru_tui.errors import GuruError
from guru_tui.store.connection import connect

_LEFT = ("sending", "sent", "delivered", "undelivered", "unknown")
_OF_ITS_OWN = ("id", "action_id", "withdrawn_by", "lease_owner", "lease_until")
_REFERS_TO = {f"{table}_id": table for table in ("client", "appointment", "invoice", "document")}


def take_over(former: Path, copy: Path) -> bool:
    """Give the store `copy` every message that the store `former` knows to have left; False where it cannot be read.

    A message about something that the copy does not have is left out: nothing can be planned for that.
    """
    marks = ", ".join("?" * len(_LEFT))
    try:
        with closing(connect(former, readonly=True)) as reading:
            # The scan of the table itself: an index that is damaged must not hide any.
            cursor = reading.execute(f"SELECT * FROM outbox_message NOT INDEXED WHERE state IN ({marks})", _LEFT)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
    except (sqlite3.DatabaseError, GuruError):
        return False
    with closing(sqlite3.connect(copy, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        there = [row[1] for row in writing.execute("PRAGMA table_info(outbox_message)")]
        columns = [column for column in there if column in names and column not in _OF_ITS_OWN]
        for row in rows:
            _take(writing, row, columns, marks)
        writing.execute("COMMIT")
    return True


def _take(connection: sqlite3.Connection, row: dict[str, object], columns: list[str], marks: str) -> None:
    key, values = row["idempotency_key"], [row[column] for column in columns]
    known = connection.execute(
        f"SELECT state IN ({marks}) FROM outbox_message WHERE idempotency_key = ?", (*_LEFT, key)
    ).fetchone()
    if known is not None:
        if not known[0]:
            pairs = ", ".join(f"{column} = ?" for column in columns)
            connection.execute(f"UPDATE outbox_message SET {pairs} WHERE idempotency_key = ?", (*values, key))
        return
    for column, table in _REFERS_TO.items():
        if row[column] is None:
            continue
        if connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (row[column],)).fetchone() is None:
            return
    connection.execute(
        f"INSERT INTO outbox_message ({', '.join(columns)}, lease_owner, lease_until) "
        f"VALUES ({', '.join('?' * len(columns))}, '', '')",
        values,
    )
