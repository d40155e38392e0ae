"""The calendar of the sample practice: courses of treatment laid into the days, leave, lunch, and today's page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from guru_tui.services.demo import today
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Kind, Moment, Samples, wall
from guru_tui.store.bulk import Batch

LUNCH = (12 * 60 + 30, 13 * 60 + 30)
_WORKDAY = (8 * 60, 17 * 60)
_BUSY = (8, 8, 9, 9, 9, 10)
_SHORTEST = 30
_SQUEEZE = 12  # minutes by which a visit may be longer than its share of what is left of the day
_WEEKLY = ((0, 480), (0, 840), (1, 540), (1, 960), (2, 480), (2, 630), (3, 840), (4, 540))  # weekday, start
_LUNCHES_SHOWN = 60  # days back; nobody looks at older ones


@dataclass(slots=True)
class Visit:
    """One appointment in the making; `start` in local minutes after midnight. `invoice` is its invoice's id."""

    person: Person
    day: date
    start: int
    kind: Kind
    status: str = "booked"
    note: str = ""
    reason: str = ""
    booked: tuple[date, int] = (date.min, 0)
    id: int = 0
    invoice: int | None = None

    @property
    def end(self) -> int:
        """Local minutes after midnight."""
        return self.start + self.kind.minutes


@dataclass(frozen=True, slots=True)
class Block:
    """A time with no client, local minutes after midnight."""

    day: date
    start: int
    end: int
    title: str


