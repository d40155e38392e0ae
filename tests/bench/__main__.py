"""`python -m tests.bench`: how fast guru is, as ratios against a floor measured in the same run.

Whole processes, run by turns so that a busy machine slows both sides, and their medians. A practice of 1,000 and
one of 50,000 appointments are made first. The budgets are promises of the project; `--strict` makes them count.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from guru_tui.domain.clock import SystemClock
from guru_tui.services import demo
from tests.bench.hello import GREETING
from tests.bench.terminal import NotPainted, seconds_to_paint

SMALL, LARGE = 1_000, 50_000
_GURU = Path(sys.executable).with_name("guru")
_HELLO = Path(__file__).with_name("hello.py")
_TODAY = (re.compile(r"Today"), re.compile(r"Thandi Nkosi|Sarah Botha|Lerato Mokoena|Yusuf Pillay|Annelie Smit"))
_SIZE = (80, 24)
_WARM_PDFS = 25


@dataclass(frozen=True)
class Row:
    """One line of the table: two sides in seconds, and how many times the floor may be taken."""

    what: str
    against: str
    floor: float
    taken: float
    budget: float
    problem: str = ""

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


def main() -> int:
    """Measure, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="runs of each side (default 9)")
    parser.add_argument("--large", type=int, default=LARGE, help="appointments of the large practice (default 50000)")
    parser.add_argument("--strict", action="store_true", help="status 1 where a budget is exceeded")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guru-bench-") as folder:
        small = _practice(Path(folder) / "small", SMALL)
        large = _practice(Path(folder) / "large", options.large)
        rows = list(_rows(small, large, options.runs, options.large))
    _print(rows)
    return 1 if options.strict and not all(row.kept for row in rows) else 0


def _practice(home: Path, appointments: int) -> Path:
    began = time.perf_counter()
    demo.build_scale(home, SystemClock(), appointments=appointments)
    # What is due goes out now, so that the runs measured find nothing to do.
    subprocess.run([_GURU, "remind"], env=_environment(home), capture_output=True, check=False)
    print(f"made a practice of {appointments:,} appointments in {time.perf_counter() - began:.1f} s", flush=True)
    return home


def _rows(small: Path, large: Path, runs: int, size: int) -> Sequence[Row]:
    rows: list[Row] = []
    for home, count in ((small, SMALL), (large, size)):
        rows.append(
            _compared(
                f"first paint of guru, {count:,} appointments",
                "textual hello",
                lambda: _paint([sys.executable, str(_HELLO)], [re.compile(GREETING)], small),
                lambda home=home: _paint([str(_GURU)], _TODAY, home),  # type: ignore[misc]
                runs,
                1.2,
            )
        )
    for home, count in ((small, SMALL), (large, size)):
        rows.append(
            _compared(
                f"idle guru remind, {count:,} appointments",
                "python -c pass",
                lambda: _process([sys.executable, "-c", "pass"], small),
                lambda home=home: _process([str(_GURU), "remind"], home),  # type: ignore[misc]
                runs,
                5,
            )
        )
    rows.append(
        _compared(
            f"guru agenda --json, {size:,} appointments",
            f"the same, {SMALL:,}",
            lambda: _process([str(_GURU), "agenda", "--json"], small),
            lambda: _process([str(_GURU), "agenda", "--json"], large),
            runs,
            1.2,
        )
    )
    rows.append(_pdf(small))
    rows.append(_demo(small, runs))
    return rows


def _compared(
    what: str, against: str, floor: Callable[[], float], taken: Callable[[], float], runs: int, budget: float
) -> Row:
    """The medians of both sides, run by turns after one run each that is not counted."""
    print(f"measuring {what} ...", flush=True)
    floors, takens = [], []
    try:
        for number in range(runs + 1):
            pair = (floor(), taken())
            if number:
                floors.append(pair[0])
                takens.append(pair[1])
    except (Failed, NotPainted) as error:
        return Row(what, against, 0, 0, budget, str(error))
    return Row(what, against, statistics.median(floors), statistics.median(takens), budget)


def _paint(command: Sequence[str], shown: Sequence[re.Pattern[str]], home: Path) -> float:
    return seconds_to_paint(command, shown, {**_environment(home), "TERM": "xterm-256color"}, size=_SIZE)


def _process(command: Sequence[str], home: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Failed(f"status {done.returncode}: {said[-1] if said else 'it said nothing'}")
    return seconds


def _demo(home: Path, runs: int) -> Row:
    """From `guru demo` to its painted Today, the sample practice made on the way; against the time a guest waits."""
    print("measuring guru demo ...", flush=True)
    try:
        taken = [_paint([str(_GURU), "demo"], _TODAY, home) for _ in range(runs)]
    except NotPainted as error:
        return Row("guru demo, ready", "2 s", 0, 0, 1, str(error))
    return Row("guru demo, ready", "2 s", 2.0, statistics.median(taken), 1)


def _pdf(home: Path) -> Row:
    """An issued invoice's document, fonts loaded; against a fixed time, since there is no floor to run beside it."""
    from guru_tui.bootstrap import Guru
    from guru_tui.documents.fonts import Fonts
    from guru_tui.documents.invoice import render
    from guru_tui.settings import Settings

    print("measuring an invoice's PDF ...", flush=True)
    guru = Guru(Settings(home), SystemClock())
    try:
        issued = [row for row in guru.reads.invoices() if row.number]
        detail = guru.reads.invoice(issued[0].number)
        fonts = Fonts()
        fonts.load()
        created = guru.clock.now()
        taken = []
        for _ in range(_WARM_PDFS):
            began = time.perf_counter()
            render(detail, fonts, created=created)
            taken.append(time.perf_counter() - began)
    finally:
        guru.close()
    return Row("an invoice's PDF, warm", "40 ms", 0.040, statistics.median(taken), 1)


def _environment(home: Path) -> dict[str, str]:
    # Bytecode is cached for a user from the second start on; a shell that forbids it would be measured instead.
    unwanted = ("GURU_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, "GURU_HOME": str(home), "GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}


def _print(rows: Sequence[Row]) -> None:
    width = max(len(row.what) for row in rows)
    print(f"\n{'':{width}}  {'against':<18}{'floor':>9}{'taken':>9}{'ratio':>8}{'budget':>8}")
    for row in rows:
        start = f"{row.what:{width}}  {row.against:<18}"
        if row.problem:
            print(f"{start}{'':26}{row.budget:>8g}  OVER  not measured: {row.problem}")
            continue
        verdict = "OK" if row.kept else "OVER"
        times = f"{row.floor * 1000:>6.0f} ms{row.taken * 1000:>6.0f} ms{row.ratio:>8.2f}{row.budget:>8g}"
        print(f"{start}{times}  {verdict}")


if __name__ == "__main__":
    sys.exit(main())
