"""Everything a face may show, in one place: thin methods over `store.queries`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import day_bounds, from_utc_text, to_local
from guru_tui.errors import NotFound
from guru_tui.store import queries

if TYPE_CHECKING:  # each face loads the classes of what it shows, and the grammar where a line is typed
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.quick_add.model import ClientMatch
    from guru_tui.domain.views.actions import ActionRow
    from guru_tui.domain.views.agenda import AgendaEntry, Conflict, DayTotals
    from guru_tui.domain.views.clients import ClientDetail, ClientRow, ClientVisit
    from guru_tui.domain.views.hours import Interval
    from guru_tui.domain.views.invoices import Board, InvoiceDetail, InvoiceRow
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow


class Reads:
    """The practice as it is now; every method reads afresh."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def data_version(self) -> int:
        """A number that changes when another connection has written (SQLite's PRAGMA data_version)."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def now(self) -> datetime:
        """The present instant in the practice's zone."""
        return to_local(self._clock.now(), self.practice().zone)

    def today(self) -> date:
        """The practice's local date."""
        return self.now().date()

    def practice(self) -> Practice:
        """The practice's settings."""
        return queries.settings.practice(self._connection)

    def types(self, *, active_only: bool = True) -> list[AppointmentTypeRow]:
        """Appointment types in the practitioner's order."""
        return queries.practice.types(self._connection, active_only=active_only)

    def locations(self, *, active_only: bool = True) -> list[LocationRow]:
        """Places in the practitioner's order."""
        return queries.practice.locations(self._connection, active_only=active_only)

    def hours(self) -> list[Interval]:
        """Weekly opening intervals."""
        return queries.hours.hours(self._connection)

    def agenda(self, day: date, days: int = 1) -> list[AgendaEntry]:
        """Appointments (cancelled ones too) and blocked times of `days` local days from `day`, by start."""
        settings = self.practice()
        begin, end = day_bounds(day, settings.zone, days=days)
        entries = queries.agenda.appointments(self._connection, begin, end, practice=settings, now=self._clock.now())
        entries += queries.agenda.blocks(self._connection, begin, end)
        return sorted(entries, key=lambda entry: (entry.starts, entry.kind != "block", entry.id))

    def entry(self, appointment_id: int) -> AgendaEntry:
        """One appointment; raises `NotFound`."""
        found = queries.agenda.appointment(
            self._connection, appointment_id, practice=self.practice(), now=self._clock.now()
        )
        if found is None:
            raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
        return found

    def clients(
        self, search: str = "", *, archived: bool = False, limit: int = 500, offset: int = 0
    ) -> list[ClientRow]:
        """The active (or only the archived) clients that `search` fits, sorted by last name."""
        return queries.clients.clients(
            self._connection,
            search=search,
            now=self._clock.now(),
            zone=self.practice().zone,
            archived=archived,
            limit=limit,
            offset=offset,
        )

    def client_count(self, search: str = "", *, archived: bool = False) -> int:
        """How many clients `clients` would list without a limit."""
        return queries.clients.client_count(self._connection, search=search, archived=archived)

    def client(self, client_id: int) -> ClientDetail:
        """One client's record, archived or not; raises `NotFound`."""
        zone = self.practice().zone
        found = queries.clients.client(
            self._connection, client_id, now=self._clock.now(), zone=zone, today=self.today()
        )
        if found is None:
            raise NotFound(f"There is no client with number {client_id}; see them with: guru clients list")
        return found

    def find_clients(self, text: str) -> list[ClientMatch]:
        """The clients whose name the words of `text` begin, whole names and the lately seen first."""
        from guru_tui.domain.quick_add.match import name_words, rank

        return rank(name_words(text), queries.matching.candidates(self._connection, text))

    def similar_clients(self, text: str) -> list[ClientMatch]:
        """The clients whose name looks like `text`, to be offered where nobody is called so."""
        return queries.matching.similar(self._connection, text)

    def client_match(self, client_id: int) -> ClientMatch | None:
        """One client as quick-add needs it; None where there is none or it is archived."""
        return next(iter(queries.matching.by_ids(self._connection, [client_id])), None)

    def client_names(self) -> list[str]:
        """The folded names of all clients, for telling at each key press which words are one."""
        return queries.matching.names(self._connection)

    def client_sheet(self, *, archived: bool = False) -> list[dict[str, str | bool]]:
        """Every field of every active client (`archived`: of the archived ones too), for an export."""
        return queries.clients.client_sheet(self._connection, archived=archived)

    def board(self, month: date) -> Board:
        """The Invoices screen for the month of a day."""
        settings = self.practice()
        now = self._clock.now()
        today = to_local(now, settings.zone).date()
        return queries.invoices.board(
            self._connection, month, now=now, today=today, zone_name=settings.zone, currency=settings.currency
        )

    def invoices(
        self, status: str | None = None, client_id: int | None = None, *, limit: int = 500
    ) -> list[InvoiceRow]:
        """Invoices of a status (`draft`, `sent`, `overdue`, `paid`, `void`) or all, newest first."""
        return queries.invoices.invoices(
            self._connection, today=self.today(), status=status, client_id=client_id, limit=limit
        )

    def invoice(self, number_or_id: int | str) -> InvoiceDetail:
        """One invoice by its number, `draft-<id>` or (an int) its id; raises `NotFound`."""
        settings = self.practice()
        return queries.invoices.invoice(self._connection, number_or_id, today=self.today(), zone_name=settings.zone)

    def uninvoiced(self, client_id: int) -> list[ClientVisit]:
        """What a client has had and is on no invoice, oldest first."""
        return queries.invoices.uninvoiced(self._connection, client_id, now=self._clock.now())

    def messages(self, state: str | None = None, *, limit: int = 500) -> list[MessageRow]:
        """The newest messages of the outbox first, only those in `state` where it is given."""
        return queries.outbox.messages(self._connection, state, limit)

    def message(self, message_id: int) -> MessageRow:
        """One message; raises `NotFound`."""
        found = queries.outbox.message(self._connection, message_id)
        if found is None:
            raise NotFound(f"There is no message {message_id}; see the ids with: guru outbox list")
        return found

    def messages_for_appointment(self, appointment_id: int) -> list[MessageRow]:
        """Every message about an appointment, oldest first."""
        return queries.outbox.messages_for_appointment(self._connection, appointment_id)

    def totals(self) -> DayTotals:
        """What needs a person."""
        return queries.agenda.totals(self._connection, now=self._clock.now(), today=self.today())

    def next_start(self) -> datetime | None:
        """When the next appointment starts, in the practice's zone."""
        text = queries.agenda.next_start(self._connection, self._clock.now())
        return to_local(from_utc_text(text), self.practice().zone) if text else None

    def conflicts(
        self, begin: datetime, end: datetime, *, exclude_appointment: int | None = None
    ) -> Sequence[Conflict]:
        """What a time between two instants would overlap."""
        return queries.agenda.conflicts(self._connection, begin, end, exclude_appointment=exclude_appointment)

    def actions(self, *, limit: int = 20) -> list[ActionRow]:
        """The newest steps of the change log, newest first."""
        return queries.actions.actions(self._connection, zone=self.practice().zone, limit=max(limit, 1))
