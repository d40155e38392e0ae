"""What words of a line can mean: phrases, and the cheapest way to cover a line with them.

Every reading of every word goes into a lattice; the path with the lowest cost wins. Costs say what people mean
when words allow more than one thing: nothing left over first, then a client, a day and a time, then the longer
phrase, and a calendar word as a name only where that leaves no hole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A phrase of one of these kinds stands in a line once; what is not named here may come again.
_BITS = {
    "client": 1,
    "weekday": 2,
    "weekdays": 2,
    "date": 4,
    "time": 8,
    "length": 16,
    "type": 32,
    "place": 64,
    "fee": 128,
    "part": 256,
    "allday": 512,
    "soon": 2 | 4 | 8,
}
LEFTOVER = 10.0
"""The cost of a word that nothing explains."""
MISSING = {"client": 7.0, "day": 5.0, "time": 5.0}
"""What a line without one of them costs."""
CALENDAR_NAME = 3.0
"""The cost of reading a word of the calendar as a name.

Less than leaving a day or a time open, so that June is a name beside another date; more than what a missing
client costs over a missing day, so that "friday 10" is a Friday and no Friday Mokoena without a day.
"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`length` words from some position read as `kind`, whose `value` depends on it."""

    kind: str
    length: int
    value: object = None
    cost: float = 0.2


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was named.

    `kind`: `in` (`number` days from today), `months` (`number` months from today), `weekday` (`number` weeks after
    the coming one), `this`, `next` (a weekday each), `weeks` (the week `number` weeks on, or exactly then), `date`
    (day, month, perhaps year), `dom` (the coming day of that number, or the one `number` months on), `days` (`first`
    to `last`).
    """

    kind: str
    text: str = ""
    number: int = 0
    exact: bool = False
    weekday: int = 0
    day: int = 0
    month: int = 0
    year: int | None = None
    part: str = ""
    first: Day | None = None
    last: Day | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day as it was written: `half` is `am`, `pm` or open; `exact` readings are on the 24-hour clock.

    `hour` is -1 for what looks like a time and is none. `either`: "half 9" is 08:30 to some and 09:30 to others.
    """

    hour: int
    minute: int = 0
    half: str = ""
    exact: bool = False
    text: str = ""
    either: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time, or a range of two."""

    start: Moment
    end: Moment | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: the words from `at` on read as `phrase`; None is a word left over."""

    at: int
    phrase: Phrase | None


Lattice = Sequence[Sequence[Phrase]]


def cheapest(lattice: Lattice, *, missing: Mapping[str, float], leftover: Sequence[float]) -> tuple[float, list[Step]]:
    """The cheapest cover of the line and its cost.

    `lattice` holds the phrases that begin at each word, `leftover` what it costs to leave that word over, and
    `missing` what a line without `client`, `day` or `time` costs, or with a day and without a time (`hour`).
    """
    length = len(lattice)
    known: dict[tuple[int, int], tuple[float, Phrase | None]] = {}

    def end(used: int) -> float:
        cost = 0.0
        if not used & 1:
            cost += missing.get("client", 0.0)
        if not used & 6:
            cost += missing.get("day", 0.0)
        if not used & 8:
            cost += missing.get("time", 0.0)
            if used & 6:
                cost += missing.get("hour", 0.0)
        return cost

    def best(at: int, used: int) -> float:
        if at >= length:
            return end(used)
        key = (at, used)
        if key in known:
            return known[key][0]
        cost, chosen = leftover[at] + best(at + 1, used), None
        for phrase in lattice[at]:
            bit = _BITS.get(phrase.kind, 0)
            if used & bit:
                continue
            total = phrase.cost + best(at + phrase.length, used | bit)
            if total < cost - 1e-9:
                cost, chosen = total, phrase
        known[key] = (cost, chosen)
        return cost

    total = best(0, 0)
    steps: list[Step] = []
    at = used = 0
    while at < length:
        phrase = known[(at, used)][1]
        steps.append(Step(at, phrase))
        at += phrase.length if phrase else 1
        used |= _BITS.get(phrase.kind, 0) if phrase else 0
    return total, steps
