"""The installed `guru`, run as a practitioner's shell or crontab runs it (a pytest plugin)."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.warm import Stove

GURU = Path(sys.executable).with_name("guru")
# What the interpreter reads once, when it starts.
_AT_THE_START = frozenset({"TZ", "LC_ALL", "LANG", "PYTHONIOENCODING", "PYTHONUTF8"})
CLOCKWORK = Path(__file__).with_name("end_to_end") / "clockwork"


@cache
def _stove() -> Stove:
    stove = Stove()
    atexit.register(stove.close)
    return stove


@dataclass
class Shell:
    """Runs `guru` in an environment of its own; `now` is the time the program will see.

    A `cold` one starts the interpreter for each command, as a person's shell does; else it waits with its libraries
    loaded, which is the same but for what hangs on how it starts.
    """

    home: Path
    now: str = "2026-11-25T10:00:00+02:00"
    env: dict[str, str] = field(default_factory=dict)
    cold: bool = False

    def run(self, *arguments: str, status: int = 0, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command to its end and check its exit status."""
        command = [str(GURU), *arguments]
        if self.cold or not _AT_THE_START.isdisjoint(self.env):
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                env=self.environment(),
                timeout=60,
            )
        else:
            done = _stove().run(command, self.environment(), stdin, 60)
        assert done.returncode == status, f"guru {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str, status: int = 0) -> Any:
        """Run one command with `--json` and return its document."""
        return json.loads(self.run(*arguments, "--json", status=status).stdout)

    def environment(self) -> dict[str, str]:
        """The environment the program runs in: nothing of the machine's but PATH, TZ and the locale."""
        passed = {
            name: os.environ[name]
            for name in ("PATH", "TZ", "LC_ALL", "LANG", "NO_COLOR", "HOME")
            if name in os.environ
        }
        return {**passed, "GURU_HOME": str(self.home), "PYTHONPATH": str(CLOCKWORK), "TEST_NOW": self.now, **self.env}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """`guru` over an empty data directory."""
    if not GURU.exists():
        pytest.skip(f"{GURU} is missing: install the project into this environment (make test does)")
    return Shell(tmp_path / "practice")
