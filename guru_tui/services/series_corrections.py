"""What a client believes wrongly of a series since a step about it was undone, or done again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from guru_tui.domain.local_time import from_utc_text, to_local, wall_text
from guru_tui.domain.message_facts import AppointmentFacts, SeriesFacts
from guru_tui.domain.views.agenda import LIVE
from guru_tui.store.queries import corrections as queries
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.series import touched

_OFF = ("cancelled", "late-cancelled")


@dataclass(frozen=True)
class Error:
    """One appointment of which the client has something wrong.

    `holds`: as it stands, None where it does not take place. `believed`: as the client has it, None where the client
    thinks that it does not.
    """

    holds: AppointmentFacts | None
    believed: AppointmentFacts | None

    def ahead(self, now: datetime) -> bool:
        """Whether it is still of use to put it right."""
        later = self.holds or self.believed
        return later is not None and from_utc_text(later.starts_at) > now


@dataclass(frozen=True)
class Misled:
    """All that a client has wrong of what one step did."""

    errors: tuple[Error, ...] = ()

    def after(self, now: datetime) -> Misled:
        """What it is still of use to put right."""
        return Misled(tuple(error for error in self.errors if error.ahead(now)))

    @property
    def kind(self) -> str:
        """The kind of message that puts it right; empty where nothing is wrong."""
        if not any(error.holds for error in self.errors):
            return "cancellation" if self.errors else ""
        return "reschedule" if any(error.believed for error in self.errors) else "confirmation"

    def facts(self, kind: str) -> SeriesFacts | None:
        """What a message of `kind` tells to put it right; None where that is nothing."""
        came = _by_start(error.holds for error in self.errors)
        gone = _by_start(error.believed for error in self.errors if error.holds is None)
        if kind == "cancellation":
            return SeriesFacts(gone) if gone else None
        if not came:
            return None
        if kind == "confirmation":
            return SeriesFacts(came)
        previous = tuple(facts.starts_local for facts in _by_start(error.believed for error in self.errors))
        if previous == tuple(facts.starts_local for facts in came):
            return None  # the client has these very times in mind
        return SeriesFacts(came, previous, gone)


def _by_start(found: Iterable[AppointmentFacts | None]) -> tuple[AppointmentFacts, ...]:
    return tuple(sorted((one for one in found if one is not None), key=lambda facts: (facts.starts_at, facts.id)))


def misled(connection: sqlite3.Connection, step_id: int) -> Misled:
    """What the client has wrong of the appointments that an undo or a redo has changed.

    Nothing of those of which the client hears anyway. What the step itself has told does not
    count, so that it can be told by a second channel and once more by hand.
    """
    keys = [row.id for row in touched(connection, step_id) if row.came or row.went]
    there = {facts.id: facts for facts in message_facts.appointments(connection, keys)}
    errors = []
    for key in keys:
        facts = there.get(key) or message_facts.taken_back(connection, key, step_id)
        if facts is not None and (error := _error(connection, facts, step_id)) is not None:
            errors.append(error)
    return Misled(tuple(errors))


def _error(connection: sqlite3.Connection, facts: AppointmentFacts, step_id: int) -> Error | None:
    if facts.status not in (*LIVE, *_OFF) or queries.on_its_way(connection, facts.id, besides=step_id):
        return None
    holds = facts if facts.status in LIVE else None
    told = queries.told_last(connection, facts.id, facts.person.client_id, besides=step_id)
    if told is None:  # booked at the desk, or the message about it never left
        unheard = holds is not None and message_facts.never_told(connection, facts.id, besides=step_id)
        return Error(holds, None) if unheard else None
    believed = None
    if told.kind != "cancellation":
        wall = wall_text(to_local(from_utc_text(told.starts_at), facts.zone).replace(tzinfo=None))
        believed = replace(facts, starts_at=told.starts_at, starts_local=wall)
    at, thought = (one.starts_at if one is not None else "" for one in (holds, believed))
    return Error(holds, believed) if at != thought else None
