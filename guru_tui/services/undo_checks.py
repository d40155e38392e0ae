"""What an undo out of turn must not do: put two appointments into one slot."""

from __future__ import annotations

import sqlite3

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.views.agenda import Conflict
from guru_tui.errors import SlotTaken
from guru_tui.store import changelog
from guru_tui.store.queries import agenda
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


def _sentence(found: list[Conflict]) -> str:
    listed = ", ".join(str(each) for each in found[:3])
    return f"What that would bring back overlaps {listed}; undo or move the newer one first."
