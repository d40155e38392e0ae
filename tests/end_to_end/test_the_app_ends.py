"""The app is told to end from outside: its terminal goes away, or somebody kills it. It ends, and in order."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shell import GURU, Shell

PATIENCE = 30.0


class Terminal:
    """A program whose controlling terminal we hold."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.execve(GURU, [str(GURU), *arguments], environment)  # noqa: S606
        self.shown = b""

    def until(self, condition: Callable[[bytes], bool]) -> None:
        """Read what it shows until the condition holds for it."""
        end = time.monotonic() + PATIENCE
        while not condition(self.shown):
            assert time.monotonic() < end, self.shown[-2000:]
            ready, _, _ = select.select([self._master], [], [], 0.1)
            if ready:
                self.shown += os.read(self._master, 65536)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._master)

    def status(self) -> int:
        """The exit status, once it has ended; what it still writes meanwhile is read."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            try:
                ready, _, _ = select.select([self._master], [], [], 0.1)
                if ready:
                    self.shown += os.read(self._master, 65536)
            except (OSError, ValueError):
                time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("it goes on for ever")


@pytest.fixture
def environment(shell: Shell, tmp_path: Path) -> dict[str, str]:
    """A terminal's environment, with a folder of its own for what is temporary."""
    (tmp_path / "temporary").mkdir()
    return {**shell.environment(), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24",
            "TMPDIR": str(tmp_path / "temporary")}  # fmt: skip


@pytest.fixture
def demo(environment: dict[str, str]) -> Terminal:
    """The demo, painted and sending."""
    terminal = Terminal(environment, "demo", "--days", "30", "--clients", "20")
    terminal.until(lambda shown: b"Today" in shown and b"add" in shown)
    return terminal


def test_a_window_that_is_closed_ends_it_and_takes_the_demo_along(demo: Terminal, tmp_path: Path) -> None:
    demo.hang_up()
    assert demo.status() == 128 + signal.SIGHUP
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_kill_leaves_it_as_q_does(demo: Terminal, tmp_path: Path) -> None:
    os.kill(demo.pid, signal.SIGTERM)
    assert demo.status() == 128 + signal.SIGTERM
    assert b"\x1b[?1049l" in demo.shown, "the terminal is given back"
    assert b"error of its own" not in demo.shown
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_hang_up_in_a_practice_of_ones_own(shell: Shell, environment: dict[str, str]) -> None:
    shell.run("init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio", "--email", "hello@example.com")
    terminal = Terminal(environment)
    terminal.until(lambda shown: b"Today" in shown and b"add" in shown)
    terminal.hang_up()
    assert terminal.status() == 128 + signal.SIGHUP
    shell.run("remind")  # the lock is free
