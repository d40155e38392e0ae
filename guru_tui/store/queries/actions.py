"""The change log as a list of steps."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.views.actions import ActionRow


def actions(connection: sqlite3.Connection, *, zone: str, limit: int) -> list[ActionRow]:
    """The newest `limit` actions, newest first."""
    rows = connection.execute(
        "SELECT id, at, name, summary, origin, undone_by IS NOT NULL FROM action ORDER BY id DESC LIMIT ?", (limit,)
    )
    return [
        ActionRow(key, to_local(from_utc_text(at), zone), name, summary, origin, bool(undone))
        for key, at, name, summary, origin, undone in rows
    ]
