"""Another repeat rule from an appointment on: for the rest of its series, or for one that was in none until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.local_time import from_wall_text, short_date, utc_text, wall_text
from guru_tui.domain.recurrence import Repeat, in_words, parse_rule, rule_text
from guru_tui.domain.series import Decisions, SeriesChange, SeriesPlan
from guru_tui.errors import NotAllowed
from guru_tui.services.charging import charge_for
from guru_tui.services.clients import full_name
from guru_tui.services.series_making import SeriesMaking, add_appointments, bookable, new_series, series_id
from guru_tui.services.series_plan import Times, Wish, decided, settled
from guru_tui.services.series_scope import Chosen, chosen, existing, stays
from guru_tui.services.versions import WHOLE
from guru_tui.store.models import Appointment
from guru_tui.store.unit_of_work import Work

Charges = Mapping[int, int | None]
"""What appointments that are cancelled late cost: minor units by id, None for what the policy says."""


class SeriesPatterns(SeriesMaking):
    """Has appointments repeat differently; what is done is one action and one message to the client."""

    def plan_pattern(
        self,
        appointment_id: int,
        repeat: Repeat,
        start: datetime | None = None,
        minutes: int | None = None,
        *,
        version: int | None = None,
    ) -> SeriesPlan:
        """What another rule from this appointment on comes to; those that it replaces are not in the way.

        Counted from naive local `start`, or from where the appointment is, `minutes` long or as long as it. Raises like
        `change_pattern`.
        """
        with self._looking() as work:
            one = existing(work, appointment_id, version, WHOLE)
            planner = self.planner(work.connection, work.now)
            if one.series_id is None:
                _check_alone(work, one)
                plan = planner.plan(_wish(one, [appointment_id], start, minutes), repeat)
                first = replace(plan.occurrences[0], former=from_wall_text(one.starts_local))
                return replace(plan, occurrences=(first, *plan.occurrences[1:]))
            found = chosen(work, appointment_id, "later", version, WHOLE)
            plan = planner.plan(_wish(one, found.ids, start, minutes), repeat)
            return replace(plan, replaced=tuple(from_wall_text(row.starts_local) for row in found.rows))

    def change_pattern(
        self,
        appointment_id: int,
        repeat: Repeat,
        decisions: Decisions | None = None,
        *,
        start: datetime | None = None,
        minutes: int | None = None,
        notify: bool = True,
        version: int | None = None,
    ) -> SeriesChange:
        """Repeat differently from this appointment on: the later ones are cancelled and new ones made, in one message.

        The new ones are a series of their own, counted from naive local `start` or where this one is, `minutes` long or
        as long as this one. An appointment that is in no series becomes the first of one; `skip` leaves it where it is.
        `version` is `reads.newest_change()` of when it was looked at. Raises like `book` and `cancel`.
        """
        with self._uow.action("change pattern") as work:
            one = existing(work, appointment_id, version, WHOLE)
            client = bookable(work, one.client_id)
            if one.series_id is None:
                return self._begin(work, one, repeat, decisions or {}, start, minutes, full_name(client), notify=notify)
            found = chosen(work, appointment_id, "later", version, WHOLE)
            wish = _wish(one, found.ids, start, minutes)
            plan = self.planner(work.connection, work.now).plan(wish, repeat)
            made = settled(plan, wish, decisions or {})
            withdrawn = self._called_off(work, found.rows, "the series was changed")
            _end_before(found)
            work.session.add(found.series)
            series = new_series(work, _request(one, wish, found.series.note), plan.repeat, one.zone, one.currency)
            ids = add_appointments(work, series, made)
            withdrawn += self._notices.drop_untrue(work.connection, series_id(found.series), work.action_id, work.now)
            first = made[0][1].start
            work.summary = (
                f"Changed {full_name(client)} to {in_words(plan.repeat)} {first:%H:%M}, "
                f"{len(ids)} times from {short_date(first.date())}"
            )
            messages = self._told(work, "reschedule", series) if notify else ()
            return SeriesChange(
                ids[0], work.summary, messages, withdrawn, series_id(series), ids, found.left, tuple(found.ids)
            )

    def _begin(
        self,
        work: Work,
        one: Appointment,
        repeat: Repeat,
        decisions: Decisions,
        start: datetime | None,
        minutes: int | None,
        name: str,
        *,
        notify: bool,
    ) -> SeriesChange:
        """Make an appointment the first of a series."""
        _check_alone(work, one)
        key, former = one.id or 0, one.starts_at
        wish = _wish(one, [key], start, minutes)
        plan = self.planner(work.connection, work.now).plan(wish, repeat)
        times = decided(plan, [wish] * len(plan.occurrences), decisions)
        rest = [(each.start, its) for each, its in zip(plan.occurrences[1:], times[1:], strict=True) if its is not None]
        if not rest:
            raise NotAllowed("All but this one would be left out; nothing was booked.")
        series = new_series(work, _request(one, wish), plan.repeat, one.zone, one.currency)
        one.series_id, one.series_start = series_id(series), wall_text(plan.occurrences[0].start)
        moved = times[0] is not None and put(one, times[0])
        work.session.add(one)
        ids = (key, *add_appointments(work, series, rest))
        withdrawn = 0
        if moved:
            withdrawn = self._notices.withdraw(
                work.connection, [(key, former)], "the appointment was moved", work.action_id, work.now
            )
        first = from_wall_text(one.starts_local)
        work.summary = (
            f"Repeated {name} {in_words(plan.repeat)} {first:%H:%M}, {len(ids)} times from {short_date(first.date())}"
        )
        messages = self._told(work, "reschedule" if moved else "confirmation", series) if notify else ()
        freed = (key,) if moved else ()
        return SeriesChange(key, work.summary, messages, withdrawn, series_id(series), ids, (), freed)

    def _called_off(self, work: Work, rows: Sequence[Appointment], reason: str, late: Charges | None = None) -> int:
        """Cancel these, those in `late` late; returns how many of their messages were withdrawn."""
        late = late or {}
        for row in rows:
            key = row.id or 0
            row.status, row.status_at = "late-cancelled" if key in late else "cancelled", utc_text(work.now)
            row.charge_minor, row.reason = charge_for(work, row, late.get(key)), reason
            work.session.add(row)
        work.session.flush()
        return self._notices.withdraw(
            work.connection,
            [(row.id or 0, None) for row in rows],
            "the appointment was cancelled",
            work.action_id,
            work.now,
        )

    @contextmanager
    def _looking(self) -> Iterator[Work]:
        """A transaction that only looks: an action that changes nothing leaves no trace."""
        with self._uow.action("look") as work:
            yield work


def put(row: Appointment, times: Times) -> bool:
    """Give an appointment other times; whether its start is another now."""
    former = row.starts_at
    row.starts_local, row.starts_at, row.ends_at = wall_text(times.start), utc_text(times.begin), utc_text(times.end)
    row.minutes = int((times.end - times.begin).total_seconds()) // 60
    moved = row.starts_at != former
    row.sequence += moved
    return moved


def _check_alone(work: Work, one: Appointment) -> None:
    why = stays(one, one, work.now)
    if why:
        raise NotAllowed(f"That appointment is {why} and stays as it is; book the next ones with: guru book")


def _wish(one: Appointment, going: list[int], start: datetime | None, minutes: int | None) -> Wish:
    first = start or from_wall_text(one.starts_local)
    return Wish(first, one.zone, minutes or one.minutes, location_id=one.location_id, exclude=going)


def _request(one: Appointment, wish: Wish, note: str = "") -> BookingRequest:
    return BookingRequest(
        one.client_id, wish.first, wish.minutes, one.type_id, one.location_id, one.title, one.fee_minor, note
    )


def _end_before(found: Chosen) -> None:
    """The former rule ends on the day before the first occurrence that was replaced, where there is one before it."""
    series, rule = found.series, parse_rule(found.series.rule)
    last = from_wall_text(found.one.series_start).date() - timedelta(1)
    if last >= from_wall_text(series.starts_local).date():
        series.rule = rule_text(replace(rule, count=None, until=last))
