"""Repeat rules: what a practitioner can ask for, as RRULE text (RFC 5545, 3.3.10), as words, and as wall times.

A rule gives naive local starts, so that a weekly 09:00 stays 09:00 across daylight saving. A month that is too short
for the day of a monthly rule has it on its last day (an RRULE that names the 31st alone would leave that month out),
and the words say so.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from guru_tui.domain.local_time import MONTHS, WEEKDAYS, YEARS, short_date
from guru_tui.errors import Invalid

MOST = 400
"""Occurrences of one series: more is a slip of the finger."""
UNITS = ("day", "week", "month", "year")
_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORTEST = 28
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every `every` units, on `weekdays` (0 is Monday) of a weekly rule, `count` times or until a local day included.

    `month_day` is the day of a monthly rule, and 29 of a yearly one on 29 February; 0 where the rule has none of its
    own. `anchored` fills in what a rule leaves to its first start.
    """

    unit: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    month_day: int = 0

    def __post_init__(self) -> None:
        if self.unit not in UNITS or not 1 <= self.every <= 999:
            raise Invalid("A repeat is every 1 to 999 days, weeks, months or years.")
        if self.count is not None and self.until is not None:
            raise Invalid("A repeat ends after a number of times or on a day, not both; leave one out.")
        if self.count is not None and not 2 <= self.count <= MOST:
            raise Invalid(f"A repeat is from 2 to {MOST} times, not {self.count}.")
        if self.weekdays and (self.unit != "week" or list(self.weekdays) != sorted(set(self.weekdays))):
            raise Invalid("Weekdays belong to a weekly repeat, each of them once.")

    def anchored(self, start: datetime) -> Repeat:
        """The rule with the weekday or the day of the month of its first `start` (naive local), where it names none."""
        if self.unit == "week" and not self.weekdays:
            return replace(self, weekdays=(start.weekday(),))
        if self.unit == "month" and not self.month_day:
            return replace(self, month_day=start.day)
        if self.unit == "year" and (start.month, start.day) == (2, 29):
            return replace(self, month_day=29)
        return self


def rule_text(repeat: Repeat) -> str:
    """The RRULE value. `UNTIL` is a local day, as the starts are local; `parse_rule` reads it back."""
    parts = [f"FREQ={_FREQUENCIES[repeat.unit]}"]
    if repeat.every > 1:
        parts.append(f"INTERVAL={repeat.every}")
    if repeat.weekdays:
        parts.append("BYDAY=" + ",".join(_CODES[day] for day in repeat.weekdays))
    if repeat.month_day:
        parts += _month_day_parts(repeat)
    if repeat.count is not None:
        parts.append(f"COUNT={repeat.count}")
    if repeat.until is not None:
        parts.append(f"UNTIL={repeat.until:%Y%m%d}")
    return ";".join(parts)


def _month_day_parts(repeat: Repeat) -> list[str]:
    if repeat.unit == "year":
        return ["BYMONTH=2", "BYMONTHDAY=28,29", "BYSETPOS=-1"]
    days = _month_days(repeat.month_day)
    return ["BYMONTHDAY=" + ",".join(map(str, days)), *(["BYSETPOS=-1"] if len(days) > 1 else [])]


def _month_days(month_day: int) -> tuple[int, ...]:
    """The days of which the last that a month has is meant."""
    return (month_day,) if month_day <= _SHORTEST else tuple(range(_SHORTEST, month_day + 1))


def parse_rule(text: str) -> Repeat:
    """The rule that `rule_text` wrote; raises `Invalid` for one outside that subset."""
    pairs = [part.partition("=") for part in text.strip().upper().removeprefix("RRULE:").split(";") if part]
    named = {name: value for name, _, value in pairs}
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
    units = {frequency: unit for unit, frequency in _FREQUENCIES.items()}
    if len(named) != len(pairs) or not named.keys() <= known or named.get("FREQ") not in units:
        raise _unread(text)
    try:
        days = named.get("BYDAY", "")
        repeat = Repeat(
            units[named["FREQ"]],
            _whole(named.get("INTERVAL", "1")),
            tuple(sorted(_CODES.index(code) for code in days.split(","))) if days else (),
            _whole(named["COUNT"]) if "COUNT" in named else None,
            _until(named["UNTIL"]) if "UNTIL" in named else None,
            max(_whole(day) for day in named["BYMONTHDAY"].split(",")) if "BYMONTHDAY" in named else 0,
        )
    except ValueError:
        raise _unread(text) from None
    # What is left of the parts says the same in another way or is beyond the subset: only the former is taken.
    told = {name: value for name, _, value in (part.partition("=") for part in rule_text(repeat).split(";"))}
    same = {name: value for name, value in named.items() if (name, value) not in (("INTERVAL", "1"), ("WKST", "MO"))}
    if "BYDAY" in same:
        same["BYDAY"] = told.get("BYDAY", "")
    if repeat.month_day > 31 or told != same:
        raise _unread(text)
    return repeat


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _until(text: str) -> date:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return date(int(match[1]), int(match[2]), int(match[3]))


