"""Another repeat rule from an appointment on: for the rest of its series, or for one that was in none until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from guru_tui.domain.local_time import from_utc_text, from_wall_text, short_date, utc_text, wall_text
from guru_tui.domain.recurrence import Repeat, in_words, parse_rule, rule_text
from guru_tui.domain.series import Decisions, SeriesChange, SeriesPlan
from guru_tui.errors import NotAllowed
from guru_tui.services.charging import charge_for
from guru_tui.services.clients import bookable, full_name
from guru_tui.services.series_becoming import Becoming, becoming, begun, check_differs
from guru_tui.services.series_making import SeriesMaking, add_appointments, new_series, series_id
from guru_tui.services.series_plan import Times, decided
from guru_tui.services.series_scope import Chosen, chosen, existing
from guru_tui.services.versions import WHOLE
from guru_tui.store.models import Appointment, Series
from guru_tui.store.unit_of_work import Work

Charges = Mapping[int, int | None]
"""What appointments that are cancelled late cost: minor units by id, None for what the policy says."""
Moved = Sequence[tuple[int, str]]
"""Appointments by id, with the start (UTC text) that each had."""


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
        """What another rule from this appointment on comes to; those that it changes are not in the way.

        Counted from naive local `start`, or from where the appointment is, `minutes` long or as long as each is. Raises
        like `change_pattern`.
        """
        with self._looking() as work:
            one = existing(work, appointment_id, version, WHOLE)
            planner = self.planner(work.connection, work.now)
            if one.series_id is None:
                return begun(planner, one, repeat, start, minutes).plan
            found = chosen(work, appointment_id, "later", version, WHOLE)
            return becoming(planner, found, repeat, start, minutes).plan

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
        """Repeat differently from this appointment on, in one message about what is another then.

        The later ones become a series of their own, counted from naive local `start` or where this one is. Those that
        both rules give stay as they are; others are moved to the new times (`series_pairing.paired`), with their
        status, note, fee, and length where `minutes` names none; what the new rule has no place for is cancelled, and
        what is missing is made like this one. `skip` leaves a time out: whatever was to be there is cancelled. What was
        attended, is on an invoice or has begun stays, and serves for a time that the rule gives it. An appointment that
        is in no series becomes the first of one; there `skip` leaves it where it is. `version` is
        `reads.newest_change()` of when it was looked at. Raises like `book` and `cancel`, and `Invalid` where nothing
        would be another.
        """
        with self._uow.action("change pattern") as work:
            one = existing(work, appointment_id, version, WHOLE)
            name = full_name(bookable(work, one.client_id))
            planner = self.planner(work.connection, work.now)
            if one.series_id is None:
                after = begun(planner, one, repeat, start, minutes)
                return self._begin(work, one, after, decisions or {}, name, notify=notify)
            found = chosen(work, appointment_id, "later", version, WHOLE)
            after = becoming(planner, found, repeat, start, minutes)
            return self._go_on(work, found, after, decisions or {}, name, notify=notify)

    def _go_on(
        self, work: Work, found: Chosen, after: Becoming, decisions: Decisions, name: str, *, notify: bool
    ) -> SeriesChange:
        """Have the rest of a series become what the plan says."""
        plan, occurrences = after.plan, after.plan.occurrences
        fixed = {one.start for one in occurrences if one.fixed}
        times = decided(plan, after.wishes, {at: word for at, word in decisions.items() if at not in fixed})
        left = [one for one, its in zip(occurrences, times, strict=True) if its is not None]
        if len(left) == len(fixed):
            raise NotAllowed("Every one of them would be left out; nothing was changed.")
        skipped = [row for row, its in zip(after.rows, times, strict=True) if row is not None and its is None]
        off = [*after.off, *skipped]
        check_differs(left, off)
        withdrawn = self._called_off(work, off, "the series was changed")
        _end_before(found)
        work.session.add(found.series)
        request = replace(after.request, note=found.series.note)
        series = new_series(work, request, plan.repeat, found.one.zone, found.one.currency)
        ids, moved = _take_over(work, series, after, times)
        withdrawn += self._moved_away(work, moved)
        withdrawn += self._notices.drop_untrue(work.connection, work.action_id, work.now)
        first = next(its.start for its in times if its is not None)
        work.summary = f"Changed {name} to {_in_short(plan, first, len(left))}"
        messages = self._told(work, "reschedule", series) if notify else ()
        freed = (*(key for key, _ in moved), *(row.id or 0 for row in off))
        return SeriesChange(ids[0], work.summary, messages, withdrawn, series_id(series), ids, found.left, freed)

    def _begin(
        self, work: Work, one: Appointment, after: Becoming, decisions: Decisions, name: str, *, notify: bool
    ) -> SeriesChange:
        """Make an appointment the first of a series."""
        times = decided(after.plan, after.wishes, decisions)
        if not any(times[1:]):
            raise NotAllowed("All but this one would be left out; nothing was booked.")
        here = Times(from_wall_text(one.starts_local), from_utc_text(one.starts_at), from_utc_text(one.ends_at))
        times[0] = begins = times[0] or here
        series = new_series(work, after.request, after.plan.repeat, one.zone, one.currency)
        ids, moved = _take_over(work, series, after, times)
        withdrawn = self._moved_away(work, moved)
        work.summary = f"Repeated {name} {_in_short(after.plan, begins.start, len(ids))}"
        messages = self._told(work, "reschedule" if moved else "confirmation", series) if notify else ()
        freed = tuple(key for key, _ in moved)
        return SeriesChange(ids[0], work.summary, messages, withdrawn, series_id(series), ids, (), freed)

    def _moved_away(self, work: Work, moved: Moved) -> int:
        """Withdraw what tells of the former starts of what was moved; returns how many messages that were."""
        return self._notices.withdraw(work.connection, moved, "the appointment was moved", work.action_id, work.now)

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
        """A transaction that only looks; a commit of nothing would have every window read again."""
        with self._uow.rehearsal().action("look") as work:
            yield work


def put(row: Appointment, times: Times) -> bool:
    """Give an appointment other times; whether its start is another now."""
    former = row.starts_at
    row.starts_local, row.starts_at, row.ends_at = wall_text(times.start), utc_text(times.begin), utc_text(times.end)
    row.minutes = int((times.end - times.begin).total_seconds()) // 60
    moved = row.starts_at != former
    row.sequence += moved
    return moved


def _take_over(
    work: Work, series: Series, after: Becoming, times: Sequence[Times | None]
) -> tuple[tuple[int, ...], Moved]:
    """Have appointments become a series and make what it lacks, flushed; the ids in order, and which were moved."""
    planned = list(zip(after.plan.occurrences, after.rows, times, strict=True))
    lacking = [(one.start, its) for one, row, its in planned if row is None and its is not None and not one.fixed]
    made = iter(add_appointments(work, series, lacking))
    ids, moved = [], []
    for one, row, its in planned:
        if its is None or one.fixed:
            continue
        if row is None:
            ids.append(next(made))
            continue
        key, former = row.id or 0, row.starts_at
        row.series_id, row.series_start = series_id(series), wall_text(one.start)
        if not one.stays and put(row, its):
            moved.append((key, former))
        work.session.add(row)
        ids.append(key)
    work.session.flush()
    return tuple(ids), moved


def _in_short(plan: SeriesPlan, first: datetime, number: int) -> str:
    """`every Tue 10:00, 4 times from Tue 15 Dec`."""
    return f"{in_words(plan.repeat)} {first:%H:%M}, {number} times from {short_date(first.date())}"


def _end_before(found: Chosen) -> None:
    """The former rule ends on the day before the first occurrence that leaves it, where there is one before it."""
    series, rule = found.series, parse_rule(found.series.rule)
    last = min(from_wall_text(row.series_start) for row in found.rows).date() - timedelta(1)
    if last >= from_wall_text(series.starts_local).date():
        series.rule = rule_text(replace(rule, count=None, until=last))
