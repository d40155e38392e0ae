"""Is what messages are made from whole? Asked before anything leaves: a damaged index could let a message go twice."""

from __future__ import annotations

import sqlite3

from guru_tui.store.connection import StoreDamaged, translated

TABLES = ("outbox_message", "outbox_attempt", "appointment", "client", "setting", "message_rule", "message_template")


def refuse_damaged(connection: sqlite3.Connection) -> None:
    """Raise `StoreDamaged` where one of the tables behind messages, or an index of it, is not sound.

    SQLite's own check of the pages and indexes of each (sqlite.org/pragma, integrity_check with a table's name).
    """
    for table in TABLES:
        with translated():
            answer = connection.execute(f"PRAGMA integrity_check('{table}')").fetchone()[0]
        if answer != "ok":
            raise StoreDamaged(
                f"The practice's file is damaged (in {table}); nothing was sent. Restore a backup: guru restore FILE"
            )
