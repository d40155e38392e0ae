"""The calendar: days, appointments, what is in the way, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import day_bounds, from_utc_text, to_local, utc_text
from guru_tui.errors import NotFound
from guru_tui.services.reads.base import PracticeReads
from guru_tui.store import queries

if TYPE_CHECKING:
    from guru_tui.domain.series import SeriesPlace
    from guru_tui.domain.views.agenda import AgendaEntry, Conflict, DayTotals, Span
    from guru_tui.domain.views.availability import BusyTime, ClosedDayRow, TravelRow


class CalendarReads(PracticeReads):
    """The calendar: days, appointments, what is in the way, what needs a person."""

    def agenda(self, day: date, days: int = 1) -> list[AgendaEntry]:
        """Appointments (cancelled ones too) and blocked times of `days` local days from `day`, by start."""
        settings = self.practice()
        begin, end = day_bounds(day, settings.zone, days=days)
        entries = queries.agenda.appointments(
            self._connection, begin, end, practice=settings, now=self._clock.now(), available=self._channels()
        )
        entries += queries.agenda.blocks(self._connection, begin, end)
        return sorted(entries, key=lambda entry: (entry.starts, entry.kind != "block", entry.id))

    def spans(self, day: date, days: int) -> list[Span]:
        """What holds a time of `days` local days from `day`, by start; quick enough to leaf through weeks."""
        begin, end = day_bounds(day, self.practice().zone, days=days)
        return queries.agenda.spans(self._connection, begin, end)

    def entry(self, appointment_id: int) -> AgendaEntry:
        """One appointment; raises `NotFound`."""
        found = queries.agenda.appointment(
            self._connection,
            appointment_id,
            practice=self.practice(),
            now=self._clock.now(),
            available=self._channels(),
        )
        if found is None:
            raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
        return found

    def next_start(self) -> datetime | None:
        """When the next appointment starts, in the practice's zone."""
        text = queries.agenda.next_start(self._connection, self._clock.now())
        return to_local(from_utc_text(text), self.practice().zone) if text else None

    def conflicts(
        self, begin: datetime, end: datetime, *, exclude_appointment: int | None = None
    ) -> Sequence[Conflict]:
        """What a time between two instants would overlap."""
        return queries.agenda.conflicts(self._connection, begin, end, exclude_appointment=exclude_appointment)

    def busy(self, begin: datetime, end: datetime, *, exclude_appointment: int | None = None) -> Sequence[BusyTime]:
        """What takes time between two instants, with the buffers of its type."""
        return queries.availability.busy(self._connection, begin, end, exclude_appointment=exclude_appointment)

    def closed_days(self, first: date, last: date) -> list[ClosedDayRow]:
        """The closed days and public holidays between two local days, both included, by the first day of each.

        The first call for a practice that has not switched them off loads the library of the holidays (170 ms).
        """
        from guru_tui.domain.public_holidays import between
        from guru_tui.domain.views.availability import ClosedDayRow

        found = queries.availability.closed_days(self._connection, first, last)
        practice = self.practice()
        rule, worked = practice["public_holidays"], practice.holidays_worked
        if rule != "off":
            found += [
                ClosedDayRow(0, day, day, name, holiday=True, closes=rule == "closed" and day not in worked)
                for day, name in between(practice.country, first, last)
            ]
        return sorted(found, key=lambda row: (row.first, row.holiday, row.id))

    def travel_times(self) -> list[TravelRow]:
        """The minutes between places."""
        return queries.availability.travel_times(self._connection)

    def series_place(self, kind: str, entry_id: int) -> SeriesPlace | None:
        """Where an appointment or a blocked time (`block`) stands in its series; None where it is in none."""
        return queries.series.place(self._connection, kind, entry_id, utc_text(self._clock.now()))

    def totals(self) -> DayTotals:
        """What needs a person."""
        return queries.agenda.totals(self._connection, now=self._clock.now(), today=self.today())
