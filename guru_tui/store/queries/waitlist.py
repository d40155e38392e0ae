"""Who is on the waiting list."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any

from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.views.waitlist import Freed, WaitingRow
from guru_tui.domain.waitlist import Wish

_NEWEST = 20
_OPEN = """
SELECT w.id, w.client_id, trim(c.first_name || ' ' || c.last_name), c.mobile, c.email,
       w.minutes, w.weekdays, w.opens, w.closes, w.first_on, w.last_on, w.type_id, COALESCE(t.name, ''),
       w.note, w.state, w.created_at, w.offered_start
FROM waitlist_entry w
JOIN client c ON c.id = w.client_id
LEFT JOIN appointment_type t ON t.id = w.type_id
WHERE w.state IN ('waiting', 'offered') AND c.archived_at = ''
"""


def entries(connection: sqlite3.Connection, *, zone: str, entry_id: int | None = None) -> list[WaitingRow]:
    """Those who wait, the longest first, archived clients left out; or only the entry of that id."""
    one = "AND w.id = ?" if entry_id is not None else ""
    rows = connection.execute(f"{_OPEN} {one} ORDER BY w.created_at, w.id", () if entry_id is None else (entry_id,))
    found = []
    for key, client_id, client, mobile, email, *wish, type_name, note, state, since, offered in rows:
        found.append(
            WaitingRow(
                key, client_id, client, mobile, email, _wish(*wish), type_name, note, state,
                to_local(from_utc_text(since), zone),
                to_local(from_utc_text(offered), zone) if offered and state == "offered" else None,
            )
        )  # fmt: skip
    return found


def freed(connection: sqlite3.Connection, appointment_id: int) -> Freed | None:
    """The time that the last change of an appointment took from it; None where it left it its time, or made it.

    Of the newest steps only: this is asked of what has just been done.
    """
    rows = connection.execute(
        """SELECT action_id, before, after FROM change
           WHERE action_id > (SELECT max(id) FROM action) - ? AND table_name = 'appointment' AND row_key = ?
           ORDER BY action_id, id""",
        (_NEWEST, str(appointment_id)),
    ).fetchall()
    step = [(before, after) for action_id, before, after in rows if action_id == rows[-1][0]]
    if not step or step[0][0] is None:
        return None
    before = json.loads(step[0][0])
    after = json.loads(step[-1][1]) if step[-1][1] else {"status": "cancelled"}
    span, now = (_span(image) for image in (before, after))
    if span is None or span == now:
        return None
    start, end = (to_local(from_utc_text(moment), before["zone"]).replace(tzinfo=None) for moment in span)
    return Freed(start, end, before["client_id"], before["type_id"])


def _span(image: dict[str, Any]) -> tuple[str, str] | None:
    """Start and end (UTC text) of the time that an appointment holds by its image in the change log."""
    return None if image["status"] in ("cancelled", "late-cancelled") else (image["starts_at"], image["ends_at"])


def _wish(
    minutes: int, weekdays: str, opens: int, closes: int, first_on: str, last_on: str, type_id: int | None
) -> Wish:
    return Wish(
        minutes,
        tuple(int(day) for day in weekdays.split(",") if day),
        opens,
        closes,
        date.fromisoformat(first_on) if first_on else None,
        date.fromisoformat(last_on) if last_on else None,
        type_id,
    )
