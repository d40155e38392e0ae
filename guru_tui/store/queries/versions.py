"""How new something is that was read, and whether a row has changed since."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from guru_tui.domain.views.agenda import OFF

Image = dict[str, object]
"""A row as the change log keeps it: a value for each column."""
TABLES = {"appointment": "appointment", "block": "blocked_time"}
"""The table of each kind of calendar entry."""


class RowChange(NamedTuple):
    """What happened to one row; None where it did not exist before, or does not after."""

    table: str
    key: str
    before: Image | None
    after: Image | None


def newest_change(connection: sqlite3.Connection) -> int:
    """The id of the newest change of any row; 0 in an empty log."""
    return int(connection.execute("SELECT COALESCE(max(id), 0) FROM change").fetchone()[0])


def changed_since(connection: sqlite3.Connection, table: str, key: int, version: int) -> RowChange | None:
    """What happened to a row after the change `version`, all changes taken together; None where nothing did."""
    rows = connection.execute(
        "SELECT before, after FROM change WHERE id > ? AND table_name = ? AND row_key = ? ORDER BY id",
        (version, table, str(key)),
    ).fetchall()
    return RowChange(table, str(key), image(rows[0][0]), image(rows[-1][1])) if rows else None


def changed_of_series(connection: sqlite3.Connection, table: str, series_id: int, version: int) -> list[RowChange]:
    """What happened after the change `version` to the rows of a series, those that left or joined it among them."""
    rows = connection.execute(
        """SELECT row_key, before, after FROM change
           WHERE id > :version AND table_name = :table
             AND :series IN (json_extract(before, '$.series_id'), json_extract(after, '$.series_id'))
           ORDER BY id""",
        {"version": version, "table": table, "series": series_id},
    )
    found: dict[str, RowChange] = {}
    for key, before, after in rows:
        first = found.get(key)
        found[key] = RowChange(table, key, first.before if first else image(before), image(after))
    return list(found.values())


def image(text: str | None) -> Image | None:
    """A row from the text that the log keeps; None for none."""
    return json.loads(text) if text else None


def held_span(row: Image | None) -> tuple[str, str] | None:
    """Start and end (UTC text) of the time that an appointment or a blocked time holds by its image; None for none."""
    if row is None or row.get("status") in OFF:
        return None
    return str(row["starts_at"]), str(row["ends_at"])
