"""What a file of another calendar holds: events, told in the practice's wall time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import day_bounds, to_local
from guru_tui.domain.text import printable
from guru_tui.errors import Invalid

_LONGEST_NAME = 480
_LONGEST_DAYS = 3660

FREE, CANCELLED, DECLINED, NO_LENGTH = "shown as free", "cancelled", "declined", "has no length"
"""Why an event takes no time of the practice's."""


class Event(NamedTuple):
    """One event, or one occurrence of one that repeats; `starts` and `ends` are aware, in the practice's zone.

    `row`: its place in the file, as people count. `uid` names it in every calendar. `client`, `mobile`, `email`: whom
    the file says it is for; `guests`: the mail addresses of who takes part, with their names. `passes`: why it takes no
    time, empty where it does. `blocked`: nobody's, whatever its title says.
    `sequence`: its revision (RFC 5545, 3.8.7.4).
    """

    row: int
    uid: str
    title: str
    starts: datetime
    ends: datetime
    whole_days: bool = False
    client: str = ""
    mobile: str = ""
    email: str = ""
    guests: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    location: str = ""
    note: str = ""
    status: str = ""
    fee: str = ""
    passes: str = ""
    blocked: bool = False
    sequence: int = 0

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends.astimezone(UTC) - self.starts.astimezone(UTC)).total_seconds()) // 60


class Refused(NamedTuple):
    """An event that cannot be taken, and why."""

    row: int
    reason: str


class Window(NamedTuple):
    """The local days that are taken, both included, in the practice's `zone`; events that repeat end with `last`.

    `open_end`: single events after `last` are taken too.
    """

    first: date
    last: date
    zone: str
    open_end: bool = True

    @property
    def begin(self) -> datetime:
        """The instant at which the first day begins, in the practice's zone."""
        return to_local(day_bounds(self.first, self.zone)[0], self.zone)

    @property
    def end(self) -> datetime:
        """The instant at which the last day ends, in the practice's zone."""
        return to_local(day_bounds(self.last, self.zone)[1], self.zone)

    def over(self, event: Event) -> bool:
        """Whether the event is over before the window begins."""
        return event.ends <= self.begin

    def beyond(self, event: Event) -> bool:
        """Whether the event begins after the window."""
        return event.starts >= self.end


class Events(NamedTuple):
    """The events of a file, by start; `over` and `beyond` count what lies outside the window.

    `columns` and `ignored` are a table's: which column holds what, and headings that were not taken.
    """

    events: tuple[Event, ...]
    refused: tuple[Refused, ...]
    over: int = 0
    beyond: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


def kept_name(uid: str) -> str:
    """The name of an event as it is kept and told again: what can be printed, on one line, and of a very long one its
    digest, so that two never become one."""
    named = " ".join(printable(uid).split())
    return named if len(named) <= _LONGEST_NAME else f"ics:{hashlib.sha256(named.encode()).hexdigest()}"


def of_a_lifetime(length: timedelta) -> timedelta:
    """`length`, unless it is one that nobody means, which raises `Invalid`."""
    if length > timedelta(days=_LONGEST_DAYS):
        raise Invalid("it lasts longer than ten years")
    return length


def sorted_out(found: list[Event], refused: list[Refused], window: Window, **more: tuple[object, ...]) -> Events:
    """The events of the window in their order."""
    over = [event for event in found if window.over(event)]
    beyond = [event for event in found if not window.open_end and window.beyond(event)]
    left_out = {id(event) for event in (*over, *beyond)}
    kept = sorted((event for event in found if id(event) not in left_out), key=lambda event: (event.starts, event.row))
    return Events(tuple(kept), tuple(sorted(refused)), len(over), len(beyond), **more)  # type: ignore[arg-type]


def whole_days(first: date, after: date, zone: str) -> tuple[datetime, datetime]:
    """When local day `first` begins and day `after` begins, aware."""
    begin, _ = day_bounds(first, zone)
    end, _ = day_bounds(max(after, first + timedelta(days=1)), zone)
    return to_local(begin, zone), to_local(end, zone)
