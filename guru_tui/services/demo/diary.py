"""The calendar of the sample practice: courses of treatment and series laid into the days, lunch, and today's page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from guru_tui.domain.recurrence import Repeat
from guru_tui.services.demo import today
from guru_tui.services.demo.closures import Closures
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.repeats import Part, Series, of_visits
from guru_tui.services.demo.samples import DAY, Kind, Moment, Samples
from guru_tui.services.demo.visits import Block, Visit

LUNCH = (12 * 60 + 30, 13 * 60 + 30)
_WORKDAY = (8 * 60, 17 * 60)
_BUSY = (8, 8, 9, 9, 9, 10)
_SHORTEST = 30
_SQUEEZE = 12  # minutes by which a visit may be longer than its share of what is left of the day
_WEEKLY = ((0, 480), (1, 960), (2, 480), (2, 630), (3, 840), (4, 540))  # weekday, start
_LUNCHES_SHOWN = 60  # days back; nobody looks at older ones
_SERIES = ((0, 840, 1, 9, 16), (1, 540, 2, 12, 10))  # weekday, start, every so many weeks, begun weeks ago, times
_ELSEWHERE = (90, -300, -210, 60, -240)  # minutes by which an occurrence is moved, the first that is free
_GYM, _GYM_HOURS = "Gym", (810, 1020)  # a half-day of the week at the other place, so that lunch is the way there


@dataclass(slots=True)
class Diary:
    """Lays the visits of every day; read `visits`, `blocks` and `series` after `fill` and `settle`.

    `latest`: just booked.
    """

    samples: Samples
    people: list[Person]
    moment: Moment
    rng: Random
    per_day: int | None = None
    visits: list[Visit] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    latest: Visit | None = None
    _due: list[tuple[date, int, int]] = field(default_factory=list)
    _pool: deque[Person] = field(default_factory=deque)
    _pinned: dict[date, list[Visit]] = field(default_factory=dict)
    _lunch: Series = field(init=False)
    closures: Closures = field(init=False)

    def __post_init__(self) -> None:
        """Decide when the practice is closed."""
        self.closures = Closures(self.samples, self.moment)

    def fill(self, first: date, last: date) -> None:
        """Make the calendar, oldest day first; ids count from 1 in order of start."""
        kinds = self.samples.kinds
        others = [person for person in self.people if not person.role]
        self.rng.shuffle(others)
        self._pool.extend(others)
        self._pin_around(kinds, first, last)
        self._pin_tomorrow(kinds[0])
        self._pin_series(kinds[0], first, last)
        self._pin_weekly(kinds[0], first, last)
        self._lunch = self._repeat_lunch(first, last)
        middle = first + (self.moment.today - first) / 2
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day == self.moment.today:
                self._today(kinds)
            elif self.closures.on_leave(day):
                if day == first or day.weekday() == 0:
                    self.blocks.append(Block(day, 0, (5 - day.weekday()) * DAY, "Leave"))
            elif self.closures.opens(day) or self._pinned.get(day):
                self._work(day, kinds, leaving=day > middle)
        self.visits.sort(key=lambda visit: (visit.day, visit.start))

    def settle(self, keep: int | None = None) -> None:
        """Give ids, booking times and what became of each visit; with `keep` drop the oldest beyond so many."""
        if keep is not None:
            del self.visits[: max(0, len(self.visits) - keep)]
        said = self.samples.practice["calendar"]
        for number, visit in enumerate(self.visits, start=1):
            visit.id = number
            visit.booked = self._booked(visit)
            if visit.day != self.moment.today:
                _outcome(visit, visit.day < self.moment.today, self.moment, self.rng, said)
            if visit.status == "attended" and (visit.person.role or self.rng.random() < 0.7):
                visit.note = self.rng.choice(said["notes"])
            visit.person.visits += 1
            if visit.person.known_since is None:
                visit.person.known_since = visit.booked[0]
            if self.latest is None and visit.person.role == "new" and visit.day > self.moment.today:
                self.latest, visit.booked = visit, (self.moment.today, self.moment.minute)
        self._charge(said["late"])
        last_seen = {visit.person.id: visit.day for visit in self.visits}
        for person in self.people:
            seen = last_seen.get(person.id)
            if person.leaves and seen and seen < self.moment.plus(-75):
                person.archived_on = seen + timedelta(days=60)

    def _booked(self, visit: Visit) -> tuple[date, int]:
        """When it was booked: days ahead, and never in the future."""
        if visit.part:
            return min(visit.part.series.made, self.moment.plus(-1)), 600
        day = visit.day - timedelta(days=self.rng.randint(2, 14))
        latest = self.moment.plus(-1 - self.rng.randint(0, 6))
        return min(day, latest), self.rng.randrange(_WORKDAY[0], _WORKDAY[1])

    def _charge(self, reasons: list[str]) -> None:
        """Of those who did not come lately one is charged for it, and so is one who cancelled late."""
        today = self.moment.today
        over = [visit for visit in reversed(self.visits) if visit.day <= today]
        late = [visit for visit in over if visit.day < today and not visit.person.role and not visit.part]
        called = next((visit for visit in late if visit.status in ("late-cancelled", "attended")), None)
        if called is not None:
            called.status, called.reason, called.note = "late-cancelled", self.rng.choice(reasons), ""
            called.charged = True
        missed = next((visit for visit in over if visit.status == "no-show"), None)
        if missed is not None:
            missed.charged = True

    def _pin_tomorrow(self, kind: Kind) -> None:
        """Somebody to be reminded today, even where tomorrow is a Sunday or a holiday."""
        tomorrow = self.moment.plus(1)
        if self.closures.works(tomorrow):
            return
        for number, person in enumerate(self._take(3)):
            self._pinned.setdefault(tomorrow, []).append(Visit(person, tomorrow, 540 + 60 * number, kind))

    def _pin_around(self, kinds: list[Kind], first: date, last: date) -> None:
        """The visits of today's people before and after today; one of them comes every week."""
        weekly: Series | None = None
        for person, day, start, kind, due in today.around(self.people, kinds, self.moment, self.closures.works):
            part = None
            if due is not None:
                weekly = weekly or self._add(of_visits(person, kind, due, start, times=today.TIMES))
                part = Part(weekly, due)
            self._pin(Visit(person, day, start, kind, part=part), first, last)

    def _pin_series(self, kind: Kind, first: date, last: date) -> None:
        """People who come by a rule; the first has one occurrence of next week moved to another time."""
        monday = self.moment.today - timedelta(days=self.moment.today.weekday())
        moved = False
        for person, (weekday, start, every, ago, times) in zip(self._take(len(_SERIES)), _SERIES, strict=False):
            # Today's page is full without them.
            begin = monday + timedelta(days=(weekday + (weekday == self.moment.today.weekday())) % 5, weeks=-ago)
            series = self._add(of_visits(person, kind, begin, start, times=times, every=every))
            for number in range(times):
                due = begin + timedelta(weeks=number * every)
                if not self.closures.works(due):
                    continue
                visit = Visit(person, due, start, kind, part=Part(series, due))
                if not moved and due > self.moment.plus(1):
                    moved = any(self._pin(replace(visit, start=start + by), first, last) for by in _ELSEWHERE)
                else:
                    self._pin(visit, first, last)

    def _pin_weekly(self, kind: Kind, first: date, last: date) -> None:
        """People who have come at the same hour of the week for months, and will."""
        for person, (weekday, start) in zip(self._take(len(_WEEKLY)), _WEEKLY, strict=False):
            day = first + timedelta(days=self.rng.randrange(max(1, (self.moment.today - first).days // 2)))
            day += timedelta(days=(weekday - day.weekday()) % 7)
            while day <= last:
                if self.closures.works(day) and day != self.moment.today:
                    self._pin(Visit(person, day, start, kind), first, last)
                day += timedelta(days=7)

    def _pin(self, visit: Visit, first: date, last: date) -> bool:
        """Keep its time for a visit; False where it is out of range or taken."""
        if not first <= visit.day <= last:
            return False
        pinned = self._pinned.setdefault(visit.day, [])
        if any(visit.start < other.end and other.start < visit.end for other in pinned):
            return False
        pinned.append(visit)
        return True

    def _add(self, series: Series) -> Series:
        series.id = len(self.series) + 1
        self.series.append(series)
        return series

    def _repeat_lunch(self, first: date, last: date) -> Series:
        begin, end = LUNCH
        day = max(first, self.moment.plus(-_LUNCHES_SHOWN))
        while day.weekday() > 4:
            day += timedelta(days=1)
        return self._add(Series(Repeat("week", 1, (0, 1, 2, 3, 4), until=last), day, begin, end - begin, "Lunch"))

    def _eat(self, day: date) -> None:
        """Lunch on every weekday that is worked on, and on today whatever it is."""
        if day.weekday() < 5 and day >= self._lunch.day:
            self.blocks.append(Block(day, *LUNCH, "Lunch", Part(self._lunch, day)))
        elif day == self.moment.today:
            self.blocks.append(Block(day, *LUNCH, "Lunch"))

    def _take(self, count: int) -> list[Person]:
        """The next people who can be reached both ways, out of those who come when they are due."""
        taken = [person for person in self._pool if person.mobile and person.email and not person.leaves][:count]
        for person in taken:
            self._pool.remove(person)
        return taken

    def _today(self, kinds: list[Kind]) -> None:
        self._eat(self.moment.today)
        weekly = next((each for each in self.series if each.person and each.person.role == "weekly"), None)
        for role, start, kind, status in today.page(kinds, self.moment.minute):
            for person in self.people:
                if person.role == role:
                    by_rule = weekly is not None and role == "weekly" and self.moment.today.weekday() < 5
                    part = Part(weekly, self.moment.today) if weekly and by_rule else None
                    self.visits.append(Visit(person, self.moment.today, start, kind, status, part=part))

    def _work(self, day: date, kinds: list[Kind], *, leaving: bool) -> None:
        spans = self.samples.hours.get(day.weekday(), [])
        pinned = sorted(self._pinned.get(day, []), key=lambda visit: visit.start)
        self.visits.extend(pinned)
        if not spans:
            return
        self._eat(day)
        minutes = sum(end - begin for begin, end in spans)
        wanted = (self.per_day or self.rng.choice(_BUSY)) * minutes / 480 * self._demand(day)
        free = list(_gaps(spans, [(visit.start, visit.end) for visit in pinned]))
        if free and self.rng.random() < 0.07:
            begin, end = free.pop(self.rng.randrange(len(free)))
            length = min(60, end - begin)
            self.blocks.append(Block(day, begin, begin + length, self.rng.choice(self._said("errands"))))
            if end - begin - length >= _SHORTEST:
                free.append((begin + length, end))
        self._lay(day, sorted(free), max(0, round(wanted) - len(pinned)), kinds, leaving=leaving)

    def _at_the_gym(self, day: date, minute: int) -> bool:
        """Whether a time lies in the week's half-day at the other place; never today, nor where others are pinned."""
        begin, end = _GYM_HOURS
        weekday = 2 if self.moment.today.weekday() != 2 else 4
        pinned = self._pinned.get(day, ())
        return day.weekday() == weekday and begin <= minute < end and all(visit.end <= begin for visit in pinned)

    def free(self, day: date) -> list[tuple[int, int]]:
        """What is left of a working day at the first place, in local minutes after midnight."""
        taken = [(visit.start, visit.end) for visit in self.visits if visit.day == day and visit.status != "cancelled"]
        taken += [(block.start, block.end) for block in self.blocks if block.day == day]
        spans = [span for span in self.samples.hours.get(day.weekday(), []) if not self._at_the_gym(day, span[0])]
        return list(_gaps(spans, sorted(taken)))

    def _lay(self, day: date, free: list[tuple[int, int]], wanted: int, kinds: list[Kind], *, leaving: bool) -> None:
        """Put `wanted` visits into the free spans, longer kinds and pauses where there is room for them."""
        room = sum(end - begin for begin, end in free)
        gym = next(kind for kind in kinds if kind.name == _GYM)
        usual = [kind for kind in kinds if kind.share]
        shares = [kind.share for kind in usual]
        for begin, end in free:
            at = begin
            while end - at >= _SHORTEST and wanted > 0:
                share = room / wanted
                if share > 70 and self.rng.random() < 0.5 and at > begin:
                    at, room = at + _SHORTEST, room - _SHORTEST
                    continue
                there = self._at_the_gym(day, at)
                if there and gym.minutes > end - at:
                    break
                person, new = self._next(day, leaving=leaving)
                if person is None:
                    return
                kind = gym if there else kinds[1] if new else self.rng.choices(usual, shares)[0]
                if not there and (kind.minutes > end - at or kind.minutes > share + _SQUEEZE):
                    kind = min(usual, key=lambda kind: kind.minutes)
                self.visits.append(Visit(person, day, at, kind))
                at, room, wanted = at + kind.minutes, room - kind.minutes, wanted - 1
            room -= end - at

    def _next(self, day: date, *, leaving: bool) -> tuple[Person | None, bool]:
        """Whose turn it is, by a course that is due or a new complaint, and whether it is a first visit."""
        if self._due and self._due[0][0] <= day:
            _, index, left = heappop(self._due)
            person = self.people[index]
        else:
            while self._pool and leaving and self._pool[0].leaves:
                self._pool.popleft()
            if not self._pool:
                return None, False
            person = self._pool.popleft()
            left = self.rng.choice((2, 3, 4, 5, 6, 8))
        if left > 1:
            heappush(self._due, (day + timedelta(days=self.rng.choice((4, 7, 7, 7, 14))), person.id - 1, left - 1))
        else:
            self._pool.append(person)
        new = not person.visits
        person.visits = 1
        return person, new

    def _demand(self, day: date) -> float:
        """The share of a full day that is booked: less the further ahead it lies."""
        ahead = (day - self.moment.today).days
        return 1.0 if ahead <= 0 else max(0.25, 1 - ahead / 70)

    def _said(self, what: str) -> list[str]:
        phrases: list[str] = self.samples.practice["calendar"][what]
        return phrases


def _gaps(spans: list[tuple[int, int]], taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for begin, end in spans:
        at = begin
        for start, stop in taken:
            if begin <= start < end:
                if start - at >= _SHORTEST:
                    yield at, start
                at = max(at, stop)
        if end - at >= _SHORTEST:
            yield at, end


def _outcome(visit: Visit, past: bool, moment: Moment, rng: Random, said: dict[str, Any]) -> None:
    chance = rng.random()
    if past and not visit.person.role:
        visit.status = (
            "no-show"
            if chance < 0.03
            else "late-cancelled"
            if chance < 0.055
            else "cancelled"
            if chance < 0.1
            else "attended"
        )
    elif past:
        visit.status = "attended"
    elif visit.person.role:
        visit.status = "booked"
    else:
        near, tomorrow = visit.day <= moment.plus(3), visit.day == moment.plus(1)
        # Whoever is to be reminded today comes.
        visit.status = (
            "cancelled"
            if chance < 0.04 and not tomorrow
            else "confirmed"
            if chance < (0.5 if near else 0.1)
            else "booked"
        )
    if visit.status in ("cancelled", "late-cancelled"):
        visit.reason = rng.choice(said["cancelled" if visit.status == "cancelled" else "late"])
