"""What a booking costs where the calendar is written to a file after each change, against one where it is not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import SystemClock
from guru_tui.settings import Settings
from tests.bench.command import GURU, seconds_to_end
from tests.bench.practice import LARGE, TO_FILES, scaled
from tests.bench.table import Row, alone, compared

_BUDGET = 1.2


def rows(home: Path, size: int, runs: int) -> list[Row]:
    """The one row, over two copies of the practice in `home`, which has `size` appointments."""
    with tempfile.TemporaryDirectory(prefix="guru-bench-") as name:
        plain, written = (Path(shutil.copytree(home, Path(name) / each)) for each in ("plain", "written"))
        with closing(Guru(Settings(written, TO_FILES), SystemClock(), origin="bench")) as guru:
            guru.practice.set("ics_path", str(Path(name) / "calendar.ics"))
        what = f"guru book with ics_path, {size:,} appointments"
        return [compared(what, "the same without", _booking(plain), _booking(written), runs, _BUDGET)]


def _booking(home: Path) -> Callable[[], float]:
    numbers = count(1)

    def booked() -> float:
        line = f"Thandi Nkosi in {next(numbers)} weeks 10:00"
        return seconds_to_end([str(GURU), "book", line, "--yes", "--force", "--no-notify"], home)

    return booked


def _by_itself(runs: int) -> list[Row]:
    with scaled(LARGE) as (home,):
        return rows(home, LARGE, runs)


if __name__ == "__main__":
    alone(_by_itself)
