"""Which phrases of a line name days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.phrases import Day, Phrase

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_DOTTED = re.compile(r"([0-9]{1,2})([.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|ste|de)")
_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|ste|de)?")
_GLUED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|ste|de)?-?([a-z]{3,9})(?:-?([0-9]{4}))?")
_BARE = re.compile(r"[0-9]{1,2}")
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")
_SPAN = re.compile(r"([^-]+)-([^-]+)")


def date_phrases(tokens: Sequence[Token], at: int, *, month_first: bool, spans: bool) -> Iterator[Phrase]:
    """Every phrase from word `at` that names a day; with `spans` also those that name a run of days."""
    folded = [token.fold for token in tokens[at : at + 5]]
    yield from _relative(folded)
    yield from _weekdays(folded)
    yield from _written(folded, month_first)
    if spans:
        yield from _spans(tokens, at, month_first)


def _relative(folded: Sequence[str]) -> Iterator[Phrase]:
    word = folded[0]
    for length in range(min(len(folded), 4), 0, -1):
        phrase = tuple(folded[:length])
        if phrase in words.RELATIVE_DAYS:
            yield Phrase("date", length, Day("in", " ".join(phrase), words.RELATIVE_DAYS[phrase]))
        if phrase in words.PARTS_OF_DAYS:
            days, part = words.PARTS_OF_DAYS[phrase]
            yield Phrase("date", length, Day("in", " ".join(phrase), days, part=part))
    if word in words.IN and len(folded) > 2:
        yield from _ahead(folded[1], folded[2], 3)
    elif len(folded) > 3 and folded[2:4] in (["from", "now"], ["from", "today"], ["van", "vandag"], ["van", "nou"]):
        yield from _ahead(folded[0], folded[1], 4)
    if len(folded) > 1 and word in words.NEXT | words.THIS and folded[1] in ("week", "month", "maand"):
        if folded[1] == "week":
            yield Phrase("date", 2, Day("weeks", " ".join(folded[:2]), int(word in words.NEXT)))
        elif word in words.NEXT:
            yield Phrase("date", 2, Day("months", " ".join(folded[:2]), 1))
            the = 3 if len(folded) > 3 and folded[2] in ("the", "die") else 2
            if len(folded) > the and _ORDINAL.fullmatch(folded[the]):
                text = " ".join(folded[: the + 1])
                yield Phrase("date", the + 1, Day("dom", text, 1, day=_number(folded[the])))
    misspelt = words.misspelt_day(word)
    if isinstance(misspelt, str):
        yield Phrase("date", 1, Day("in", word, words.RELATIVE_DAYS[(misspelt,)]), 0.6)


def _ahead(number: str, unit: str, length: int) -> Iterator[Phrase]:
    count = int(number) if re.fullmatch(r"[0-9]{1,3}", number) else words.NUMBERS.get(number)
    if count is None:
        return
    text = f"in {number} {unit}"
    if words.UNIT_DAYS.get(unit, 0) % 7 == 0 and unit in words.UNIT_DAYS:
        yield Phrase("date", length, Day("weeks", text, count * words.UNIT_DAYS[unit] // 7, exact=True))
    elif unit in words.UNIT_DAYS:
        yield Phrase("date", length, Day("in", text, count))
    elif unit in words.UNIT_MONTHS:
        yield Phrase("date", length, Day("months", text, count * words.UNIT_MONTHS[unit]))


def _weekdays(folded: Sequence[str]) -> Iterator[Phrase]:
    word = folded[0]
    weekday = words.WEEKDAYS.get(word)
    if weekday is not None:
        # Two letters are rather the beginning of a name than a day, where both would do.
        yield Phrase("weekday", 1, Day("weekday", word, weekday=weekday), 0.2 if len(word) > 2 else 0.3)
        if len(folded) > 1 and folded[1] == "week":
            yield Phrase("weekday", 2, Day("weekday", " ".join(folded[:2]), 1, weekday=weekday))
        if len(folded) > 1 and _BARE.fullmatch(folded[1]) and 1 <= int(folded[1]) <= 31:
            # "fri 9" is nine o'clock; only beside another time, or past any hour, is the number a day.
            number = int(folded[1])
            day = Day("dom", " ".join(folded[:2]), weekday=weekday, day=number, exact=True)
            yield Phrase("weekday", 2, day, 0.2 if number > 24 else 3.0)
        return
    if len(folded) > 1 and word in words.NEXT | words.THIS and (weekday := _any_weekday(folded[1])) is not None:
        kind = "next" if word in words.NEXT else "this"
        yield Phrase("weekday", 2, Day(kind, " ".join(folded[:2]), weekday=weekday))
    misspelt = words.misspelt_day(word)
    if isinstance(misspelt, int):
        yield Phrase("weekday", 1, Day("weekday", word, weekday=misspelt), 0.6)


def _any_weekday(word: str) -> int | None:
    if word in words.WEEKDAYS:
        return words.WEEKDAYS[word]
    misspelt = words.misspelt_day(word)
    return misspelt if isinstance(misspelt, int) else None


def _written(folded: Sequence[str], month_first: bool) -> Iterator[Phrase]:
    word = folded[0]
    if match := _ISO.fullmatch(word):
        yield Phrase("date", 1, _date(word, match[3], match[2], match[1]))
    elif match := _SLASHED.fullmatch(word):
        day, month = (match[2], match[1]) if month_first else (match[1], match[2])
        yield Phrase("date", 1, _date(word, day, month, match[3]))
    elif match := _DOTTED.fullmatch(word):
        day, month = (match[3], match[1]) if month_first else (match[1], match[3])
        yield Phrase("date", 1, _date(word, day, month, match[4]))
    elif (match := _GLUED.fullmatch(word)) and match[2] in words.MONTHS:
        yield from _with_year(folded, 1, match[1], words.MONTHS[match[2]], match[3])
    if _ORDINAL.fullmatch(word):
        yield Phrase("date", 1, Day("dom", word, day=_number(word)))
        of = 2 if len(folded) > 3 and folded[1] in ("of", "van") else 1
        if len(folded) > of + 1 and folded[of] in words.NEXT and folded[of + 1] in ("month", "maand"):
            yield Phrase("date", of + 2, Day("dom", " ".join(folded[: of + 2]), 1, day=_number(word)))
    if match := _DAY.fullmatch(word):
        of = 2 if len(folded) > 2 and folded[1] in ("of", "van") else 1
        if len(folded) > of and folded[of] in words.MONTHS:
            yield from _with_year(folded, of + 1, match[1], words.MONTHS[folded[of]])
    elif word in words.MONTHS and len(folded) > 1 and (match := _DAY.fullmatch(folded[1])):
        yield from _with_year(folded, 2, match[1], words.MONTHS[word])


def _with_year(folded: Sequence[str], length: int, day: str, month: int, year: str | None = None) -> Iterator[Phrase]:
    """The date of `length` words, with the year that may follow: after a month "2030" is a year, never 20:30."""
    if year is None and len(folded) > length and _YEAR.fullmatch(folded[length]):
        year, length = folded[length], length + 1
    yield Phrase("date", length, _date(" ".join(folded[:length]), day, str(month), year))


def _date(text: str, day: str, month: str, year: str | None) -> Day:
    number = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    return Day("date", text, day=int(day), month=int(month), year=number)


def _spans(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    token = tokens[at]
    match = _SPAN.fullmatch(token.fold)
    if match:
        if _DAY.fullmatch(match[1]) and _DAY.fullmatch(match[2]) and len(tokens) > at + 1:
            month = words.MONTHS.get(tokens[at + 1].fold)
            if month:
                for last in _with_year(
                    [token.fold, *(one.fold for one in tokens[at + 1 : at + 3])], 2, match[2], month
                ):
                    end = last.value
                    if isinstance(end, Day):
                        yield _span(
                            Day("date", match[1], day=_number(match[1]), month=month, year=end.year), end, last.length
                        )
        halves = [Token(part, part) for part in match.groups()]
        for first in _single(halves[:1], 0, month_first):
            for last in _single(halves[1:], 0, month_first):
                yield _join(first, last, 1)
        return
    for first in _single(tokens, at, month_first):
        follows = at + first.length
        if follows + 1 < len(tokens) and tokens[follows].fold in words.CONNECTORS:
            for last in _single(tokens, follows + 1, month_first):
                yield _join(first, last, first.length + 1 + last.length)


def _single(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    for phrase in date_phrases(tokens, at, month_first=month_first, spans=False):
        if isinstance(phrase.value, Day) and phrase.cost < 1:
            yield phrase


def _join(first: Phrase, last: Phrase, length: int) -> Phrase:
    assert isinstance(first.value, Day) and isinstance(last.value, Day)  # noqa: S101 (`_single` gives nothing else)
    return _span(first.value, last.value, length)


def _span(first: Day, last: Day, length: int) -> Phrase:
    return Phrase("date", length, Day("days", f"{first.text}-{last.text}", first=first, last=last), 0.1)


def _number(text: str) -> int:
    match = _DAY.fullmatch(text)
    return int(match[1]) if match else 0
