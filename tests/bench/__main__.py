"""`python -m tests.bench`: how fast guru is, as ratios against a floor measured in the same run.

Whole processes for the most part, run by turns so that a busy machine slows both sides, and their medians. A practice
of 1,000 and one of 50,000 appointments are made first. The budgets are promises of the project; `--strict` makes them
count.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from guru_tui.bootstrap import Guru
from guru_tui.documents.fonts import Fonts
from guru_tui.documents.invoice import render
from guru_tui.domain.clock import SystemClock
from guru_tui.settings import Settings
from tests.bench import feed, keys, mails, memory, planning
from tests.bench.command import GURU, environment, seconds_to_end
from tests.bench.hello import GREETING
from tests.bench.practice import LARGE, SMALL, scaled
from tests.bench.table import Row, compared, show
from tests.bench.terminal import seconds_to_paint

_HELLO = Path(__file__).with_name("hello.py")
_TODAY = (re.compile(r"Today"), re.compile(r"Thandi Nkosi|Sarah Botha|Lerato Mokoena|Yusuf Pillay|Annelie Smit"))
_SIZE = (80, 24)
_WARM_PDFS = 25
_MOST_MAIL_RUNS = 5  # each run is thousands of mails


def main() -> int:
    """Measure, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="runs of each side (default 9)")
    parser.add_argument("--large", type=int, default=LARGE, help="appointments of the large practice (default 50000)")
    parser.add_argument("--strict", action="store_true", help="status 1 where a budget is exceeded")
    options = parser.parse_args()
    with scaled(SMALL, options.large) as (small, large):
        rows = [
            *_starts(small, large, options.large, options.runs),
            _pdf(small),
            *keys.rows(small, large, options.large),
            *planning.rows(small, large, options.large, options.runs),
            *feed.rows(large, options.large, options.runs),
            *memory.rows(large, options.runs),
            *mails.rows(min(options.runs, _MOST_MAIL_RUNS)),
        ]
    show(rows)
    return 1 if options.strict and not all(row.kept for row in rows) else 0


def _starts(small: Path, large: Path, size: int, runs: int) -> Iterator[Row]:
    """What a user waits for from the key press in a shell on."""
    practices = (small, SMALL), (large, size)
    for home, count in practices:
        yield compared(
            f"first paint of guru, {count:,} appointments",
            "textual hello",
            lambda: _paint([sys.executable, str(_HELLO)], [re.compile(GREETING)], small),
            lambda home=home: _paint([str(GURU)], _TODAY, home),  # type: ignore[misc]
            runs,
            1.2,
        )
    for home, count in practices:
        yield compared(
            f"idle guru remind, {count:,} appointments",
            "python -c pass",
            lambda: seconds_to_end([sys.executable, "-c", "pass"], small),
            lambda home=home: seconds_to_end([str(GURU), "remind"], home),  # type: ignore[misc]
            runs,
            5,
        )
    yield compared(
        f"guru agenda --json, {size:,} appointments",
        f"the same, {SMALL:,}",
        lambda: seconds_to_end([str(GURU), "agenda", "--json"], small),
        lambda: seconds_to_end([str(GURU), "agenda", "--json"], large),
        runs,
        1.2,
    )
    # The sample practice is made on the way; against the time a guest waits.
    yield compared("guru demo, ready", "2 s", lambda: 2.0, lambda: _paint([str(GURU), "demo"], _TODAY, small), runs, 1)


def _paint(command: Sequence[str], shown: Sequence[re.Pattern[str]], home: Path) -> float:
    return seconds_to_paint(command, shown, {**environment(home), "TERM": "xterm-256color"}, size=_SIZE)


def _pdf(home: Path) -> Row:
    """An issued invoice's document, fonts loaded; against a fixed time, since there is no floor to run beside it."""
    with closing(Guru(Settings(home), SystemClock())) as guru:
        issued = [row for row in guru.reads.invoices() if row.number]
        detail = guru.reads.invoice(issued[0].number)
        created = guru.clock.now()
    fonts = Fonts()
    fonts.load()

    def rendered() -> float:
        began = time.perf_counter()
        render(detail, fonts, created=created)
        return time.perf_counter() - began

    return compared("an invoice's PDF, warm", "40 ms", lambda: 0.040, rendered, _WARM_PDFS, 1)


if __name__ == "__main__":
    sys.exit(main())
