"""Running the installed `guru` as its user does, on a practice of ours and without the settings of whoever measures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.practice import TO_FILES
from tests.bench.table import Failed

GURU = Path(sys.executable).with_name("guru")


def seconds_to_end(command: Sequence[str], home: Path) -> float:
    """Run `command` on the practice in `home` and return the seconds it took; raises `Failed` where it does."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Failed(f"status {done.returncode}: {said[-1] if said else 'it said nothing'}")
    return seconds


def environment(home: Path) -> dict[str, str]:
    """The variables of a process whose messages go to files."""
    # Bytecode is cached for a user from the second start on; a shell that forbids it would be measured instead.
    unwanted = ("GURU_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, **TO_FILES, "GURU_HOME": str(home)}
