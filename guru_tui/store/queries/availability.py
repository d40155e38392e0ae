"""What takes time and what closes a day: the reads behind free times."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.views.availability import BusyTime, ClosedDayRow, TravelRow

_LONGEST = timedelta(days=1)  # no appointment is longer, so an index range can bound what may still overlap


def busy(
    connection: sqlite3.Connection, begin: datetime, end: datetime, *, exclude_appointment: int | None = None
) -> list[BusyTime]:
    """Live appointments with the buffers of their types, and blocked times, between two instants, by start."""
    rows = connection.execute(
        """SELECT 'appointment', a.id, trim(c.first_name || ' ' || c.last_name),
                  CAST(strftime('%s', a.starts_at) AS INTEGER) / 60, CAST(strftime('%s', a.ends_at) AS INTEGER) / 60,
                  COALESCE(t.minutes_before, 0), COALESCE(t.minutes_after, 0), a.location_id, COALESCE(l.name, '')
           FROM appointment a JOIN client c ON c.id = a.client_id
           LEFT JOIN appointment_type t ON t.id = a.type_id LEFT JOIN location l ON l.id = a.location_id
           WHERE a.starts_at > :earliest AND a.starts_at < :end AND a.ends_at > :begin
             AND a.status NOT IN ('cancelled', 'late-cancelled') AND a.id IS NOT :excluded
           UNION ALL
           SELECT 'block', id, CASE title WHEN '' THEN 'blocked time' ELSE title END,
                  CAST(strftime('%s', starts_at) AS INTEGER) / 60, CAST(strftime('%s', ends_at) AS INTEGER) / 60,
                  0, 0, NULL, ''
           FROM blocked_time WHERE starts_at < :end AND ends_at > :begin
           ORDER BY 4, 2""",
        {
            "earliest": utc_text(begin - _LONGEST),
            "begin": utc_text(begin),
            "end": utc_text(end),
            "excluded": exclude_appointment,
        },
    )
    return [BusyTime(*row) for row in rows]


def closed_days(connection: sqlite3.Connection, first: date, last: date) -> list[ClosedDayRow]:
    """The practice's own closed days that have a day between two local days, both included, by the first of them."""
    rows = connection.execute(
        """SELECT d.id, d.first_on, d.last_on, d.title, d.location_id, COALESCE(l.name, '')
           FROM closed_day d LEFT JOIN location l ON l.id = d.location_id
           WHERE d.last_on >= ? AND d.first_on <= ? ORDER BY d.first_on, d.id""",
        (first.isoformat(), last.isoformat()),
    )
    return [
        ClosedDayRow(key, date.fromisoformat(begins), date.fromisoformat(ends), *rest)
        for key, begins, ends, *rest in rows
    ]


def travel_times(connection: sqlite3.Connection) -> list[TravelRow]:
    """The minutes between places, in the practitioner's order."""
    rows = connection.execute(
        """SELECT t.from_id, t.to_id, a.name, b.name, t.minutes FROM travel_time t
           JOIN location a ON a.id = t.from_id JOIN location b ON b.id = t.to_id
           ORDER BY a.position, a.id, b.position, b.id"""
    )
    return [TravelRow(*row) for row in rows]
