"""A stretch of days as boxes for the grid: who stands in which lane, what is open, what is free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import Span
    from guru_tui.domain.views.availability import ClosedDayRow
    from guru_tui.domain.views.hours import Interval

DAY = 24 * 60
"""Minutes of a day as the clock shows it; the grid is one of wall times, also where the clocks change."""


class Placed(NamedTuple):
    """A part of an entry that lies on one day: minutes after local midnight, its lane of so many."""

    span: Span
    day: int
    begins: int
    ends: int
    lane: int = 0
    lanes: int = 1

    @property
    def clashing(self) -> bool:
        """Whether something stands beside it."""
        return self.lanes > 1


def placed(spans: Iterable[Span], first: date, days: int) -> list[Placed]:
    """The parts of `spans` that lie on the `days` days from `first`, lanes given where they overlap."""
    parts: list[list[Placed]] = [[] for _ in range(days)]
    zero = first.toordinal()
    for span in spans:
        starts, ends = span.starts, span.ends
        begins = (starts.toordinal() - zero) * DAY + starts.hour * 60 + starts.minute
        until = (ends.toordinal() - zero) * DAY + ends.hour * 60 + ends.minute
        # Where the clocks go back an entry can end before it starts by the clock; a row shows that it is there.
        until = max(until, begins + 1)
        for index in range(max(begins // DAY, 0), min((until - 1) // DAY + 1, days)):
            midnight = index * DAY
            parts[index].append(Placed(span, index, max(begins - midnight, 0), min(until - midnight, DAY)))
    return [part for day in parts for part in _lanes(day)]


def _lanes(parts: Sequence[Placed]) -> list[Placed]:
    """Side by side what overlaps: each takes the first lane that is free; overlapping ones share the width."""
    done: list[Placed] = []
    run: list[Placed] = []
    lanes: list[int] = []  # until when each lane is taken
    for part in sorted(parts, key=lambda each: (each.begins, -each.ends)):
        if run and part.begins >= max(lanes):
            done += [each._replace(lanes=len(lanes)) for each in run]
            run, lanes = [], []
        lane = next((index for index, until in enumerate(lanes) if until <= part.begins), len(lanes))
        lanes[lane : lane + 1] = [part.ends]
        run.append(part._replace(lane=lane))
    return done + [each._replace(lanes=len(lanes)) for each in run]


def opening(hours: Sequence[Interval], day: date) -> tuple[tuple[int, int], ...]:
    """The open minutes of a day at any of the places; a practice without hours is always open."""
    if not hours:
        return ((0, DAY),)
    found = sorted((each.opens, each.closes) for each in hours if each.weekday == day.weekday())
    merged: list[tuple[int, int]] = []
    for opens, closes in found:
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def closing(rows: Iterable[ClosedDayRow], day: date) -> tuple[bool, str]:
    """Whether a day is closed at every place, and what it is called: a holiday's name, or why it is closed."""
    found = [row for row in rows if row.first <= day <= row.last]
    shut = any(row.closes and row.location_id is None for row in found)
    return shut, ", ".join(row.title or "closed" for row in found)


def free(parts: Iterable[Placed], day: int, open_minutes: Iterable[tuple[int, int]]) -> int:
    """How many of the open minutes of a day nothing holds."""
    taken = sorted((part.begins, part.ends) for part in parts if part.day == day)
    left = 0
    for opens, closes in open_minutes:
        at = opens
        for begins, ends in taken:
            if begins > at:
                left += max(min(begins, closes) - at, 0)
            at = max(at, ends)
            if at >= closes:
                break
        left += max(closes - at, 0)
    return left
