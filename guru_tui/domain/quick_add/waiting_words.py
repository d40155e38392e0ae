"""Which phrases of a line say when somebody would come: weekdays, hours, and from or until which day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.dates import date_phrases
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.phrases import Clock, Day, Phrase
from guru_tui.domain.quick_add.times import length_phrases, time_phrases

_NUMBER = re.compile(r"[0-9]{1,2}")
_AND = frozenset(("and", "en", "or", "of", "&", "+"))
_BEFORE = frozenset(("before", "voor"))
_UNTIL = frozenset(("by", "until", "till", "til", "tot", "teen"))
_AFTER = frozenset(("after", "na"))
_FROM = frozenset(("from", "vanaf", "van", "since"))
_BETWEEN = frozenset(("between", "tussen"))
_SEVERAL: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("weekdays", "weekday", "weeksdae", "weeksdag"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("weekends", "weekend", "naweke", "naweek"), (5, 6)),
}
_PARTS: dict[str, str] = {
    **words.PARTS,
    **dict.fromkeys(("mornings", "oggende", "soggens"), "am"),
    **dict.fromkeys(("afternoons", "middae", "smiddags", "namiddag", "namiddae"), "pm"),
    **dict.fromkeys(("evenings", "aande", "saans"), "evening"),
}
_ANY: frozenset[tuple[str, ...]] = frozenset(
    (("any", "time"), ("any", "day"), ("anytime",), ("enige", "tyd"), ("enige", "dag"), ("asap",), ("please",))
) | {("asseblief",), ("wants",), ("wil",), ("every",), ("elke",), ("only",), ("net",), ("ideally",)}


class Hours(NamedTuple):
    """A time of day as a limit: `how` is `after`, `before`, `between` (a range) or `at`."""

    how: str
    clock: Clock


class Bound(NamedTuple):
    """A day as a limit: `how` is `before`, `until`, `after`, `from` or `on` (that day, week or month alone)."""

    how: str
    day: Day


@dataclass(frozen=True, slots=True)
class Month:
    """A whole calendar month, the coming one of that number."""

    month: int


def wish_phrases(tokens: Sequence[Token], at: int, *, month_first: bool) -> Iterator[Phrase]:
    """Every phrase from word `at` on of the kinds `on`, `part`, `time`, `bound`, `length` and `filler`."""
    folded = [token.fold for token in tokens[at:]]
    yield from _weekdays(folded)
    yield from _parts(folded)
    yield from _hours(tokens, at)
    yield from _bounds(tokens, at, month_first)
    yield from length_phrases(tokens, at)
    for length in (2, 1):
        if tuple(folded[:length]) in _ANY:
            yield Phrase("filler", length, None, 0.15)
    if folded[0] in words.FILLERS | _AND | words.THIS:
        yield Phrase("filler", 1, None, 0.15)


def _weekdays(folded: Sequence[str]) -> Iterator[Phrase]:
    """`tue`, `tue thu`, `mon and wed`, `mon-fri`, `di tot do`: each beginning of such a run is a phrase."""
    days: set[int] = set()
    at = 0
    while at < len(folded):
        step = 1 if at and folded[at] in _AND else 0
        found = _days(folded[at + step : at + step + 3])
        if found is None:
            return
        length, these, cost = found
        days |= set(these)
        at += step + length
        yield Phrase("on", at, tuple(sorted(days)), cost)


def _days(folded: Sequence[str]) -> tuple[int, tuple[int, ...], float] | None:
    """The weekdays that the first words name: how many words, which days, what reading them so costs."""
    if not folded:
        return None
    word = folded[0]
    if word in _SEVERAL:
        return 1, _SEVERAL[word], 0.2
    begin, dash, end = word.partition("-")
    if dash and (first := _weekday(begin)) is not None and (last := _weekday(end)) is not None:
        return 1, _run(first, last), 0.2
    if "/" in word:
        several = [_weekday(part) for part in word.split("/")]
        known = [day for day in several if day is not None]
        return (1, tuple(known), 0.2) if len(known) == len(several) else None
    day = _weekday(word)
    if day is None:
        return None
    if len(folded) > 2 and folded[1] in words.CONNECTORS and (last := _weekday(folded[2])) is not None:
        return 3, _run(day, last), 0.2
    # Two letters are rather the beginning of a name than a day, where both would do.
    return 1, (day,), 0.2 if len(word) > 2 else 0.3


def _weekday(word: str) -> int | None:
    for each in (word, word.removesuffix("s"), f"{word.removesuffix('dae')}dag" if word.endswith("dae") else word):
        if each in words.WEEKDAYS:
            return words.WEEKDAYS[each]
    misspelt = words.misspelt_day(word)
    return misspelt if isinstance(misspelt, int) else None


def _run(first: int, last: int) -> tuple[int, ...]:
    """From one weekday to another, over the end of the week where it has to be."""
    return tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))


def _parts(folded: Sequence[str]) -> Iterator[Phrase]:
    if folded[0] in _PARTS:
        yield Phrase("part", 1, _PARTS[folded[0]], 0.3)
    elif len(folded) > 2 and folded[0] in ("in", "during") and folded[1] in ("the", "die") and folded[2] in _PARTS:
        yield Phrase("part", 3, _PARTS[folded[2]], 0.3)


def _hours(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    word = tokens[at].fold
    for phrase in _times(tokens, at):
        clock = phrase.value
        if isinstance(clock, Clock):
            yield Phrase("time", phrase.length, Hours("at" if clock.end is None else "between", clock), phrase.cost)
    how = "after" if word in _AFTER | _FROM else "before" if word in _BEFORE | _UNTIL else ""
    for phrase in _times(tokens, at + 1) if how or word in _BETWEEN else ():
        clock = phrase.value
        if not isinstance(clock, Clock):
            continue
        if clock.end is not None:
            yield Phrase("time", phrase.length + 1, Hours("between", clock), phrase.cost)
        elif how:
            yield Phrase("time", phrase.length + 1, Hours(how, clock), phrase.cost)
        follows = at + 1 + phrase.length
        if word in _BETWEEN and follows + 1 < len(tokens) and tokens[follows].fold in _AND | words.CONNECTORS:
            for last in _times(tokens, follows + 1):
                if isinstance(last.value, Clock) and last.value.end is None and clock.end is None:
                    value = Hours("between", Clock(clock.start, last.value.start))
                    yield Phrase("time", phrase.length + last.length + 2, value, phrase.cost)


def _times(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    if at < len(tokens):
        yield from (phrase for phrase in time_phrases(tokens, at) if phrase.kind == "time")


def _bounds(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    word = tokens[at].fold
    for phrase in _dated(tokens, at, month_first):
        yield _bound("on", phrase, 0)
    if word in words.IN and at + 1 < len(tokens) and tokens[at + 1].fold in words.MONTHS:
        yield Phrase("bound", 2, Month(words.MONTHS[tokens[at + 1].fold]), 0.2)
    for how, said in (("before", _BEFORE), ("until", _UNTIL), ("after", _AFTER), ("from", _FROM)):
        if word in said:
            for phrase in _named(tokens, at + 1, month_first):
                yield _bound(how, phrase, 1)
    if word in _BETWEEN:
        yield from _days_between(tokens, at, month_first)


def _days_between(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    """`between 1 dec and 12 dec`, `tussen 1 en 12 des`: the month may be said once."""
    for end in range(at + 2, min(at + 6, len(tokens) - 1)):
        if tokens[end].fold not in _AND | words.CONNECTORS:
            continue
        for last in _named(tokens, end + 1, month_first):
            to = last.value
            if not isinstance(to, Day):
                continue
            begins = [phrase.value for phrase in _named(tokens, at + 1, month_first) if phrase.length == end - at - 1]
            if end == at + 2 and _NUMBER.fullmatch(tokens[at + 1].fold) and to.kind == "date":
                begins.append(
                    Day("date", tokens[at + 1].fold, day=int(tokens[at + 1].fold), month=to.month, year=to.year)
                )
            for first in begins:
                if isinstance(first, Day):
                    run = Day("days", f"{first.text}-{to.text}", first=first, last=to)
                    yield Phrase("bound", end - at + 1 + last.length, Bound("on", run), 0.2)


def _bound(how: str, phrase: Phrase, words_before: int) -> Phrase:
    day = phrase.value
    assert isinstance(day, Day)  # noqa: S101 (phrases of days hold nothing else)
    return Phrase("bound", phrase.length + words_before, Bound(how, day), phrase.cost)


def _dated(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    """Days named by more than a weekday, and runs of them: those of weekdays alone are what comes every week."""
    for phrase in date_phrases(tokens, at, month_first=month_first, spans=True):
        day = phrase.value
        if not isinstance(day, Day) or phrase.kind == "weekday":
            continue
        ends = (day.first, day.last) if day.kind == "days" else ()
        if not any(end is not None and end.kind == "weekday" for end in ends):
            yield phrase


def _named(tokens: Sequence[Token], at: int, month_first: bool) -> Iterator[Phrase]:
    """One day from word `at` on, a weekday included: "before fri" means the coming one."""
    if at < len(tokens):
        for phrase in date_phrases(tokens, at, month_first=month_first, spans=False):
            if isinstance(phrase.value, Day) and phrase.cost < 1:
                yield phrase
