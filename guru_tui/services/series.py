"""Series as they are changed: cancelled, moved, given another pattern, this one, from here on, or all of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import select

from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.local_time import from_utc_text, from_wall_text, short_date, utc_text, wall_text
from guru_tui.domain.recurrence import Repeat, in_words, parse_rule, rule_text, shifted
from guru_tui.domain.series import SCOPES, Decisions, Edit, SeriesChange, SeriesPlan
from guru_tui.domain.text import clean
from guru_tui.domain.views.agenda import LIVE
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services.clients import client_row, full_name
from guru_tui.services.series_making import SeriesMaking, add_appointments, bookable, new_series, series_id
from guru_tui.services.series_plan import Times, Wish, settled
from guru_tui.store.models import Appointment, BlockedTime, Series
from guru_tui.store.unit_of_work import Work

_NO_SERIES = "That appointment is in no series; leave out the scope."


class _Chosen(NamedTuple):
    """The appointments that a change takes in, by start, and what stays as it is."""

    series: Series
    one: Appointment
    rows: list[Appointment]
    left: tuple[str, ...]

    @property
    def ids(self) -> list[int]:
        """Their ids."""
        return [row.id or 0 for row in self.rows]


class SeriesService(SeriesMaking):
    """Makes and changes series; each method that writes is one action and one message to the client."""

    # ---- cancelling ----------------------------------------------------------------------------------

    def cancel(self, appointment_id: int, scope: str, *, reason: str = "", notify: bool = True) -> SeriesChange:
        """Cancel the appointments of a scope (a word of `SCOPES`) that are still to come, in one message.

        What was attended, is on an invoice or has begun stays and is said. Raises `NotFound`, and `NotAllowed` for
        an appointment of no series or where nothing is left to cancel.
        """
        with self._uow.action("cancel series") as work:
            chosen = _chosen(work, appointment_id, scope)
            withdrawn = self._called_off(work, chosen.rows, clean(reason, field="The reason"))
            withdrawn += self._notices.drop_untrue(work.connection, series_id(chosen.series), work.action_id, work.now)
            name = full_name(client_row(work, chosen.one.client_id))
            work.summary = f"Cancelled {_counted(chosen.rows)} of {name} from {_when(chosen.rows[0])}"
            messages = self._told(work, "cancellation", chosen.series) if notify else ()
            return self._changed(work, chosen, messages, withdrawn)

    def preview_cancellation(self, appointment_id: int, scope: str) -> tuple[MessagePreview, ...]:
        """The message that `cancel` would queue; empty where nobody would be told."""
        with self._looking() as work:
            chosen = _chosen(work, appointment_id, scope)
            return self._notices.preview(work.connection, "cancellation", chosen.ids, now=work.now)

    def _called_off(self, work: Work, rows: Sequence[Appointment], reason: str) -> int:
        for row in rows:
            row.status, row.status_at, row.reason = "cancelled", utc_text(work.now), reason
            work.session.add(row)
        work.session.flush()
        return self._notices.withdraw(
            work.connection,
            [(row.id or 0, None) for row in rows],
            "the appointment was cancelled",
            work.action_id,
            work.now,
        )

    # ---- moving and changing -------------------------------------------------------------------------

    def plan_edit(self, appointment_id: int, scope: str, edit: Edit) -> SeriesPlan:
        """Where the appointments of a scope would go, with what is in the way there."""
        with self._looking() as work:
            return self._planned(work.connection, work.now, _chosen(work, appointment_id, scope), edit)[0]

    def edit(
        self,
        appointment_id: int,
        scope: str,
        edit: Edit,
        decisions: Decisions | None = None,
        *,
        notify: bool = True,
    ) -> SeriesChange:
        """Change the appointments of a scope that are still to come.

        `decisions`, by the new starts, says what is done where something is in the way: `skip` leaves that one as it
        is. Raises `SlotTaken` for an undecided one, and otherwise like `cancel`.
        """
        with self._uow.action("change series") as work:
            chosen = _chosen(work, appointment_id, scope)
            plan, wish = self._planned(work.connection, work.now, chosen, edit)
            made = dict(settled(plan, wish, decisions or {}))
            before, by = _when(chosen.rows[0]), _moved_by(chosen, edit)
            former = {row.id or 0: row.starts_at for row in chosen.rows}
            moved = []
            for row, occurrence in zip(chosen.rows, plan.occurrences, strict=True):
                times = made.get(occurrence.start)
                if times is not None and _apply(row, edit, times):
                    moved.append(row)
                work.session.add(row)
            if scope == "all":
                _apply_to_series(chosen.series, edit, by)
                work.session.add(chosen.series)
            work.session.flush()
            withdrawn = self._notices.withdraw(
                work.connection,
                [(row.id or 0, former[row.id or 0]) for row in moved],
                "the appointment was moved",
                work.action_id,
                work.now,
            )
            withdrawn += self._notices.drop_untrue(work.connection, series_id(chosen.series), work.action_id, work.now)
            name = full_name(client_row(work, chosen.one.client_id))
            work.summary = f"Changed {_counted(chosen.rows)} of {name} from {before}"
            if moved:
                work.summary = f"Moved {_counted(moved)} of {name}, the first from {before} to {_when(chosen.rows[0])}"
            messages = self._told(work, "reschedule", chosen.series) if notify and moved else ()
            kept = len(chosen.rows) - len(made)
            stays = (f"{kept} where they are",) if kept else ()
            return self._changed(work, chosen._replace(left=(*chosen.left, *stays)), messages, withdrawn)

    def _planned(
        self, connection: sqlite3.Connection, now: datetime, chosen: _Chosen, edit: Edit
    ) -> tuple[SeriesPlan, Wish]:
        by = _moved_by(chosen, edit)
        minutes = edit.minutes or chosen.one.minutes
        if not by and edit.minutes is None and (edit.fee_minor, edit.type_id, edit.title) == (None, None, None):
            raise Invalid("They are at those times already; nothing was changed.")
        starts = [from_wall_text(row.starts_local) + by for row in chosen.rows]
        wish = Wish(starts[0], chosen.one.zone, minutes, location_id=chosen.one.location_id, exclude=chosen.ids)
        return SeriesPlan(parse_rule(chosen.series.rule), self.planner(connection, now).each(wish, starts)), wish

    # ---- another pattern -----------------------------------------------------------------------------

    def plan_pattern(self, appointment_id: int, repeat: Repeat, start: datetime | None = None) -> SeriesPlan:
        """What another rule from this appointment on comes to; those that it replaces are not in the way."""
        with self._looking() as work:
            chosen = _chosen(work, appointment_id, "later")
            return self.planner(work.connection, work.now).plan(_pattern_wish(chosen, start), repeat)

    def change_pattern(
        self,
        appointment_id: int,
        repeat: Repeat,
        decisions: Decisions | None = None,
        *,
        start: datetime | None = None,
        notify: bool = True,
    ) -> SeriesChange:
        """Repeat differently from this appointment on: the later ones are cancelled and new ones made, in one message.

        The new ones are a series of their own, counted from naive local `start` or where this one is. Raises like
        `book` and `cancel`.
        """
        with self._uow.action("change pattern") as work:
            chosen = _chosen(work, appointment_id, "later")
            bookable(work, chosen.one.client_id)
            wish = _pattern_wish(chosen, start)
            plan = self.planner(work.connection, work.now).plan(wish, repeat)
            made = settled(plan, wish, decisions or {})
            withdrawn = self._called_off(work, chosen.rows, "the series was changed")
            _end_before(chosen)
            work.session.add(chosen.series)
            request = BookingRequest(
                chosen.one.client_id,
                wish.first,
                chosen.one.minutes,
                chosen.one.type_id,
                chosen.one.location_id,
                chosen.one.title,
                chosen.one.fee_minor,
                chosen.series.note,
            )
            series = new_series(work, request, plan.repeat, chosen.one.zone, chosen.one.currency)
            ids = add_appointments(work, series, made)
            withdrawn += self._notices.drop_untrue(work.connection, series_id(chosen.series), work.action_id, work.now)
            first = made[0][1].start
            name = full_name(client_row(work, chosen.one.client_id))
            work.summary = (
                f"Changed {name} to {in_words(plan.repeat)} {first:%H:%M}, "
                f"{len(ids)} times from {short_date(first.date())}"
            )
            messages = self._told(work, "reschedule", series) if notify else ()
            return SeriesChange(ids[0], work.summary, messages, withdrawn, series_id(series), ids, chosen.left)

    # ---- blocked times -------------------------------------------------------------------------------

    def unblock(self, blocked_id: int, scope: str) -> SeriesChange:
        """Remove the blocked times of a scope that have not begun, and this one; raises like `cancel`."""
        _known(scope)
        with self._uow.action("unblock series") as work:
            one = work.session.get(BlockedTime, blocked_id)
            if one is None:
                raise NotFound(f"There is no blocked time {blocked_id}; it may have been removed already.")
            if one.series_id is None:
                raise NotAllowed("That blocked time does not repeat; leave out the scope.")
            every = work.session.exec(
                select(BlockedTime).where(BlockedTime.series_id == one.series_id).order_by("starts_at")
            ).all()
            rows = [
                row
                for row in every
                if row.id == one.id
                or (
                    (scope == "all" or (scope == "later" and row.starts_at >= one.starts_at))
                    and from_utc_text(row.starts_at) > work.now
                )
            ]
            first = from_wall_text(rows[0].starts_local)
            times = "once" if len(rows) == 1 else f"{len(rows)} times"
            work.summary = (
                f"Removed {one.title or 'blocked time'} {times} from {short_date(first.date())} {first:%H:%M}"
            )
            for row in rows:
                work.session.delete(row)
            return SeriesChange(0, work.summary, (), 0, one.series_id, tuple(row.id or 0 for row in rows))

    @contextmanager
    def _looking(self) -> Iterator[Work]:
        """A transaction that only looks: an action that changes nothing leaves no trace."""
        with self._uow.action("look") as work:
            yield work

    @staticmethod
    def _changed(work: Work, chosen: _Chosen, messages: tuple[MessageRow, ...], withdrawn: int) -> SeriesChange:
        return SeriesChange(
            chosen.one.id or 0,
            work.summary,
            messages,
            withdrawn,
            series_id(chosen.series),
            tuple(chosen.ids),
            chosen.left,
        )


def _known(scope: str) -> None:
    if scope not in SCOPES:
        raise Invalid(f"{scope!r} is no scope; use {', '.join(SCOPES)}.")


def _chosen(work: Work, appointment_id: int, scope: str) -> _Chosen:
    """What the scope takes in; raises `NotFound`, and `NotAllowed` where that is nothing."""
    _known(scope)
    one = work.session.get(Appointment, appointment_id)
    if one is None:
        raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
    series = work.session.get(Series, one.series_id) if one.series_id is not None else None
    if series is None:
        raise NotAllowed(_NO_SERIES)
    every = work.session.exec(select(Appointment).where(Appointment.series_id == series.id).order_by("starts_at")).all()
    rows, left = [], Counter[str]()
    for row in every:
        if (scope == "this" and row.id != one.id) or (scope == "later" and row.starts_at < one.starts_at):
            continue
        stays = _stays(row, one, work.now)
        if not stays:
            rows.append(row)
        elif stays != "cancelled":
            left[stays] += 1
    said = tuple(f"{number} {why}" for why, number in left.items())
    if not rows:
        why = f" ({', '.join(said)})" if said else ""
        raise NotAllowed(f"Nothing of that is still to come{why}, so nothing was changed.")
    return _Chosen(series, one, rows, said)


def _stays(row: Appointment, one: Appointment, now: datetime) -> str:
    """Why an appointment stays as it is whatever the scope; empty where it may change."""
    if row.status in ("cancelled", "late-cancelled"):
        return "cancelled"
    if row.status not in LIVE:
        return row.status
    if row.invoice_id is not None:
        return "on an invoice"
    return "begun already" if row.id != one.id and from_utc_text(row.starts_at) <= now else ""


def _apply(row: Appointment, edit: Edit, times: Times) -> bool:
    """Change one appointment; whether that moved it."""
    former = row.starts_at
    row.starts_local, row.starts_at, row.ends_at = wall_text(times.start), utc_text(times.begin), utc_text(times.end)
    row.minutes = int((times.end - times.begin).total_seconds()) // 60
    if edit.fee_minor is not None:
        if edit.fee_minor < 0:
            raise Invalid("A fee cannot be negative; use 0 for none.")
        row.fee_minor = edit.fee_minor
    if edit.type_id is not None:
        row.type_id = edit.type_id
    if edit.title is not None:
        row.title = clean(edit.title, field="The title")
    moved = row.starts_at != former
    row.sequence += moved
    return moved


def _moved_by(chosen: _Chosen, edit: Edit) -> timedelta:
    """By how much the clock time moves: that of the chosen one, before it is changed."""
    one = from_wall_text(chosen.one.starts_local)
    return (edit.start or one) - one


def _apply_to_series(series: Series, edit: Edit, by: timedelta) -> None:
    """A change of all of them is one of what the series gives its occurrences."""
    first = from_wall_text(series.starts_local)
    series.rule = rule_text(shifted(parse_rule(series.rule), first, by))
    series.starts_local = wall_text(first + by)
    series.minutes = edit.minutes or series.minutes
    series.fee_minor = series.fee_minor if edit.fee_minor is None else edit.fee_minor
    series.type_id = edit.type_id or series.type_id
    series.title = series.title if edit.title is None else clean(edit.title, field="The title")


def _pattern_wish(chosen: _Chosen, start: datetime | None) -> Wish:
    one = chosen.one
    first = start or from_wall_text(one.starts_local)
    return Wish(first, one.zone, one.minutes, location_id=one.location_id, exclude=chosen.ids)


def _end_before(chosen: _Chosen) -> None:
    """The former rule ends on the day before the first occurrence that was replaced, where there is one before it."""
    series, rule = chosen.series, parse_rule(chosen.series.rule)
    last = from_wall_text(chosen.one.series_start).date() - timedelta(1)
    if last >= from_wall_text(series.starts_local).date():
        series.rule = rule_text(replace(rule, count=None, until=last))


def _counted(rows: Sequence[Appointment]) -> str:
    return "1 appointment" if len(rows) == 1 else f"{len(rows)} appointments"


def _when(row: Appointment) -> str:
    start = from_wall_text(row.starts_local)
    return f"{short_date(start.date())} {start:%H:%M}"
