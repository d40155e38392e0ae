"""One sender at a time: an exclusive flock(2) on a file in the data directory.

The kernel gives the lock back when its process ends, however it ends, so a crash leaves no stale lock. The
file itself stays: removing it would let two senders lock two files of one name.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from guru_tui.errors import Misconfigured, TryAgain

FILE = "sender.lock"
_NAMES = {"daemon": "the daemon", "remind": "another guru remind", "app": "the app", "restore": "guru restore"}


class SenderBusy(TryAgain):
    """Another process is sending; `str(error)` says which."""


class Holder(NamedTuple):
    """Who sends at the moment. `who` is `remind`, `daemon` or `app`; `since` is UTC text."""

    pid: int
    who: str
    since: str

    def __str__(self) -> str:
        return f"{_NAMES.get(self.who, self.who)} (process {self.pid})"


class SenderLock:
    """The lock of one data directory, as a context manager."""

    def __init__(self, home: Path, who: str) -> None:
        self._path = home / FILE
        self._who = who
        self._file: IO[str] | None = None

    def acquire(self, now: str) -> None:
        """Take the lock without waiting; raises `SenderBusy` naming who has it. `now` is UTC text."""
        import fcntl

        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Misconfigured(
                f"{self._path} cannot be written ({error.strerror}); check the folder's permissions."
            ) from None
        file = os.fdopen(descriptor, "r+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            found = holder(self._path.parent)
            raise SenderBusy(
                f"{_capital(str(found) if found else 'another guru')} is sending; nothing to do here."
            ) from None
        file.seek(0)
        file.truncate()
        # Spelled out because loading json would cost every idle run more than the run itself.
        file.write(f'{{"pid": {os.getpid()}, "who": "{self._who}", "since": "{now}"}}\n')
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back, if it is held."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def __enter__(self) -> SenderLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(home: Path) -> Holder | None:
    """Who holds the lock of this data directory; None where nobody does."""
    import json

    try:
        written = json.loads((home / FILE).read_text("utf-8") or "null")
        found = Holder(int(written["pid"]), str(written["who"]), str(written["since"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    try:
        os.kill(found.pid, 0)
    except PermissionError:
        return found  # it lives, under another user
    except OSError:
        return None
    return found


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
