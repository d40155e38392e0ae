"""The change log: triggers write each changed row's images, and undo puts the former ones back.

The technique is that of sqlite.org/undoredo.html, with JSON images instead of SQL text, so that the same
rows serve undo, the audit trail and the check that nobody else has moved on. A write to a logged table
outside a named action is refused by the triggers themselves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from guru_tui.domain.local_time import utc_text
from guru_tui.errors import MovedOn, NotAllowed, NotFound

_OUTSIDE = "written outside a named action"
OPT_OUT = "opt-out"
"""The name of the action in which a client's "STOP" is written down; it is no step of the practitioner's."""
_FINAL = "name IN ('issue invoice', 'send invoice') AND NOT undoable"


def trigger_sql(table: str, columns: Iterable[str], key: str) -> list[str]:
    """The three triggers that log `table`, and the statements that remove their former versions."""
    names = list(columns)

    def image(row: str) -> str:
        return "json_object(" + ", ".join(f"'{name}', {row}.\"{name}\"" for name in names) + ")"

    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in names)
    events = {
        "insert": ("INSERT", "", "NEW", "NULL", image("NEW")),
        "update": ("UPDATE", f"WHEN {changed}", "NEW", image("OLD"), image("NEW")),
        "delete": ("DELETE", "", "OLD", image("OLD"), "NULL"),
    }
    statements = []
    for suffix, (event, when, row, before, after) in events.items():
        name = f"log_{table}_{suffix}"
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(
            f'CREATE TRIGGER {name} AFTER {event} ON "{table}" {when} BEGIN '
            f"SELECT RAISE(ABORT, '{table} {_OUTSIDE}') WHERE NOT EXISTS (SELECT 1 FROM action_context); "
            f"INSERT INTO change (action_id, table_name, row_key, before, after) "
            f"SELECT action_id, '{table}', {row}.\"{key}\", {before}, {after} FROM action_context; END"
        )
    return statements


def begin_action(
    connection: sqlite3.Connection,
    name: str,
    *,
    at: datetime,
    summary: str = "",
    origin: str = "",
    undoable: bool = True,
    undoes: int | None = None,
) -> int:
    """Open a named action in the present transaction; everything written until `end_action` is logged under it."""
    cursor = connection.execute(
        "INSERT INTO action (name, summary, at, origin, undoable, undoes) VALUES (?, ?, ?, ?, ?, ?)",
        (name, summary, utc_text(at), origin, undoable, undoes),
    )
    action_id = cursor.lastrowid
    if action_id is None:
        raise RuntimeError("SQLite gave the action no id")
    connection.execute("INSERT INTO action_context (id, action_id) VALUES (1, ?)", (action_id,))
    return action_id


def end_action(connection: sqlite3.Connection, action_id: int, summary: str, *, undoable: bool | None = None) -> None:
    """Close the action before the commit; one that changed, queued and undid nothing leaves no trace.

    `undoable` says so anew where only the work itself has shown it.
    """
    connection.execute("DELETE FROM action_context")
    (left_something,) = connection.execute(
        """SELECT undoes IS NOT NULL OR EXISTS (SELECT 1 FROM change WHERE action_id = action.id)
                  OR EXISTS (SELECT 1 FROM outbox_message WHERE action_id = action.id)
           FROM action WHERE id = ?""",
        (action_id,),
    ).fetchone()
    if left_something:
        connection.execute(
            "UPDATE action SET summary = ?, undoable = COALESCE(?, undoable) WHERE id = ?",
            (summary, undoable, action_id),
        )
    else:
        connection.execute("DELETE FROM action WHERE id = ?", (action_id,))


def latest_undoable(connection: sqlite3.Connection) -> tuple[int, str]:
    """Id and summary of the action that was done last, or done again last, of those that can be undone.

    Raises `NotFound` when there is none.
    """
    row = connection.execute(
        "SELECT id, summary FROM action WHERE undoable AND undone_by IS NULL AND undoes IS NULL "
        "ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        raise NotFound("There is nothing to undo.")
    again = connection.execute(
        """SELECT a.id, a.summary FROM action c JOIN action b ON b.id = c.undoes JOIN action a ON a.id = b.undoes
           WHERE c.id > ? AND a.undone_by IS NULL ORDER BY c.id DESC LIMIT 1""",
        (row[0],),
    ).fetchone()
    row = again or row
    return row[0], row[1]


def latest_undone(connection: sqlite3.Connection) -> tuple[int, int, str]:
    """The undo that can be taken back itself, and id and summary of the action it had undone.

    That is the newest one while nothing new was done since; raises `NotFound` where there is none.
    """
    row = connection.execute(
        f"""SELECT b.id, a.id, a.summary FROM action b JOIN action a ON a.id = b.undoes
            WHERE a.undoes IS NULL AND a.undone_by = b.id AND b.id > COALESCE(
              (SELECT id FROM action WHERE undoes IS NULL AND (undoable OR {_FINAL}) ORDER BY id DESC LIMIT 1), 0)
            ORDER BY b.id DESC LIMIT 1"""
    ).fetchone()
    if row is None:
        raise NotFound("There is nothing to redo: nothing was undone, or something new was done since.")
    return row[0], row[1], row[2]


def undoable(connection: sqlite3.Connection, action_id: int) -> str:
    """The summary of one action that can be undone; raises `NotFound`, and `NotAllowed` with the reason."""
    row = connection.execute(
        "SELECT summary, undoable, undoes, undone_by FROM action WHERE id = ?", (action_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no step {action_id}; see them with: guru log")
    summary, allowed, undoes, undone_by = row
    if undoes is not None:
        raise NotAllowed("That step was an undo or a redo itself; undo or redo the step it is about.")
    if undone_by is not None:
        raise NotAllowed(f"{summary}: that was undone already.")
    if not allowed:
        raise NotAllowed(f"{summary}: that stays for good and cannot be undone.")
    return str(summary)


def about(connection: sqlite3.Connection, action_id: int) -> list[int]:
    """The undos and redos of an action, oldest first."""
    rows = connection.execute(
        """SELECT s.id FROM action s WHERE s.id > :id AND s.undoes IS NOT NULL
             AND (s.undoes = :id OR (SELECT b.undoes FROM action b WHERE b.id = s.undoes) = :id) ORDER BY s.id""",
        {"id": action_id},
    )
    return [row[0] for row in rows]


def touched(connection: sqlite3.Connection, action_id: int, table: str) -> list[int]:
    """The ids of the rows of `table` that an action has changed, each once."""
    rows = connection.execute(
        "SELECT DISTINCT CAST(row_key AS INTEGER) FROM change WHERE action_id = ? AND table_name = ? ORDER BY 1",
        (action_id, table),
    )
    return [row[0] for row in rows]


def final_step(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """Id and summary of the practitioner's newest step if that stays for good, as an issued invoice does."""
    row = connection.execute(
        "SELECT id, summary FROM action WHERE id = (SELECT max(id) FROM action WHERE name <> ? "
        f"AND undoes IS NULL AND undone_by IS NULL) AND {_FINAL}",
        (OPT_OUT,),
    ).fetchone()
    return (row[0], row[1]) if row else None


