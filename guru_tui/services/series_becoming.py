"""What another repeat rule makes of the appointments that there are: which stay, which move, which give way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.local_time import from_wall_text
from guru_tui.domain.recurrence import Repeat, parse_rule, starts
from guru_tui.domain.series import Occurrence, SeriesPlan
from guru_tui.domain.series_pairing import paired
from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services.series_plan import Planner, Wish
from guru_tui.services.series_scope import Chosen, stays
from guru_tui.store.models import Appointment


class Becoming(NamedTuple):
    """What a rule comes to, and what becomes of the appointments that it changes.

    `rows` has for each occurrence of the plan the appointment that becomes it, None where one is made or where a fixed
    one stands; `off` are those that give way. `request` is what a new one is given.
    """

    plan: SeriesPlan
    wishes: list[Wish]
    rows: list[Appointment | None]
    request: BookingRequest
    off: list[Appointment]


def becoming(planner: Planner, found: Chosen, repeat: Repeat, start: datetime | None, minutes: int | None) -> Becoming:
    """What the rule, from naive local `start` or where the chosen one is, makes of the rest of a series.

    Raises `Invalid` where that is what it is already.
    """
    first = start or _wall(found.one)
    repeat = repeat.anchored(first)
    at = starts(repeat, first)
    fixed = {_wall(row): why for row, why in found.fixed}
    free = [each for each in at if each not in fixed]
    former, olds = parse_rule(found.series.rule), [_wall(row) for row in found.rows]
    pairs = paired(former, olds, repeat, free, (_wall(found.one), at[0]))
    becomes = {free[new]: found.rows[old] for new, old in pairs.items()}
    after = _planned(planner, found.one, repeat, at, becomes, minutes, found.ids)
    off = [row for number, row in enumerate(found.rows) if number not in pairs.values()]
    occurrences = [_settled(one, fixed[one.start]) if one.start in fixed else one for one in after.plan.occurrences]
    check_differs(occurrences, off)
    plan = SeriesPlan(repeat, tuple(occurrences), tuple(_wall(row) for row in off))
    return after._replace(plan=plan, off=off)


def begun(planner: Planner, one: Appointment, repeat: Repeat, start: datetime | None, minutes: int | None) -> Becoming:
    """What the rule comes to where an appointment of its own becomes the first.

    Raises `NotAllowed` for one that is over with.
    """
    why = stays(one, one, planner.now)
    if why:
        raise NotAllowed(f"That appointment is {why} and stays as it is; book the next ones with: guru book")
    repeat = repeat.anchored(start or _wall(one))
    at = starts(repeat, start or _wall(one))
    return _planned(planner, one, repeat, at, {at[0]: one}, minutes, [one.id or 0])


def check_differs(occurrences: Sequence[Occurrence], off: Sequence[Appointment]) -> None:
    """Raise `Invalid` where all of them are there already and none gives way."""
    if not off and all(one.stays for one in occurrences):
        raise Invalid("They are at those times already; nothing was changed.")


def _planned(
    planner: Planner,
    like: Appointment,
    repeat: Repeat,
    at: Sequence[datetime],
    becomes: Mapping[datetime, Appointment],
    minutes: int | None,
    going: Sequence[int],
) -> Becoming:
    """The starts `at`: at each the appointment that `becomes` names, or a new one like `like`; `going` are in nobody's
    way."""
    rows = [becomes.get(start) for start in at]
    wishes = [
        Wish(at[0], like.zone, minutes or one.minutes, location_id=one.location_id, exclude=going)
        for one in (row or like for row in rows)
    ]
    occurrences = []
    for one, wish, row in zip(planner.each(list(zip(wishes, at, strict=True))), wishes, rows, strict=True):
        if row is None:
            occurrences.append(one)
        elif (_wall(row), row.minutes) == (one.start, wish.minutes):
            occurrences.append(_settled(one))
        else:
            occurrences.append(replace(one, former=_wall(row)))
    request = BookingRequest(
        like.client_id, at[0], minutes or like.minutes, like.type_id, like.location_id, like.title, like.fee_minor
    )
    return Becoming(SeriesPlan(repeat, tuple(occurrences)), wishes, rows, request, [])


def _settled(one: Occurrence, fixed: str = "") -> Occurrence:
    """An occurrence at which an appointment is already: nothing speaks against what is so."""
    return Occurrence(one.start, one.end, past=one.past, former=one.start, stays=True, fixed=fixed)


def _wall(row: Appointment) -> datetime:
    return from_wall_text(row.starts_local)
