"""Running a full-screen program in a terminal of its own, to see when it has painted what is waited for."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])")
_PATIENCE = 30.0
_GOODBYE = 10.0
_QUIT = b"\x11"  # ctrl+q


class NotPainted(Exception):
    """The program ended or took too long before it showed what was waited for."""


def seconds_to_paint(
    command: Sequence[str],
    shown: Sequence[re.Pattern[str]],
    environment: Mapping[str, str],
    *,
    size: tuple[int, int] = (80, 24),
    ended_by: signal.Signals | None = None,
) -> float:
    """Start `command` and return the seconds until all of `shown` stood on the screen (`size`: columns, rows).

    The program is asked to quit afterwards, by its key or by a signal, and killed where it does not.
    """
    terminal, inside = pty.openpty()
    _resize(terminal, size)
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdin=inside, stdout=inside, stderr=inside, env=dict(environment), start_new_session=True
    )
    os.close(inside)
    try:
        return _wait(terminal, shown, began)
    finally:
        _end(process, terminal, ended_by)
        os.close(terminal)


class Typist:
    """A program in a terminal of its own that keys are pressed in, one after the other."""

    def __init__(
        self,
        command: Sequence[str],
        shown: re.Pattern[str],
        environment: Mapping[str, str],
        *,
        size: tuple[int, int] = (80, 24),
    ) -> None:
        self._terminal, inside = pty.openpty()
        _resize(self._terminal, size)
        began = time.perf_counter()
        self._process = subprocess.Popen(
            list(command), stdin=inside, stdout=inside, stderr=inside, env=dict(environment), start_new_session=True
        )
        os.close(inside)
        _wait(self._terminal, [shown], began)
        self._quiet(time.perf_counter(), 0.5)

    def __enter__(self) -> Typist:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process, self._terminal, None)
        os.close(self._terminal)

    def until(self, keys: bytes, shown: re.Pattern[str]) -> None:
        """Press keys and wait until that is shown and nothing more comes."""
        os.write(self._terminal, keys)
        _wait(self._terminal, [shown], time.perf_counter())
        self._quiet(time.perf_counter(), 0.5)

    def press(self, keys: bytes, silence: float = 0.05) -> float:
        """Press keys at once; the seconds until the last byte that they caused, after which there is `silence`."""
        began = time.perf_counter()
        os.write(self._terminal, keys)
        last = self._quiet(began, silence)
        if last <= began:
            raise NotPainted(f"nothing came of {keys[:8]!r}")
        return last - began

    def _quiet(self, began: float, silence: float) -> float:
        """Read until nothing has come for so many seconds; when the last byte came, `began` where none did."""
        last = began
        first = began + 2.0
        while True:
            wait = silence if last > began else max(first - time.perf_counter(), 0.0)
            if not select.select([self._terminal], [], [], wait)[0]:
                return last
            os.read(self._terminal, 65536)
            last = time.perf_counter()


def _resize(terminal: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _wait(terminal: int, shown: Sequence[re.Pattern[str]], began: float) -> float:
    written = b""
    while True:
        left = began + _PATIENCE - time.perf_counter()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise NotPainted(f"nothing of it within {_PATIENCE:.0f} s")
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux reports the other end's closing as EIO
            chunk = b""
        at = time.perf_counter()
        if not chunk:
            lines = _ESCAPES.sub(b"", written).decode("utf-8", "replace").strip().splitlines()
            raise NotPainted(f"it ended first, saying: {lines[-1].strip() if lines else 'nothing'}")
        written += chunk
        text = _ESCAPES.sub(b"", written).decode("utf-8", "replace")
        if all(pattern.search(text) for pattern in shown):
            return at - began


def _end(process: subprocess.Popen[bytes], terminal: int, by: signal.Signals | None) -> None:
    with suppress(OSError):
        if by is None:
            os.write(terminal, _QUIT)
        else:
            process.send_signal(by)
    until = time.perf_counter() + _GOODBYE
    while process.poll() is None:
        if time.perf_counter() > until:
            process.kill()
            process.wait()
        elif select.select([terminal], [], [], 0.05)[0]:
            with suppress(OSError):
                os.read(terminal, 65536)  # whoever leaves must not wait for its last words to be read
