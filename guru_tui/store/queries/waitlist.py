"""Who is on the waiting list."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from datetime import date
from typing import Any

from guru_tui.domain.booking import Held
from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.views.waitlist import Freed, WaitingRow
from guru_tui.domain.waitlist import Wish
from guru_tui.store.queries.versions import TABLES, held_span, image

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


def freed(connection: sqlite3.Connection, gone: Collection[Held]) -> list[Freed]:
    """The times that the last change of each took from it, by start; none of one that kept its time.

    Of the newest steps only: this is asked of what has just been done.
    """
    rows = connection.execute(
        """SELECT table_name, row_key, action_id, before, after FROM change
           WHERE action_id > (SELECT max(id) FROM action) - ?
             AND (table_name, row_key) IN (
               SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
           ORDER BY action_id, id""",
        (_NEWEST, json.dumps([(TABLES[kind], str(key)) for kind, key in gone])),
    )
    steps: dict[tuple[str, str], tuple[int, str | None, str | None]] = {}
    for table, row_key, action_id, before, after in rows:
        key = (table, row_key)
        step = steps.get(key)
        steps[key] = (action_id, step[1] if step and step[0] == action_id else before, after)
    found = (_given_up(before, after) for _, before, after in steps.values())
    return sorted((one for one in found if one is not None), key=lambda one: one.start)


def _given_up(before: str | None, after: str | None) -> Freed | None:
    """What a step took from an appointment or a blocked time; None where it left it its time, or made it."""
    former: dict[str, Any] | None = image(before)
    span = held_span(former)
    if former is None or span is None or span == held_span(image(after)):
        return None
    start, end = (to_local(from_utc_text(moment), former["zone"]).replace(tzinfo=None) for moment in span)
    return Freed(start, end, former.get("client_id"), former.get("type_id"))


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
