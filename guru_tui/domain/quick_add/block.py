"""One line read without a client: a blocked time (`fri pm`, `16/12 all day`, `mon-wed`), or a day and a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add.lattice import Found, Reader
from guru_tui.domain.quick_add.lexer import LONGEST, Line, is_block, split
from guru_tui.domain.quick_add.model import BlockReading, Problem, WhenReading
from guru_tui.domain.quick_add.phrases import Day
from guru_tui.domain.quick_add.settling import (
    Findings,
    Guess,
    Wall,
    repeating,
    settle,
    settle_once,
    wanted_of,
    with_first,
    with_guess,
)
from guru_tui.domain.quick_add.when import Calendar, Unreadable, distance, settle_day
from guru_tui.domain.views.hours import Interval

_ONE_MOVES = "Here one day and time are wanted; leave out how it repeats."
_NOON = 12 * 60
_MIDNIGHT = 24 * 60
_LONGEST_UNSAID = 183
"""Days: a longer run of days whose end has no year is one that was typed the wrong way round."""


def parse_block(
    text: str,
    *,
    now: datetime,
    hours: Sequence[Interval],
    at: datetime | None = None,
    picks: Mapping[str, int] | None = None,
    month_first: bool = False,
) -> BlockReading:
    """`text` read as a blocked time, with or without `b:` before it; the words that say no time are its title.

    `now` and `at` (the slot under the cursor) are naive local. A day alone is the whole day, `pm` is noon to
    closing time, `am` opening time to noon. Raises `Invalid` only for more than 500 characters.
    """
    body = text.lstrip()[2:] if is_block(text) else text
    line = split(body)
    calendar = Calendar(now, hours)
    findings = Findings(picks or {})
    found = _read(line, month_first, findings, blocks=True, repeats=True)
    if found is None:
        return BlockReading(text, problems=tuple(findings.problems))
    title = _title(line, found, findings)
    wanted = wanted_of(found, findings)
    if found.repeats:
        days = with_first(found, found.days, calendar, free=at is None)
        found = Found(found.values, days, found.repeats, found.leftovers, found.client_at)
    begin, end = _bounds(found, calendar, findings, at)
    if begin is not None and end is not None and end <= begin:
        findings.wrong("time", "This ends before it begins; put the earlier time or day first.")
        begin = end = None
    repeat = None
    if wanted is not None and begin is not None and (counted := repeating(begin.date(), wanted, calendar, findings)):
        first, repeat = counted
        end = None if end is None else end + (first - begin.date())
        begin = datetime.combine(first, begin.time())
    return BlockReading(
        text,
        begin,
        end,
        title,
        repeat,
        tuple(findings.problems),
        tuple(findings.ambiguous),
        past=end is not None and end <= now,
        distance=distance(begin.date(), now.date()) if begin else "",
    )


def parse_when(
    text: str,
    *,
    now: datetime,
    hours: Sequence[Interval],
    at: datetime | None = None,
    picks: Mapping[str, int] | None = None,
    month_first: bool = False,
    guess: Guess | None = None,
    repeats: bool = False,
) -> WhenReading:
    """`text` read as a day and a time: where an appointment moves to, which day to show.

    `at` (naive local) is what the text changes: its day or its time stands where the text gives only the other.
    `repeats`: it may say how often as well.
    """
    line = split(text)
    findings = Findings(picks or {})
    found = _read(line, month_first, findings, blocks=False, repeats=repeats)
    if found is None:
        return WhenReading(text, problems=tuple(findings.problems))
    found, days = with_guess(found, line.tokens, now, guess)
    for begin, end in found.leftovers:
        said = " ".join(token.text for token in line.tokens[begin:end])
        findings.wrong("text", f"“{said}” is not understood; write a day and a time such as tue 10:30.")
    if not days and found.clock is None and not found.repeats:
        if not found.leftovers:
            findings.wrong("date", "To when? Write a day and a time such as tue 10:30.", missing=True)
        return WhenReading(text, problems=tuple(findings.problems))
    wall = settle(found, days, Calendar(now, hours), findings, at)
    if at is not None and wall.day is not None and found.clock is None and (days or found.repeats):
        wall = Wall(wall.day, datetime.combine(wall.day, at.time()), None, True, False, wall.repeat)
        findings.problems = [
            problem for problem in findings.problems if not (problem.field == "time" and problem.missing)
        ]
    return WhenReading(
        text,
        wall.day,
        wall.start,
        wall.span if wall.span is not None else found.minutes,
        wall.date_given,
        wall.time_given,
        tuple(findings.problems),
        tuple(findings.ambiguous),
        past=wall.start < now if wall.start else wall.day is not None and wall.day < now.date(),
        distance=distance(wall.day, now.date()) if wall.day else "",
        repeat=wall.repeat,
    )


def _read(line: Line, month_first: bool, findings: Findings, *, blocks: bool, repeats: bool) -> Found | None:
    if len(line.tokens) > LONGEST:
        findings.wrong("text", f"This is more than {LONGEST} words; shorten it.")
        return None
    found = Reader(line.tokens, month_first, blocks=blocks).read(None, slot=False)
    if found.repeats and not repeats:
        findings.wrong("repeat", _ONE_MOVES)
    return found


def _title(line: Line, found: Found, findings: Findings) -> str:
    said = []
    for begin, end in found.leftovers:
        for token in line.tokens[begin:end]:
            if token.fold[:1].isdigit():
                findings.wrong("text", f"“{token.text}” is not understood; put what is a title after ::")
            said.append(token.text)
    return " ".join([*said, *([line.note] if line.note else [])])


@dataclass(frozen=True, slots=True)
class _Days:
    first: date
    last: date


def _bounds(
    found: Found, calendar: Calendar, findings: Findings, at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """From when to when; both None where a problem or an open field stands in the way of saying so."""
    run = next((day for day in found.days if day.kind == "days"), None)
    week = None if run else _week(found, calendar)
    if run is not None or week is not None:
        days = week or (_run(run, calendar, findings) if run else None)
        if days is None:
            return None, None
        if found.clock is not None or found.part:
            findings.wrong("time", "A run of days is blocked whole; leave out the time, or block one day at a time.")
        return _at(days.first, 0), _at(days.last, _MIDNIGHT)
    if found.clock is None:
        return _whole(found, calendar, findings, at)
    wall = settle_once(found, found.days, calendar, findings, at)
    if wall.start is None:
        return None, None
    length = wall.span if wall.span is not None else found.minutes
    if length is None:
        findings.wrong("length", "Until when? Write a range such as 14:00-15:30, or a length such as 1h.", missing=True)
        return wall.start, None
    return _lasting(wall.start, length, findings)


def _whole(
    found: Found, calendar: Calendar, findings: Findings, at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """A day without a time: all of it, or the part that is named; without a day the slot under the cursor."""
    if not found.days:
        if at is None:
            findings.wrong("date", "Which day? Write it like fri pm, 16/12 all day or today 12:30-13:30.", missing=True)
            return None, None
        if not found.part and "allday" not in found.values:
            return _lasting(at, found.minutes or 60, findings)
        day = at.date()
    else:
        try:
            options = settle_day(found.days, calendar, None)
        except Unreadable as error:
            findings.wrong("date", str(error))
            return None, None
        day = options[findings.pick("date", [short_date(option) for option in options])]
    if found.minutes is not None:
        findings.wrong("time", "From when? Add a time such as 14:00.", missing=True)
        return None, None
    if found.part == "am":
        return _at(day, calendar.opens(day.weekday())), _at(day, _NOON)
    if found.part == "pm":
        closing = calendar.closes(day.weekday())
        return _at(day, _NOON), _at(day, closing if closing > _NOON else _MIDNIGHT)
    if found.part:
        return _at(day, 17 * 60), _at(day, _MIDNIGHT)
    return _at(day, 0), _at(day, _MIDNIGHT)


def _week(found: Found, calendar: Calendar) -> _Days | None:
    """All of `next week`, where nothing says which day of it or what time; of this week what is left."""
    if len(found.days) != 1 or found.clock is not None or found.part or found.minutes is not None:
        return None
    (day,) = found.days
    if day.kind != "weeks" or day.exact:
        return None
    monday = calendar.today - timedelta(days=calendar.today.weekday()) + timedelta(weeks=day.number)
    return _Days(max(monday, calendar.today), monday + timedelta(days=6))


def _run(run: Day, calendar: Calendar, findings: Findings) -> _Days | None:
    """The first and the last day of `mon-wed` or `16-18 dec`; the last is the first such day from the first on."""
    assert run.first is not None and run.last is not None  # noqa: S101 (what kind `days` means)
    try:
        firsts = settle_day([run.first], calendar, None)
        first = firsts[findings.pick("date", [short_date(option) for option in firsts])]
        from_first = Calendar(datetime.combine(first, datetime.min.time()), calendar.hours)
        last = settle_day([run.last], from_first, None)[0]
    except Unreadable as error:
        findings.wrong("date", str(error))
        return None
    unsaid = run.last.kind == "date" and run.last.year is None and (last - first).days > _LONGEST_UNSAID
    if last < first or unsaid or (last - first).days > 366:
        findings.wrong("date", f"{run.text} ends before it begins; put the earlier day first.")
        return None
    return _Days(first, last)


def _lasting(start: datetime, minutes: int, findings: Findings) -> tuple[datetime | None, datetime | None]:
    if not 0 < minutes <= _MIDNIGHT:
        findings.problems.append(
            Problem("length", f"{minutes} minutes is no length for one day; name the days instead.")
        )
        return start, None
    return start, start + timedelta(minutes=minutes)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
