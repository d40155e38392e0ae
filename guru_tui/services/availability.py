"""When there is time: free times to choose from, and what speaks against a time that somebody has in mind.

Asked by the booking line on every key press, by the search for a free time, and by whatever books for a client.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from guru_tui.domain.availability import Day, Travel, Wanted, free_starts, open_for, too_close
from guru_tui.domain.clock import Clock
from guru_tui.domain.hours import applying
from guru_tui.domain.intervals import Span
from guru_tui.domain.local_time import resolve, to_local
from guru_tui.domain.local_time import zone as zone_of
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.availability import Against, BusyTime, ClosedDayRow, Search, Slot, TravelRow
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow

_LONGEST_SEARCH = 366
_AT_ONCE = 7
_AROUND = timedelta(days=2)
"""How far from a day an appointment with its buffers and the way from it can still reach into it."""

_UNSAID = [Interval(weekday, 8 * 60, 18 * 60) for weekday in range(5)]
"""When free times are offered in a practice that has set no hours."""

_USUAL_MINUTES = 60


class AvailabilityReads(Protocol):
    """What is read of the practice, and nothing more."""

    def practice(self) -> Practice:
        """The settings."""
        ...

    def hours(self) -> Sequence[Interval]:
        """Weekly opening intervals."""
        ...

    def types(self) -> Sequence[AppointmentTypeRow]:
        """Active appointment types, in order."""
        ...

    def locations(self) -> Sequence[LocationRow]:
        """Active places, in order."""
        ...

    def travel_times(self) -> Sequence[TravelRow]:
        """The minutes between places."""
        ...

    def closed_days(self, first: date, last: date) -> Sequence[ClosedDayRow]:
        """Closed days and public holidays."""
        ...

    def busy(self, begin: datetime, end: datetime, *, exclude_appointment: int | None = None) -> Sequence[BusyTime]:
        """What takes time between two instants."""
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """A place as it is looked at: its hours on each weekday, and what is wanted there."""

    wanted: Wanted
    name: str
    opening: tuple[tuple[Span, ...], ...]


class AvailabilityService:
    """Free times and what speaks against a time; a week takes a millisecond or two."""

    def __init__(self, reads: AvailabilityReads, clock: Clock) -> None:
        self._reads = reads
        self._clock = clock

    def slots(self, search: Search, *, limit: int | None = None) -> list[Slot]:
        """The free times that a search finds, by start and none before now; `limit`: at most so many.

        A time that is free at two places is told once, for the first of them in the practitioner's order.
        """
        return list(islice(self._slots(search), limit))

    def next_free(self, search: Search) -> Slot | None:
        """The first free time within a year of the search's first day."""
        return next(self._slots(search._replace(days=_LONGEST_SEARCH)), None)

    def closing(self, search: Search) -> str:
        """What closes the one day of a search that looks at no other: its titles; empty where nothing does."""
        if search.days != 1 or search.first is None:
            return ""
        rows = self._reads.closed_days(search.first, search.first)
        closed = [row.title or "closed" for row in rows if row.closes and row.location_id in (None, search.location_id)]
        return ", ".join(closed)

    def reasons(
        self,
        start: datetime,
        minutes: int,
        *,
        type_id: int | None = None,
        location_id: int | None = None,
        exclude_appointment: int | None = None,
        fold: int = 0,
    ) -> list[Against]:
        """What speaks against a time (naive local `start`) besides what it overlaps, in the order of `KINDS`.

        `exclude_appointment` is the one that would be moved there. Raises `Invalid` for a time that does not exist.
        """
        practice = self._reads.practice()
        place, day = zone_of(practice.zone), start.date()
        begin = _minute(resolve(start, practice.zone, fold=fold))
        kind = next((row for row in self._reads.types() if row.id == type_id), None)
        wanted = _wanted(kind, minutes, location_id)
        there = applying(self._reads.hours(), location_id)
        opening = [_span(day, each.opens, each.closes, place) for each in there if each.weekday == day.weekday()]
        busy = self._busy(day, 1, place, exclude_appointment)
        found = []
        if there and not open_for((begin, begin + minutes), Day(opening)):
            found.append(Against("hours"))
        found += [
            Against("closed", name=row.title)
            for row in self._reads.closed_days(day, day)
            if row.closes and row.location_id in (None, location_id)
        ]
        travel = self._travel()
        near = [
            Against(
                "travel" if each.travel else "buffer",
                each.travel or each.kept,
                each.busy.name,
                _local(each.busy.begin, place),
                _local(each.busy.end, place),
                each.busy.location,
                each.after,
                each.kept if each.travel else 0,
            )
            for each in too_close(begin, wanted, busy, travel)
        ]
        found += sorted(near, key=lambda each: (each.kind, each.starts))
        if Day((), booked=_booked(busy, day, place), maximum=practice.daily_maximum).full:
            found.append(Against("maximum", practice.daily_maximum))
        return found

    def warm_up(self) -> None:
        """Load the library of the holidays, in a thread, so that no key press waits for it."""
        today = to_local(self._clock.now(), self._reads.practice().zone).date()
        self._reads.closed_days(today, today + timedelta(days=_LONGEST_SEARCH))

    # ---- searching -----------------------------------------------------------------------------------

    def _slots(self, search: Search) -> Iterator[Slot]:
        practice = self._reads.practice()
        zone = zone_of(practice.zone)
        now = self._clock.now()
        earliest = -(-int(now.timestamp()) // 60)
        today = to_local(now, practice.zone).date()
        first, places, travel = search.first or today, self._places(search), self._travel()
        days = [first + timedelta(days=offset) for offset in range(min(search.days, _LONGEST_SEARCH))]
        wanted_days = [
            day for day in days if day >= today and (not search.weekdays or day.weekday() in search.weekdays)
        ]
        for at in range(0, len(wanted_days), _AT_ONCE):
            some = wanted_days[at : at + _AT_ONCE]
            busy = self._busy(some[0], (some[-1] - some[0]).days + 1, zone)
            closed = self._reads.closed_days(some[0], some[-1])
            for day in some:
                found: dict[int, Slot] = {}
                for one in places:
                    rules = Day(
                        [_span(day, *span, zone) for span in one.opening[day.weekday()]],
                        _is_closed(day, one.wanted.location_id, closed),
                        _booked(busy, day, zone),
                        practice.daily_maximum,
                    )
                    starts = free_starts(
                        rules,
                        busy,
                        one.wanted,
                        travel=travel,
                        step=practice.slot_step,
                        earliest=earliest,
                        between=_span(day, *search.between, zone),
                    )
                    for start in starts:
                        end = start + one.wanted.minutes
                        if start not in found:
                            found[start] = Slot(
                                _local(start, zone), _local(end, zone), one.wanted.location_id, one.name
                            )
                yield from (found[start] for start in sorted(found))

    def _places(self, search: Search) -> list[_Place]:
        """Where the search looks, in the practitioner's order."""
        types, locations, hours = self._reads.types(), self._reads.locations(), self._reads.hours()
        kind = next((row for row in types if row.id == search.type_id), None) or next(iter(types), None)
        own = search.location_id if search.location_id is not None else kind.location_id if kind else None
        rows: list[LocationRow | None] = [row for row in locations if own is None or row.id == own]
        minutes = search.minutes or (kind.minutes if kind else _USUAL_MINUTES)
        found = []
        for row in rows or [None]:
            there = applying(hours, row.id if row else None) or _UNSAID
            opening = tuple(
                tuple((each.opens, each.closes) for each in there if each.weekday == weekday) for weekday in range(7)
            )
            wanted = _wanted(kind, minutes, row.id if row else None)
            found.append(_Place(wanted, row.name if row else "", opening))
        return found

    def _travel(self) -> Travel:
        return {frozenset((row.from_id, row.to_id)): row.minutes for row in self._reads.travel_times()}

    def _busy(self, day: date, days: int, zone: ZoneInfo, exclude: int | None = None) -> Sequence[BusyTime]:
        begin = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        return self._reads.busy(begin - _AROUND, begin + timedelta(days=days) + _AROUND, exclude_appointment=exclude)


def _wanted(kind: AppointmentTypeRow | None, minutes: int, location_id: int | None) -> Wanted:
    wanted = Wanted(minutes, location_id=location_id)
    return wanted._replace(before=kind.minutes_before, after=kind.minutes_after) if kind else wanted


def _is_closed(day: date, location_id: int | None, closed: Sequence[ClosedDayRow]) -> bool:
    return any(row.closes and row.first <= day <= row.last and row.location_id in (None, location_id) for row in closed)


def _booked(busy: Sequence[BusyTime], day: date, zone: ZoneInfo) -> int:
    """How many appointments begin on a day."""
    begin, end = _span(day, 0, 24 * 60, zone)
    return sum(each.kind == "appointment" and begin <= each.begin < end for each in busy)


def _span(day: date, begin: int, end: int, zone: ZoneInfo) -> Span:
    """Wall minutes of a day as minutes since 1970; of an hour that happens twice the first and the last count."""
    return _instant(day, begin, zone, 0), _instant(day, end, zone, 1)


def _instant(day: date, minute: int, zone: ZoneInfo, fold: int) -> int:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return _minute(wall.replace(tzinfo=zone, fold=fold))


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _local(minute: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(minute * 60, zone)
