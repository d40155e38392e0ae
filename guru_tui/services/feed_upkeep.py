"""The feed that is written again after each change, where the practice has named a file for it.

Whatever changed the practice - a use case, undo, a client's reply, another process - has left a row in the change log.
So nothing has to tell the feed: it is due when the log has moved on since it was written. A feed that cannot be
written takes no change back; it is told, and tried again after the next one.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.settings import Settings
from guru_tui.store.connection import translated
from guru_tui.store.queries.settings import practice as practice_settings

if TYPE_CHECKING:
    from guru_tui.services.calendar_feed import Feed

_NOTED = "feed.json"
_CALENDAR = b"BEGIN:VCALENDAR"


class FeedState(NamedTuple):
    """What became of the feed at `path`: when it was written last, up to which change, what is wrong with it.

    `at` is an instant, None where it was never written; `trouble` is one sentence, empty where all is well.
    """

    path: str
    privacy: str
    change: int
    at: datetime | None
    trouble: str


class FeedService:
    """Makes the feed, and keeps the file of the practice's settings as the calendar is."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings, clock: Clock) -> None:
        self._connection = connection
        self._noted = settings.home / _NOTED
        self._clock = clock

    def make(self, privacy: str, first: date | None = None, last: date | None = None) -> Feed:
        """The feed from local day `first` to `last`; raises like `calendar_feed.make_feed`."""
        from guru_tui.services.calendar_feed import make_feed

        return make_feed(self._connection, privacy=privacy, first=first, last=last)

    def refresh(self) -> FeedState | None:
        """Write the feed where the practice wants one and something has changed; None where it wants none.

        Raises `TryAgain` where the store stays busy.
        """
        with translated():
            return self._refresh()

    def _refresh(self) -> FeedState | None:
        practice = practice_settings(self._connection)
        path, privacy = practice["ics_path"], practice["ics_privacy"]
        if not path:
            return None
        from guru_tui.store.queries.calendar_feed import last_change

        change = last_change(self._connection)
        noted = self._read()
        of_this = noted is not None and (noted.path, noted.privacy) == (path, privacy)
        if noted is not None and of_this and not noted.trouble and noted.change == change and Path(path).exists():
            return noted
        written = noted.at if noted is not None and of_this else None
        trouble = self._write(Path(path), privacy)
        state = FeedState(path, privacy, change, written if trouble else self._clock.now(), trouble)
        self._note(state)
        return state

    def _write(self, path: Path, privacy: str) -> str:
        """Put the feed at `path`; the sentence where that does not work."""
        try:
            if path.exists() and not _is_calendar(path):
                return f"{path} is there already and no calendar; name another: guru settings set ics_path FILE"
            replace_private(path, self.make(privacy).content)
        except OSError as error:
            return f"{path} cannot be written ({error.strerror}); mend that or: guru settings set ics_path FILE"
        return ""

    def _read(self) -> FeedState | None:
        import json  # here, so that a practice without a feed pays nothing for it

        try:
            told = json.loads(self._noted.read_text("utf-8"))
            at = from_utc_text(told["at"]) if told["at"] else None
            return FeedState(str(told["path"]), str(told["privacy"]), int(told["change"]), at, str(told["trouble"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it is written anew, and the feed with it

    def _note(self, state: FeedState) -> None:
        import json

        told = {**state._asdict(), "at": utc_text(state.at) if state.at else ""}
        try:
            replace_private(self._noted, json.dumps(told).encode())
        except OSError:
            return  # a data directory that takes nothing more is the doctor's to tell; the feed is written again then


def _is_calendar(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_CALENDAR)) == _CALENDAR


def replace_private(path: Path, data: bytes) -> None:
    """Put a file for its owner only (0600) in place of the one at `path`, whole or not at all; a link is followed."""
    path = path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