@dataclass(slots=True)
class Diary:
    """Lays the visits of every day; read `visits` and `blocks` after `fill` and `settle`. `latest`: just booked."""

    samples: Samples
    people: list[Person]
    moment: Moment
    rng: Random
    per_day: int | None = None
    visits: list[Visit] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    latest: Visit | None = None
    _due: list[tuple[date, int, int]] = field(default_factory=list)
    _pool: deque[Person] = field(default_factory=deque)
    _pinned: dict[date, list[Visit]] = field(default_factory=dict)

    def fill(self, first: date, last: date) -> None:
        """Make the calendar, oldest day first; ids count from 1 in order of start."""
        kinds = self.samples.kinds
        others = [person for person in self.people if not person.role]
        self.rng.shuffle(others)
        self._pool.extend(others)
        for person, day, start, kind in today.around(self.people, kinds, self.moment, self._open):
            if first <= day <= last:
                self._pinned.setdefault(day, []).append(Visit(person, day, start, kind))
        self._pin_tomorrow(kinds[0])
        self._pin_weekly(kinds[0], first, last)
        leave = {day for begin in (-120, 38) for day in _week(self.moment.plus(begin))} - {self.moment.plus(1)}
        middle = first + (self.moment.today - first) / 2
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day == self.moment.today:
                self._today(kinds)
            elif day in leave:
                self.blocks.append(Block(day, *_WORKDAY, "Leave"))
            elif self._holiday(day) and day not in self._pinned:
                self.blocks.append(Block(day, *_WORKDAY, self._holiday(day)))
            else:
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
        last_seen = {visit.person.id: visit.day for visit in self.visits}
        for person in self.people:
            seen = last_seen.get(person.id)
            if person.leaves and seen and seen < self.moment.plus(-75):
                person.archived_on = seen + timedelta(days=60)

    def _booked(self, visit: Visit) -> tuple[date, int]:
        """When it was booked: days ahead, and never in the future."""
        day = visit.day - timedelta(days=self.rng.randint(2, 14))
        latest = self.moment.plus(-1 - self.rng.randint(0, 6))
        return min(day, latest), self.rng.randrange(_WORKDAY[0], _WORKDAY[1])

    def _open(self, day: date) -> bool:
        return day.weekday() < 5 and not self._holiday(day)

    def _holiday(self, day: date) -> str:
        name: str = self.samples.practice["holidays"].get(f"{day:%m-%d}", "")
        return name

    def _pin_tomorrow(self, kind: Kind) -> None:
        """Somebody to be reminded today, even where tomorrow is a Sunday or a holiday."""
        tomorrow = self.moment.plus(1)
        if self._open(tomorrow):
            return
        for number, person in enumerate(self._take(3)):
            self._pinned.setdefault(tomorrow, []).append(Visit(person, tomorrow, 540 + 60 * number, kind))

    def _pin_weekly(self, kind: Kind, first: date, last: date) -> None:
        """People who have come at the same hour of the week for months, and will."""
        for person, (weekday, start) in zip(self._take(len(_WEEKLY)), _WEEKLY, strict=False):
            day = first + timedelta(days=self.rng.randrange(max(1, (self.moment.today - first).days // 2)))
            day += timedelta(days=(weekday - day.weekday()) % 7)
            while day <= last:
                pinned = self._pinned.setdefault(day, [])
                visit = Visit(person, day, start, kind)
                if (
                    self._open(day)
                    and day != self.moment.today
                    and not any(visit.start < other.end and other.start < visit.end for other in pinned)
                ):
                    pinned.append(visit)
                day += timedelta(days=7)

    def _take(self, count: int) -> list[Person]:
        """The next people who can be reached both ways, out of those who come when they are due."""
        taken = [person for person in self._pool if person.mobile and person.email and not person.leaves][:count]
        for person in taken:
            self._pool.remove(person)
        return taken

    def _today(self, kinds: list[Kind]) -> None:
        self.blocks.append(Block(self.moment.today, *LUNCH, "Lunch"))
        for role, start, kind, status in today.page(kinds, self.moment.minute):
            for person in self.people:
                if person.role == role:
                    self.visits.append(Visit(person, self.moment.today, start, kind, status))

    def _work(self, day: date, kinds: list[Kind], *, leaving: bool) -> None:
        spans = self.samples.hours.get(day.weekday(), [])
        pinned = sorted(self._pinned.get(day, []), key=lambda visit: visit.start)
        self.visits.extend(pinned)
        if not spans:
            return
        if day.weekday() < 5 and day > self.moment.plus(-_LUNCHES_SHOWN):
            self.blocks.append(Block(day, *LUNCH, "Lunch"))
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

    def _lay(self, day: date, free: list[tuple[int, int]], wanted: int, kinds: list[Kind], *, leaving: bool) -> None:
        """Put `wanted` visits into the free spans, longer kinds and pauses where there is room for them."""
        room = sum(end - begin for begin, end in free)
        usual = [kind for kind in kinds if kind.share]
        shares = [kind.share for kind in usual]
        for begin, end in free:
            at = begin
            while end - at >= _SHORTEST and wanted > 0:
                share = room / wanted
                if share > 70 and self.rng.random() < 0.5 and at > begin:
                    at, room = at + _SHORTEST, room - _SHORTEST
                    continue
                person, new = self._next(day, leaving=leaving)
                if person is None:
                    return
                kind = kinds[1] if new else self.rng.choices(usual, shares)[0]
                if kind.minutes > end - at or kind.minutes > share + _SQUEEZE:
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


def _week(day: date) -> Iterable[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(5)]


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
        near = visit.day <= moment.plus(3)
        visit.status = "cancelled" if chance < 0.04 else "confirmed" if chance < (0.5 if near else 0.1) else "booked"
    if visit.status in ("cancelled", "late-cancelled"):
        visit.reason = rng.choice(said["cancelled" if visit.status == "cancelled" else "late"])


def visit_batch(visits: Iterable[Visit], moment: Moment, currency: str) -> Batch:
    """The rows of appointments; the invoices they name must be there before."""
    return Batch("appointment", _APPOINTMENT, (_row(visit, moment, currency) for visit in visits))


def block_batch(blocks: Iterable[Block], moment: Moment) -> Batch:
    """The rows of blocked times."""
    return Batch(
        "blocked_time",
        ("title", "starts_local", "zone", "starts_at", "ends_at", "minutes", "created_at"),
        (
            (
                block.title,
                wall(block.day, block.start),
                moment.zone,
                moment.utc(block.day, block.start),
                moment.utc(block.day, block.end),
                block.end - block.start,
                moment.utc(min(block.day, moment.today) - timedelta(days=9), 600),
            )
            for block in blocks
        ),
    )


_APPOINTMENT = (
    *("id", "client_id", "type_id", "location_id", "title", "starts_local", "zone", "starts_at", "ends_at", "minutes"),
    *("fee_minor", "currency", "status", "status_at", "reason", "note", "sequence", "invoice_id", "created_at"),
)


def _row(visit: Visit, moment: Moment, currency: str) -> tuple[object, ...]:
    kind = visit.kind
    return (
        visit.id,
        visit.person.id,
        kind.id,
        kind.location_id,
        kind.name,
        wall(visit.day, visit.start),
        moment.zone,
        moment.utc(visit.day, visit.start),
        moment.utc(visit.day, visit.end),
        kind.minutes,
        kind.fee_minor,
        currency,
        visit.status,
        _status_at(visit, moment),
        visit.reason,
        visit.note,
        0,
        visit.invoice,
        moment.utc(*visit.booked),
    )


def _status_at(visit: Visit, moment: Moment) -> str:
    if visit.status == "booked":
        return ""
    if visit.status in ("attended", "no-show"):
        return moment.utc(visit.day, visit.end if visit.status == "attended" else visit.start + 15)
    if visit.status == "late-cancelled":
        return moment.utc(visit.day, visit.start - 60)
    asked = visit.day - timedelta(days=1)
    return moment.utc(asked, 15 * 60) if moment.past(asked, 15 * 60) else moment.before(hours=2)
