"""What becomes of the events of another calendar: decided event by event, before anything is written."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from guru_tui.domain import phone
from guru_tui.domain.client_fields import normalise, search_words
from guru_tui.domain.event_clients import People, Person, left_over
from guru_tui.domain.events import CANCELLED, DECLINED, FREE, Event, Refused, Window
from guru_tui.domain.local_time import from_utc_text, to_local, utc_text
from guru_tui.domain.money import parse_amount
from guru_tui.domain.practice import Practice
from guru_tui.domain.text import clean, fold
from guru_tui.domain.views.agenda import LIVE
from guru_tui.domain.views.calendar_feed import FeedRow
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.errors import Invalid
from guru_tui.services.calendar_feed import Names
from guru_tui.services.calendar_import_series import follow
from guru_tui.store.queries import calendar_feed as queries
from guru_tui.store.queries import calendar_import as import_queries
from guru_tui.store.queries import practice as practice_queries

ACTION = "import calendar"
APPOINTMENT, NEW_CLIENT, BLOCK, MOVED = "appointment", "new client", "blocked time", "moved"
UNCHANGED, SKIPPED, STAYS = "unchanged", "skipped", "stays"
CREATED = (APPOINTMENT, NEW_CLIENT, BLOCK)

_LONGEST_MINUTES = 24 * 60 - 1
_STATUSES = ("booked", "confirmed", "attended", "no-show", "late-cancelled")


@dataclass(frozen=True, slots=True)
class Line:
    """One event and what becomes of it (`becomes`: a word above).

    One that stays is here and no longer in the file. `person` is whose it is, None for blocked time; `remark` says what
    a person should see: why it is skipped or left as it is, what it overlaps. `row` is what is there already. Money in
    minor units.
    """

    event: Event
    becomes: str
    person: Person | None = None
    remark: str = ""
    row: FeedRow | None = None
    type_id: int | None = None
    title: str = ""
    location_id: int | None = None
    fee_minor: int = 0
    status: str = "booked"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the practitioner wants a file read: `type_name` for appointments of no type, `new_clients` for guests who are
    not known, `with_free` for events that are shown as free."""

    type_name: str = ""
    new_clients: bool = False
    with_free: bool = False


