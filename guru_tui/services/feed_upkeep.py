"""The feed that is written again after each change, where the practice has named a file for it.

Whatever changed the practice - a use case, undo, a client's reply, another process - has left a row in the change log.
So nothing has to tell the feed: it is due when the log has moved on since it was written, or the file is another than
the one that was. A feed that cannot be written takes no change back; it is told, and tried again.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import from_utc_text, to_local, utc_text
from guru_tui.services.files import FORCE, replace_private, stamp, write_private
from guru_tui.settings import Settings
from guru_tui.store.connection import translated
from guru_tui.store.queries.settings import practice as practice_settings

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice
    from guru_tui.services.calendar_feed import Feed

_NOTED = "feed.json"
_AGAIN = timedelta(minutes=5)
"""After this long what failed is tried again, though nothing has changed."""


class FeedState(NamedTuple):
    """What became of the feed that was `wanted`: when it was written last, up to which change, what is wrong with it.

    `wanted`: its path, its privacy and the days it goes back. `at` and `tried` are instants, `at` None where it was
    never written. `file`: size and time of what was written, so that another file in its place is noticed. `trouble` is
    one sentence, empty where all is well, and `news` whether it has not been told yet.
    """

    wanted: tuple[str, str, str]
    change: int
    at: datetime | None
    tried: datetime
    file: tuple[int, ...] = ()
    trouble: str = ""
    news: bool = False

    @property
    def path(self) -> str:
        """Where the file is to lie."""
        return self.wanted[0]

    @property
    def privacy(self) -> str:
        """How much of a client it tells."""
        return self.wanted[1]


class FeedService:
    """Makes the feed, and keeps the file of the practice's settings as the calendar is."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings, clock: Clock) -> None:
        self._connection = connection
        self._noted = settings.home / _NOTED
        self._clock = clock
        self._last: FeedState | None = None

    def make(self, privacy: str, first: date | None = None, last: date | None = None) -> Feed:
        """The feed from local day `first` to `last`; raises like `calendar_feed.make_feed`."""
        from guru_tui.services.calendar_feed import make_feed

        return make_feed(self._connection, privacy=privacy, first=first, last=last)

    def write(
        self,
        path: Path,
        privacy: str,
        first: date | None,
        last: date | None,
        *,
        force: bool = False,
        otherwise: str = FORCE,
    ) -> int:
        """Write that feed to `path`, in place of an older one or (`force`) of anything; how many entries it has.

        Raises like `make` and `files.write_private`, which is told `otherwise`.
        """
        made = self.make(privacy, first, last)
        try:
            replace = force or (path.exists() and _is_ours(path))
        except (OSError, RuntimeError):
            replace = False  # what is wrong with it is told by writing there
        write_private(path, made.content, replace=replace, otherwise=otherwise)
        return made.entries

    def first_day(self) -> date:
        """The local day that the feed goes back to, by the practice's settings."""
        with translated():
            return self._first_day(practice_settings(self._connection))

    def _first_day(self, practice: Practice) -> date:
        today = to_local(self._clock.now(), practice.zone).date()
        return today - timedelta(days=int(practice["ics_days_back"]))

    def trouble(self) -> str:
        """Why the file could not be written when that was tried last; empty where all is well or none is wanted."""
        with translated():
            wanted = _wanted(practice_settings(self._connection))
        noted = self._read() if wanted[0] else None
        return noted.trouble if noted is not None and noted.wanted == wanted else ""

    def refresh(self, *, at_once: bool = False) -> FeedState | None:
        """Write the feed where the practice wants one and it is behind; None where it wants none.

        What has failed is tried again after the next change and after five minutes, or `at_once`. Raises `TryAgain`
        where the store stays busy.
        """
        with translated():
            practice = practice_settings(self._connection)
            wanted = _wanted(practice)
            if not wanted[0]:
                return None
            from guru_tui.store.queries.calendar_feed import last_change

            noted, now = self._newest(wanted), self._clock.now()
            change = last_change(self._connection)
            if noted is not None and noted.change == change and not _due(noted, now, at_once=at_once):
                return noted
            file, trouble = self._write(Path(wanted[0]), wanted[1], self._first_day(practice))
        before = (noted.change, noted.trouble) if noted is not None else ()
        state = FeedState(
            wanted, change, (noted.at if noted else None) if trouble else now, now, file, trouble,
            news=bool(trouble) and before != (change, trouble),
        )  # fmt: skip
        self._note(state)
        return state

    def _newest(self, wanted: tuple[str, str, str]) -> FeedState | None:
        """What became of that feed last: as it is noted, or as this object knows where that could not be noted."""
        found = [state for state in (self._last, self._read()) if state is not None and state.wanted == wanted]
        return max(found, key=lambda state: state.tried, default=None)

    def _write(self, path: Path, privacy: str, first: date) -> tuple[tuple[int, ...], str]:
        """Put the feed at `path`; what was written, or the sentence where that does not work."""
        try:
            if path.resolve().parent == self._noted.parent.resolve():
                # A name that is free there now may be the store's tomorrow, or read as settings.
                return (), f"{path} lies in guru's own folder; name a file elsewhere: guru settings set ics_path FILE"
            if path.exists() and not _is_ours(path):
                told = "is there already and was not written by guru"
                return (), f"{path} {told}; name another: guru settings set ics_path FILE"
            return replace_private(path, self.make(privacy, first).content), ""
        except OSError as error:
            why = error.strerror
        except RuntimeError:  # how pathlib reports links that lead to each other
            why = "it is a link that leads nowhere"
        return (), f"{path} cannot be written ({why}); mend that or: guru settings set ics_path FILE"

    def _read(self) -> FeedState | None:
        import json  # here, so that a practice without a feed pays nothing for it

        try:
            told = json.loads(self._noted.read_text("utf-8"))
            path, privacy, back = told["wanted"]
            return FeedState(
                (str(path), str(privacy), str(back)),
                int(told["change"]),
                from_utc_text(told["at"]) if told["at"] else None,
                from_utc_text(told["tried"]),
                tuple(int(number) for number in told["file"]),
                str(told["trouble"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it is written anew, and the feed with it

    def _note(self, state: FeedState) -> None:
        import json

        self._last = state._replace(news=False)
        told = {**state._asdict(), "at": utc_text(state.at) if state.at else "", "tried": utc_text(state.tried)}
        del told["news"]
        try:
            replace_private(self._noted, json.dumps(told).encode())
        except OSError:
            return  # a data directory that takes nothing more is the doctor's to tell; the feed is written again then


def _wanted(practice: Practice) -> tuple[str, str, str]:
    return practice["ics_path"], practice["ics_privacy"], practice["ics_days_back"]


def _due(noted: FeedState, now: datetime, *, at_once: bool) -> bool:
    """Whether a feed of the newest change has to be written all the same."""
    if noted.trouble:
        return at_once or abs(now - noted.tried) >= _AGAIN
    return not noted.file or stamp(Path(noted.path)) != noted.file


def _is_ours(path: Path) -> bool:
    """Whether a feed of ours lies there, whole or cut short; a calendar from elsewhere may be the only copy of it."""
    from guru_tui.documents.calendar_feed import HEAD

    if not path.is_file():
        return False
    with path.open("rb") as file:
        begun = file.read(len(HEAD)).replace(b"\r\n", b"\n")
    return len(begun) > len("BEGIN:VCALENDAR") and HEAD.replace("\r\n", "\n").encode().startswith(begun)
