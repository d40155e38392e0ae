"""Which phrases of a line name times, ranges, lengths and parts of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.phrases import Clock, Moment, Phrase

_HALF = {**dict.fromkeys(words.AM, "am"), **dict.fromkeys(words.PM, "pm")}
_PARTED = re.compile(r"([0-9]{1,2})[:.h]([0-9]{2})(?::00)?(am|pm|a\.m|p\.m|vm|nm|a|p)?")
_PLAIN = re.compile(r"([0-9]{1,2})(am|pm|a\.m|p\.m|vm|nm)?")
_TOGETHER = re.compile(r"([0-9]{3,4})(am|pm)?")
_HOURS = re.compile(r"([1-9][0-9]?)h([0-9]{2})?")
_DECIMAL = re.compile(r"([0-9]{1,2})[.,]([0-9]{1,2})")
_MINUTES = re.compile(r"([0-9]{1,4})(?:m|min|mins|minute|minutes|minuut)")
_HOUR_UNIT = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)(?:h|hr|hrs|hour|hours|u|uur|ure)")
_HOUR_AND = re.compile(r"([0-9]{1,2})(?:h|hr|hrs|u)([0-9]{1,2})(?:m|min)?")
_NUMBER = re.compile(r"[0-9]{1,4}")
_RANGE = re.compile(r"([0-9][^-]*|noon)-([0-9][^-]*|noon)")


def time_phrases(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    """Every phrase from word `at` that names a time of day, a range of two, or a part of the day."""
    folded = [token.fold for token in tokens[at : at + 8]]
    for length, moment, cost in _moments(folded):
        yield Phrase("time", length, Clock(moment), cost)
        follows = folded[length:]
        if len(follows) > 1 and follows[0] in words.CONNECTORS:
            for more, end, dearer in _moments(follows[1:]):
                yield Phrase("time", length + 1 + more, Clock(moment, end), min(cost, dearer))
    match = _RANGE.fullmatch(folded[0])
    if match:
        for length, end, cost in _moments([match[2], *folded[1:]]):
            for used, start, _ in _moments([match[1]]):
                if used == 1:
                    yield Phrase("time", length, Clock(start, end), cost)
    if folded[0] in words.PARTS:
        yield Phrase("part", 1, words.PARTS[folded[0]], 0.3)
    elif len(folded) > 2 and folded[0] == "in" and folded[1] in ("the", "die") and folded[2] in words.PARTS:
        yield Phrase("part", 3, words.PARTS[folded[2]], 0.3)


def _moments(folded: Sequence[str]) -> Iterator[tuple[int, Moment, float]]:
    """Times from the first of the words on: how many words, what they say, what reading them so costs."""
    word = folded[0]
    if word in words.NOON:
        # "Middag" is noon and afternoon: noon where a time is wanted.
        yield 1, Moment(12, exact=True, text=word), 0.4 if word in words.PARTS else 0.2
        return
    if len(folded) > 1 and folded[1] in words.NOON and word == "12":
        yield 2, Moment(12, exact=True, text=word), 0.2
    yield from _past(folded)
    yield from _half(folded)
    if word in words.NUMBERS and len(folded) > 1 and word not in ("a", "an", "'n"):
        yield from _worded(words.NUMBERS[word], folded)
    moment = _moment(word)
    if moment is None:
        return
    spelled = _HOURS.fullmatch(word)
    short = spelled is not None and int(spelled[1]) <= 3
    # "1h30" is a length and "10h30" a time; which of them "2h" is shows where another time stands in the line.
    yield 1, moment, 6.0 if short else 0.2
    if len(folded) > 1 and not moment.half and folded[1] in _HALF:
        yield 2, _halved(moment, _HALF[folded[1]], f"{word} {folded[1]}"), 0.2
    if len(folded) > 1 and folded[1] in words.CLOCK and word.isdigit() and len(word) < 3:
        yield 2, moment, 0.2


def _worded(hour: int, folded: Sequence[str]) -> Iterator[tuple[int, Moment, float]]:
    text = " ".join(folded[:2])
    if folded[1] in words.CLOCK - {"h"}:
        yield 2, Moment(hour, text=text), 0.2
    elif folded[1] in _HALF:
        yield 2, _halved(Moment(hour, text=text), _HALF[folded[1]], text), 0.2


def soon_phrases(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    """Every phrase from word `at` that names a moment by its distance, as minutes from now: "now", "in 2 hours"."""
    folded = [token.fold for token in tokens[at : at + 7]]
    if folded[0] in words.NOW:
        yield Phrase("soon", 1, 0)
    elif folded[0] in words.IN and len(folded) > 1:
        for length, minutes, cost in _lengths(folded[1:]):
            yield Phrase("soon", length + 1, minutes, cost)


def _half(folded: Sequence[str]) -> Iterator[tuple[int, Moment, float]]:
    """ "Half nege" is 08:30 in Afrikaans, "half nine" 09:30 in English; who writes "half 9" is asked."""
    if len(folded) < 2 or folded[0] != "half":
        return
    word = folded[1]
    hour = words.NUMBERS.get(word) if word not in ("a", "an", "'n") else None
    digits = re.fullmatch(r"[0-9]{1,2}", word)
    hour = int(word) if digits else hour
    if hour is None or not 0 < hour < 13:
        return
    text = f"half {word}"
    before = word in words.AFRIKAANS_HOURS
    moment = Moment((hour - 2) % 12 + 1 if before else hour, 30, text=text, either=digits is not None)
    yield 2, moment, 0.2
    if len(folded) > 2 and folded[2] in _HALF and not digits:
        yield 3, Moment(moment.hour, 30, _HALF[folded[2]], text=f"{text} {folded[2]}"), 0.1


def _past(folded: Sequence[str]) -> Iterator[tuple[int, Moment, float]]:
    """ "Half past 3", "quarter to 4", "20 past 3", "kwart voor 4"."""
    if len(folded) < 3 or folded[1] not in ("past", "to", "oor", "voor", "after"):
        return
    quarter = {"half": 30, "quarter": 15, "kwart": 15}.get(folded[0])
    if quarter is None and folded[1] in ("past", "oor") and re.fullmatch(r"[0-9]{1,2}", folded[0]):
        quarter = int(folded[0])
    hour = words.NUMBERS.get(folded[2])
    if hour is None and re.fullmatch(r"[0-9]{1,2}", folded[2]):
        hour = int(folded[2])
    if quarter is None or hour is None:
        return
    before = folded[1] in ("to", "voor")
    text = " ".join(folded[:3])
    if not 0 < hour < 13 or quarter > 59 or (before and quarter == 30):
        yield 3, Moment(-1, text=text), 0.2
        return
    moment = Moment((hour - 2) % 12 + 1 if before else hour, 60 - quarter if before else quarter, text=text)
    yield 3, moment, 0.1
    if len(folded) > 3 and folded[3] in _HALF:
        half = _HALF[folded[3]]
        if before and hour == 12:
            half = "am" if half == "pm" else "pm"
        yield 4, Moment(moment.hour, moment.minute, half, text=f"{text} {folded[3]}"), 0.1


def _moment(word: str) -> Moment | None:
    if match := _PARTED.fullmatch(word) or _PLAIN.fullmatch(word):
        groups = match.groups()
        hour, minute, half = (groups[0], groups[1], groups[2]) if len(groups) == 3 else (groups[0], "0", groups[1])
        if len(groups) == 2 and not half and int(hour) > 24:
            return None
    elif match := _TOGETHER.fullmatch(word):
        hour, minute, half = match[1][:-2], match[1][-2:], match[2]
    elif match := _HOURS.fullmatch(word):
        hour, minute, half = match[1], match[2] or "0", None
    else:
        return None
    exact = (len(hour) > 1 and (hour[0] == "0" or int(hour) > 12)) or int(hour) == 0
    found = Moment(int(hour), int(minute), exact=exact, text=word)
    if found.minute > 59 or found.hour > 24 or (found.hour == 24 and found.minute):
        return Moment(-1, text=word)
    return _halved(found, "am" if half[0] in "av" else "pm", word) if half else found


def _halved(moment: Moment, half: str, text: str) -> Moment:
    if moment.hour > 12 and half == "pm" and moment.hour < 24:
        return Moment(moment.hour, moment.minute, exact=True, text=text)
    if not 0 < moment.hour < 13:
        return Moment(-1, text=text)
    return Moment(moment.hour, moment.minute, half, text=text)


def length_phrases(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    """Every phrase from word `at` that names a length, as minutes."""
    folded = [token.fold for token in tokens[at : at + 6]]
    offset = 1 if folded[0] in ("for", "vir") and len(folded) > 1 else 0
    for length, minutes, cost in _lengths(folded[offset:]):
        yield Phrase("length", length + offset, minutes, cost - 0.1 * offset if offset else cost)


def _lengths(folded: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    word = folded[0]
    if match := _MINUTES.fullmatch(word):
        yield 1, int(match[1]), 0.2
    elif match := _HOUR_AND.fullmatch(word):
        yield 1, int(match[1]) * 60 + int(match[2]), 0.2 if int(match[1]) <= 3 and word[0] != "0" else 1.0
    elif match := _HOUR_UNIT.fullmatch(word):
        minutes = _hours(match[1])
        cost = 0.2 if minutes <= 180 and word[0] != "0" else 1.0
        yield 1, minutes, cost
        if len(folded) > 1 and (more := _MINUTES.fullmatch(folded[1])):
            yield 2, minutes + int(more[1]), cost
    if word in ("halfuur", "half-hour"):
        yield 1, 30, 0.2
    for phrase in (("half", "an", "hour"), ("half", "hour"), ("a", "half", "hour"), ("'n", "halfuur")):
        if tuple(folded[: len(phrase)]) == phrase:
            yield len(phrase), 30, 0.1
    if len(folded) > 1:
        yield from _counted(folded)


def _counted(folded: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """ "45 minutes", "an hour", "1.5 hours", "1 hour 30", "1 hour and 30 minutes"."""
    word, unit = folded[0], folded[1]
    if word in words.NUMBERS:
        amount = words.NUMBERS[word] * 60
    elif _NUMBER.fullmatch(word) or _DECIMAL.fullmatch(word):
        amount = _hours(word)
    else:
        return
    if unit in words.MINUTES and len(unit) > 1:
        yield 2, amount // 60, 0.1
    elif unit in words.HOURS and (len(unit) > 1 or word.isdigit()):
        cost = 0.1 if unit not in words.CLOCK else 0.2 if amount <= 180 else 1.0
        yield 2, amount, cost
        rest = folded[3:] if len(folded) > 3 and folded[2] in ("and", "en") else folded[2:]
        extra = len(folded) - len(rest)
        if rest and (match := _MINUTES.fullmatch(rest[0])):
            yield extra + 1, amount + int(match[1]), cost
        elif rest and re.fullmatch(r"[0-9]{2}", rest[0]) and int(rest[0]) < 60:
            if len(rest) > 1 and rest[1] in words.MINUTES:
                yield extra + 2, amount + int(rest[0]), cost
            elif int(rest[0]) in (15, 30, 45):
                yield extra + 1, amount + int(rest[0]), cost + 0.1


def _hours(text: str) -> int:
    whole, _, part = text.replace(",", ".").partition(".")
    return int(whole) * 60 + (int(part) * 60 // 10 ** len(part) if part else 0)
