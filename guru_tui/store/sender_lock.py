"""One sender at a time: an exclusive flock(2) on a file in the data directory.

The kernel gives the lock back when its process ends, however it ends, so a crash leaves no stale lock. The
file itself stays: removing it would let two senders lock two files of one name.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from guru_tui.errors import Misconfigured, TryAgain

FILE = "sender.lock"
# flock(2) answers the first; network file systems, which imitate it by fcntl(2), the second too.
_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)
_NAMES = {"daemon": "the daemon", "remind": "another guru remind", "app": "the app", "restore": "guru restore"}


class Holder(NamedTuple):
    """Who sends at the moment. `who` is `remind`, `daemon` or `app`; `since` is UTC text."""

    pid: int
    who: str
    since: str

    def __str__(self) -> str:
        return f"{_NAMES.get(self.who, self.who)} (process {self.pid})"


class SenderBusy(TryAgain):
    """Another process is sending; `str(error)` says which, and since when if `since` (local time) is given."""

    def __init__(self, holder: Holder | None, since: str = "") -> None:
        who = _capital(str(holder)) if holder else "Another guru"
        super().__init__(f"{who} is sending{f' (since {since})' if since else ''}; nothing to do here.")
        self.holder = holder


class SenderLock:
    """The lock of one data directory, as a context manager."""

    def __init__(self, home: Path, who: str) -> None:
        self._path = home / FILE
        self._who = who
        self._file: IO[str] | None = None

    def acquire(self, now: str) -> None:
        """Take the lock without waiting; raises `SenderBusy` naming who has it. `now` is UTC text.

        Raises `Misconfigured` where the folder cannot be written or its file system knows no locks.
        """
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
        except OSError as error:
            file.close()
            if error.errno not in _TAKEN:
                raise Misconfigured(
                    f"The folder {self._path.parent} is on a file system that locks no files ({error.strerror}), so "
                    "two senders could meet there; keep the practice on a local disk and set GURU_HOME to that."
                ) from None
            raise SenderBusy(holder(self._path.parent)) from None
        if self._file is not None:
            self._file.close()  # of a file that is gone
        self._file = file
        # A full disk takes the name from the others' sentence, not the lock from this sender.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            # Spelled out because loading json would cost every idle run more than the run itself.
            os.pwrite(descriptor, f'{{"pid": {os.getpid()}, "who": "{self._who}", "since": "{now}"}}\n'.encode(), 0)

    def release(self) -> None:
        """Give the lock back, if it is held."""
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file.fileno(), 0)
            self._file.close()
            self._file = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock. One whose file was removed or replaced keeps nobody else away."""
        if self._file is None:
            return False
        try:
            there = self._path.stat()
        except OSError:
            return False
        mine = os.fstat(self._file.fileno())
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)

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
