"""Which phrases of a line say that it repeats, and what they come to together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.dates import date_phrases
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.phrases import Day, Phrase
from guru_tui.domain.recurrence import MOST, Repeat, after

_TIMES_OVER = re.compile(r"x([0-9]{1,4})|([0-9]{1,4})x")
_SMALL = re.compile(r"[0-9]{1,3}")
_BETWEEN = re.compile(r"[/+&]")
_LONGEST_LIST = 15
_WORKDAYS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Part:
    """What one phrase says of a repeat: how often, on which weekdays, how many times, until when, or for how long."""

    unit: str = ""
    every: int = 1
    weekdays: tuple[int, ...] = ()
    count: int | None = None
    until: Day | None = None
    lasting: tuple[int, str] | None = None


class Unclear(Exception):
    """The phrases do not go together; `str` is the sentence for the practitioner."""


def repeat_phrases(tokens: Sequence[Token], at: int, *, month_first: bool, blocks: bool) -> Iterator[Phrase]:
    """Every phrase from word `at` that says how the line repeats.

    Kind `weekdays` also names the day; kind `repeat` leaves that to the rest of the line.
    """
    folded = [token.fold for token in tokens[at : at + _LONGEST_LIST]]
    word = folded[0]
    yield from _ends(tokens, at, folded, month_first)
    said = 1 if word in ("repeat", "herhaal") and len(folded) > 1 else 0
    if folded[said] in words.PERIODIC and (said or not blocks or _says_when_it_ends(tokens)):
        # Otherwise "Weekly meeting" is what a block is called.
        every, unit = words.PERIODIC[folded[said]]
        yield from _plain(said + 1, unit, every)
        if unit == "week":
            yield from _on_weekdays(folded, said + 1, every)
    if word not in words.EVERY:
        return
    yield Phrase("repeat", 1, Part("week"), 1.0)
    for length, every in _how_often(folded[1:]):
        unit_word = folded[1 + length] if len(folded) > 1 + length else ""
        if unit_word in words.REPEAT_UNITS:
            times, unit = words.REPEAT_UNITS[unit_word]
            yield from _plain(2 + length, unit, every * times)
            if unit == "week":
                yield from _on_weekdays(folded, 2 + length, every * times)
        elif every < 3:
            yield from _on_weekdays(folded, 1 + length, every, single=True)


def _plain(length: int, unit: str, every: int) -> Iterator[Phrase]:
    """The rule alone; days need no further day to begin with, so that "every day" begins with the next one."""
    yield Phrase("repeat", length, Part(unit, every))
    if unit == "day":
        yield Phrase("weekdays", length, Part(unit, every), 0.4)


def _how_often(folded: Sequence[str]) -> Iterator[tuple[int, int]]:
    """How many words say how often, and what: none is every one, `second` and `2` every other."""
    yield 0, 1
    word = folded[0] if folded else ""
    if word in words.EVERY_OTHER:
        yield 1, 2
    elif _SMALL.fullmatch(word) and int(word):
        yield 1, int(word)
    elif word in words.NUMBERS:
        yield 1, words.NUMBERS[word]


def _on_weekdays(folded: Sequence[str], at: int, every: int, *, single: bool = False) -> Iterator[Phrase]:
    """The weekdays that follow; after "every 2 weeks" and the like one alone is left to be read as the day."""
    begin = at + (len(folded) > at and folded[at] in ("on", "op") and not single)
    if len(folded) > begin and folded[begin] in words.WORKDAYS:
        yield Phrase("weekdays", begin + 1, Part("week", every, _WORKDAYS))
        return
    for length, days in _weekday_list(folded[begin:]):
        if single or len(days) > 1:
            yield Phrase("weekdays", begin + length, Part("week", every, days), 0.1)


def _weekday_list(folded: Sequence[str]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """`mon`, `mon and wed`, `mon wed fri`, `mon/wed`, `mon-fri`: after how many words which weekdays are named."""
    days: set[int] = set()
    for at, word in enumerate(folded):
        if word in words.AND:
            if not days:
                return
            continue
        named = _weekdays(word)
        if not named or named & days:
            return
        days |= named
        yield at + 1, tuple(sorted(days))


def _weekdays(word: str) -> set[int]:
    found: set[int] = set()
    for part in _BETWEEN.split(word):
        first, dash, last = part.partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        if begin is None or end is None or (dash and not last):
            return set()
        found |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return found


def _weekday(word: str) -> int | None:
    if word in words.WEEKDAYS:
        return words.WEEKDAYS[word]
    misspelt = words.misspelt_day(word)
    return misspelt if isinstance(misspelt, int) else None


def _ends(tokens: Sequence[Token], at: int, folded: Sequence[str], month_first: bool) -> Iterator[Phrase]:
    word, following = folded[0], folded[1] if len(folded) > 1 else ""
    if match := _TIMES_OVER.fullmatch(word):
        yield Phrase("repeat", 1, Part(count=int(match[1] or match[2])))
    elif word == "x" and _SMALL.fullmatch(following):
        yield Phrase("repeat", 2, Part(count=int(following)))
    elif following in words.TIMES_OVER and (count := _number(word)) is not None:
        yield Phrase("repeat", 2, Part(count=count), 0.1)
    elif word in ("for", "vir") and len(folded) > 2 and folded[2] in words.REPEAT_UNITS:
        times, unit = words.REPEAT_UNITS[folded[2]]
        if (count := _number(following)) is not None:
            yield Phrase("repeat", 3, Part(lasting=(count * times, unit)), 0.1)
    elif word in ("until", "till", "tot") and following:
        for phrase in date_phrases(tokens, at + 1, month_first=month_first, spans=False):
            if isinstance(phrase.value, Day):
                yield Phrase("repeat", 1 + phrase.length, Part(until=phrase.value), 0.3 + phrase.cost)


def _number(word: str) -> int | None:
    return int(word) if _SMALL.fullmatch(word) else words.NUMBERS.get(word)


def _says_when_it_ends(tokens: Sequence[Token]) -> bool:
    return any(
        _TIMES_OVER.fullmatch(token.fold) or token.fold in words.TIMES_OVER or token.fold in ("until", "till", "tot")
        for token in tokens
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The phrases of a line put together. The day on which it ends is still as it was named."""

    unit: str
    every: int
    weekdays: tuple[int, ...]
    count: int | None
    until: Day | None
    lasting: tuple[int, str] | None

    def repeat(self, first: date, until: date | None) -> Repeat:
        """The rule, counted from its `first` day and ended on `until` where that is how it ends."""
        if self.lasting is not None:
            number, unit = self.lasting
            months = {"month": 1, "year": 12}.get(unit, 0) * number
            end = after(first, months) if months else first + timedelta(number * (7 if unit == "week" else 1))
            until = end - timedelta(1)
        return Repeat(self.unit, self.every, self.weekdays, self.count, until)


def put_together(parts: Sequence[Part]) -> Wanted:
    """What the phrases say; raises `Unclear` where two of them say the same thing differently."""
    rules = [part for part in parts if part.unit]
    ends = [part for part in parts if part.count is not None or part.until is not None or part.lasting is not None]
    if len(rules) > 1 or len(ends) > 1:
        twice = "how often it repeats" if len(rules) > 1 else "when the repeat ends"
        raise Unclear(f"The line says twice {twice}; leave one of them out.")
    rule = rules[0] if rules else Part("week")
    end = ends[0] if ends else Part()
    if end.count is not None and not 2 <= end.count <= MOST:
        raise Unclear(f"A repeat is from 2 to {MOST} times, not {end.count}; leave it out, or say x6.")
    if not 1 <= rule.every <= 52:
        raise Unclear("A repeat is every 1 to 52 days, weeks, months or years.")
    if end.lasting is not None and not 0 < end.lasting[0] <= MOST:
        raise Unclear("That is no time for a repeat to last; write it like for 6 weeks.")
    return Wanted(rule.unit, rule.every, rule.weekdays, end.count, end.until, end.lasting)
