"""What the calendar entry of an appointment last said, and so which number its next revision has."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Entry(NamedTuple):
    """An entry as it goes into a client's calendar; `sequence` is its revision (RFC 5545, 3.8.7.4)."""

    uid: str
    sequence: int
    facts: str


def next_entry(connection: sqlite3.Connection, appointment_id: int, uid: str, facts: str) -> Entry:
    """The entry that a mail about the appointment carries which is to show `facts` (one line of text each).

    The first one is named `uid` and has the number 0; later ones keep the first one's name. One that shows the same
    as the newest has the newest's number, any other the next. What began to leave counts, even where it failed or
    its fate is unknown: it may have arrived, and a gap in the numbers harms nobody.
    """
    row = connection.execute(
        """SELECT calendar_sequence, calendar_facts FROM outbox_message
           WHERE appointment_id = ? AND calendar_sequence IS NOT NULL
           ORDER BY calendar_sequence DESC, updated_at DESC, id DESC LIMIT 1""",
        (appointment_id,),
    ).fetchone()
    if row is None:
        return Entry(uid, 0, f"{uid}\n{facts}")
    last, told = int(row[0]), str(row[1])
    first = told.partition("\n")[0] or uid
    same = told == f"{first}\n{facts}"
    return Entry(first, last if same else last + 1, f"{first}\n{facts}")
