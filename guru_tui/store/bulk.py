"""Writing many rows at once, as actions of the change log in one transaction, without loading SQLModel."""

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


@dataclass(frozen=True)
class Deed:
    """One action of the change log and the rows it writes, parents first; `at` is the instant the log gives it."""

    name: str
    summary: str
    at: datetime
    batches: Iterable[Batch]
    undoable: bool = False


def pour(path: Path, deeds: Iterable[Deed], *, origin: str) -> None:
    """Insert the rows of every deed, each under its own action; raises `TryAgain` where the store stays busy."""
    connection = connect(path)
    try:
        with transaction(connection):
            for deed in deeds:
                action = changelog.begin_action(
                    connection, deed.name, at=deed.at, summary=deed.summary, origin=origin, undoable=deed.undoable
                )
                for batch in deed.batches:
                    _insert(connection, batch)
                changelog.end_action(connection, action, deed.summary)
        # Without statistics SQLite takes every index for equally selective.
        connection.execute("ANALYZE")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, batch: Batch) -> None:
    names = ", ".join(f'"{column}"' for column in batch.columns)
    marks = ", ".join("?" * len(batch.columns))
    connection.executemany(f'INSERT INTO "{batch.table}" ({names}) VALUES ({marks})', batch.rows)
