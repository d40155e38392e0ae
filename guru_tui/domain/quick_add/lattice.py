"""Every reading of every word of a line, and what the cheapest of them comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from guru_tui.domain.money import short_text
from guru_tui.domain.quick_add import words
from guru_tui.domain.quick_add.dates import date_phrases
from guru_tui.domain.quick_add.lexer import Token
from guru_tui.domain.quick_add.match import begins, by_name, name_words
from guru_tui.domain.quick_add.phrases import CALENDAR_NAME, LEFTOVER, MISSING, Clock, Day, Phrase, Step, cheapest
from guru_tui.domain.quick_add.repeats import Part, repeat_phrases
from guru_tui.domain.quick_add.times import length_phrases, soon_phrases, time_phrases
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow

_AMOUNT = re.compile(r"([a-z]{0,3}[^\w\s#@:/.,'-]?)([0-9][0-9.,']*)|([0-9][0-9.,']*)([a-z]{0,3}[^\w\s#@:/.,'-]?)")
_SYMBOLS = frozenset(
    ("r", "$", "€", "£", "¥", "₹", "₦", "n$", "a$", "nz$", "ksh", "zar", "usd", "eur", "gbp", "nad", "bwp")
)
_ID = re.compile(r"#[0-9]{1,9}")
_LONGEST_NAME = 5
_CALENDAR = frozenset(("date", "weekday", "weekdays", "time", "part", "length"))

Named = tuple[Sequence[str], AppointmentTypeRow]
Finder = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What the cheapest path says: the values of its phrases by kind, and the words it left over."""

    values: Mapping[str, object]
    days: tuple[Day, ...]
    repeats: tuple[Part, ...]
    leftovers: tuple[tuple[int, int], ...]
    client_at: tuple[int, int] | None

    @property
    def clock(self) -> Clock | None:
        """The time or range."""
        value = self.values.get("time")
        return value if isinstance(value, Clock) else None

    @property
    def minutes(self) -> int | None:
        """The length."""
        value = self.values.get("length")
        return value if isinstance(value, int) else None

    @property
    def soon(self) -> int | None:
        """How many minutes from now, where the line says when by that."""
        value = self.values.get("soon")
        return value if isinstance(value, int) else None

    @property
    def part(self) -> str:
        """`am`, `pm`, `evening` or nothing."""
        value = self.values.get("part")
        return value if isinstance(value, str) else next((day.part for day in self.days if day.part), "")


