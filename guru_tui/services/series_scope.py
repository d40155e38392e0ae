"""Which appointments of a series a change is about: this one, from here on, or all of them, as far as still to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlmodel import select

from guru_tui.domain.local_time import from_utc_text, from_wall_text, short_moment
from guru_tui.domain.series import SCOPES
from guru_tui.domain.views.agenda import LIVE
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services.versions import series_unchanged, unchanged
from guru_tui.store.models import Appointment, BlockedTime, Series
from guru_tui.store.queries.versions import Image
from guru_tui.store.unit_of_work import Work


class Chosen(NamedTuple):
    """The appointments that a change takes in, by start, and what stays as it is.

    `fixed` are those of the scope that stay but are not cancelled, each with why; `left` counts them in words.
    """

    series: Series
    one: Appointment
    rows: list[Appointment]
    fixed: list[tuple[Appointment, str]]
    left: tuple[str, ...]

    @property
    def ids(self) -> list[int]:
        """Their ids."""
        return [row.id or 0 for row in self.rows]


def existing(work: Work, appointment_id: int, version: int | None, columns: Collection[str]) -> Appointment:
    """The appointment; raises `NotFound`, and `MovedOn` where one of `columns` has changed since `version`."""
    unchanged(work, appointment_id, version, columns)
    one = work.session.get(Appointment, appointment_id)
    if one is None:
        raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
    return one


def chosen(work: Work, appointment_id: int, scope: str, version: int | None, columns: Collection[str]) -> Chosen:
    """What the scope takes in; raises `NotFound`, and `NotAllowed` where that is nothing.

    `version` is `reads.newest_change()` of when it was looked at: where one of `columns` of what the scope takes in has
    changed elsewhere since, or others are in it now, `MovedOn` is raised. None checks nothing.
    """
    check_scope(scope)
    one = existing(work, appointment_id, version, columns)
    series = work.session.get(Series, one.series_id) if one.series_id is not None else None
    if series is None:
        raise NotAllowed("That appointment is in no series; leave out the scope.")

    def concerned(image: Image) -> bool:
        row = Appointment(**cast(dict[str, Any], image))
        return _within(row, one, scope) and not stays(row, one, work.now)

    series_unchanged(work, "appointment", one.series_id or 0, version, columns, concerned)
    every = work.session.exec(select(Appointment).where(Appointment.series_id == series.id).order_by("starts_at")).all()
    rows, fixed = [], []
    for row in every:
        if not _within(row, one, scope):
            continue
        why = stays(row, one, work.now)
        if not why:
            rows.append(row)
        elif why != "cancelled":
            fixed.append((row, why))
    said = tuple(f"{number} {why}" for why, number in Counter(why for _, why in fixed).items())
    if not rows:
        why = f" ({', '.join(said)})" if said else ""
        raise NotAllowed(f"Nothing of that is still to come{why}, so nothing was changed.")
    return Chosen(series, one, rows, fixed, said)


def chosen_blocks(
    work: Work, blocked_id: int, scope: str, version: int | None
) -> tuple[BlockedTime, list[BlockedTime]]:
    """The blocked time, and those that the scope takes in: it and others that have not begun. Raises like `chosen`."""
    check_scope(scope)
    one = work.session.get(BlockedTime, blocked_id)
    if one is None:
        raise NotFound(f"There is no blocked time {blocked_id}; it may have been removed already.")
    if one.series_id is None:
        raise NotAllowed("That blocked time does not repeat; leave out the scope.")
    begun = one

    def taken_in(row: BlockedTime) -> bool:
        return row.id == begun.id or (_within(row, begun, scope) and from_utc_text(row.starts_at) > work.now)

    series_unchanged(
        work,
        "blocked_time",
        one.series_id,
        version,
        ("starts_at",),
        lambda image: taken_in(BlockedTime(**cast(dict[str, Any], image))),
    )
    every = work.session.exec(select(BlockedTime).where(BlockedTime.series_id == one.series_id).order_by("starts_at"))
    return one, [row for row in every.all() if taken_in(row)]


def check_scope(scope: str) -> None:
    """Raise `Invalid` for a word that is not of `SCOPES`."""
    if scope not in SCOPES:
        raise Invalid(f"{scope!r} is no scope; use {', '.join(SCOPES)}.")


def stays(row: Appointment, one: Appointment, now: datetime) -> str:
    """Why an appointment stays as it is whatever the scope; empty where it may change. `one` was chosen itself."""
    if row.status in ("cancelled", "late-cancelled"):
        return "cancelled"
    if row.status not in LIVE:
        return row.status
    if row.invoice_id is not None:
        return "on an invoice"
    return "begun already" if row.id != one.id and from_utc_text(row.starts_at) <= now else ""


def counted(rows: Sequence[object]) -> str:
    """`1 appointment`, `4 appointments`."""
    return "1 appointment" if len(rows) == 1 else f"{len(rows)} appointments"


def when(row: Appointment | BlockedTime) -> str:
    """`Tue 8 Dec 10:00`, as the clocks show it there."""
    start = from_wall_text(row.starts_local)
    return short_moment(start)


def _within(row: Appointment | BlockedTime, one: Appointment | BlockedTime, scope: str) -> bool:
    return row.id == one.id or scope == "all" or (scope == "later" and row.starts_at >= one.starts_at)
