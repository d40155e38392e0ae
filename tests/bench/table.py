"""What is measured as lines of one table: two sides, how they compare, and what was promised."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.terminal import NotPainted


@dataclass(frozen=True)
class Row:
    """One line of the table: two sides, in seconds where `unit` is `ms`, and how many floors may be taken."""

    what: str
    against: str
    floor: float
    taken: float
    budget: float
    problem: str = ""
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many floors it took."""
        return self.taken / self.floor if self.floor else float("inf")

    @property
    def kept(self) -> bool:
        """Whether it is within its budget."""
        return not self.problem and self.ratio <= self.budget


class Failed(Exception):
    """A side could not be measured; the message says why."""


def compared(
    what: str,
    against: str,
    floor: Callable[[], float],
    taken: Callable[[], float],
    runs: int,
    budget: float,
    unit: str = "ms",
) -> Row:
    """The row of two sides that are run by turns."""
    return attempted(
        what, against, budget, lambda: Row(what, against, *by_turns(floor, taken, runs), budget, unit=unit)
    )


def attempted(what: str, against: str, budget: float, measure: Callable[[], Row]) -> Row:
    """The row that `measure` makes, or one that says why it could not be made."""
    print(f"measuring {what} ...", flush=True)
    try:
        return measure()
    except (Failed, NotPainted) as error:
        return Row(what, against, 0, 0, budget, str(error))


def by_turns(floor: Callable[[], float], taken: Callable[[], float], runs: int) -> tuple[float, float]:
    """The medians of both sides, run by turns so that a busy machine slows both, after one run that is not counted."""
    pairs = [(floor(), taken()) for _ in range(runs + 1)][1:]
    floors, takens = zip(*pairs, strict=True)
    return statistics.median(floors), statistics.median(takens)


def alone(rows: Callable[[int], Sequence[Row]]) -> None:
    """What `python -m` does with one module of measurements: the `rows` of so many runs as its argument says, or 3."""
    show(rows(int(sys.argv[1]) if len(sys.argv) > 1 else 3))


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    width, beside = max(len(row.what) for row in rows), max(len(row.against) for row in rows)
    print(f"\n{'':{width}}  {'against':<{beside}}{'floor':>12}{'taken':>12}{'ratio':>8}{'budget':>8}")
    for row in rows:
        start = f"{row.what:{width}}  {row.against:<{beside}}"
        if not row.floor:
            print(f"{start}{'':32}{row.budget:>8g}  OVER  not measured: {row.problem}")
            continue
        verdict = "OK" if row.kept else f"OVER  {row.problem}".rstrip()
        print(f"{start}{_amount(row, row.floor)}{_amount(row, row.taken)}{row.ratio:>8.2f}{row.budget:>8g}  {verdict}")


def _amount(row: Row, value: float) -> str:
    number = value * 1_000 if row.unit == "ms" else value
    return f"{number:>9.{0 if number >= 100 else 1}f} {row.unit}"