@dataclass
class Planner:
    """Decides over events, with the calendar as it is at that moment."""

    connection: sqlite3.Connection
    practice: Practice
    now: datetime
    wishes: Wishes
    _people: People = field(init=False)
    _uids: dict[str, FeedRow] = field(init=False, default_factory=dict)
    _given: dict[str, FeedRow] = field(init=False, default_factory=dict)
    _visits: dict[tuple[int, str], FeedRow] = field(init=False, default_factory=dict)
    _blocks: dict[tuple[str, str, str], FeedRow] = field(init=False, default_factory=dict)
    _busy: dict[date, list[FeedRow]] = field(init=False)
    _touched: set[tuple[str, int]] = field(init=False)
    _types: Sequence[AppointmentTypeRow] = field(init=False)
    _places: Sequence[LocationRow] = field(init=False)
    _default: AppointmentTypeRow | None = field(init=False)

    def __post_init__(self) -> None:
        self._people = _people(self.connection, self.practice)
        self._types = practice_queries.types(self.connection, active_only=False)
        self._places = practice_queries.locations(self.connection, active_only=False)
        self._default = self._type(self.wishes.type_name) if self.wishes.type_name else None
        if self.wishes.type_name and self._default is None:
            raise Invalid(f"There is no appointment type {self.wishes.type_name!r}; see them with: guru types list")
        self._touched = import_queries.written_by_others(self.connection, ACTION)
        self._busy = defaultdict(list)
        names = Names(self.connection)
        for row in queries.entries(self.connection):
            self._uids[names.of(row)] = row
            self._given[names.given(row)] = row
            if row.kind == "block":
                self._blocks[(fold(row.title), row.starts_at, row.ends_at)] = row
            elif not row.cancelled:
                self._visits[(row.client_id, row.starts_at)] = row
            if not row.cancelled and from_utc_text(row.ends_at) > self.now:
                for day in self._days(from_utc_text(row.starts_at), from_utc_text(row.ends_at)):
                    self._busy[day].append(row)

    def decide(self, events: Sequence[Event], window: Window) -> tuple[list[Line], list[Refused]]:
        """A line for each event of the window that can be taken, a reason for each other, in their order; then a line
        for each entry here that its series in the file has no more."""
        begin, end = utc_text(max(window.begin, self.now)), utc_text(window.end)
        spent = {event.uid for event in events if event.passes}
        followed = follow(events, self._uids, lambda row: begin <= row.starts_at < end, spent)
        self._uids |= followed.renamed
        lines: list[Line] = []
        refused: list[Refused] = []
        seen: dict[str, int] = {}
        for event in events:
            try:
                if event.uid in seen:
                    line = Line(event, SKIPPED, remark=f"the same as row {seen[event.uid]}")
                else:
                    line = self._line(event)
                    seen[event.uid] = event.row
                lines.append(line)
            except Invalid as error:
                refused.append(Refused(event.row, _reason(event, error)))
        return [*lines, *(self._gone(row, entry) for row, entry in followed.gone)], refused

    def _line(self, event: Event) -> Line:
        there = self._uids.get(event.uid)
        if there is None and (there := self._given.get(event.uid)) is not None:
            # From a feed of ours that hides what it was imported under, and what it is called.
            return Line(event, UNCHANGED, row=there)
        if event.passes in (CANCELLED, DECLINED) and there is not None and self._stands(there):
            return Line(event, STAYS, _whose(there), f"{event.passes} there; {_stays(there)}", there)
        if event.passes and not (event.passes == FREE and self.wishes.with_free):
            return Line(event, SKIPPED, remark=event.passes, row=there)
        if there is not None and there.kind == "appointment":
            return self._known_visit(event, there)
        person = (
            None if event.whole_days or event.blocked else self._people.of(event, new_guests=self.wishes.new_clients)
        )
        if there is not None:
            return self._known_block(event, there, person)
        if person is not None and person.id is None:
            client_fields(person, self.practice, to_local(self.now, self.practice.zone).date())
        return self._new(event, person)

    def _new(self, event: Event, person: Person | None) -> Line:
        starts, ends = utc_text(event.starts), utc_text(event.ends)
        if person is None:
            title = clean(event.title, field="The title")
            twin = self._blocks.get((fold(title), starts, ends))
            if twin is not None:
                return Line(event, UNCHANGED, row=twin, remark="is there already")
            return Line(event, BLOCK, title=title, remark=self._overlap(event))
        if person.id is not None and (twin := self._visits.get((person.id, starts))) is not None:
            return Line(event, UNCHANGED, person, "is there already", twin)
        return self._visit(event, person)

    def _visit(self, event: Event, person: Person, row: FeedRow | None = None) -> Line:
        if event.minutes > _LONGEST_MINUTES:
            raise Invalid(f"it lasts longer than a day, which no appointment of {person.name}'s does")
        kind = self._type(event.kind) or self._type_in(event.title)
        spoken = kind.name if kind else event.kind
        rest = left_over(event.title, person, spoken)
        own = bool(event.client and event.fee)  # a complete copy of ours has its notes apart from the title
        note = "\n".join(part for part in ("" if own else rest, event.note) if part)
        kind = kind or (None if event.kind else self._default)
        status = event.status if event.status in _STATUSES else "booked"
        return Line(
            event,
            MOVED if row is not None else NEW_CLIENT if person.id is None else APPOINTMENT,
            person,
            self._overlap(event) if row is None else "blocked time becomes an appointment",
            row,
            kind.id if kind else None,
            clean(kind.name if kind else event.kind, field="The type"),
            self._place(event.location, kind),
            self._fee(event, kind),
            status,
            clean(note, multiline=True, field="The note"),
        )

    def _known_visit(self, event: Event, row: FeedRow) -> Line:
        person = _whose(row)
        same = (row.starts_at, row.ends_at) == (utc_text(event.starts), utc_text(event.ends))
        if same:
            return Line(event, UNCHANGED, person, row=row)
        if row.status not in LIVE or ("appointment", row.id) in self._touched:
            return Line(event, UNCHANGED, person, f"was changed here since ({row.status})", row)
        if event.minutes > _LONGEST_MINUTES:
            raise Invalid("it lasts longer than a day, which no appointment does")
        return Line(event, MOVED, person, f"from {_at(row)}", row)

    def _known_block(self, event: Event, row: FeedRow, person: Person | None) -> Line:
        title = clean(event.title, field="The title")
        same = (row.starts_at, row.ends_at, row.title) == (utc_text(event.starts), utc_text(event.ends), title)
        if same and person is None:
            return Line(event, UNCHANGED, row=row)
        if ("blocked_time", row.id) in self._touched:
            return Line(event, UNCHANGED, remark="was changed here since", row=row)
        if person is not None:
            return self._visit(event, person, row)
        return Line(event, MOVED, remark=f"from {_at(row)}", row=row, title=title)

    def _gone(self, number: int, row: FeedRow) -> Line:
        starts, ends = (to_local(from_utc_text(text), self.practice.zone) for text in (row.starts_at, row.ends_at))
        event = Event(number, row.uid, row.client or row.title, starts, ends)
        return Line(event, STAYS, _whose(row), f"no longer there; {_stays(row)}", row)

    def _stands(self, row: FeedRow) -> bool:
        return from_utc_text(row.ends_at) > self.now and (row.kind == "block" or row.status in LIVE)

    def _fee(self, event: Event, kind: AppointmentTypeRow | None) -> int:
        """What the file says; else the type's for what is still to come: what is over was settled elsewhere."""
        if event.fee:
            told = event.fee.removesuffix(self.practice.currency).strip()
            return parse_amount(told, self.practice.currency)
        return kind.fee_minor if kind is not None and event.ends > self.now else 0

    def _type(self, name: str) -> AppointmentTypeRow | None:
        wanted = search_words(name)
        return next((kind for kind in self._types if wanted and search_words(kind.name) == wanted), None)

    def _type_in(self, title: str) -> AppointmentTypeRow | None:
        """The one type whose name stands in the title, the longest where there are several."""
        told = f" {' '.join(search_words(title))} "
        found = [kind for kind in self._types if f" {' '.join(search_words(kind.name))} " in told]
        return max(found, key=lambda kind: len(kind.name), default=None)

    def _place(self, location: str, kind: AppointmentTypeRow | None) -> int | None:
        told = search_words(location)
        named = [place for place in self._places if told[: len(search_words(place.name))] == search_words(place.name)]
        best = max(named, key=lambda place: len(place.name), default=None)
        return best.id if best is not None and told else kind.location_id if kind is not None and not told else None

    def _overlap(self, event: Event) -> str:
        starts, ends = utc_text(event.starts), utc_text(event.ends)
        for day in self._days(event.starts, event.ends):
            for row in self._busy.get(day, ()):
                if row.starts_at < ends and row.ends_at > starts:
                    return f"overlaps {row.client or row.title or 'blocked time'} {_at(row)}"
        return ""

    def _days(self, begin: datetime, end: datetime) -> list[date]:
        first = to_local(begin, self.practice.zone).date()
        last = to_local(end, self.practice.zone).date()
        return [first + timedelta(days=number) for number in range(min((last - first).days, 400) + 1)]


