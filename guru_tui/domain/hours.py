"""Weekly operating hours as text: `Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from guru_tui.domain.intervals import union
from guru_tui.domain.views.hours import Interval
from guru_tui.errors import Invalid

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = {name: day for day, names in enumerate((
    ("monday", "ma", "maandag"),
    ("tuesday", "di", "dinsdag"),
    ("wednesday", "wo", "woensdag"),
    ("thursday", "do", "donderdag"),
    ("friday", "vr", "vrydag"),
    ("saturday", "sa", "saterdag"),
    ("sunday", "so", "sondag"),
)) for name in names}  # fmt: skip
_EXAMPLE = '"Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00"'
_RANGE = re.compile(r"(\d{1,2})(?:[:h.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:h.](\d{2}))?", re.IGNORECASE)


def parse(text: str, *, location_id: int | None = None) -> list[Interval]:
    """The intervals of `text`; a day that is not named is closed.

    Raises `Invalid` for a day, a time or an order that cannot be read, and for overlapping intervals.
    """
    found: list[Interval] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        match = re.match(r"([^\d]+?)\s*(closed|gesluit)?\s*((?:\d.*)?)$", part, re.IGNORECASE)
        if match is None:
            raise _unread(part)
        days, ranges = _days(match.group(1), part), match.group(3)
        if match.group(2):
            continue
        leftover = _RANGE.sub("", ranges).replace(",", "").strip()
        if leftover or not ranges:
            raise _unread(part)
        for begin_hour, begin_minute, end_hour, end_minute in _RANGE.findall(ranges):
            opens, closes = _minutes(begin_hour, begin_minute, part), _minutes(end_hour, end_minute, part)
            if opens >= closes:
                raise Invalid(f"{part!r} closes before it opens; write it like {_EXAMPLE}.")
            found += [Interval(day, opens, closes, location_id) for day in days]
    if not found:
        raise Invalid(f"No opening hours in {text.strip()!r}; write them like {_EXAMPLE}.")
    found.sort(key=lambda interval: (interval.weekday, interval.opens))
    for earlier, later in pairwise(found):
        if earlier.weekday == later.weekday and later.opens < earlier.closes:
            raise Invalid(f"Two intervals overlap on {_DAYS[later.weekday]}; write each day's hours once.")
    return found


def format_hours(intervals: Iterable[Interval]) -> str:
    """The same text again, with equal neighbouring days drawn together; empty for no hours."""
    by_day: dict[int, list[str]] = {}
    for interval in sorted(intervals, key=lambda interval: (interval.weekday, interval.opens)):
        by_day.setdefault(interval.weekday, []).append(f"{clock_text(interval.opens)}-{clock_text(interval.closes)}")
    groups: list[tuple[int, int, list[str]]] = []
    for day, ranges in by_day.items():
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == ranges:
            groups[-1] = (groups[-1][0], day, ranges)
        else:
            groups.append((day, day, ranges))
    return "; ".join(
        f"{_DAYS[first]}{'-' + _DAYS[last] if last > first else ''} {' '.join(ranges)}"
        for first, last, ranges in groups
    )


def clock_text(minutes: int) -> str:
    """`08:00` for 480 minutes after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def within(start: datetime, end: datetime, intervals: Sequence[Interval], location_id: int | None = None) -> bool:
    """Whether the local times `start` to `end` of one day lie inside one opening interval.

    No hours at all: always open.
    """
    there = applying(intervals, location_id)
    if not there:
        return True
    begin = start.hour * 60 + start.minute
    finish = begin + int((end.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds()) // 60
    that_day = [(interval.opens, interval.closes) for interval in there if interval.weekday == start.weekday()]
    return any(opens <= begin and finish <= closes for opens, closes in union(that_day))


def applying(intervals: Iterable[Interval], location_id: int | None = None) -> list[Interval]:
    """The hours that count at a place: its own where it has some, else those for all places."""
    known = list(intervals)
    own = [interval for interval in known if location_id is not None and interval.location_id == location_id]
    return own or [interval for interval in known if interval.location_id is None]


def _days(text: str, part: str) -> list[int]:
    days: list[int] = []
    for piece in filter(None, re.split(r"[,\s]+", re.sub(r"\s*(?:-|–|to)\s*", "-", text.strip(" :")))):
        first, dash, last = piece.partition("-")
        begin = _day(first, part)
        end = _day(last, part) if dash else begin
        days += [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    return days


def _day(text: str, part: str) -> int:
    name = text.lower()
    hits = {day for known, day in _NAMES.items() if len(name) >= 2 and (known.startswith(name) or known == name)}
    if len(hits) != 1:
        raise _unread(part)
    return hits.pop()


def _minutes(hour: str, minute: str, part: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if total > 1440 or int(minute or 0) > 59:
        raise _unread(part)
    return total


def _unread(part: str) -> Invalid:
    return Invalid(f"The hours {part!r} cannot be read; write them like {_EXAMPLE}.")
