"""Changing when the practice is open besides its weekly hours: closed days, worked holidays, travel between places."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import col, select

from guru_tui.domain import public_holidays
from guru_tui.domain.intervals import subtract
from guru_tui.domain.local_time import short_date
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.store.models import ClosedDay, Location, Setting, TravelTime
from guru_tui.store.queries import practice as queries
from guru_tui.store.unit_of_work import UnitOfWork, Work

_LONGEST_WAY = 24 * 60 - 1
_LONGEST_CLOSED = 366


class OpeningService:
    """Use cases on closed days and travel times; each is one step of undo."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._uow = unit_of_work

    def close(self, first: date, last: date, title: str = "", *, location_id: int | None = None) -> int:
        """Close a place (None: all of them) from one local day to another, both included, and return the id.

        Appointments that stand there stay. Raises `Invalid` for days in the wrong order and `NotAllowed` for days
        that are closed already.
        """
        if not 0 <= (last - first).days <= _LONGEST_CLOSED:
            raise Invalid("Closed days begin before they end and last a year at most; put the earlier day first.")
        with self._uow.action("close days") as work:
            title = clean(title, field="The title")
            where = f" at {_place(work, location_id).name}" if location_id is not None else ""
            same = col(ClosedDay.location_id).is_(None) if location_id is None else ClosedDay.location_id == location_id
            for row in work.session.exec(select(ClosedDay).where(same)):
                if row.first_on <= first.isoformat() and last.isoformat() <= row.last_on:
                    raise NotAllowed(
                        f"{_days(first, last)} is closed already ({row.title or 'closed'}); nothing was changed."
                    )
            closed = ClosedDay(
                location_id=location_id, first_on=first.isoformat(), last_on=last.isoformat(), title=title
            )
            work.session.add(closed)
            work.session.flush()
            work.summary = f"Closed {_days(first, last)}{where}{f': {title}' if title else ''}"
            if closed.id is None:
                raise RuntimeError("the row was not flushed")
            return closed.id

    def open(self, first: date, last: date, *, location_id: int | None = None) -> str:
        """Open the days from one to another again and say what was done; the rest of longer closed times stays closed.

        A public holiday among them becomes one that is worked on. With a place only its own closed days are meant.
        Raises `NotFound` where nothing closes those days.
        """
        with self._uow.action("open days") as work:
            opened = False
            for row in work.session.exec(
                select(ClosedDay).where(ClosedDay.first_on <= last.isoformat(), ClosedDay.last_on >= first.isoformat())
            ).all():
                if location_id is None or row.location_id == location_id:
                    _cut(work, row, first, last)
                    opened = True
            if location_id is None:
                opened |= _work_on(work, first, last)
            if not opened:
                raise NotFound(f"Nothing closes {_days(first, last)}; see what is closed with: guru hours show")
            work.summary = f"Opened {_days(first, last)}"
            return work.summary

    def reopen(self, closed_id: int) -> str:
        """Remove a closed time by its id and say which; raises `NotFound`."""
        with self._uow.action("open days") as work:
            row = work.session.get(ClosedDay, closed_id)
            if row is None:
                raise NotFound(f"There is no closed time {closed_id}; see the ids with: guru hours show")
            days = _days(date.fromisoformat(row.first_on), date.fromisoformat(row.last_on))
            work.summary = f"Opened {days}{f' ({row.title})' if row.title else ''}"
            work.session.delete(row)
            return work.summary

    def set_travel(self, one_id: int, other_id: int, minutes: int) -> None:
        """Say how many minutes lie between two places, either way; 0 forgets it. Raises `Invalid` or `NotFound`."""
        if one_id == other_id:
            raise Invalid("Travel is between two places; name two that differ.")
        if not 0 <= minutes <= _LONGEST_WAY:
            raise Invalid(f"A way takes from 0 to {_LONGEST_WAY} minutes, not {minutes}.")
        first, second = sorted((one_id, other_id))
        with self._uow.action("set travel") as work:
            names = f"{_place(work, one_id).name} and {_place(work, other_id).name}"
            row = work.session.exec(
                select(TravelTime).where(TravelTime.from_id == first, TravelTime.to_id == second)
            ).one_or_none()
            if row is None and not minutes:
                raise NotFound(f"There is no travel time between {names}; nothing was changed.")
            if not minutes:
                work.session.delete(row)
            elif row is None:
                work.session.add(TravelTime(from_id=first, to_id=second, minutes=minutes))
            else:
                row.minutes = minutes
            work.summary = f"Set {minutes} min between {names}" if minutes else f"Removed the way between {names}"


def _cut(work: Work, row: ClosedDay, first: date, last: date) -> None:
    """Take days out of a closed time; what lies on both sides of them stays closed."""
    begin, end = (date.fromisoformat(day).toordinal() for day in (row.first_on, row.last_on))
    left = subtract([(begin, end + 1)], [(first.toordinal(), last.toordinal() + 1)])
    if not left:
        work.session.delete(row)
        return
    row.first_on, row.last_on = _iso(left[0])
    for span in left[1:]:
        begins, ends = _iso(span)
        work.session.add(ClosedDay(location_id=row.location_id, first_on=begins, last_on=ends, title=row.title))


def _iso(span: tuple[int, int]) -> tuple[str, str]:
    return date.fromordinal(span[0]).isoformat(), date.fromordinal(span[1] - 1).isoformat()


def _work_on(work: Work, first: date, last: date) -> bool:
    """Note that the public holidays between two days are worked on; whether there was one that closes."""
    practice = queries.practice(work.connection)
    if practice["public_holidays"] != "closed":
        return False
    worked = practice.holidays_worked
    new = {day for day, _ in public_holidays.between(practice.country, first, last)} - worked
    if not new:
        return False
    # Of holidays long past nobody wants to know any more.
    kept = {day for day in worked | new if day >= work.now.date() - timedelta(days=_LONGEST_CLOSED)} | new
    value = ",".join(day.isoformat() for day in sorted(kept))
    row = work.session.get(Setting, "holidays_worked")
    if row is None:
        work.session.add(Setting(key="holidays_worked", value=value))
    else:
        row.value = value
    return True


def _place(work: Work, location_id: int) -> Location:
    row = work.session.get(Location, location_id)
    if row is None:
        raise NotFound(f"There is no location {location_id}; see them with: guru locations list")
    return row


def _days(first: date, last: date) -> str:
    """`Wed 16 Dec 2026`, `Thu 24 Dec 2026 to Sat 2 Jan 2027`."""
    begin, end = (f"{short_date(day)} {day.year}" for day in (first, last))
    return begin if first == last else f"{begin} to {end}"
