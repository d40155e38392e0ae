"""Booking and blocking again and again: planned first, then made in one transaction and told in one message."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from guru_tui.domain.booking import BookingRequest, asked_fee, lasting
from guru_tui.domain.local_time import short_date, utc_text, wall_text
from guru_tui.domain.recurrence import Repeat, in_words, rule_text
from guru_tui.domain.series import Decisions, SeriesChange, SeriesPlan
from guru_tui.domain.text import clean
from guru_tui.domain.views.availability import ClosedDayRow
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Invalid
from guru_tui.services.clients import bookable, full_name
from guru_tui.services.series_notices import SeriesNotices
from guru_tui.services.series_plan import Planner, Times, Wish, settled
from guru_tui.store.models import Appointment, BlockedTime, Series
from guru_tui.store.queries import practice as practice_queries
from guru_tui.store.unit_of_work import UnitOfWork, Work

Made = Sequence[tuple[datetime, Times]]
"""The start that the rule gives, and the times an occurrence is really at."""


class SeriesReads(Protocol):
    """What is read of the practice, and nothing more."""

    def hours(self) -> Sequence[Interval]:
        """Weekly opening intervals."""
        ...

    def closed_days(self, first: date, last: date) -> Sequence[ClosedDayRow]:
        """Closed days and public holidays between two local days."""
        ...


class SeriesMaking:
    """Plans and makes series of appointments and of blocked times; each method that writes is one action."""

    def __init__(self, unit_of_work: UnitOfWork, notices: SeriesNotices, reads: SeriesReads) -> None:
        self._uow = unit_of_work
        self._notices = notices
        self._reads = reads

    # ---- looking -------------------------------------------------------------------------------------

    def plan(self, request: BookingRequest, repeat: Repeat) -> SeriesPlan:
        """What booking the request again and again comes to. Raises `Invalid` for a rule without an occurrence."""
        with self._uow.reading() as (connection, now):
            wish = booking_wish(request, practice_queries.practice(connection).zone)
            return self.planner(connection, now).plan(wish, repeat)

    def plan_block(self, start: datetime, end: datetime, repeat: Repeat) -> SeriesPlan:
        """What blocking the time between two naive local times again and again comes to."""
        with self._uow.reading() as (connection, now):
            wish = block_wish(start, end, practice_queries.practice(connection).zone)
            return self.planner(connection, now).plan(wish, repeat)

    def planner(self, connection: sqlite3.Connection, now: datetime) -> Planner:
        """The calendar of a connection with the practice's hours and closed days."""
        return Planner(connection, now, self._reads.hours(), self._reads.closed_days)

    # ---- making --------------------------------------------------------------------------------------

    def book(
        self, request: BookingRequest, repeat: Repeat, decisions: Decisions | None = None, *, notify: bool = True
    ) -> SeriesChange:
        """Book every occurrence that is not left out, and queue one confirmation of them all.

        `decisions` says what is done with those that something speaks against. Raises `SlotTaken` where one of these
        is undecided, `NotAllowed` for a decision that cannot be carried out, and otherwise like booking one.
        """
        with self._uow.action("book series") as work:
            client = bookable(work, request.client_id)
            practice = practice_queries.practice(work.connection)
            wish = booking_wish(request, practice.zone)
            plan = self.planner(work.connection, work.now).plan(wish, repeat)
            made = settled(plan, wish, decisions or {})
            series = new_series(work, request, plan.repeat, practice.zone, practice.currency)
            ids = add_appointments(work, series, made)
            work.summary = _summary(f"Booked {full_name(client)}", plan.repeat, made)
            messages = self._told(work, "confirmation", series) if notify else ()
            return SeriesChange(ids[0], work.summary, messages, 0, series_id(series), ids)

    def block(
        self, start: datetime, end: datetime, title: str, repeat: Repeat, decisions: Decisions | None = None
    ) -> SeriesChange:
        """Block the time between two naive local times again and again; raises like `book`."""
        with self._uow.action("block series") as work:
            practice = practice_queries.practice(work.connection)
            wish = block_wish(start, end, practice.zone)
            plan = self.planner(work.connection, work.now).plan(wish, repeat)
            made = settled(plan, wish, decisions or {})
            series = Series(
                kind="block",
                title=clean(title, field="The title"),
                starts_local=wall_text(start),
                zone=practice.zone,
                minutes=max(int(wish.wall_length.total_seconds()) // 60, 1),
                rule=rule_text(plan.repeat),
                created_at=utc_text(work.now),
            )
            work.session.add(series)
            work.session.flush()
            rows = [
                BlockedTime(
                    title=series.title,
                    starts_local=wall_text(times.start),
                    zone=practice.zone,
                    starts_at=utc_text(times.begin),
                    ends_at=utc_text(times.end),
                    minutes=int((times.end - times.begin).total_seconds()) // 60,
                    created_at=utc_text(work.now),
                    series_id=series.id,
                    series_start=wall_text(rule_start),
                )
                for rule_start, times in made
            ]
            work.session.add_all(rows)
            work.session.flush()
            work.summary = _summary(f"Blocked{' ' + series.title if series.title else ''}", plan.repeat, made)
            return SeriesChange(0, work.summary, (), 0, series_id(series), tuple(row.id or 0 for row in rows))

    def _told(self, work: Work, kind: str, series: Series) -> tuple[MessageRow, ...]:
        return self._notices.queue(
            work.connection, kind, series_id=series_id(series), action_id=work.action_id, now=work.now
        )


def booking_wish(request: BookingRequest, zone: str, exclude: Sequence[int] = ()) -> Wish:
    """The request as the planner wants it; raises `Invalid` for a length or a fee that no appointment has."""
    asked_fee(request.fee_minor)
    return Wish(
        request.start,
        zone,
        lasting(request.minutes),
        location_id=request.location_id,
        fold=request.fold,
        exclude=exclude,
    )


def block_wish(start: datetime, end: datetime, zone: str) -> Wish:
    """The blocked time as the planner wants it."""
    if end <= start:
        raise Invalid("A blocked time ends after it starts; check the two times.")
    return Wish(start, zone, wall_length=end - start)


def new_series(work: Work, request: BookingRequest, repeat: Repeat, zone: str, currency: str) -> Series:
    """The row of a series of appointments, flushed."""
    series = Series(
        kind="appointment",
        client_id=request.client_id,
        type_id=request.type_id,
        location_id=request.location_id,
        title=clean(request.title, field="The title"),
        starts_local=wall_text(request.start),
        zone=zone,
        minutes=request.minutes,
        rule=rule_text(repeat),
        fee_minor=request.fee_minor,
        currency=currency,
        note=clean(request.note, multiline=True, field="The note"),
        created_at=utc_text(work.now),
    )
    work.session.add(series)
    work.session.flush()
    return series


def add_appointments(work: Work, series: Series, made: Made) -> tuple[int, ...]:
    """The appointments of a series, flushed; returns their ids in order."""
    rows = [
        Appointment(
            client_id=series.client_id or 0,
            type_id=series.type_id,
            location_id=series.location_id,
            title=series.title,
            starts_local=wall_text(times.start),
            zone=series.zone,
            starts_at=utc_text(times.begin),
            ends_at=utc_text(times.end),
            minutes=series.minutes,
            fee_minor=series.fee_minor,
            currency=series.currency,
            note=series.note,
            created_at=utc_text(work.now),
            series_id=series.id,
            series_start=wall_text(rule_start),
        )
        for rule_start, times in made
    ]
    work.session.add_all(rows)
    work.session.flush()
    return tuple(row.id or 0 for row in rows)


def _summary(done: str, repeat: Repeat, made: Made) -> str:
    first = made[0][1].start
    times = "once" if len(made) == 1 else f"{len(made)} times"
    return f"{done} {times}, {in_words(repeat)} {first:%H:%M} from {short_date(first.date())}"


def series_id(series: Series) -> int:
    if series.id is None:
        raise RuntimeError("the series was not flushed")
    return series.id