def _unread(text: str) -> Invalid:
    return Invalid(f"The repeat rule {text[:60]!r} is not one of those that are understood here.")


def starts(repeat: Repeat, first: datetime) -> list[datetime]:
    """The naive local starts from `first` on, at most `MOST`; raises `Invalid` for a rule that gives more or none."""
    found = list(islice(_endless(repeat.anchored(first), first), MOST + 1))
    if len(found) > MOST:
        raise Invalid(f"That is more than {MOST} times; end it earlier, with x12 or until a day.")
    if not found:
        raise Invalid("That repeat ends before it begins; name a later day.")
    return found


def _endless(repeat: Repeat, first: datetime) -> Iterator[datetime]:
    from dateutil import rrule

    frequency = {"day": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY, "year": rrule.YEARLY}
    days = _month_days(repeat.month_day) if repeat.month_day else None
    rule = rrule.rrule(
        frequency[repeat.unit],
        dtstart=first,
        interval=repeat.every,
        wkst=rrule.MO,
        count=repeat.count,
        until=datetime.combine(repeat.until, time.max) if repeat.until else None,
        byweekday=repeat.weekdays or None,
        bymonth=2 if repeat.unit == "year" and days else None,
        bymonthday=days,
        bysetpos=-1 if days and len(days) > 1 else None,
    )
    for start in rule:
        if start.year not in YEARS:
            raise Invalid(f"That repeat goes on beyond the year {YEARS[-1]}; end it earlier.")
        yield start


def within_a_year(repeat: Repeat, first: datetime) -> Repeat:
    """A rule without an end, ended: after a year, a yearly one after five."""
    if repeat.count is not None or repeat.until is not None:
        return repeat
    years = 5 if repeat.unit == "year" else 1
    return replace(repeat, until=after(first.date(), 12 * years) - timedelta(1))


def after(day: date, months: int) -> date:
    """The day that many months on, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_on(repeat: Repeat, day: date) -> date:
    """The first day from `day` on that a weekly rule names; `day` itself for any other rule."""
    if not repeat.weekdays:
        return day
    return day + timedelta(min((weekday - day.weekday()) % 7 for weekday in repeat.weekdays))


def shifted(repeat: Repeat, first: datetime, by: timedelta) -> Repeat:
    """The rule whose starts are those from `first` on moved by `by`, as far as whole days can say so."""
    days = (first + by).date() - first.date()
    until = repeat.until + days if repeat.until else None
    if repeat.unit == "week":
        moved = tuple(sorted({(weekday + days.days) % 7 for weekday in repeat.anchored(first).weekdays}))
        return replace(repeat, weekdays=moved, until=until)
    month_day = (first + by).day if repeat.unit == "month" else 0
    return replace(repeat, month_day=month_day, until=until).anchored(first + by)


# ---- words -------------------------------------------------------------------------------------------------------


def in_words(repeat: Repeat) -> str:
    """`every Tue`, `every 2 weeks on Mon and Wed`, `every month on the 31st (the last day of a shorter month)`."""
    every = f"every {repeat.unit}" if repeat.every == 1 else f"every {repeat.every} {repeat.unit}s"
    if repeat.weekdays:
        named = _listed([WEEKDAYS[day][:3] for day in repeat.weekdays])
        if repeat.weekdays == (0, 1, 2, 3, 4):
            named = "weekday" if repeat.every == 1 else "weekdays"
        return f"every {named}" if repeat.every == 1 else f"{every} on {named}"
    if repeat.unit == "month" and repeat.month_day:
        short = " (the last day of a shorter month)" if repeat.month_day > _SHORTEST else ""
        return f"{every} on the {ordinal(repeat.month_day)}{short}"
    if repeat.month_day:
        return f"{every} on 29 {MONTHS[1][:3]} (28 in a shorter year)"
    return every


def told(repeat: Repeat, found: Sequence[datetime]) -> str:
    """`every Tue, 6 times, last Tue 12 Jan`: the rule with how often and until when; `found` are its starts."""
    last, first = found[-1].date(), found[0].date()
    far = f" {last.year}" if (last - first).days > 300 else ""
    return f"{in_words(repeat.anchored(found[0]))}, {len(found)} times, last {short_date(last)}{far}"


def ordinal(number: int) -> str:
    """`1st`, `22nd`, `31st`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def as_json(repeat: Repeat, first: datetime) -> dict[str, object]:
    """The rule in the shape of the command line's contract."""
    found = starts(repeat, first)
    anchored = repeat.anchored(first)
    return {
        "rule": rule_text(anchored),
        "unit": repeat.unit,
        "every": repeat.every,
        "weekdays": [WEEKDAYS[day][:3] for day in anchored.weekdays],
        "count": repeat.count,
        "until": repeat.until.isoformat() if repeat.until else None,
        "times": len(found),
        "last": found[-1].date().isoformat(),
        "text": told(repeat, found),
    }
