"""What takes time, what closes a day, what is free, and what speaks against a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

KINDS = ("hours", "closed", "buffer", "travel", "maximum")
"""What can speak against a time that overlaps nothing, in the order in which it is told."""


class BusyTime(NamedTuple):
    """A live appointment or a blocked time (`kind == "block"`), as minutes since 1970 in UTC.

    `before` and `after`: minutes that its type keeps free. A blocked time has no place and keeps nothing free.
    """

    kind: str
    id: int
    name: str
    begin: int
    end: int
    before: int = 0
    after: int = 0
    location_id: int | None = None
    location: str = ""


class ClosedDayRow(NamedTuple):
    """Local days, the first and the last included, that are closed, or a public holiday.

    A public holiday has the id 0 and no place; `closes` is off where the practice works on it. A `location_id` of
    None means every place.
    """

    id: int
    first: date
    last: date
    title: str
    location_id: int | None = None
    location: str = ""
    holiday: bool = False
    closes: bool = True


class TravelRow(NamedTuple):
    """The minutes between two places, either way."""

    from_id: int
    to_id: int
    from_name: str
    to_name: str
    minutes: int


class Search(NamedTuple):
    """What free time is looked for.

    `first` is the first local day (None: today), `days` how many are looked at, `weekdays` (0 is Monday) which of them
    count (empty: all), `between` the minutes after midnight that it has to lie in. Without a type the first one
    counts, without `minutes` its length; without a place the type's, else every place.
    """

    first: date | None = None
    days: int = 7
    minutes: int | None = None
    weekdays: frozenset[int] = frozenset()
    between: tuple[int, int] = (0, 1440)
    location_id: int | None = None
    type_id: int | None = None


class Slot(NamedTuple):
    """A free time; aware, in the practice's zone."""

    start: datetime
    end: datetime
    location_id: int | None = None
    location: str = ""


class Stretch(NamedTuple):
    """Free times one after the other: `start` is when the first can begin, `end` when the last of them ends."""

    start: datetime
    end: datetime
    location_id: int | None = None
    location: str = ""


class Against(NamedTuple):
    """One thing that speaks against a time, though it can be booked all the same (`kind` is one of `KINDS`).

    `minutes`: of the buffer or the way, or how many appointments a day may have. `name`, `starts`, `ends` (aware) and
    `place`: of the appointment that it is too close to, which comes `after` it or before; of a closed day `name` is
    its title.
    """

    kind: str
    minutes: int = 0
    name: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    place: str = ""
    after: bool = False
    kept: int = 0

    def text(self, person: str = "") -> str:
        """It in a few words; `person` stands in for the client's name where that is not to be seen."""
        if self.kind == "hours":
            return "outside the operating hours"
        if self.kind == "closed":
            return f"closed: {self.name}" if self.name else "closed that day"
        if self.kind == "maximum":
            return f"{self.minutes} a day is your maximum"
        if self.starts is None or self.ends is None:
            raise ValueError(f"{self.kind} says which appointment it is too close to")
        who = f"{person or self.name} {self.starts:%H:%M}-{self.ends:%H:%M}"
        if self.kind == "buffer":
            return f"{self.minutes} min to be kept free {'before' if self.after else 'after'} {who}"
        kept = f", {self.kept} min kept free" if self.kept else ""
        return f"{self.minutes} min travel {'to' if self.after else 'from'} {self.place} ({who}){kept}"
