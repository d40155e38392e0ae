"""Events that repeat, imported again: which entry here each occurrence is, and which entries the file has no more.

An occurrence is named after its event and the time that the rule gave it. Where the other calendar gave the whole event
another time, or cut it in two, every name is new; without this each would be booked a second time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from guru_tui.domain.events import Event
from guru_tui.domain.views.calendar_feed import FeedRow

_OCCURRENCE = re.compile(r"(.+)#(\d{4})(\d{2})(\d{2})T\d{4}")
_CUT = re.compile(r"_R\d{8}(?:T\d{6}Z?)?(?=@)")
"""What Google adds to the name of "this and all following" that were changed."""


class Followed(NamedTuple):
    """The entries here of occurrences that have another name now, by that name; and those that are in the file no more,
    each with the row of its event there."""

    renamed: Mapping[str, FeedRow]
    gone: Sequence[tuple[int, FeedRow]]


class _Named(NamedTuple):
    series: str
    day: date


def follow(
    events: Sequence[Event], here: Mapping[str, FeedRow], within: Callable[[FeedRow], bool], spent: Collection[str]
) -> Followed:
    """Match what is left over of each series on both sides: by its day first, then by its week, in order.

    `here` are the entries by name, `within` says of one whether the file was read for its days, and the `spent` names
    are of events that take no time.
    """
    places = {named.series: event.row for event in events if (named := _named(event.uid)) is not None}
    known = {event.uid for event in events}
    rows: dict[str, list[tuple[_Named, FeedRow]]] = defaultdict(list)
    for uid, row in here.items():
        named = _named(row.uid) if uid == row.uid and uid not in known and within(row) else None
        if named is not None and named.series in places:
            rows[named.series].append((named, row))
    new: dict[str, list[tuple[_Named, Event]]] = defaultdict(list)
    for event in events:
        named = _named(event.uid)
        if named is not None and named.series in rows and event.uid not in here and event.uid not in spent:
            new[named.series].append((named, event))
    renamed: dict[str, FeedRow] = {}
    gone: list[tuple[int, FeedRow]] = []
    for series, left in rows.items():
        left.sort(key=lambda one: one[0].day)
        new[series].sort(key=lambda one: one[0].day)
        for same in (lambda day: day, lambda day: day.isocalendar()[:2]):
            left = _paired(left, new[series], same, renamed)
        gone += [(places[series], row) for _, row in left if not row.cancelled]
    return Followed(renamed, gone)


def _paired(
    rows: Iterable[tuple[_Named, FeedRow]],
    new: list[tuple[_Named, Event]],
    same: Callable[[date], object],
    renamed: dict[str, FeedRow],
) -> list[tuple[_Named, FeedRow]]:
    """Pair rows with new occurrences, each once; the rows that are left."""
    left = []
    for named, row in rows:
        at = next((at for at, (other, _) in enumerate(new) if same(other.day) == same(named.day)), None)
        if at is None:
            left.append((named, row))
        else:
            renamed[new.pop(at)[1].uid] = row
    return left


def _named(uid: str) -> _Named | None:
    match = _OCCURRENCE.fullmatch(uid)
    if match is None:
        return None
    try:
        return _Named(_CUT.sub("", match[1]), date(int(match[2]), int(match[3]), int(match[4])))
    except ValueError:
        return None
