"""The waiting list: what a client waits for, which free time fits, who comes first, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from guru_tui.domain.local_time import WEEKDAYS, short_date

OPEN = ("waiting", "offered")
"""The states of an entry that still waits."""

DAY = 24 * 60
PARTS: dict[str, tuple[int, int]] = {"am": (0, 12 * 60), "pm": (12 * 60, 18 * 60), "evening": (17 * 60, DAY)}
"""From when to when a part of the day is, in minutes after midnight."""

_PART_WORDS = {PARTS["am"]: "mornings", PARTS["pm"]: "afternoons", PARTS["evening"]: "evenings"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client waits for, in local time.

    `weekdays` (0 is Monday) is empty for any; the whole appointment lies between `opens` and `closes` (minutes after
    midnight) of a day from `first_on` to `last_on`, both included, None for open.
    """

    minutes: int
    weekdays: tuple[int, ...] = ()
    opens: int = 0
    closes: int = DAY
    first_on: date | None = None
    last_on: date | None = None
    type_id: int | None = None


class Slot(NamedTuple):
    """Free time between two naive local times.

    `type_id` is what it was kept for, None for nothing in particular; a start lies before `latest` where one is given.
    """

    start: datetime
    end: datetime
    type_id: int | None = None
    latest: datetime | None = None


class Waiting(Protocol):
    """An entry, as far as it is ranked; `since` is aware or naive local, the same for all."""

    @property
    def id(self) -> int: ...
    @property
    def wish(self) -> Wish: ...
    @property
    def since(self) -> datetime: ...


Entry = TypeVar("Entry", bound=Waiting)


def start_in(wish: Wish, slot: Slot) -> datetime | None:
    """The first start (naive local) at which the wish fits into the free time; None where it does not.

    The type is no hindrance: one person's free time can be used for anything she does.
    """
    day = slot.start.date()
    while day <= slot.end.date():
        begin = max(slot.start, _at(day, wish.opens))
        end = min(slot.end, _at(day, wish.closes))
        if slot.latest is not None and begin >= slot.latest:
            return None
        if _wanted(wish, day) and begin + timedelta(minutes=wish.minutes) <= end:
            return begin
        day += timedelta(days=1)
    return None


def fits(wish: Wish, start: datetime) -> bool:
    """Whether an appointment of the wish's length at naive local `start` is what is waited for."""
    return start_in(wish, Slot(start, start + timedelta(minutes=wish.minutes))) is not None


def rank(entries: Iterable[Entry], slots: Sequence[Slot]) -> list[tuple[Entry, datetime]]:
    """Whom the free times fit, each with the first start, those who come first in front.

    That is who has waited for more days; of those who came on one day the one who wants what the time was kept for,
    then the one who leaves the least of it unused.
    """
    found: list[tuple[Entry, datetime, Slot]] = []
    for entry in entries:
        starts = ((start_in(entry.wish, slot), slot) for slot in slots)
        first = next(((start, slot) for start, slot in starts if start is not None), None)
        if first is not None:
            found.append((entry, *first))

    def place(one: tuple[Entry, datetime, Slot]) -> tuple[object, ...]:
        entry, _, slot = one
        other = slot.type_id is not None and entry.wish.type_id not in (None, slot.type_id)
        unused = int((slot.end - slot.start).total_seconds()) // 60 - entry.wish.minutes
        return entry.since.date(), other, unused, entry.since, entry.id

    return [(entry, start) for entry, start, _ in sorted(found, key=place)]


def pieces(slot: Slot, taken: Iterable[tuple[datetime, datetime]]) -> list[Slot]:
    """What is left of a time once everything between the given naive local times is taken out, by start."""
    left: list[Slot] = []
    at = slot.start
    for begin, end in sorted(taken):
        if begin > at:
            left.append(slot._replace(start=at, end=min(begin, slot.end)))
        at = max(at, end)
        if at >= slot.end:
            break
    if at < slot.end:
        left.append(slot._replace(start=at))
    return [piece for piece in left if piece.start < piece.end]


def days_in_words(weekdays: Sequence[int]) -> str:
    """`Tue`, `Tue and Thu`, `Mon to Fri`; empty for any day."""
    names = [WEEKDAYS[day][:3] for day in weekdays]
    if len(names) > 2 and list(weekdays) == list(range(weekdays[0], weekdays[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def times_in_words(wish: Wish) -> str:
    """`Tue and Thu mornings`, `any day after 14:00`: on which days and at what time."""
    days, hours = days_in_words(wish.weekdays), (wish.opens, wish.closes)
    part = _PART_WORDS.get(hours)
    if part:
        return f"{days} {part}" if days else part
    if hours == (0, DAY):
        return days or "any time"
    if wish.closes == DAY:
        told = f"after {clock(wish.opens)}"
    else:
        told = f"{clock(wish.opens)}-{clock(wish.closes)}" if wish.opens else f"before {clock(wish.closes)}"
    return f"{days or 'any day'} {told}"


def in_words(wish: Wish, type_name: str = "") -> str:
    """`Tue and Thu mornings, 45 min Massage, until Fri 11 Dec`: the whole wish."""
    first, last = wish.first_on, wish.last_on
    if first and last:
        when = f"on {short_date(first)}" if first == last else f"{short_date(first)} to {short_date(last)}"
    else:
        when = f"from {short_date(first)}" if first else f"until {short_date(last)}" if last else ""
    length = f"{wish.minutes} min {type_name}".rstrip()
    return ", ".join(part for part in (times_in_words(wish), length, when) if part)


def clock(minute: int) -> str:
    """`14:00`: minutes after midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _wanted(wish: Wish, day: date) -> bool:
    return (
        (not wish.weekdays or day.weekday() in wish.weekdays)
        and (wish.first_on is None or wish.first_on <= day)
        and (wish.last_on is None or day <= wish.last_on)
    )


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (wall time)
