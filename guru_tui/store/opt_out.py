"""A client's "STOP", as the SMS provider reports it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from guru_tui.store import changelog


def opt_out(connection: sqlite3.Connection, message_id: int, at: datetime, *, origin: str) -> None:
    """Switch SMS off for the client of a message, as an action in the log that undo does not take back."""
    row = connection.execute(
        """SELECT c.id, trim(c.first_name || ' ' || c.last_name)
           FROM outbox_message m JOIN client c ON c.id = m.client_id WHERE m.id = ?""",
        (message_id,),
    ).fetchone()
    if row is None:
        return
    summary = f"{row[1]} asked for no more SMS"
    action_id = changelog.begin_action(
        connection, changelog.OPT_OUT, at=at, summary=summary, origin=origin, undoable=False
    )
    connection.execute("UPDATE client SET sms_allowed = 0 WHERE id = ?", (row[0],))
    changelog.end_action(connection, action_id, summary)
