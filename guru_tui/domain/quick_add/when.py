"""From what was written to a day and a time: the rules of "next", of bare hours and of dates without a year."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import MONTHS, WEEKDAYS
from guru_tui.domain.quick_add.phrases import Clock, Day, Moment
from guru_tui.domain.views.hours import Interval

_LAST_YEAR = 2999
_EVENING = 18 * 60


class Unreadable(Exception):
    """What was written is no day; `str` is the sentence for the practitioner, `field` what it is about."""

    field = "date"


class UnreadableTime(Unreadable):
    """What was written is no time."""

    field = "time"


@dataclass(frozen=True, slots=True)
class Times:
    """A start, and an end where a range was written, in minutes after midnight; `choices` where both halves fit."""

    start: int
    end: int | None = None
    choices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """What days and times are read against: the present naive local time and the operating hours."""

    now: datetime
    hours: Sequence[Interval] = field(default=())

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    def open_at(self, minute: int, weekday: int | None) -> bool:
        """Whether the practice is open at that minute of that weekday, of any day where none is given."""
        return any(
            interval.opens <= minute < interval.closes
            for interval in self.hours
            if weekday is None or interval.weekday == weekday
        )

    def soon(self, minutes: int) -> datetime:
        """So many minutes from now, on the next full five minutes; naive local time."""
        at = self.now + timedelta(minutes=minutes)
        over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
        return at - over + (timedelta(minutes=5) if over else timedelta(0))

    def closes(self, weekday: int) -> int:
        """The last closing time of the weekday; on a closed day the latest of the week, 18:00 without hours."""
        own = [interval.closes for interval in self.hours if interval.weekday == weekday]
        return max(own or [interval.closes for interval in self.hours] or [_EVENING])

    def opens(self, weekday: int) -> int:
        """The first opening time of the weekday; on a closed day the earliest of the week, 08:00 without hours."""
        own = [interval.opens for interval in self.hours if interval.weekday == weekday]
        return min(own or [interval.opens for interval in self.hours] or [8 * 60])


def settle_times(clock: Clock, weekday: int | None, calendar_: Calendar, part: str = "") -> Times:
    """The minutes that a time or range stands for on a day of that weekday (None: not known).

    A bare hour is read inside the operating hours; where both halves of the day are open, both are offered.
    Raises `UnreadableTime` for what is no time.
    """
    start, end = clock.start, clock.end
    for moment in (start, end):
        if moment is not None and moment.hour < 0:
            raise UnreadableTime(f"{moment.text} is not a time; write it like 14:30 or 2:30pm.")
    if end is None:
        options = _options(start, weekday, calendar_, part)
        return Times(_inside_day(options[0], start), None, tuple(options) if len(options) > 1 else ())
    if end.half and not start.half and not start.exact:
        first = _minute(start, end.half)
        begin = first if first < _minute(end, end.half) else _minute(start, "am")
        return _ranged(begin, _minute(end, end.half), clock)
    options = _options(start, weekday, calendar_, part)
    # Of two halves of the day that both fit, the range says which: the one with the shorter way to its end.
    begin = min(options, key=lambda minute: _after(minute, end, start) - minute)
    return _ranged(_inside_day(begin, start), _after(begin, end, start), clock)


def _ranged(begin: int, end: int, clock: Clock) -> Times:
    if end <= begin:
        raise UnreadableTime(f"{_text(begin)}-{clock.end.text if clock.end else ''} ends before it begins.")
    return Times(begin, end)


def _inside_day(minute: int, moment: Moment) -> int:
    if minute >= 24 * 60:
        raise UnreadableTime(f"{moment.text} is the end of the day; nothing can begin then.")
    return minute


def _minute(moment: Moment, half: str) -> int:
    hour = moment.hour
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + moment.minute


def _options(moment: Moment, weekday: int | None, calendar_: Calendar, part: str) -> list[int]:
    if moment.exact or moment.half or not 0 < moment.hour < 13:
        return [_minute(moment, moment.half)]
    if part:
        return [_minute(moment, "am" if part == "am" else "pm")]
    both = [_minute(moment, "am"), _minute(moment, "pm")]
    if moment.either:
        both = sorted(minute - back for minute in both for back in (0, 60) if minute >= back)
    for known in (weekday, None):
        fitting = [minute for minute in both if calendar_.open_at(minute, known)]
        if fitting:
            return fitting
    # Outside the hours people still mean a working day: 7 to 6.
    return [both[0] if 7 <= moment.hour < 12 else both[1]]


def _after(begin: int, end: Moment, start: Moment) -> int:
    if end.exact or end.half or not 0 < end.hour < 13:
        return _minute(end, end.half)
    if end.hour == 12 and start.exact:
        # Who writes 00:01 or 08:30 writes midnight as 00:00.
        return 24 * 60 if not end.minute and begin >= 12 * 60 else _minute(end, "pm")
    for minute in (_minute(end, "am"), _minute(end, "pm")):
        if minute > begin:
            return minute
    return 24 * 60 if end.hour == 12 and not end.minute else _minute(end, "pm")


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def settle_day(named: Sequence[Day], calendar_: Calendar, minute: int | None) -> tuple[date, ...]:
    """The days that a weekday and/or a date can mean, likeliest first; more than one has to be asked.

    `minute` is the time of day where it is known: a weekday that is today means next week once that has passed.
    Raises `Unreadable` for a date that does not exist and for a weekday that is not the date's.
    """
    weekday = next(
        (day for day in named if day.kind in ("weekday", "this", "next") or (day.exact and day.kind == "dom")), None
    )
    other = next((day for day in named if day is not weekday), None)
    if other is None:
        assert weekday is not None  # noqa: S101 (called with at least one day)
        return _weekday_alone(weekday, calendar_, minute)
    if other.kind == "weeks":
        if weekday is None:
            if other.exact:
                return (_shifted(calendar_.today, 7 * other.number, other.text),)
            return _open_days(calendar_, other.number)
        if weekday.kind != "dom":
            return (_in_weeks(_shifted(calendar_.today, 7 * other.number, other.text), weekday.weekday, other.exact),)
    day = _date(other, calendar_, minute)
    if weekday is not None:
        _agree(day, weekday)
    return (day,)


def _weekday_alone(named: Day, calendar_: Calendar, minute: int | None) -> tuple[date, ...]:
    today = calendar_.today
    if named.kind == "dom":
        day = _date(named, calendar_, minute)
        _agree(day, named)
        return (day,)
    ahead = (named.weekday - today.weekday()) % 7
    if named.kind == "next":
        next_week = _week_start(today) + timedelta(7 + named.weekday)
        coming = today + timedelta(ahead or 7)
        return (next_week,) if coming == next_week else (coming, next_week)
    if not ahead and minute is not None and _passed(today, minute, calendar_):
        ahead = 7
    return (today + timedelta(ahead + 7 * named.number),)


def _in_weeks(about: date, weekday: int, exact: bool) -> date:
    """The weekday in the week of `about`; of "in 2 weeks" the one nearest to the very day."""
    if exact:
        return about + timedelta((weekday - about.weekday() + 3) % 7 - 3)
    return _week_start(about) + timedelta(weekday)


def _agree(day: date, weekday: Day) -> None:
    if day.weekday() != weekday.weekday:
        raise Unreadable(
            f"{day.day} {MONTHS[day.month - 1]} {day.year} is a {WEEKDAYS[day.weekday()]}, "
            f"not a {WEEKDAYS[weekday.weekday]}; name the one or the other."
        )


def _open_days(calendar_: Calendar, weeks: int) -> tuple[date, ...]:
    monday = _week_start(calendar_.today) + timedelta(7 * weeks)
    weekdays = sorted({interval.weekday for interval in calendar_.hours}) or range(5)
    days = tuple(monday + timedelta(weekday) for weekday in weekdays)
    return tuple(day for day in days if day >= calendar_.today) or days


def _date(named: Day, calendar_: Calendar, minute: int | None) -> date:
    today = calendar_.today
    if named.kind == "in":
        return _shifted(today, named.number, named.text)
    if named.kind == "months":
        return _months_on(today, named.number, named.text)
    if named.kind == "dom":
        return _day_of_month(named, calendar_, minute)
    if named.kind != "date":
        raise Unreadable(f"{named.text} is more than one day; name one.")
    if not 1 <= named.month <= 12:
        raise Unreadable(
            f"{named.text} is not a date: there is no month {named.month}. Write day/month, or 2027-03-09."
        )
    longest = 29 if named.month == 2 else calendar.monthrange(2027, named.month)[1]
    if not 1 <= named.day <= longest:
        raise Unreadable(f"There is no {named.day} {MONTHS[named.month - 1]}; name a day that exists.")
    if named.year is not None:
        return _existing(named, named.year)
    # Without a year it is the coming one; 29 February waits for a year that has it.
    for year in range(today.year, today.year + 9):
        if named.day <= calendar.monthrange(year, named.month)[1]:
            day = date(year, named.month, named.day)
            if day >= today:
                return day
    raise Unreadable(f"There is no {named.day} {MONTHS[named.month - 1]} in the coming years.")


def _existing(named: Day, year: int) -> date:
    if not 1900 <= year <= _LAST_YEAR:
        raise Unreadable(f"{named.text} is not a date: check the year {year}.")
    if named.day > calendar.monthrange(year, named.month)[1]:
        raise Unreadable(f"There is no {named.day} {MONTHS[named.month - 1]} in {year}; name a day that exists.")
    return date(year, named.month, named.day)


def _day_of_month(named: Day, calendar_: Calendar, minute: int | None) -> date:
    if not 1 <= named.day <= 31:
        raise Unreadable(f"{named.text} is not a day of a month; name one from 1 to 31.")
    year, month = calendar_.today.year, calendar_.today.month
    if named.number:
        first = _months_on(date(year, month, 1), named.number, named.text)
        if named.day > calendar.monthrange(first.year, first.month)[1]:
            raise Unreadable(f"There is no {named.day} {MONTHS[first.month - 1]}; name a day that exists.")
        return first.replace(day=named.day)
    for _ in range(12):
        if named.day <= calendar.monthrange(year, month)[1]:
            day = date(year, month, named.day)
            gone = day == calendar_.today and minute is not None and _passed(day, minute, calendar_)
            if day >= calendar_.today and not gone:
                return day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    raise Unreadable(f"{named.text} is not a day of a month; name one from 1 to 31.")


def _passed(day: date, minute: int, calendar_: Calendar) -> bool:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute) < calendar_.now


def _shifted(day: date, days: int, text: str) -> date:
    if abs(days) > 366 * 5:
        raise Unreadable(f"{text} is too far away; name a date.")
    return day + timedelta(days)


def _months_on(day: date, months: int, text: str) -> date:
    if months > 60:
        raise Unreadable(f"{text} is too far away; name a date.")
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _week_start(day: date) -> date:
    return day - timedelta(day.weekday())


def distance(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 6 days`, `yesterday`, `3 days ago`."""
    days = (day - today).days
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    return named or (f"in {days} days" if days > 0 else f"{-days} days ago")
