"""What a message about a series tells of at one moment: appointments that still are as an action left them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text
from guru_tui.domain.message_facts import AppointmentFacts, SeriesFacts
from guru_tui.domain.views.agenda import LIVE
from guru_tui.services.circumstances import as_known, in_mind
from guru_tui.services.series_corrections import Misled, misled
from guru_tui.store.queries import corrections as queries
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.series import Touched, touched

_OFF = ("cancelled", "late-cancelled")


def facts_now(connection: sqlite3.Connection, kind: str, action_id: int, now: datetime) -> SeriesFacts | None:
    """What a message about an action on a series tells of, as of now: appointments that still are as it left them.

    One about an undo or a redo puts right what the client believes. None where nothing of it is left to be told.
    """
    if queries.undone_step(connection, action_id) is not None:
        return wrong_now(connection, action_id, now).facts(kind)
    rows = touched(connection, action_id)
    left = {row.id: row for row in rows}
    as_left = [
        facts
        for facts in message_facts.appointments(connection, left)
        if facts.starts_at == left[facts.id].start and from_utc_text(facts.starts_at) > now
    ]
    gone = [facts for facts in as_left if facts.status in _OFF and left[facts.id].went]
    if kind == "cancellation":
        # What the action has only moved was called off by another step, which mostly tells of it itself.
        own = [one for one in gone if left[one.id].status in _OFF or not _hears(connection, one, action_id)]
        known = _known_ones(connection, own, action_id)
        return SeriesFacts(known) if known else None
    visits = tuple(facts for facts in as_left if facts.status in LIVE and left[facts.id].came)
    if not visits:
        return None
    if kind != "reschedule":
        return SeriesFacts(visits)
    # What was moved on by itself since is told of by itself, its former time as well.
    told = {facts.id for facts in (*visits, *gone)}
    went = [row for row in rows if row.id in told and row.went]
    previous = tuple(sorted(time for row in went if (time := _known(connection, row, action_id))))
    if previous == tuple(facts.starts_local for facts in visits):
        return None  # the client has these very times in mind
    return SeriesFacts(visits, previous, tuple(gone))


def told_as(connection: sqlite3.Connection, kind: str, action_id: int, now: datetime) -> tuple[str, SeriesFacts] | None:
    """The kind of message and what it tells, as of now, in the stead of one of `kind` about an action on a series.

    What it was to tell may have been changed since, and what the client believes not: of a move to times that are
    off by now it is left to say that the former ones are. One that was to be told as a booking, since the client knew
    of nothing, is told as the move that it is where the client knows by now. None where nothing is left to be told.
    """
    undone = queries.undone_step(connection, action_id) is not None
    if kind == "confirmation" and not undone and not unheard_of(connection, action_id):
        kind = "reschedule"
    facts = facts_now(connection, kind, action_id, now)
    if facts is None and undone:
        wrong = wrong_now(connection, action_id, now)
        kind, facts = wrong.kind, wrong.facts(wrong.kind)
    elif facts is None and kind == "reschedule" and not facts_now(connection, "confirmation", action_id, now):
        kind, facts = "cancellation", facts_now(connection, "cancellation", action_id, now)
        left = [one for one in facts.visits if not _hears(connection, one, action_id)] if facts else []
        facts = SeriesFacts(tuple(left)) if left else None
    return (kind, facts) if facts is not None else None


def _hears(connection: sqlite3.Connection, facts: AppointmentFacts, action_id: int) -> bool:
    """Whether the client hears otherwise that an appointment is off, or knows it."""
    told = queries.told_last(connection, facts.id, facts.person.client_id)
    known = told is not None and told.kind == "cancellation"
    return known or queries.on_its_way(connection, facts.id, besides=action_id)


def wrong_now(connection: sqlite3.Connection, step_id: int, now: datetime) -> Misled:
    """What it is still of use to put right after an undo or a redo."""
    return misled(connection, step_id).after(now)


def _known_ones(
    connection: sqlite3.Connection, visits: Iterable[AppointmentFacts], action_id: int
) -> tuple[AppointmentFacts, ...]:
    """Those of `visits` that the client was told of but by the action's own messages, by the starts they know."""
    told = (facts for facts in visits if not message_facts.never_told(connection, facts.id, besides=action_id))
    return tuple(sorted((as_known(connection, facts) for facts in told), key=lambda facts: facts.starts_local))


def _known(connection: sqlite3.Connection, row: Touched, action_id: int) -> str:
    """The wall time that the client has in mind for what the action has moved or cancelled; empty where they know of
    none."""
    if message_facts.never_told(connection, row.id, besides=action_id):
        return ""
    return in_mind(connection, row.id, (row.start_before, row.local_before))


def unheard_of(connection: sqlite3.Connection, action_id: int) -> bool:
    """Whether the client was told by no other step of those that the action has moved or cancelled."""
    gone = (row.id for row in touched(connection, action_id) if row.went)
    return all(message_facts.never_told(connection, key, besides=action_id) for key in gone)
