"""Opening hours, apart from the places and types that a day on show does not need."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.views.hours import Interval


def hours(connection: sqlite3.Connection) -> list[Interval]:
    """Weekly opening intervals, Monday first."""
    rows = connection.execute(
        "SELECT weekday, opens, closes, location_id FROM operating_interval ORDER BY weekday, opens, location_id"
    )
    return [Interval(*row) for row in rows]
