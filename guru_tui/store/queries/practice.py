"""Settings, places and appointment types."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.store.queries.settings import practice as practice


def types(connection: sqlite3.Connection, *, active_only: bool = True) -> list[AppointmentTypeRow]:
    """Appointment types in the practitioner's order."""
    rows = connection.execute(
        """SELECT t.id, t.name, t.minutes, t.fee_minor, t.location_id, COALESCE(l.name, ''),
                  t.minutes_before, t.minutes_after, t.active
           FROM appointment_type t LEFT JOIN location l ON l.id = t.location_id
           WHERE t.active OR NOT ? ORDER BY t.position, t.id""",
        (active_only,),
    )
    return [AppointmentTypeRow(*row) for row in rows]


def locations(connection: sqlite3.Connection, *, active_only: bool = True) -> list[LocationRow]:
    """Places in the practitioner's order."""
    rows = connection.execute(
        """SELECT id, name, address, phone, instructions, video_link, active FROM location
           WHERE active OR NOT ? ORDER BY position, id""",
        (active_only,),
    )
    return [LocationRow(*row) for row in rows]
