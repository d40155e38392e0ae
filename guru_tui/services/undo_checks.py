"""What an undo out of turn must not do: put two appointments into one slot, or book for who is archived."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.views.agenda import Conflict
from guru_tui.errors import NotAllowed, SlotTaken
from guru_tui.store import changelog
from guru_tui.store.queries import agenda, clients
from guru_tui.store.queries.corrections import occupies


def refuse_overlap(connection: sqlite3.Connection, step_id: int) -> None:
    """Raise `SlotTaken` where what a step has put into the calendar overlaps something that was there."""
    for table, kind in (("appointment", "appointment"), ("blocked_time", "block")):
        for key in changelog.touched(connection, step_id, table):
            span = occupies(connection, step_id, table, key)
            if span is None:
                continue
            begin, end = (from_utc_text(text) for text in span)
            found = [each for each in agenda.conflicts(connection, begin, end) if (each.kind, each.id) != (kind, key)]
            if found:
                raise SlotTaken(_sentence(found), found)


def refuse_archived(connection: sqlite3.Connection, step_id: int, now: datetime) -> None:
    """Raise `NotAllowed` where a step has brought back an appointment to come of a client who is archived by now."""
    found = clients.archived_with_visits(connection, step_id, utc_text(now))
    if found:
        raise NotAllowed(f"That would bring back appointments of {found[0]}, who is archived; undo that first.")


def _sentence(found: list[Conflict]) -> str:
    listed = ", ".join(str(each) for each in found[:3])
    return f"What that would bring back overlaps {listed}; undo or move the newer one first."