def client_fields(person: Person, practice: Practice, today: date) -> dict[str, str | bool]:
    """What is kept of a person whom the file makes a client; raises `Invalid` for a name or address that cannot be."""
    told = {"first_name": person.first_name, "last_name": person.last_name, "mobile": person.mobile,
            "email": person.email}  # fmt: skip
    fields = normalise(told, country=practice.country, today=today)
    if not fields["first_name"] and not fields["last_name"]:
        raise Invalid("its client has no name")
    return fields


def _people(connection: sqlite3.Connection, practice: Practice) -> People:
    people = People(lambda text: phone.to_e164(text, practice.country))
    for person in import_queries.people(connection):
        people.add(person)
    return people


def _whose(row: FeedRow) -> Person | None:
    return Person(row.client_id, row.first_name, row.last_name) if row.kind == "appointment" else None


def _stays(row: FeedRow) -> str:
    """What to do about it, where it is not wanted here either."""
    if row.kind == "block":
        return f"still blocked here as b{row.id}"
    return f"still booked here as {row.id}"


def _at(row: FeedRow) -> str:
    starts, ends = (to_local(from_utc_text(text), row.zone) for text in (row.starts_at, row.ends_at))
    return f"{starts:%Y-%m-%d %H:%M}-{ends:%H:%M}"


def _reason(event: Event, error: Invalid) -> str:
    title = f"{event.title[:60]!r}" if event.title else event.client or "An event without a title"
    return f"{title} of {event.starts:%Y-%m-%d %H:%M}: {str(error).rstrip('.')}."
