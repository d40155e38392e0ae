"""What a repeat rule comes to in the calendar as it is: each occurrence, and what speaks against it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.booking import in_a_blocks_way, lasting
from guru_tui.domain.hours import applying, within
from guru_tui.domain.local_time import resolve, short_moment, to_local
from guru_tui.domain.recurrence import Repeat, starts
from guru_tui.domain.series import Decisions, Occurrence, SeriesPlan, undecided_sentence
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import ClosedDayRow
from guru_tui.domain.views.hours import Interval
from guru_tui.errors import Ambiguous, Invalid, NotAllowed, SlotTaken
from guru_tui.store.queries import agenda

ClosedDays = Callable[[date, date], Sequence[ClosedDayRow]]
_STEP = timedelta(minutes=15)


class Times(NamedTuple):
    """When an occurrence is: its naive local start and the instants of its start and its end."""

    start: datetime
    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Wish:
    """What is to be put into the calendar again and again.

    An appointment lasts `minutes` of time, a blocked time until `wall_length` later on the clock; `fold` picks one of
    two instants of the first start. `exclude`: appointments that are not in the way, as they go or move themselves.
    Raises `Invalid` for a length that no appointment has.
    """

    first: datetime
    zone: str
    minutes: int = 0
    wall_length: timedelta = timedelta()
    location_id: int | None = None
    fold: int | None = None
    exclude: Collection[int] = ()

    def __post_init__(self) -> None:
        if not self.block:
            lasting(self.minutes)

    @property
    def block(self) -> bool:
        """Whether it is a blocked time."""
        return not self.minutes

    def times(self, start: datetime) -> Times:
        """The instants of one start; raises `Invalid` where the clocks skip it. Of two the first is meant."""
        fold = self.fold if start == self.first and self.fold is not None else 0
        begin = resolve(start, self.zone, fold=fold)
        if self.block:
            return Times(start, begin, resolve(start + self.wall_length, self.zone, fold=1))
        return Times(start, begin, begin + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class Planner:
    """Holds occurrences against the calendar of one connection."""

    connection: sqlite3.Connection
    now: datetime
    hours: Sequence[Interval]
    closed_days: ClosedDays

    def plan(self, wish: Wish, repeat: Repeat) -> SeriesPlan:
        """Every occurrence of the rule with what speaks against it."""
        repeat = repeat.anchored(wish.first)
        return SeriesPlan(repeat, self.each([(wish, start) for start in starts(repeat, wish.first)]))

    def each(self, wanted: Sequence[tuple[Wish, datetime]]) -> tuple[Occurrence, ...]:
        """These naive local starts as occurrences, each by its own wish."""
        days = [start.date() for wish, start in wanted if not wish.block]
        closed = [row for row in self.closed_days(min(days), max(days)) if row.closes] if days else []
        return tuple(self._one(wish, start, closed) for wish, start in wanted)

    def _one(self, wish: Wish, start: datetime, closed: Sequence[ClosedDayRow]) -> Occurrence:
        there = [] if wish.block else [row for row in closed if row.location_id in (None, wish.location_id)]
        name = next((row.title or "a closed day" for row in there if row.first <= start.date() <= row.last), "")
        naive_end = start + (wish.wall_length if wish.block else timedelta(minutes=wish.minutes))
        try:
            times = wish.times(start)
        except Invalid as error:
            shifted = None if name else self._next_free(wish, start)
            return Occurrence(start, naive_end, (), name, str(error), shifted=shifted)
        conflicts = self.conflicts(wish, times)
        return Occurrence(
            start,
            to_local(times.end, wish.zone).replace(tzinfo=None, fold=0),
            conflicts,
            name,
            twice=_twice(start, wish.zone),
            past=times.begin < self.now,
            shifted=self._next_free(wish, start) if conflicts and not name else None,
            outside=not wish.block and not within(start, naive_end, self.hours, wish.location_id),
        )

    def conflicts(self, wish: Wish, times: Times) -> tuple[Conflict, ...]:
        """What an occurrence overlaps."""
        found = agenda.conflicts(self.connection, times.begin, times.end)
        if wish.block:
            return tuple(in_a_blocks_way(found, times.begin, times.end))
        return tuple(each for each in found if not (each.kind == "appointment" and each.id in wish.exclude))

    def _next_free(self, wish: Wish, start: datetime) -> datetime | None:
        """The next start after `start` on its day that overlaps nothing, inside the hours where there are any."""
        day, moment = start.date(), start
        hours = () if wish.block else applying(self.hours, wish.location_id)
        while moment.date() == day:
            try:
                times = wish.times(moment)
            except Invalid:
                moment += _STEP
                continue
            found = self.conflicts(wish, times)
            end = to_local(times.end, wish.zone).replace(tzinfo=None, fold=0)
            inside = end.date() == day and (not hours or within(moment, end, hours))
            if not found and moment != start and inside:
                return moment
            latest = max((to_local(each.ends, wish.zone).replace(tzinfo=None, fold=0) for each in found), default=None)
            moment = latest if latest is not None and latest > moment else moment + _STEP
        return None


def decided(plan: SeriesPlan, wishes: Sequence[Wish], decisions: Decisions) -> list[Times | None]:
    """The times that each occurrence of the plan is really at, None for one that is left out.

    Raises `SlotTaken` where something has not been decided, and `NotAllowed` for a decision that cannot be carried
    out or where nothing would be left.
    """
    undecided = tuple(one for one in plan.troubled if not decisions.get(one.start))
    if undecided:
        conflicts = [conflict for one in undecided for conflict in one.conflicts]
        raise SlotTaken(undecided_sentence(undecided, len(plan.occurrences)), conflicts)
    found: list[Times | None] = []
    for one, wish in zip(plan.occurrences, wishes, strict=True):
        decision = decisions.get(one.start, "keep")
        if decision == "skip":
            found.append(None)
            continue
        when = short_moment(one.start)
        if decision == "shift" and one.troubled:
            if one.shifted is None:
                raise NotAllowed(f"{when} has no free time after it that day; leave it out with --skip.")
            found.append(wish.times(one.shifted))
        elif one.missing:
            raise NotAllowed(f"{one.missing} Leave that one out with --skip, or move it with --shift.")
        else:
            found.append(wish.times(one.start))
    if not any(found):
        raise NotAllowed("Every one of them would be left out; nothing was booked.")
    return found


def settled(plan: SeriesPlan, wish: Wish, decisions: Decisions) -> list[tuple[datetime, Times]]:
    """What is to be made: the start that the rule gives and the times it is really at; raises like `decided`."""
    found = decided(plan, [wish] * len(plan.occurrences), decisions)
    return [(one.start, times) for one, times in zip(plan.occurrences, found, strict=True) if times is not None]


def _twice(start: datetime, zone: str) -> bool:
    try:
        resolve(start, zone)
    except Ambiguous:
        return True
    except Invalid:
        return False
    return False
