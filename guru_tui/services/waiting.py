"""Whom a free time fits, and which free times fit somebody who waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from guru_tui.domain.booking import Held
from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import elapsed, skipped, to_local
from guru_tui.domain.local_time import zone as zone_of
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import ClosedDayRow, Search
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.waitlist import Fit, Freed, WaitingRow
from guru_tui.domain.waitlist import Slot, fits, pieces, rank, start_in
from guru_tui.services.availability import AvailabilityService

_STEP = 15
"""Minutes: the rest of a time that has begun is offered from the next such mark on."""
_AHEAD = 28
"""How many days ahead a time is looked for."""
_LONGEST = 366
"""Days of a time that is not blocked any more, from its beginning on."""
_A_DAY = 2
"""At most so many times of one day, so that there are days to choose from."""


class WaitingReads(Protocol):
    """What is read of the practice, and nothing more."""

    def practice(self) -> Practice:
        """The settings."""
        ...

    def hours(self) -> Sequence[Interval]:
        """Weekly opening intervals."""
        ...

    def freed(self, gone: Collection[Held]) -> Sequence[Freed]:
        """What the last change of each left free, by start."""
        ...

    def closed_days(self, first: date, last: date) -> Sequence[ClosedDayRow]:
        """Closed days and public holidays."""
        ...

    def waitlist(self) -> Sequence[WaitingRow]:
        """Those who wait, the longest first."""
        ...

    def conflicts(self, begin: datetime, end: datetime) -> Sequence[Conflict]:
        """What the time between two instants overlaps."""
        ...


class WaitingService:
    """Questions about the waiting list; nothing is written here."""

    def __init__(self, reads: WaitingReads, availability: AvailabilityService, clock: Clock) -> None:
        self._reads = reads
        self._availability = availability
        self._clock = clock

    def fits(
        self, start: datetime, end: datetime, type_id: int | None = None, *, besides: int | None = None
    ) -> list[Fit]:
        """Whom the time between two naive local times fits, those who come first in front.

        What is taken of it, or past, counts for nothing; free time right behind it may be used with it. `type_id` is
        what the time was kept for, `besides` a client who has just given it up. Left out is who was offered that very
        start already.
        """
        entries = [entry for entry in self._reads.waitlist() if entry.client_id != besides]
        return self._ranked(entries, self._left(start, end, type_id)) if entries else []

    def fits_freed(self, gone: Collection[Held]) -> list[Fit]:
        """Whom a time fits that one of those held before its last change, which cancelled, moved or unblocked it.

        Each is named once, with the first time that fits and how many of them do. Their own client is left out; empty
        where those changes freed nothing.
        """
        freed = self._reads.freed(gone) if gone else ()
        clients = {one.client_id for one in freed}
        entries = [entry for entry in self._reads.waitlist() if entry.client_id not in clients] if freed else []
        if not entries:
            return []
        times = [
            self._left(one.start, one.end, one.type_id)
            if one.client_id is not None
            else self._open_again(one.start, one.end)
            for one in freed
        ]
        found = self._ranked(entries, [slot for slots in times for slot in slots])
        return [
            fit._replace(times=sum(any(start_in(fit.entry.wish, slot) for slot in slots) for slots in times))
            for fit in found
        ]

    def _left(self, start: datetime, end: datetime, type_id: int | None) -> list[Slot]:
        """What can still be used of a time that came free, with the free time right behind it."""
        start, latest = max(start, self._soon()), end
        end = max(end, self._closing(end))
        return pieces(Slot(start, end, type_id, latest), self._taken(start, end)) if start < latest else []

    def _open_again(self, start: datetime, end: datetime) -> list[Slot]:
        """What can be used of a time that is not blocked any more: of each day that is no closed one its hours."""
        start = max(start, self._soon())
        days = [start.date() + timedelta(days=number) for number in range(min((end - start).days + 2, _LONGEST))]
        if not self._reads.hours():
            return self._left(start, end, None)
        slots: list[Slot] = []
        for day in days:
            for opens, closes in self._opening(day):
                begin, latest = max(start, _at(day, opens)), min(end, _at(day, closes))
                if begin < latest:
                    slot = Slot(begin, _at(day, closes), None, latest)
                    slots += pieces(slot, self._taken(slot.start, slot.end))
        closed = {day for day in days if slots and self._closed(day)}
        return [slot for slot in slots if slot.start.date() not in closed]

    def fits_on(self, day: date) -> list[Fit]:
        """Whom some free time within the operating hours of a local day fits, as `fits`; nobody on a closed day."""
        entries = self._reads.waitlist()
        if not entries:
            return []
        free: list[Slot] = []
        for opens, closes in self._opening(day):
            slot = Slot(max(_at(day, opens), self._soon()), _at(day, closes))
            free += pieces(slot, self._taken(slot.start, slot.end)) if slot.start < slot.end else []
        found = self._ranked(entries, free)
        return [] if found and self._closed(day) else found

    def times_for(self, entry: WaitingRow, *, limit: int = 5) -> list[datetime]:
        """The next free times (naive local) that somebody waits for, two of a day at most, one after the other."""
        wish, today = entry.wish, self._now().date()
        first = max(wish.first_on or today, today)
        last = min(wish.last_on or date.max, first + timedelta(days=_AHEAD))
        if last < first:
            return []
        slots = self._availability.slots(
            Search(
                first,
                (last - first).days + 1,
                wish.minutes,
                frozenset(wish.weekdays),
                (wish.opens, wish.closes),
                type_id=wish.type_id,
            )
        )
        found: list[datetime] = []
        for slot in slots:
            start = slot.start.replace(tzinfo=None)
            same_day = [other for other in found if other.date() == start.date()]
            apart = not same_day or start >= same_day[-1] + timedelta(minutes=wish.minutes)
            if apart and len(same_day) < _A_DAY and fits(wish, start):
                found.append(start)
        return found[:limit]

    def _ranked(self, entries: Iterable[WaitingRow], slots: Sequence[Slot]) -> list[Fit]:
        """Whom the times fit; who was offered one of them waits for that.

        Nobody at a time that the clocks skip: it could not be offered.
        """
        zone = self._reads.practice().zone
        ranked = rank((each for each in entries if not _offered(each, slots)), slots)
        return [Fit(entry, start) for entry, start in ranked if not skipped(start, zone)]

    def _now(self) -> datetime:
        return to_local(self._clock.now(), self._reads.practice().zone).replace(tzinfo=None)

    def _soon(self) -> datetime:
        """Now, or the next mark of the clock face after it."""
        now = self._now()
        whole = now.replace(minute=now.minute - now.minute % _STEP, second=0, microsecond=0)
        return whole if whole == now else whole + timedelta(minutes=_STEP)

    def _opening(self, day: date) -> list[tuple[int, int]]:
        """The operating hours of a day, those of all places as one."""
        merged: list[tuple[int, int]] = []
        for opens, closes in sorted(
            (one.opens, one.closes) for one in self._reads.hours() if one.weekday == day.weekday()
        ):
            if merged and opens <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
            else:
                merged.append((opens, closes))
        return merged

    def _closed(self, day: date) -> bool:
        """Whether every place is closed, for a holiday or leave; asked last, for it may load the holidays."""
        return any(row.closes and row.location_id is None for row in self._reads.closed_days(day, day))

    def _closing(self, moment: datetime) -> datetime:
        """Until when the practice stays open from a moment on; the moment itself where it is not open then."""
        minute = moment.hour * 60 + moment.minute
        for opens, closes in self._opening(moment.date()):
            if opens <= minute < closes:
                return _at(moment.date(), closes)
        return moment

    def _taken(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        zone = zone_of(self._reads.practice().zone)
        begin, stop = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in (start, end))
        if elapsed(begin, stop) <= timedelta():
            return []
        return [
            (each.starts.astimezone(zone).replace(tzinfo=None), each.ends.astimezone(zone).replace(tzinfo=None))
            for each in self._reads.conflicts(begin, stop)
        ]


def _offered(entry: WaitingRow, slots: Sequence[Slot]) -> bool:
    before = entry.offered_start
    return before is not None and before.replace(tzinfo=None) in [start_in(entry.wish, slot) for slot in slots]


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)
