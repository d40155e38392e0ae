"""Planning the reminders in a process that has done so before, as a daemon does at each tick.

A practice that has grown over years must cost what a young one does, for both have as much ahead of them. Where all of
it lies ahead, and a reminder leaves so early that planning looks at every appointment, that cannot be promised, and the
whole is held against a time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import from_utc_text
from guru_tui.services.reminders import plan
from guru_tui.settings import Settings
from guru_tui.store import sending
from tests.bench.practice import LARGE, NOW, SMALL, TO_FILES, all_ahead, scaled
from tests.bench.table import Failed, Row, alone, compared

_BUDGET = 1.2
_SECONDS = 2.0  # of the thirty between two ticks, beside which the app draws its screens
_REPEATS = 100


def rows(small: Path, large: Path, size: int, runs: int) -> list[Row]:
    """Two rows of the practices in `small` and `large` (of `SMALL` and `size` appointments), one of all ahead."""
    return [*_over_years(small, large, size, runs), _all_ahead(size, runs)]


def _over_years(small: Path, large: Path, size: int, runs: int) -> Iterator[Row]:
    with _plans(small) as (plan_few, run_few), _plans(large) as (plan_many, run_many):
        for what, few, many in (("planning", plan_few, plan_many), ("idle run", run_few, run_many)):
            yield compared(
                f"{what} in one process, {size:,} appointments",
                f"the same, {SMALL:,}",
                _each(few, _REPEATS),
                _each(many, _REPEATS),
                runs,
                _BUDGET,
            )


def _all_ahead(size: int, runs: int) -> Row:
    with tempfile.TemporaryDirectory(prefix="guru-bench-") as name:
        home = Path(name) / "ahead"
        all_ahead(home, size)
        with _plans(home) as (planned, _):
            what = f"planning with {size:,} in the coming year"
            row = compared(what, f"{_SECONDS:g} s", lambda: _SECONDS, _each(planned), runs, 1)
    return row if row.problem else replace(row, what=f"{what} ({row.taken / size * 1_000_000:.0f} µs each)")


@contextmanager
def _plans(home: Path) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """Planning alone, and a whole run, both of the practice in `home` at the instant at which its sender last ran."""
    clock = FixedClock(NOW)
    guru = Guru(Settings(home, TO_FILES), clock, origin="bench")
    with closing(guru):
        last_run = sending.last_run(guru.connection, "9999")
        clock.instant = from_utc_text(last_run)
        practice = guru.reads.practice()
        delivery = guru.delivery("daemon")
        delivery.acquire()

        def planned() -> None:
            found = plan(guru.connection, guru.settings, practice, clock.now(), last_run)
            if found.due or found.missed:
                raise Failed(f"{len(found.due)} reminders were due, {len(found.missed)} missed")

        def run() -> None:
            report = delivery.run_once()
            if not report.idle:
                raise Failed(f"{report.sent} messages were sent")

        yield planned, run
        delivery.release()


def _each(work: Callable[[], None], repeats: int = 1) -> Callable[[], float]:
    """Seconds of one `work`, as the mean of `repeats`."""

    def seconds() -> float:
        began = time.perf_counter()
        for _ in range(repeats):
            work()
        return (time.perf_counter() - began) / repeats

    return seconds


def _by_itself(runs: int) -> list[Row]:
    with scaled(SMALL, LARGE) as (small, large):
        return rows(small, large, LARGE, runs)


if __name__ == "__main__":
    alone(_by_itself)
