"""The practice's settings, apart from every other read: an idle run of the sender needs nothing else."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.practice import Practice


def practice(connection: sqlite3.Connection) -> Practice:
    """The practice's settings over the defaults."""
    return Practice.of(dict(connection.execute("SELECT key, value FROM setting")))