def revert(connection: sqlite3.Connection, action_id: int, by: int) -> None:
    """Put back the rows that `action_id` changed, under the open action `by`.

    What a client has told a provider since stays as the client wants it, and is in nobody's way. Raises `MovedOn`
    where a row no longer equals what the action left behind, and `NotAllowed` where something later refers to a row
    the action had made; the caller's transaction then rolls back.
    """
    _put_all_back(connection, action_id)
    connection.execute("UPDATE action SET undone_by = ? WHERE id = ?", (by, action_id))


def repeat(connection: sqlite3.Connection, undo_id: int, by: int) -> None:
    """Take back an undo, under the open action `by`, so that the action it had undone holds again.

    Raises like `revert`.
    """
    try:
        _put_all_back(connection, undo_id)
    except MovedOn:
        raise MovedOn("That was changed otherwise since, so it cannot be done again as it was.") from None
    except NotAllowed:
        raise NotAllowed("Something newer stands in its place, so it cannot be done again as it was.") from None
    connection.execute("UPDATE action SET undone_by = ? WHERE id = ?", (by, undo_id))
    connection.execute(
        "UPDATE action SET undone_by = NULL WHERE id = (SELECT undoes FROM action WHERE id = ?)", (undo_id,)
    )


def _put_all_back(connection: sqlite3.Connection, action_id: int) -> None:
    changes = connection.execute(
        "SELECT table_name, row_key, before, after FROM change WHERE action_id = ? ORDER BY id DESC", (action_id,)
    ).fetchall()
    for table, key, before, after in changes:
        _put_back(connection, action_id, table, key, before, after)


def _put_back(
    connection: sqlite3.Connection, action_id: int, table: str, key: str, before: str | None, after: str | None
) -> None:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    key_column = next(row[1] for row in connection.execute(f'PRAGMA table_info("{table}")') if row[5])
    image = ", ".join(f"'{name}', \"{name}\"" for name in columns)
    now = connection.execute(f'SELECT json_object({image}) FROM "{table}" WHERE "{key_column}" = ?', (key,)).fetchone()
    found, left = json.loads(now[0]) if now else None, json.loads(after) if after else None
    if found is not None and left is not None:
        # An image of an older program lacks the columns that were added since, each of them empty.
        found = {name: value for name, value in found.items() if name in left or value}
    told: set[str] = set()
    if found != left and found is not None and left is not None:
        told = _told_since(connection, action_id, table, key)
        found, left = ({name: row[name] for name in row if name not in told} for row in (found, left))
    if found != left:
        raise MovedOn("That was changed again since, so it cannot be undone; undo or change the later step first.")
    try:
        if before is None:
            connection.execute(f'DELETE FROM "{table}" WHERE "{key_column}" = ?', (key,))
            return
        values = {name: value for name, value in json.loads(before).items() if name in columns and name not in told}
        names = ", ".join(f'"{name}"' for name in values)
        if now is None:
            marks = ", ".join("?" * len(values))
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values()))
        else:
            pairs = ", ".join(f'"{name}" = ?' for name in values)
            connection.execute(f'UPDATE "{table}" SET {pairs} WHERE "{key_column}" = ?', (*values.values(), key))
    except sqlite3.IntegrityError:
        raise NotAllowed(
            "Something newer builds on that, so it cannot be undone; remove the newer entry first."
        ) from None


def _told_since(connection: sqlite3.Connection, action_id: int, table: str, key: str) -> set[str]:
    """The columns of a row that a client's own word to a provider has changed since the action."""
    rows = connection.execute(
        """SELECT c.before, c.after FROM change c JOIN action a ON a.id = c.action_id
           WHERE c.table_name = ? AND c.row_key = ? AND c.action_id > ? AND a.name = ?
             AND c.before IS NOT NULL AND c.after IS NOT NULL""",
        (table, key, action_id, OPT_OUT),
    )
    images = [(json.loads(before), json.loads(after)) for before, after in rows]
    return {name for before, after in images for name in after if before.get(name) != after[name]}
