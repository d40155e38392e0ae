"""Writing many rows at once, as one action of the change log and one transaction, without loading SQLModel."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from guru_tui.store import changelog
from guru_tui.store.connection import connect, transaction


@dataclass(frozen=True)
class Batch:
    """Rows for one table, each a value per column."""

    table: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def pour(path: Path, batches: Iterable[Batch], *, name: str, summary: str, at: datetime) -> None:
    """Insert the batches in their order (parents first) under the action `name`, which cannot be undone.

    `at` is the instant the log gives it. Raises `TryAgain` where the store stays busy.
    """
    connection = connect(path)
    try:
        with transaction(connection):
            action = changelog.begin_action(connection, name, at=at, summary=summary, origin="demo", undoable=False)
            for batch in batches:
                _insert(connection, batch)
            changelog.end_action(connection, action, summary)
        # Without statistics SQLite takes every index for equally selective.
        connection.execute("ANALYZE")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, batch: Batch) -> None:
    names = ", ".join(f'"{column}"' for column in batch.columns)
    marks = ", ".join("?" * len(batch.columns))
    connection.executemany(f'INSERT INTO "{batch.table}" ({names}) VALUES ({marks})', batch.rows)
