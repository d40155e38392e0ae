"""Reads one line of text against the practice: its clients, types, places, hours and clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from guru_tui.domain.clock import Clock
from guru_tui.domain.hours import within
from guru_tui.domain.local_time import resolve, to_local
from guru_tui.domain.practice import Practice
from guru_tui.domain.quick_add import (
    BlockReading,
    Checks,
    ClientMatch,
    Open,
    Problem,
    Reading,
    WhenReading,
    guess_date,
    parse,
    parse_block,
    parse_when,
)
from guru_tui.domain.quick_add.match import begins
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import Against
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.errors import Ambiguous, Invalid
from guru_tui.services.availability import AvailabilityService

if TYPE_CHECKING:
    from guru_tui.domain.quick_add.free import FreeReading
    from guru_tui.domain.quick_add.waiting import WaitingReading

# Countries that write the month first (Unicode CLDR, short date patterns).
_MONTH_FIRST = frozenset(("US", "PH", "FM", "MH", "PW"))
_REMEMBERED = 500
_HOW_OFTEN = "How does it repeat? Write it like every 2 weeks x6, or every thu 11:00 until 12 dec."


class QuickAddReads(Protocol):
    """What is read of the practice, and nothing more."""

    def data_version(self) -> int:
        """A number that changes when the store has changed."""
        ...

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

    def client_names(self) -> Sequence[str]:
        """The folded names of all clients, a blank before each word."""
        ...

    def find_clients(self, text: str) -> Sequence[ClientMatch]:
        """Clients whose name the words begin, best first."""
        ...

    def similar_clients(self, text: str) -> Sequence[ClientMatch]:
        """Clients whose name looks like the words."""
        ...

    def client_match(self, client_id: int) -> ClientMatch | None:
        """One client by id."""
        ...

    def conflicts(self, begin: datetime, end: datetime) -> Sequence[Conflict]:
        """What the time between two instants overlaps."""
        ...


class QuickAddService:
    """Lines of text as appointments, blocked times, days and times; quick enough for every key press."""

    def __init__(self, reads: QuickAddReads, clock: Clock, availability: AvailabilityService) -> None:
        self._reads = reads
        self._clock = clock
        self._availability = availability
        self._clients = _Clients(reads)

    def read(self, text: str, *, at: datetime | None = None, picks: Mapping[str, int] | None = None) -> Reading:
        """`text` read as an appointment.

        `at` (naive local) is the slot under the cursor, taken where the text has no day and no time. `picks` says
        which choice of an open field holds, by field and index. What cannot be read is in `problems`; raises
        `Invalid` only for more than 500 characters.
        """
        practice = self._reads.practice()
        self._clients.refresh()
        return parse(
            text,
            now=self._now(practice),
            hours=self._reads.hours(),
            types=self._reads.types(),
            locations=self._reads.locations(),
            clients=self._clients,
            currency=practice.currency,
            zone=practice.zone,
            at=at,
            picks=picks,
            month_first=_month_first(practice),
            guess=partial(guess_date, month_first=_month_first(practice)),
        )

    def read_block(
        self, text: str, *, at: datetime | None = None, picks: Mapping[str, int] | None = None
    ) -> BlockReading:
        """`text` (`fri pm`, `16/12 all day`, `mon-wed`, `tomorrow 9-12 Dentist`) read as a blocked time."""
        practice = self._reads.practice()
        return parse_block(
            text,
            now=self._now(practice),
            hours=self._reads.hours(),
            at=at,
            picks=picks,
            month_first=_month_first(practice),
        )

    def read_free(self, text: str) -> FreeReading:
        """`text` (`45 minutes tue afternoon`, `massage next week`) read as a search for free time."""
        from guru_tui.domain.quick_add.free import parse_free

        practice = self._reads.practice()
        return parse_free(
            text,
            now=self._now(practice),
            hours=self._reads.hours(),
            types=self._reads.types(),
            locations=self._reads.locations(),
            month_first=_month_first(practice),
        )

    def read_when(
        self, text: str, *, at: datetime | None = None, picks: Mapping[str, int] | None = None
    ) -> WhenReading:
        """`text` read as a day and a time; `at` (naive local) gives whichever of the two the text does not."""
        practice = self._reads.practice()
        return parse_when(
            text,
            now=self._now(practice),
            hours=self._reads.hours(),
            at=at,
            picks=picks,
            month_first=_month_first(practice),
            guess=partial(guess_date, month_first=_month_first(practice)),
        )

    def read_waiting(self, text: str, *, picks: Mapping[str, int] | None = None) -> WaitingReading:
        """`text` (`thandi tue, thu mornings 45 min before 12 dec ::note`) read as an entry of the waiting list."""
        from guru_tui.domain.quick_add.waiting import parse_waiting

        practice = self._reads.practice()
        self._clients.refresh()
        return parse_waiting(
            text,
            now=self._now(practice),
            hours=self._reads.hours(),
            types=self._reads.types(),
            clients=self._clients,
            picks=picks,
            month_first=_month_first(practice),
        )

    def read_day(self, text: str) -> date:
        """The one local day that `text` names; raises `Invalid` or `Ambiguous`."""
        reading = self.read_when(text)
        _settled([problem for problem in reading.problems if problem.field != "time"], reading.ambiguous)
        if reading.time_given or reading.day is None:
            raise Invalid(f"{text.strip()!r} is not a day; write it like tomorrow, fri, 24/12 or 2027-03-09.")
        return reading.day

    def read_move(self, text: str, current: datetime) -> tuple[datetime, int | None]:
        """Where an appointment that is at `current` (naive local) moves to, and its new length in minutes if given.

        Only a time keeps the day, only a day keeps the time. Raises `Invalid` or `Ambiguous`.
        """
        reading = self.read_when(text, at=current)
        _settled(reading.problems, reading.ambiguous)
        if reading.start is None:
            raise Invalid("To when? Write a day and a time such as tue 10:30.")
        return reading.start, reading.minutes

    def read_pattern(self, text: str, current: datetime) -> tuple[datetime, Repeat, int | None]:
        """How an appointment that is at `current` (naive local) repeats from then on, from which start on, and its new
        length in minutes if given.

        The day and the time stay where the text gives none; days count from the appointment. Raises `Invalid` or
        `Ambiguous`.
        """
        reading = self.read_repeating(text, current)
        _settled(reading.problems, reading.ambiguous)
        if reading.start is None or reading.repeat is None:
            raise Invalid(_HOW_OFTEN)
        return reading.start, reading.repeat, reading.minutes

    def read_repeating(self, text: str, current: datetime, *, picks: Mapping[str, int] | None = None) -> WhenReading:
        """`read_pattern` while it is typed: what is open or wrong stands in the reading; complete has a repeat."""
        midnight = datetime.combine(current.date(), datetime.min.time())
        reading = parse_when(
            text,
            now=midnight,
            hours=self._reads.hours(),
            at=current,
            picks=picks,
            month_first=_month_first(self._reads.practice()),
            repeats=True,
        )
        problems = [problem for problem in reading.problems if not problem.missing]
        if reading.repeat is None and not problems and not reading.ambiguous:
            problems.append(Problem("repeat", _HOW_OFTEN, (), missing=True))
        return replace(reading, problems=tuple(problems))

    def checks(self, reading: Reading) -> Checks:
        """What speaks against the reading: what it overlaps, closing times, distances, what the client owes."""
        conflicts: Sequence[Conflict] = ()
        against: Sequence[Against] = ()
        in_hours = True
        if reading.start is not None and reading.end is not None:
            location = reading.location.id if reading.location else None
            in_hours = within(reading.start, reading.end, self._reads.hours(), location)
            if not any(problem.field == "time" for problem in reading.problems):
                begin = resolve(reading.start, self._reads.practice().zone, fold=reading.fold or 0)
                conflicts = self._reads.conflicts(begin, begin + timedelta(minutes=reading.minutes))
                against = self._availability.reasons(
                    reading.start,
                    reading.minutes,
                    type_id=reading.type.id if reading.type else None,
                    location_id=location,
                    fold=reading.fold or 0,
                )
        client = reading.client
        return Checks(
            free=not conflicts,
            conflicts=tuple(conflicts),
            in_hours=in_hours,
            owes_minor=client.owes_minor if client else 0,
            visits=client.visits if client else 0,
            against=tuple(each for each in against if each.kind != "hours"),
        )

    def warm_up(self) -> None:
        """Load what only some texts need (dateparser), in a thread, so that no key press waits for it."""
        guess_date("1 january", self._now(self._reads.practice()))

    def _now(self, practice: Practice) -> datetime:
        return to_local(self._clock.now(), practice.zone).replace(tzinfo=None)


class _Clients:
    """The `ClientFinder` over the store: what was found is kept while the store stays as it is.

    Which words are a name is asked several times a key press, so it is told from the names held in memory (5,000
    are read in 3 ms); who it is only once, from the store.
    """

    def __init__(self, reads: QuickAddReads) -> None:
        self._reads = reads
        self._version = -1
        self._found: dict[tuple[str, ...], Sequence[ClientMatch]] = {}
        self._named: dict[tuple[str, ...], Sequence[str]] = {}

    def refresh(self) -> None:
        """Forget what was found before the store changed."""
        version = self._reads.data_version()
        if version != self._version or len(self._found) + len(self._named) > _REMEMBERED:
            self._found.clear()
            self._named = {(): self._reads.client_names()}
            self._version = version

    def known(self, words: Sequence[str]) -> bool:
        """Whether some client's name has words beginning with the `words`, in order."""
        return any(begins(words, name.split()) for name in self._begun(tuple(words)))

    def _begun(self, words: tuple[str, ...]) -> Sequence[str]:
        if words not in self._named:
            self._named[words] = [name for name in self._begun(words[:-1]) if f" {words[-1]}" in name]
        return self._named[words]

    def find(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name the words begin, best first."""
        return self._once("find", self._reads.find_clients, words)

    def similar(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name looks like the words."""
        return self._once("similar", self._reads.similar_clients, words)

    def by_id(self, client_id: int) -> ClientMatch | None:
        """The client with that id."""
        return self._reads.client_match(client_id)

    def _once(
        self, what: str, look_up: Callable[[str], Sequence[ClientMatch]], words: Sequence[str]
    ) -> Sequence[ClientMatch]:
        key = (what, *words)
        if key not in self._found:
            self._found[key] = look_up(" ".join(words))
        return self._found[key]


def _month_first(practice: Practice) -> bool:
    return practice.country in _MONTH_FIRST


def _settled(problems: Sequence[Problem], ambiguous: Sequence[Open]) -> None:
    """Raise the first problem or open field as the exception that fits it."""
    if problems:
        raise Invalid(problems[0].message)
    if ambiguous:
        field, choices = ambiguous[0]
        raise Ambiguous(f"The {field} can be {' or '.join(choices)}; say which.", choices)
