"""Moving in from another calendar: events become appointments and blocked time, as one step of undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict

from guru_tui.domain.event_clients import Person
from guru_tui.domain.events import Events, Refused, Window
from guru_tui.domain.local_time import to_local, utc_text, wall_text
from guru_tui.domain.practice import Practice
from guru_tui.errors import Invalid
from guru_tui.services.calendar_import_plan import (
    ACTION,
    BLOCK,
    CREATED,
    MOVED,
    NEW_CLIENT,
    SKIPPED,
    STAYS,
    UNCHANGED,
    Line,
    Planner,
    Wishes,
    client_fields,
)
from guru_tui.services.clients import new_client
from guru_tui.services.notifications import NotificationService
from guru_tui.store.models import Appointment, BlockedTime
from guru_tui.store.queries import practice as practice_queries
from guru_tui.store.unit_of_work import UnitOfWork, Work

_AHEAD = 366  # days that an event which repeats is followed


@dataclass(frozen=True, slots=True)
class CalendarReport:
    """What an import did, or would do.

    Without `applied` nothing was written: after a dry run, or because of refused events. `over` and `beyond` count
    events outside the days that were asked for. `columns` and `ignored`: how a table was read.
    """

    lines: tuple[Line, ...]
    rejected: tuple[Refused, ...]
    applied: bool
    dry_run: bool
    over: int
    beyond: int
    first: date
    columns: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]

    @property
    def would_create(self) -> int:
        """How many appointments and blocked times are new."""
        return sum(line.becomes in CREATED for line in self.lines)

    @property
    def would_update(self) -> int:
        """How many are moved."""
        return sum(line.becomes == MOVED for line in self.lines)

    @property
    def unchanged(self) -> int:
        """How many are there already."""
        return sum(line.becomes == UNCHANGED for line in self.lines)

    @property
    def stays(self) -> int:
        """How many are here and no longer in the file."""
        return sum(line.becomes == STAYS for line in self.lines)

    def skipped(self) -> dict[str, int]:
        """How many take no time, by why."""
        return dict(Counter(line.remark for line in self.lines if line.becomes == SKIPPED))

    @property
    def new_clients(self) -> tuple[str, ...]:
        """The names of the clients that the file makes."""
        made = {id(line.person): line.person.name for line in self.lines if line.becomes == NEW_CLIENT and line.person}
        return tuple(made.values())

    @property
    def counts(self) -> str:
        """`12 new (2 new clients), 1 moved, 3 there already, 1 skipped`."""
        made = len(self.new_clients)
        clients = f" ({made} new client{'s' if made > 1 else ''})" if made else ""
        skipped = sum(self.skipped().values())
        told = f"{self.would_create} new{clients}, {self.would_update} moved, {self.unchanged} there already"
        told += f", {self.stays} no longer there" if self.stays else ""
        return told + (f", {skipped} skipped" if skipped else "")


class CalendarImportService:
    """Brings the events of a file into the calendar. Nobody is told of it."""

    def __init__(self, uow: UnitOfWork, notifications: NotificationService) -> None:
        self._uow = uow
        self._notifications = notifications

    def import_file(
        self,
        data: bytes,
        *,
        wishes: Wishes | None = None,
        mapping: Mapping[str, str] | None = None,
        dates: str = "",
        first: date | None = None,
        last: date | None = None,
        dry_run: bool = False,
        skip_errors: bool = False,
    ) -> CalendarReport:
        """Take the events of a calendar file (RFC 5545) or table (CSV) from local day `first` (today) to `last`.

        Importing a file twice changes nothing the second time; an event that has moved there moves here, unless it was
        changed here since. With a refused event nothing at all is written, unless `skip_errors`. What the calendar has
        already stays, though it overlaps. Raises `Invalid` and `Ambiguous` for a file that cannot be read.
        """
        with self._uow.action(ACTION) as work:
            practice = practice_queries.practice(work.connection)
            window = _window(work, practice, first, last)
            events = _read(data, window, practice, mapping, dates)
            planner = Planner(work.connection, practice, work.now, wishes or Wishes())
            lines, refused = planner.decide(events.events, window)
            rejected = tuple(sorted((*events.refused, *refused)))
            applied = not dry_run and (skip_errors or not rejected)
            if applied:
                self._apply(work, practice, lines)
        return CalendarReport(
            tuple(lines),
            rejected,
            applied,
            dry_run,
            events.over,
            events.beyond,
            window.first,
            events.columns,
            events.ignored,
        )

    def _apply(self, work: Work, practice: Practice, lines: list[Line]) -> None:
        made: dict[int, int] = {}
        appointments = blocks = moved = 0
        for line in lines:
            if line.becomes == MOVED:
                moved += 1
                self._move(work, practice, line, made)
            elif line.becomes == BLOCK:
                blocks += 1
                work.session.add(_block(work, practice, line))
            elif line.becomes in CREATED:
                appointments += 1
                work.session.add(_appointment(work, practice, line, _client_id(work, practice, line.person, made)))
        counts = [(appointments, "appointment"), (blocks, "blocked time"), (len(made), "new client")]
        parts = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts if number]
        parts += [f"moved {moved}"] if moved else []
        work.summary = f"Imported {', '.join(parts)}" if parts else ""

    def _move(self, work: Work, practice: Practice, line: Line, made: dict[int, int]) -> None:
        there = line.row
        if there is None:
            raise RuntimeError("a moved event without a row")
        row: Appointment | BlockedTime | None
        if there.kind == "block":
            row = work.session.get(BlockedTime, there.id)
            if row is not None and line.person is not None:
                work.session.delete(row)
                work.session.flush()  # its name goes over to the appointment
                work.session.add(_appointment(work, practice, line, _client_id(work, practice, line.person, made)))
                return
            if row is not None:
                row.title = line.title
        else:
            row = work.session.get(Appointment, there.id)
            if row is not None and row.starts_at != utc_text(line.event.starts):
                row.sequence = max(row.sequence + 1, line.event.sequence)
                self._notifications.withdraw(
                    work.connection,
                    now=work.now,
                    appointment_id=there.id,
                    reason="the appointment was moved",
                    starts_at=there.starts_at,
                )
        if row is not None:
            for name, value in _times(practice, line).items():
                setattr(row, name, value)


def _window(work: Work, practice: Practice, first: date | None, last: date | None) -> Window:
    today = to_local(work.now, practice.zone).date()
    begin = first or today
    if last is not None and last < begin:
        raise Invalid("The last day lies before the first one; check the two days.")
    return Window(begin, last or today + timedelta(days=_AHEAD), practice.zone, open_end=last is None)


def _read(data: bytes, window: Window, practice: Practice, mapping: Mapping[str, str] | None, dates: str) -> Events:
    from guru_tui.documents.calendar_reading import is_calendar, read_calendar
    from guru_tui.domain.event_sheet import read_table

    if not is_calendar(data):
        return read_table(data, window, mapping=mapping, dates=dates)
    if mapping:
        raise Invalid("An iCalendar file has no columns to name; leave that out.")
    return read_calendar(data, window, own_address=practice["email"])


def _client_id(work: Work, practice: Practice, person: Person | None, made: dict[int, int]) -> int:
    """The client's id; one whom the file makes is added once."""
    if person is None:
        raise RuntimeError("an appointment without a client")
    if person.id is not None:
        return person.id
    if id(person) not in made:
        client = new_client(client_fields(person, practice, to_local(work.now, practice.zone).date()), work)
        work.session.add(client)
        work.session.flush()
        if client.id is None:
            raise RuntimeError("the row was not flushed")
        made[id(person)] = client.id
    return made[id(person)]


class _Times(TypedDict):
    starts_local: str
    zone: str
    starts_at: str
    ends_at: str
    minutes: int


def _times(practice: Practice, line: Line) -> _Times:
    event = line.event
    return {
        "starts_local": wall_text(event.starts),
        "zone": practice.zone,
        "starts_at": utc_text(event.starts),
        "ends_at": utc_text(event.ends),
        "minutes": event.minutes,
    }


def _appointment(work: Work, practice: Practice, line: Line, client_id: int) -> Appointment:
    now = utc_text(work.now)
    return Appointment(
        client_id=client_id,
        type_id=line.type_id,
        location_id=line.location_id,
        title=line.title,
        **_times(practice, line),
        fee_minor=line.fee_minor,
        currency=practice.currency,
        status=line.status,
        status_at="" if line.status == "booked" else now,
        note=line.note,
        sequence=line.event.sequence,
        created_at=now,
        uid=line.event.uid,
    )


def _block(work: Work, practice: Practice, line: Line) -> BlockedTime:
    return BlockedTime(title=line.title, **_times(practice, line), created_at=utc_text(work.now), uid=line.event.uid)
