"""What a message about a series tells of at one moment: appointments that still are as an action left them."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.message_facts import SeriesFacts
from guru_tui.domain.views.agenda import LIVE
from guru_tui.services.circumstances import in_mind
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.series import Touched, touched

_OFF = ("cancelled", "late-cancelled")


def facts_now(connection: sqlite3.Connection, kind: str, action_id: int, now: datetime) -> SeriesFacts | None:
    """What a message about an action on a series tells of, as of now: appointments that still are as it left them.

    None where nothing of it is left to be told.
    """
    rows = touched(connection, action_id)
    wanted = [row for row in rows if (_went(row) if kind == "cancellation" else _came(row))]
    left = {row.id: row for row in wanted}
    visits = tuple(
        facts
        for facts in message_facts.appointments(connection, left)
        if facts.starts_at == left[facts.id].start
        and from_utc_text(facts.starts_at) > now
        and facts.status in (_OFF if kind == "cancellation" else LIVE)
        and not (kind == "cancellation" and message_facts.never_told(connection, facts.id))
    )
    if not visits:
        return None
    if kind != "reschedule":
        return SeriesFacts(visits)
    previous = tuple(sorted(before for row in rows if _went(row) and (before := _known(connection, row))))
    if previous == tuple(facts.starts_local for facts in visits):
        return None  # the client has these very times in mind
    return SeriesFacts(visits, previous)


def _came(row: Touched) -> bool:
    return row.status in LIVE and (row.status_before not in LIVE or row.start != row.start_before)


def _went(row: Touched) -> bool:
    return row.status_before in LIVE and (row.status not in LIVE or row.start != row.start_before)


def _known(connection: sqlite3.Connection, row: Touched) -> str:
    """The wall time that the client has in mind for what was moved or cancelled; empty where they know of none."""
    if message_facts.never_told(connection, row.id):
        return ""
    return in_mind(connection, row.id, (row.start_before, row.local_before))


def unheard_of(connection: sqlite3.Connection, action_id: int) -> bool:
    """Whether the client was told of none of the appointments that the action has moved or cancelled."""
    return all(message_facts.never_told(connection, row.id) for row in touched(connection, action_id) if _went(row))
