"""When an event repeats: its rule and its single dates, less those that are taken out (RFC 5545, 3.8.5).

All in the event's own wall time, so that weekly at nine stays at nine where the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import icalendar
from dateutil.rrule import rrule, rrulestr

from guru_tui.domain.events import Window
from guru_tui.errors import Invalid

_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MARGIN = timedelta(days=2)  # two zones are never further apart


def wall(value: date, start: date) -> datetime:
    """The wall time of `value` as the event that begins at `start` counts: in its zone, midnight for whole days."""
    if not isinstance(value, datetime):
        same = start.time() if isinstance(start, datetime) else time()
        return datetime.combine(value, same)  # a day alone means the occurrence of that day
    if not isinstance(start, datetime):
        return datetime.combine(value.date(), time())
    if value.tzinfo is not None and start.tzinfo is not None:
        value = value.astimezone(start.tzinfo)
    return value.replace(tzinfo=None)


def occurrences(event: icalendar.Event, start: Any, length: timedelta, window: Window) -> list[datetime]:
    """The wall times at which the event, which lasts for `length`, takes place in the window, in order.

    Some at either end may lie just outside it. Raises `Invalid` for a rule that cannot be followed.
    """
    last = window.end.replace(tzinfo=None) + _MARGIN
    first = wall(start, start)
    found = {first}
    for rule in _listed(event.get("RRULE")):
        found.update(_by_rule(rule, start, first, last))
    found.update(_dates(event.get("RDATE"), start))
    found.difference_update(_dates(event.get("EXDATE"), start))
    early = window.begin.replace(tzinfo=None) - _MARGIN - length
    return sorted(at for at in found if early <= at < last)


def _by_rule(rule: Any, start: Any, first: datetime, last: datetime) -> Iterator[datetime]:
    if not isinstance(rule, icalendar.vRecur):
        raise Invalid("its rule cannot be followed")
    parts = {str(name).upper(): value for name, value in dict(rule).items()}
    often = str(_first(parts.get("FREQ")) or "").upper()
    if often in _TOO_OFTEN or not often or any(len(_listed(parts.get(name))) > 1 for name in _WITHIN_A_DAY):
        raise Invalid("it repeats more than once a day, which no appointment does")
    if _first(parts.get("INTERVAL", 1)) < 1:  # dateutil would count for ever
        raise Invalid("its rule cannot be followed")
    count = _first(parts.pop("COUNT", None))
    until = _first(parts.pop("UNTIL", None))
    if until is not None:
        at = wall(until, start) if isinstance(until, datetime) else datetime.combine(until, time.max)
        last = min(last, at.replace(microsecond=0))
    text = bytes(icalendar.vRecur(parts).to_ical()).decode()  # type: ignore[no-untyped-call]
    try:
        made = rrulestr(text, dtstart=first)
    except (ValueError, TypeError):
        raise Invalid(f"its rule {text} cannot be followed") from None
    if not isinstance(made, rrule):
        raise Invalid(f"its rule {text} cannot be followed")
    # With an end a rule that never comes true is given up, and a count is taken from what it gives.
    bounded = made.replace(until=last)
    yield from islice(bounded, int(count)) if count is not None else bounded


def _dates(value: Any, start: Any) -> Iterator[datetime]:
    for listed in _listed(value):
        for one in getattr(listed, "dts", ()):
            at = one.dt[0] if isinstance(one.dt, tuple) else one.dt  # a period: from when
            if isinstance(at, date):
                yield wall(at, start)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and value else value
