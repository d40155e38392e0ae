"""What a step of the change log did, in words: the log's images, and the names of what they refer to."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from guru_tui.domain.change_words import record_words
from guru_tui.domain.views.actions import ChangedRecord
from guru_tui.store.queries import actions as queries
from guru_tui.store.queries.settings import practice


def changed_records(connection: sqlite3.Connection, action_id: int) -> list[ChangedRecord]:
    """What an action did to each record; of an undo or a redo too. Empty where it changed no record."""

    @lru_cache(maxsize=256)
    def named(table: str, key: object) -> str:
        return queries.name_of(connection, table, key)

    currency = practice(connection).currency
    return [
        record_words(change.table, change.key, change.before, change.after, named, currency)
        for change in queries.row_changes(connection, action_id)
    ]
