"""One line read as a search for free time: `45 minutes tue afternoon`, `massage next week`, `@sea after 15:00`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.dates import date_phrases
from guru_tui.domain.quick_add.lexer import LONGEST, Token, split
from guru_tui.domain.quick_add.match import begins, by_name, name_words
from guru_tui.domain.quick_add.model import Problem
from guru_tui.domain.quick_add.phrases import LEFTOVER, Day, Phrase, cheapest
from guru_tui.domain.quick_add.waiting_words import Bound, Hours, Month, wish_phrases
from guru_tui.domain.quick_add.when import Calendar, Unreadable, settle_day, settle_times
from guru_tui.domain.views.availability import Search
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow
from guru_tui.domain.waitlist import DAY, PARTS, Wish, in_words

_NUMBER = re.compile(r"[0-9]{1,3}")
_LONGEST_NAME = 5
_SHORTEST_BARE = 25
"""Minutes: a bare number from here on can be no hour and no day that people mean, so it is a length."""
_LONGEST_BARE = 240
_USUAL_MINUTES = 60
_WEEK = 7
_FOUR_WEEKS = 28
_YEAR = 366
_NOISE = frozenset(
    (
        *("free", "open", "available", "slot", "slots", "gap", "gaps", "time", "times", "next", "first", "any", "find"),
        *("a", "an", "when", "is", "are", "there", "with", "have", "i", "me", "min", "and", "or", "please", "week"),
        *("vry", "vrye", "beskikbaar", "tyd", "tye", "volgende", "eerste", "enige", "wanneer", "'n", "en", "asseblief"),
    )
)
_HINT = "write it like 45 minutes tue afternoon, massage next week or tomorrow after 15:00."


@dataclass(frozen=True, slots=True)
class FreeReading:
    """One line read as a search. `type` is the one that counts, named or not; what was not understood is left out."""

    text: str
    search: Search
    minutes: int
    type: AppointmentTypeRow | None = None
    location: LocationRow | None = None
    problems: tuple[Problem, ...] = ()
    type_given: bool = False
    length_given: bool = False

    def in_words(self) -> str:
        """`Tue afternoons, 45 min Massage, Wed 25 Nov to Tue 22 Dec`: how the line was understood."""
        search = self.search
        first = search.first
        last = None if first is None else first + timedelta(days=search.days - 1)
        opens, closes = search.between
        wish = Wish(self.minutes, tuple(sorted(search.weekdays)), opens, closes, first, last)
        place = f", {self.location.name}" if self.location else ""
        return in_words(wish, self.type.name if self.type else "") + place


@dataclass(frozen=True, slots=True)
class _Ahead:
    """So many days from today on."""

    days: int


@dataclass(frozen=True, slots=True)
class _Window:
    """The days that are looked at."""

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()


def parse_free(
    text: str,
    *,
    now: datetime,
    hours: Sequence[Interval],
    types: Sequence[AppointmentTypeRow],
    locations: Sequence[LocationRow],
    month_first: bool = False,
) -> FreeReading:
    """`text` read as a search; `now` is naive local.

    An empty line looks for the first type's length in the next seven days, a line that names weekdays only in four
    weeks of them. Never fails for what the text says: that is in `problems`; raises `Invalid` only for more than 500
    characters.
    """
    tokens = split(text).tokens
    problems: list[Problem] = []
    if len(tokens) > LONGEST:
        problems.append(Problem("text", f"This is more than {LONGEST} words; {_HINT}"))
        tokens = ()
    found, days, bounds = _read(tokens, types, locations, month_first, problems)
    row = _one(found.get("type"), "type", problems) or next(iter(types), None)
    place = _one(found.get("place"), "place", problems)
    kind = row if isinstance(row, AppointmentTypeRow) else None
    length = found.get("length")
    minutes = length if isinstance(length, int) else kind.minutes if kind else _USUAL_MINUTES
    if not 0 < minutes < DAY:
        problems.append(Problem("length", f"{minutes} minutes is no length; write it like 45m or 1h30."))
        minutes = _USUAL_MINUTES
    calendar = Calendar(now, hours)
    window = _Window(now.date(), now.date() + timedelta(days=(_FOUR_WEEKS if days else _WEEK) - 1), days)
    between = (0, DAY)
    try:
        between = _between(found, bounds, days, calendar)
        window = _window(bounds, days, calendar)
    except Unreadable as error:
        problems.append(Problem(error.field, str(error)))
    if between[1] - between[0] < minutes:
        problems.append(Problem("time", f"{minutes} minutes do not fit into that time; change one of them."))
    return FreeReading(
        text,
        Search(
            window.first,
            (window.last - window.first).days + 1,
            minutes,
            window.weekdays,
            between,
            place.id if place else None,
            kind.id if kind else None,
        ),
        minutes,
        kind,
        place if isinstance(place, LocationRow) else None,
        tuple(problems),
        type_given="type" in found,
        length_given=isinstance(length, int),
    )


def _read(
    tokens: Sequence[Token],
    types: Sequence[AppointmentTypeRow],
    places: Sequence[LocationRow],
    month_first: bool,
    problems: list[Problem],
) -> tuple[dict[str, object], frozenset[int], list[Bound | Month | _Ahead]]:
    """The cheapest reading: what is said once, by kind; the weekdays; the days."""
    named = [(name_words(row.name), row) for row in types]
    lattice = [
        sorted(
            [
                *wish_phrases(tokens, at, month_first=month_first),
                *_ahead(tokens, at),
                *_this_or_next(tokens, at, month_first),
                *_types(tokens, at, named),
                *_places(tokens, at, places),
            ],
            key=lambda phrase: -phrase.length,
        )
        for at in range(len(tokens))
    ]
    once: dict[str, object] = {}
    days: set[int] = set()
    bounds: list[Bound | Month | _Ahead] = []
    left: list[str] = []
    for step in cheapest(lattice, missing={}, leftover=[LEFTOVER] * len(tokens))[1]:
        phrase = step.phrase
        if phrase is None:
            left.append(tokens[step.at].text)
        elif isinstance(phrase.value, Bound | Month | _Ahead):
            bounds.append(phrase.value)
        elif phrase.kind == "on" and isinstance(phrase.value, tuple):
            days |= set(phrase.value)
        else:
            once[phrase.kind] = phrase.value
    if left:
        problems.append(Problem("text", f"“{' '.join(left)}” is not understood; {_HINT}"))
    return once, frozenset(days), bounds


def _ahead(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    """`next 10 days`, `2 weeks`, `volgende 2 weke`; a bare number that is a length; a month; words that say nothing."""
    folded = [token.fold for token in tokens[at : at + 3]]
    word = folded[0]
    if word in words.MONTHS:
        yield Phrase("bound", 1, Month(words.MONTHS[word]), 0.6)
    if _NUMBER.fullmatch(word) and _SHORTEST_BARE <= int(word) <= _LONGEST_BARE:
        yield Phrase("length", 1, int(word), 0.8)
    if word in _NOISE:
        yield Phrase("filler", 1, None, 0.4)
    said = 1 if word in words.NEXT | words.THIS and len(folded) > 1 else 0
    count = folded[said]
    number = int(count) if _NUMBER.fullmatch(count) else words.NUMBERS.get(count)
    unit = folded[said + 1] if len(folded) > said + 1 else ""
    if number and unit in words.UNIT_DAYS:
        yield Phrase("bound", said + 2, _Ahead(number * words.UNIT_DAYS[unit]), 0.3)
    elif number and unit in words.UNIT_MONTHS:
        yield Phrase("bound", said + 2, _Ahead(number * words.UNIT_MONTHS[unit] * 30), 0.3)


def _this_or_next(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    """`this fri`, `next fri`: one day, or either of two, where a weekday alone is every such day."""
    for phrase in date_phrases(tokens, at, month_first=month_first, spans=False):
        day = phrase.value
        if isinstance(day, Day) and day.kind in ("this", "next"):
            yield Phrase("bound", phrase.length, Bound("on", day), phrase.cost)


def _types(
    tokens: Sequence[Token], at: int, named: Sequence[tuple[Sequence[str], AppointmentTypeRow]]
) -> Iterator[Phrase]:
    said: list[str] = []
    for length, token in enumerate(tokens[at : at + _LONGEST_NAME], start=1):
        said += name_words(token.fold)
        rows = by_name(said, named) if said else []
        if not rows:
            return
        if len(said[0]) > 1:
            yield Phrase("type", length, tuple(rows), 0.3 if len(rows) == 1 else 0.5)


def _places(tokens: Sequence[Token], at: int, places: Sequence[LocationRow]) -> Iterator[Phrase]:
    if not tokens[at].fold.startswith("@"):
        return
    said: list[str] = []
    rows: Sequence[LocationRow] = ()
    for length, token in enumerate(tokens[at : at + _LONGEST_NAME], start=1):
        said += name_words(token.fold.lstrip("@"))
        rows = [row for row in places if said and begins(said, name_words(row.name))]
        if rows:
            exact = [row for row in rows if name_words(row.name) == said]
            yield Phrase("place", length, tuple(exact or rows), 0.2)
        elif length > 1 or said:
            break
    yield Phrase("place", 1, tokens[at].text, 2.0)


def _one(value: object, what: str, problems: list[Problem]) -> AppointmentTypeRow | LocationRow | None:
    """The one row that was named; notes where it can be several or none."""
    if isinstance(value, str):
        problems.append(Problem(what, f"There is no place {value}; see them with: guru locations list"))
        return None
    rows: tuple[AppointmentTypeRow | LocationRow, ...] = value if isinstance(value, tuple) else ()
    if len(rows) > 1:
        names = ", ".join(row.name for row in rows)
        problems.append(
            Problem(what, f"Which {what}? {names}: write more of the name.", tuple(row.name for row in rows))
        )
    return rows[0] if rows else None


def _between(
    found: dict[str, object],
    bounds: Sequence[Bound | Month | _Ahead],
    days: frozenset[int],
    calendar: Calendar,
) -> tuple[int, int]:
    """From when to when, in minutes after midnight; a time alone means from then on."""
    todays = next((bound.day.part for bound in bounds if isinstance(bound, Bound) and bound.day.part), "")
    part = str(found.get("part", "")) or todays
    opens, closes = PARTS.get(part, (0, DAY))
    hours = found.get("time")
    if not isinstance(hours, Hours):
        return opens, closes
    times = settle_times(hours.clock, min(days) if days else None, calendar, part)
    if times.end is not None:
        return max(opens, times.start), min(closes, times.end)
    if hours.how == "before":
        return opens, min(closes, times.start)
    return max(opens, times.start), closes


def _window(bounds: Sequence[Bound | Month | _Ahead], days: frozenset[int], calendar: Calendar) -> _Window:
    """The days that all that was said has in common."""
    today = calendar.today
    first, last, weekdays = today, None, days
    for bound in bounds:
        begin, end, only = _days(bound, calendar)
        weekdays = weekdays & only if weekdays and only else weekdays | only
        first = max(first, begin) if begin else first
        last = min(last or end, end) if end else last
    if last is None:
        last = first + timedelta(days=(_FOUR_WEEKS if weekdays else _WEEK) - 1)
    if last < today:
        raise Unreadable(f"{short_date(last)} is past; name a later day.")
    if last < first:
        raise Unreadable("The last day is before the first; swap the two.")
    return _Window(first, min(last, first + timedelta(days=_YEAR - 1)), weekdays)


def _days(bound: Bound | Month | _Ahead, calendar: Calendar) -> tuple[date | None, date | None, frozenset[int]]:
    """The first and the last day that a limit means, None for open, and the weekdays that count between them."""
    today = calendar.today
    if isinstance(bound, _Ahead):
        return today, today + timedelta(days=min(bound.days, _YEAR) - 1), frozenset()
    if isinstance(bound, Month):
        begin = date(today.year + (bound.month < today.month), bound.month, 1)
        return begin, _end_of_month(begin), frozenset()
    begin, end, only = _said(bound.day, calendar)
    if bound.how == "on":
        return begin, end, only
    if bound.how in ("before", "until"):
        return None, begin - timedelta(days=1) if bound.how == "before" else end, frozenset()
    return begin if bound.how == "from" else end + timedelta(days=1), None, frozenset()


def _said(day: Day, calendar: Calendar) -> tuple[date, date, frozenset[int]]:
    """The days that a phrase means: a week or a month is all of its days, "next fri" either of two Fridays."""
    today = calendar.today
    if day.kind == "days" and day.first is not None and day.last is not None:
        begin = settle_day([day.first], calendar, None)[0]
        end = settle_day([day.last], Calendar(datetime.combine(begin, datetime.min.time())), None)[0]
        return begin, end, frozenset()
    if day.kind == "weeks":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=day.number)
        return monday, monday + timedelta(days=6), frozenset()
    options = settle_day([day], calendar, None)
    if day.kind == "months":
        begin = options[0].replace(day=1)
        return begin, _end_of_month(begin), frozenset()
    only = frozenset(option.weekday() for option in options) if len(options) > 1 else frozenset()
    return min(options), max(options), only


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
