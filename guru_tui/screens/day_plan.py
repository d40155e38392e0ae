"""A day as a list: appointments, blocked times, the gaps between them inside the operating hours, and now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import elapsed
from guru_tui.domain.views.agenda import LIVE, OFF, AgendaEntry

if TYPE_CHECKING:
    from guru_tui.domain.views.hours import Interval

SHORTEST_GAP = timedelta(minutes=15)


class Gap(NamedTuple):
    """Free time inside the operating hours, in the practice's local time."""

    starts: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """Its length."""
        return int(elapsed(self.starts, self.ends).total_seconds()) // 60


class Plan(NamedTuple):
    """What a day's list shows. `now_after`: index of the item that the now-line follows, None off today."""

    items: tuple[AgendaEntry | Gap, ...]
    now_after: int | None
    ongoing: AgendaEntry | None
    following: AgendaEntry | None
    clashing: frozenset[int]
    open: bool

    @property
    def booked(self) -> int:
        """How many appointments hold a time of the day."""
        return sum(
            isinstance(item, AgendaEntry) and item.kind != "block" and item.status not in OFF for item in self.items
        )

    @property
    def gaps(self) -> int:
        """How many gaps there are."""
        return sum(isinstance(item, Gap) for item in self.items)


def plan(entries: Sequence[AgendaEntry], hours: Iterable[Interval], day: date, now: datetime) -> Plan:
    """The list of `day`; `now` is aware, in the practice's zone."""
    zone = now.tzinfo
    intervals = sorted((each.opens, each.closes) for each in hours if each.weekday == day.weekday())
    is_open = bool(intervals)
    midnight = datetime.combine(day, time(), tzinfo=zone)
    taken = [entry for entry in entries if entry.status not in OFF]
    here = [entry for entry in taken if entry.kind != "block" and entry.starts.date() == day]
    if not intervals and here:
        # A closed day that is worked on all the same has gaps between its first and its last appointment.
        ends = max(entry.ends for entry in here)
        first = here[0].starts
        intervals = [(_minute(first, midnight), _minute(ends, midnight))]
    gaps: list[Gap] = []
    for opens, closes in _merged(intervals):
        # Wall-clock arithmetic: opening hours are wall times, also on the day the clocks change.
        gaps += _free(midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes), taken)
    items: list[AgendaEntry | Gap] = sorted(
        [*entries, *gaps],
        key=lambda item: (item.starts, isinstance(item, Gap), isinstance(item, AgendaEntry) and item.id),
    )
    today = now.date() == day
    live = [entry for entry in taken if entry.kind != "block" and entry.status in LIVE]
    return Plan(
        tuple(items),
        sum(item.starts <= now for item in items) - 1 if today else None,
        next((entry for entry in live if entry.starts <= now < entry.ends), None) if today else None,
        next((entry for entry in live if entry.starts > now), None) if today else None,
        _clashing(taken),
        is_open,
    )


def _minute(moment: datetime, midnight: datetime) -> int:
    """Minutes of wall time after midnight, the day's end at the most."""
    return min(int((moment.replace(tzinfo=None) - midnight.replace(tzinfo=None)).total_seconds()) // 60, 24 * 60)


def _merged(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Opening intervals of several places as one timeline."""
    merged: list[tuple[int, int]] = []
    for opens, closes in intervals:
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


def _free(opens: datetime, closes: datetime, taken: Sequence[AgendaEntry]) -> list[Gap]:
    free: list[Gap] = []
    at = opens
    for entry in sorted(taken, key=lambda each: each.starts):
        if entry.starts - at >= SHORTEST_GAP and at < closes:
            free.append(Gap(at, min(entry.starts, closes)))
        at = max(at, entry.ends)
    if closes - at >= SHORTEST_GAP:
        free.append(Gap(at, closes))
    return [gap for gap in free if gap.ends - gap.starts >= SHORTEST_GAP]


def _clashing(taken: Sequence[AgendaEntry]) -> frozenset[int]:
    """Ids of the appointments that overlap another entry."""
    found: set[int] = set()
    ordered = sorted(taken, key=lambda each: each.starts)
    for index, entry in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.starts >= entry.ends:
                break
            found |= {each.id for each in (entry, other) if each.kind != "block"}
    return frozenset(found)
