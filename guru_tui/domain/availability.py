"""When there is time: inside the opening hours, clear of what is booked, of its buffers and of the way to it.

Everything is in whole minutes on one axis (the callers take minutes since 1970 in UTC), so that an hour that the
clocks skip or repeat is no special case here. Two buffers that meet may overlap, because each only wants the time
free; the way between two places is time of its own and comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.intervals import Span, holds, intersect, subtract
from guru_tui.domain.local_time import elapsed
from guru_tui.domain.views.availability import BusyTime, Slot, Stretch

Travel = Mapping[frozenset[int], int]
"""Minutes between two places, by the set of their ids."""


class Wanted(NamedTuple):
    """What time is looked for: its length, the buffers of its type (minutes), its place."""

    minutes: int
    before: int = 0
    after: int = 0
    location_id: int | None = None


class Day(NamedTuple):
    """One day of one place: when it is open, and whether it may have another appointment at all.

    `booked` are the appointments that day has, `maximum` how many it may have (0: any number).
    """

    opening: Sequence[Span]
    closed: bool = False
    booked: int = 0
    maximum: int = 0

    @property
    def full(self) -> bool:
        """Whether the day has all the appointments it may have."""
        return 0 < self.maximum <= self.booked


class TooClose(NamedTuple):
    """A busy time that is nearer than it may be: how much of the distance is way, and how much kept free."""

    busy: BusyTime
    travel: int
    kept: int
    after: bool


def free_starts(
    day: Day,
    busy: Iterable[BusyTime],
    wanted: Wanted,
    *,
    travel: Travel,
    step: int,
    earliest: int | None = None,
    between: Span | None = None,
) -> list[int]:
    """Every minute at which `wanted` can begin, in order: each opening interval is tried from its beginning in steps.

    It lies wholly in one opening interval and in `between`, and begins no sooner than `earliest`.
    """
    if day.closed or day.full:
        return []
    whole = intersect(day.opening, day.opening)
    room = whole if between is None else intersect(whole, [between])
    # A start is possible from the beginning of the room to the last minute from which it still ends inside.
    possible: list[Span] = [(begin, end - wanted.minutes + 1) for begin, end in room]
    taken: list[Span] = []
    for each in busy:
        way, kept_before, kept_after = _distances(each, wanted, travel)
        taken.append((each.begin - kept_after - way - wanted.minutes + 1, each.end + kept_before + way))
    if earliest is not None and possible:
        taken.append((min(possible)[0], earliest))
    free = subtract(possible, taken)
    starts: list[int] = []
    for opens, closes in whole:
        for begin, end in intersect(free, [(opens, closes)]):
            starts += range(opens + -(-(begin - opens) // step) * step, end, step)
    return starts


def too_close(start: int, wanted: Wanted, busy: Iterable[BusyTime], travel: Travel) -> list[TooClose]:
    """What lies nearer to a time than buffers and ways allow; what overlaps it is a conflict and not told here."""
    end = start + wanted.minutes
    found = []
    for each in busy:
        way, kept_before, kept_after = _distances(each, wanted, travel)
        if each.end <= start < each.end + kept_before + way:
            found.append(TooClose(each, way, kept_before, after=False))
        elif end <= each.begin < end + kept_after + way:
            found.append(TooClose(each, way, kept_after, after=True))
    return found


def open_for(span: Span, day: Day) -> bool:
    """Whether a time lies in the opening hours."""
    return holds(day.opening, span)


def stretches(slots: Iterable[Slot], step: int) -> list[Stretch]:
    """Free times (by start) drawn together: of one place and day, each `step` minutes after the one before it."""
    found: list[Stretch] = []
    newest: dict[tuple[date, int | None], tuple[int, datetime]] = {}
    for slot in slots:
        key = (slot.start.date(), slot.location_id)
        if key in newest:
            at, latest = newest[key]
            if slot.start <= found[at].end and elapsed(latest, slot.start) == timedelta(minutes=step):
                found[at] = found[at]._replace(end=slot.end)
                newest[key] = at, slot.start
                continue
        newest[key] = len(found), slot.start
        found.append(Stretch(*slot))
    return found


def _distances(busy: BusyTime, wanted: Wanted, travel: Travel) -> tuple[int, int, int]:
    """The way, and what is kept free between a busy time and a later start, and between an end and a later one."""
    way = 0
    if busy.location_id is not None and wanted.location_id is not None and busy.location_id != wanted.location_id:
        way = travel.get(frozenset((busy.location_id, wanted.location_id)), 0)
    return way, max(busy.after, wanted.before), max(busy.before, wanted.after)
