"""From the phrases of a line to its day, its time and its repeat; what is open or wrong is noted on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.lattice import Found
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.model import Open, Problem
from guru_tui.domain.quick_add.phrases import Day
from guru_tui.domain.quick_add.repeats import Unclear, Wanted, put_together
from guru_tui.domain.quick_add.when import Calendar, Unreadable, UnreadableTime, settle_day, settle_times
from guru_tui.domain.recurrence import Repeat, first_on, starts, within_a_year
from guru_tui.errors import Invalid

Guess = Callable[[str, datetime], date | None]
"""Reads a date out of words that the grammar does not know; None where they are none."""

_UNITS = words.UNIT_DAYS.keys() | words.UNIT_MONTHS.keys()


@dataclass(slots=True)
class Findings:
    """What comes up while a line is read: problems, open fields, and which fields the line itself gave."""

    picks: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)
    ambiguous: list[Open] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def wrong(self, name: str, message: str, choices: Sequence[str] = (), *, missing: bool = False) -> None:
        """Note a problem of a field."""
        self.problems.append(Problem(name, message, tuple(choices), missing))

    def pick(self, name: str, labels: Sequence[str]) -> int:
        """Which of the choices holds: the picked one, else the first, and the field stays open."""
        if len(labels) < 2:
            return 0
        if name in self.picks:
            return self.picks[name] % len(labels)
        self.ambiguous.append(Open(name, tuple(labels)))
        return 0


@dataclass(frozen=True, slots=True)
class Wall:
    """The day and time of a reading and how it repeats, as far as they are known; minutes after midnight."""

    day: date | None = None
    start: datetime | None = None
    span: int | None = None
    date_given: bool = False
    time_given: bool = False
    repeat: Repeat | None = None


def with_guess(
    found: Found, tokens: Sequence[Token], now: datetime, guess: Guess | None
) -> tuple[Found, tuple[Day, ...]]:
    """The days of the line, where there are none with what `guess` makes of words left over that look like a date."""
    if found.days or guess is None:
        return found, found.days
    for run in found.leftovers:
        said = [token.fold for token in tokens[run[0] : run[1]]]
        if len(said) < 2 or not any(word in words.MONTHS or word in _UNITS for word in said):
            continue
        day = guess(" ".join(token.text for token in tokens[run[0] : run[1]]), now)
        if day is not None:
            rest = tuple(other for other in found.leftovers if other != run)
            named = Day("date", " ".join(said), day=day.day, month=day.month, year=day.year)
            return Found(found.values, (named,), found.repeats, rest, found.client_at), (named,)
    return found, ()


def settle(found: Found, days: Sequence[Day], calendar: Calendar, findings: Findings, at: datetime | None) -> Wall:
    """The day and time that a line names, with `at` in the place of both where it names neither, and its repeat."""
    wanted = wanted_of(found, findings)
    wall = settle_once(found, with_first(found, days, calendar, free=at is None), calendar, findings, at)
    counted = repeating(wall.day, wanted, calendar, findings) if wall.day is not None and wanted is not None else None
    if counted is None:
        return wall
    day, repeat = counted
    start = None if wall.start is None else datetime.combine(day, wall.start.time())
    return Wall(day, start, wall.span, wall.date_given, wall.time_given, repeat)


def wanted_of(found: Found, findings: Findings) -> Wanted | None:
    """What the phrases of the line say of a repeat; None where they say nothing, or nothing that goes together."""
    if not found.repeats:
        return None
    findings.typed.append("repeat")
    try:
        return put_together(found.repeats)
    except Unclear as error:
        findings.wrong("repeat", str(error))
        return None


def with_first(found: Found, days: Sequence[Day], calendar: Calendar, *, free: bool) -> tuple[Day, ...]:
    """The days of the line; where it names none but those of its repeat, the one of these that comes first.

    `free`: no slot under the cursor says which day a daily repeat begins on.
    """
    weekdays = next((part.weekdays for part in found.repeats if part.weekdays), ())
    if weekdays and (not days or days[0].kind == "weeks"):
        named = [(*days, Day("weekday", weekday=weekday)) for weekday in weekdays]
        with suppress(Unreadable):  # said where the day itself is settled
            return min(named, key=lambda one: _settle(found, one, calendar))
    if not days and free and any(part.unit == "day" for part in found.repeats):
        today = Day("weekday", weekday=calendar.today.weekday())
        later = _settle(found, [today], calendar) != calendar.today
        return (Day("in", "tomorrow", 1) if later else Day("in", "today", 0),)
    return tuple(days)


def _settle(found: Found, days: Sequence[Day], calendar: Calendar) -> date:
    """The day that is meant, given the time of the line."""
    first = settle_day(days, calendar, None)[0]
    if found.clock is not None:
        with suppress(UnreadableTime):
            minute = settle_times(found.clock, first.weekday(), calendar, found.part).start
            return settle_day(days, calendar, minute)[0]
    return first


def repeating(day: date, wanted: Wanted, calendar: Calendar, findings: Findings) -> tuple[date, Repeat] | None:
    """The first day from `day` on that the repeat names, and the rule with its end; None with a problem noted."""
    try:
        until = None
        if wanted.until is not None:
            until = settle_day([wanted.until], Calendar(_midnight(day), calendar.hours), None)[0]
        first = first_on(wanted.repeat(day, until), day)
        repeat = within_a_year(wanted.repeat(first, until), _midnight(first)).anchored(_midnight(first))
        found = starts(repeat, _midnight(first))
    except (Unreadable, Invalid) as error:
        findings.wrong("repeat", str(error))
        return None
    if len(found) < 2:
        findings.wrong("repeat", "That comes only once before it ends; leave the repeat out, or end it later.")
        return None
    return first, repeat


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def settle_once(found: Found, days: Sequence[Day], calendar: Calendar, findings: Findings, at: datetime | None) -> Wall:
    """The day and time that a line names, with `at` in the place of both where it names neither."""
    if found.soon is not None:
        findings.typed += ["date", "time"]
        start = calendar.soon(found.soon)
        return Wall(start.date(), start, None, True, True)
    clock = found.clock
    findings.typed += ["date"] * bool(days) + ["time"] * (clock is not None)
    day = at.date() if at is not None and not days else None
    try:
        if days:
            day = _settled_day(found, days, calendar, findings)
        elif at is None:
            findings.wrong("date", "Which day? Add one, such as tue, tomorrow or 9/3.", missing=True)
    except Unreadable as error:
        findings.wrong(error.field, str(error))
    if clock is None:
        if at is not None and not days:
            return Wall(day, at)
        findings.wrong("time", "At what time? Add one, such as 10:30, 14h00 or 3pm.", missing=True)
        return Wall(day, date_given=bool(days))
    try:
        times = settle_times(clock, day.weekday() if day else None, calendar, found.part)
    except Unreadable as error:
        findings.wrong(error.field, str(error))
        return Wall(day, date_given=bool(days), time_given=True)
    minute = times.start
    if times.choices:
        minute = times.choices[findings.pick("time", [_clock(choice) for choice in times.choices])]
    span = None if times.end is None else times.end - times.start
    return Wall(day, _at(day, minute) if day else None, span, bool(days), True)


def _settled_day(found: Found, days: Sequence[Day], calendar: Calendar, findings: Findings) -> date:
    """The day: whether "wed" is today depends on the time, and what "3" is on the weekday, so it is asked twice."""
    options = settle_day(days, calendar, None)
    if found.clock is not None:
        with suppress(UnreadableTime):  # said where the time itself is settled
            minute = settle_times(found.clock, options[0].weekday(), calendar, found.part).start
            options = settle_day(days, calendar, minute)
    return options[findings.pick("date", [short_date(option) for option in options])]


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (wall time)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
