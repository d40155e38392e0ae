"""The change log as a list of steps, what each did to which row, and whether a row has changed since."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.views.actions import ActionRow
from guru_tui.store.queries.versions import RowChange, image


def actions(
    connection: sqlite3.Connection, *, zone: str, limit: int, undone_only: bool = False, words: Sequence[str] = ()
) -> list[ActionRow]:
    """The newest `limit` actions whose summary or origin holds every one of `words`, newest first.

    `undone_only`: those that were undone and not done again.
    """
    values: dict[str, object] = {"limit": limit}
    wanted = ["undone_by IS NOT NULL AND undoes IS NULL"] if undone_only else []
    for number, word in enumerate(words):
        values[f"word{number}"] = f"%{_literal(word)}%"
        wanted.append(f"(summary LIKE :word{number} ESCAPE '\\' OR origin LIKE :word{number} ESCAPE '\\')")
    rows = connection.execute(
        f"""SELECT id, at, name, summary, origin, undone_by IS NOT NULL, undoable, undoes FROM action
            {"WHERE " + " AND ".join(wanted) if wanted else ""} ORDER BY id DESC LIMIT :limit""",
        values,
    )
    return [
        ActionRow(key, to_local(from_utc_text(at), zone), name, summary, origin, bool(undone), bool(allowed), undoes)
        for key, at, name, summary, origin, undone, allowed, undoes in rows
    ]


def row_changes(connection: sqlite3.Connection, action_id: int, *, limit: int = 200) -> list[RowChange]:
    """What an action did to each row, in the order in which it touched them; the first `limit` rows.

    A row that it changed several times comes once, as it was before the first and after the last of them.
    """
    found: dict[tuple[str, str], RowChange] = {}
    for table, key, before, after in connection.execute(
        "SELECT table_name, row_key, before, after FROM change WHERE action_id = ? ORDER BY id", (action_id,)
    ):
        there = found.get((table, key))
        if there is None and len(found) >= limit:
            continue
        first = there.before if there is not None else image(before)
        found[table, key] = RowChange(table, key, first, image(after))
    return [change for change in found.values() if change.before != change.after]


_NAMES = {
    "client": "trim(first_name || ' ' || last_name)",
    "appointment_type": "name",
    "location": "name",
    "invoice": "COALESCE(number, 'draft-' || id)",
}


def name_of(connection: sqlite3.Connection, table: str, key: object) -> str:
    """What a client, a type, a place or an invoice is called now; empty where it is gone."""
    row = connection.execute(f"SELECT {_NAMES[table]} FROM {table} WHERE id = ?", (key,)).fetchone()
    return row[0] if row else ""


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
