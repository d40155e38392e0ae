"""The memory of a `guru daemon` that has nothing to send against that of a bare scheduler, both after some ticks.

It is resident memory, `Rss` in /proc/PID/smaps_rollup (proc(5)), and not the proportional `Pss`: that one shares the
interpreter and the libraries out among the processes that happen to use them at the moment, so it would tell as much
about what else the machine runs. On a small server the daemon is the only Python there is, and `Rss` is what it takes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.command import GURU, environment, seconds_to_end
from tests.bench.practice import LARGE, scaled
from tests.bench.table import Failed, Row, alone, compared

_BARE = Path(__file__).with_name("bare_scheduler.py")
_INTERVAL = 1
_TICKS = 3
_BUDGET = 1.5
_GOODBYE = 10
_MOST_RUNS = 3  # it hardly varies, and each run takes its seconds of waiting


def rows(home: Path, runs: int) -> list[Row]:
    """The one row, over the practice in `home`."""
    return [
        compared(
            "an idle guru daemon's memory",
            "BlockingScheduler",
            lambda: _megabytes([sys.executable, str(_BARE), str(_INTERVAL)], home),
            lambda: _daemon(home),
            min(runs, _MOST_RUNS),
            _BUDGET,
            "MB",
        )
    ]


def _daemon(home: Path) -> float:
    seconds_to_end([str(GURU), "remind"], home)  # what has fallen due meanwhile
    return _megabytes([str(GURU), "daemon", "--interval", str(_INTERVAL)], home)


def _megabytes(command: Sequence[str], home: Path) -> float:
    """What the process takes after its ticks; its first line says that it is ready, and more than its goodbye that it
    was not idle."""
    process = subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        time.sleep((_TICKS + 0.5) * _INTERVAL)  # ticks that do nothing leave nothing to wait for
        if process.poll() is not None:
            raise Failed(f"it ended, saying: {ready.strip() or 'nothing'}")
        taken = _resident(process.pid)
        process.terminate()
        said = process.communicate(timeout=_GOODBYE)[0].splitlines()
    finally:
        process.kill()
        process.wait()
    if len(said) > 1:
        raise Failed(f"it was not idle: {said[0]}")
    return taken


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        raise Failed("this machine has no /proc/PID/smaps_rollup") from None
    return next(int(line.split()[1]) for line in lines if line.startswith("Rss:")) * 1024 / 1_000_000


def _by_itself(runs: int) -> list[Row]:
    with scaled(LARGE) as (home,):
        return rows(home, runs)


if __name__ == "__main__":
    alone(_by_itself)