@dataclass(slots=True)
class Reader:
    """The phrases of one line; `phrases[i]` are those that begin at word `i`, clients not among them."""

    tokens: Sequence[Token]
    month_first: bool = False
    currency: str = ""
    types: Sequence[AppointmentTypeRow] = ()
    places: Sequence[LocationRow] = ()
    blocks: bool = False
    phrases: list[list[Phrase]] = field(default_factory=list)

    def __post_init__(self) -> None:
        types = [(name_words(row.name), row) for row in self.types]
        for at in range(len(self.tokens)):
            here = list(date_phrases(self.tokens, at, month_first=self.month_first, spans=self.blocks))
            here += time_phrases(self.tokens, at)
            here += length_phrases(self.tokens, at)
            here += repeat_phrases(self.tokens, at, month_first=self.month_first, blocks=self.blocks)
            if self.blocks:
                here += _all_day(self.tokens, at)
            else:
                here += soon_phrases(self.tokens, at)
                here += self._types(at, types)
                here += self._places(at)
                here += _fees(self.tokens, at, self.currency)
            if self.tokens[at].fold in words.FILLERS:
                here.append(Phrase("filler", 1, None, 0.15))
            # Where two readings cost the same the longer one is meant.
            here.sort(key=lambda phrase: -phrase.length)
            self.phrases.append(here)

    def read(self, finder: Finder | None, *, slot: bool) -> Found:
        """The cheapest reading; `slot`: day and time are known unless the line gives them."""
        missing = {"client": MISSING["client"], "hour": MISSING["time"]} if slot else MISSING
        if finder is None:
            # What says no time in a block is its title, and most blocks are of whole days or halves.
            leftover = [0.6 if self.blocks and token.wordy else LEFTOVER for token in self.tokens]
            missing = {"day": MISSING["day"]} if self.blocks else missing
            return self._found(cheapest(self.phrases, missing=missing, leftover=leftover)[1])
        leftover = [LEFTOVER] * len(self.tokens)
        lattice = [list(here) for here in self.phrases]

        def look_up(starts: Iterable[int]) -> Found:
            for at in starts:
                lattice[at] += self._clients(at, finder)
                lattice[at].sort(key=lambda phrase: -phrase.length)
            return self._found(cheapest(lattice, missing=missing, leftover=leftover)[1])

        # Names mostly lead: only where that leaves a hole is every word looked up as one.
        found = look_up(range(min(1, len(lattice))))
        if found.client_at is not None and not found.leftovers and (found.days or slot):
            return found
        return look_up(range(1, len(lattice)))

    def explains(self, at: int) -> str:
        """The kind of phrase that word `at` alone would be: what a word left over is one too many of."""
        return next((phrase.kind for phrase in self.phrases[at] if phrase.length == 1 and phrase.kind != "filler"), "")

    def _clients(self, at: int, finder: Finder) -> Iterator[Phrase]:
        token = self.tokens[at]
        if _ID.fullmatch(token.fold):
            yield Phrase("client", 1, int(token.fold[1:]), 0.05 * at)
            return
        named: list[str] = []
        cost = 0.05 * at
        for length in range(1, min(_LONGEST_NAME, len(self.tokens) - at) + 1):
            token = self.tokens[at + length - 1]
            if not token.wordy or any(letter.isdigit() for letter in token.fold):
                return
            named += name_words(token.fold)
            cost += CALENDAR_NAME * self._is_calendar(at + length - 1)
            if not finder(named):
                return
            yield Phrase("client", length, tuple(named), cost)

    def _is_calendar(self, at: int) -> bool:
        return any(
            phrase.kind in _CALENDAR and phrase.cost < LEFTOVER and begin + phrase.length > at
            for begin in range(max(0, at - 4), at + 1)
            for phrase in self.phrases[begin]
        )

    def _types(self, at: int, types: Sequence[Named]) -> Iterator[Phrase]:
        named: list[str] = []
        for length in range(1, min(_LONGEST_NAME, len(self.tokens) - at) + 1):
            folded = self.tokens[at + length - 1].fold
            if folded[0] in "@#" or (length == 1 and not folded[0].isalpha()):
                return
            named += name_words(folded)
            rows = by_name(named, types)
            if not rows:
                return
            whole = any(list(name) == named for name, _ in types)
            # One or two letters are too little to tell a type from an initial.
            if whole or len(named[0]) > 2:
                yield Phrase("type", length, tuple(rows), 0.1 if whole else 0.3)

    def _places(self, at: int) -> Iterator[Phrase]:
        token = self.tokens[at]
        if not token.fold.startswith("@"):
            return
        bare = token.fold.lstrip("@")
        if not bare and at + 1 < len(self.tokens) and self.tokens[at + 1].fold[:1].isdigit():
            yield Phrase("filler", 1, None, 0.15)
        skip = 0 if bare else 1
        named = name_words(bare)
        matched = False
        for length in range(1 + skip, min(_LONGEST_NAME + skip, len(self.tokens) - at) + 1):
            if length > 1:
                named = named + name_words(self.tokens[at + length - 1].fold)
            rows = [row for row in self.places if named and begins(named, name_words(row.name))]
            exact = [row for row in rows if name_words(row.name) == named]
            if not rows:
                break
            matched = True
            yield Phrase("place", length, tuple(exact or rows), 0.2)
        if matched:
            return
        for phrase in time_phrases([Token(token.text.lstrip("@"), bare)], 0) if bare else ():
            if phrase.kind == "time":
                yield phrase
                return
        yield Phrase("place", 1, token.text, 0.5)

    def _found(self, steps: Sequence[Step]) -> Found:
        values: dict[str, object] = {}
        days: list[Day] = []
        repeats: list[Part] = []
        runs: list[tuple[int, int]] = []
        client_at = None
        for step in steps:
            phrase = step.phrase
            if phrase is None:
                if runs and runs[-1][1] == step.at:
                    runs[-1] = (runs[-1][0], step.at + 1)
                else:
                    runs.append((step.at, step.at + 1))
                continue
            if isinstance(phrase.value, Day):
                days.append(phrase.value)
            elif isinstance(phrase.value, Part):
                repeats.append(phrase.value)
            elif phrase.kind == "client":
                client_at = (step.at, step.at + phrase.length)
            elif phrase.kind == "filler" and runs and runs[-1][1] == step.at:
                runs[-1] = (runs[-1][0], step.at + 1)
                continue
            values[phrase.kind] = phrase.value if phrase.value is not None else True
        return Found(values, tuple(days), tuple(repeats), tuple(runs), client_at)


def _all_day(tokens: Sequence[Token], at: int) -> Iterator[Phrase]:
    folded = tuple(token.fold for token in tokens[at : at + 2])
    if folded[0] in ("heeldag", "all-day", "allday"):
        yield Phrase("allday", 1, True)
    if folded in (("all", "day"), ("whole", "day"), ("full", "day"), ("hele", "dag"), ("die", "heeldag")):
        yield Phrase("allday", 2, True)


def _fees(tokens: Sequence[Token], at: int, currency: str) -> Iterator[Phrase]:
    symbols = _SYMBOLS | {currency.casefold(), short_text(0, currency)[:-1].strip().casefold()}
    token = tokens[at]
    following = tokens[at + 1].fold if len(tokens) > at + 1 else ""
    if token.fold in symbols and following[:1].isdigit():
        yield Phrase("fee", 2, token.text + tokens[at + 1].text)
        return
    match = _AMOUNT.fullmatch(token.fold)
    if match is None:
        return
    symbol, digits = (match[1], match[2]) if match[2] else (match[4], match[3])
    if symbol not in symbols or not symbol:
        return
    grouped = len(digits) < 3 and digits.isdigit() and re.fullmatch(r"[0-9]{3}(?:[.,][0-9]{2})?", following)
    if grouped and match[2]:
        # "R1 850" is how such an amount is written; nobody charges R1 at 08:50.
        yield Phrase("fee", 2, token.text + tokens[at + 1].text, 0.3)
        yield Phrase("fee", 1, token.text, 5.0 if len(digits) == 1 else 0.2)
        return
    yield Phrase("fee", 1, token.text)
