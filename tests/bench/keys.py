"""From a key press to the last byte of what it has changed on the terminal, in a real pty."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from tests.bench.command import GURU, environment
from tests.bench.one_line import READY
from tests.bench.practice import SMALL, scaled
from tests.bench.table import Row, attempted, show
from tests.bench.terminal import Typist

_FLOOR = Path(__file__).with_name("one_line.py")
_WEEK = re.compile(r"Week \d+")
_AGAINST = "a one-line Static"
_PRESSES = 60
_LEAVES = 12
"""So many weeks on before it goes back: no week is shown again soon."""
_BURST = 200
_CURSOR, _NEXT_WEEK = 1.5, 2.2
_MANY = 3.0  # a promise of our own: keys that are held down do not pile up


def rows(small: Path, large: Path, size: int) -> list[Row]:
    """The cursor, the next week and a burst of keys on the week's grid, for both practices."""
    found: list[Row] = []
    for home, count in ((small, SMALL), (large, size)):
        found += _rows(home, f"{count:,} appointments")
    return found


def _rows(home: Path, of: str) -> Iterator[Row]:
    with ExitStack() as stack:
        floor = stack.enter_context(Typist([sys.executable, str(_FLOOR)], re.compile(READY), _variables(home)))
        guru = stack.enter_context(Typist([str(GURU)], re.compile("Today"), _variables(home)))
        guru.until(b"2", _WEEK)
        guru.until(b"[" * (_LEAVES + 1), _WEEK)  # weeks that are over, so that every one that is leafed to is full
        for what, keys, budget in (
            ("cursor on Week", (b"j", b"k"), _CURSOR),
            ("next week", (b"]",) * _LEAVES + (b"[",) * _LEAVES, _NEXT_WEEK),
        ):
            yield attempted(f"{what}, {of}", _AGAINST, budget, _by_turns(f"{what}, {of}", floor, guru, keys, budget))
        keys = b"jjkljhkl" * (_BURST // 8)
        name = f"{_BURST} keys in one burst, {of}"
        yield attempted(name, _AGAINST, _MANY, _burst(name, floor, guru, keys))


def _by_turns(what: str, floor: Typist, guru: Typist, keys: tuple[bytes, ...], budget: float) -> Callable[[], Row]:
    def measure() -> Row:
        pairs = [(floor.press(b"x"), guru.press(key)) for key, _ in zip(cycle(keys), range(_PRESSES), strict=False)]
        floors, takens = zip(*pairs[4:], strict=True)
        return Row(what, _AGAINST, statistics.median(floors), statistics.median(takens), budget)

    return measure


def _burst(what: str, floor: Typist, guru: Typist, keys: bytes) -> Callable[[], Row]:
    def measure() -> Row:
        pairs = [(floor.press(b"x" * len(keys), silence=0.5), guru.press(keys, silence=0.5)) for _ in range(6)]
        floors, takens = zip(*pairs[1:], strict=True)
        return Row(what, _AGAINST, statistics.median(floors), statistics.median(takens), _MANY)

    return measure


def _variables(home: Path) -> dict[str, str]:
    return {**environment(home), "TERM": "xterm-256color"}


if __name__ == "__main__":
    with scaled(SMALL, 50_000) as (one, other):
        show(rows(one, other, 50_000))
