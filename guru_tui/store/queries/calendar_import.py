"""What an import of another calendar has to know: every client by name and address, and what was changed by hand."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.event_clients import Person


def people(connection: sqlite3.Connection) -> list[Person]:
    """Every client, archived ones too."""
    rows = connection.execute(
        "SELECT id, first_name, last_name, mobile, email, archived_at <> '' FROM client ORDER BY id"
    )
    return [
        Person(key, first, last, mobile, email, bool(archived)) for key, first, last, mobile, email, archived in rows
    ]


def written_by_others(connection: sqlite3.Connection, action: str) -> set[tuple[str, int]]:
    """Table and id of every appointment and blocked time that another action than those called `action` wrote last.

    What was undone does not count, nor undoing and redoing themselves: they leave what an action wrote.
    """
    rows = connection.execute(
        """SELECT c.table_name, CAST(c.row_key AS INTEGER), a.name, max(c.id)
           FROM change c JOIN action a ON a.id = c.action_id
           WHERE c.table_name IN ('appointment', 'blocked_time') AND a.undoes IS NULL AND a.undone_by IS NULL
           GROUP BY c.table_name, c.row_key"""
    )
    return {(table, key) for table, key, name, _ in rows if name != action}
