"""Keeps the calendar's feed as the calendar is while the app or the daemon runs, in a thread of its own.

Apart from the sender: a slow disk, or a file system that hangs, must keep no message waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from guru_tui.errors import GuruError, Misconfigured, TryAgain
from guru_tui.services.feed_upkeep import FeedService
from guru_tui.services.files import identity
from guru_tui.store.connection import StoreDamaged, connect, translated
from guru_tui.store.schema import HEAD, revision

if TYPE_CHECKING:
    import sqlite3

    from guru_tui.domain.clock import Clock
    from guru_tui.settings import Settings

_PAUSE = 2.0
"""Seconds between two looks at the store; a change is written once one look has found nothing newer."""
_PATIENCE = 10.0


class FeedKeeper:
    """Writes the feed when the store has changed and come to rest, whoever changed it: ten steps give one file.

    With no `pause` it looks whenever it is nudged, and writes at once. `on_trouble` hears, in this thread, why the feed
    could not be written, once while that lasts.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        on_trouble: Callable[[str], None],
        *,
        pause: float | None = _PAUSE,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._on_trouble = on_trouble
        self._pause = pause
        self._stopping = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._connection: sqlite3.Connection | None = None
        self._feed: FeedService | None = None
        self._store: tuple[int, ...] = ()
        self._seen = -1
        self._told = ""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def nudge(self) -> None:
        """Look now, or once more after the look that is being taken."""
        self._wake.set()

    def stop(self) -> None:
        """Stop, once a file in the making is whole; a disk that never answers is not waited for."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self._pause)
            self._wake.clear()
            if not self._stopping:
                self._look()
        self._close()

    def _look(self) -> None:
        try:
            self._tell(self._kept())
        except (TryAgain, Misconfigured, StoreDamaged):
            return  # the store is held or out of reach for now, which the sender tells
        except GuruError as error:
            self._tell(str(error))
        except Exception as error:  # without its message, which may quote a client; the next look is a new try
            self._tell(f"a defect of the program was in the way ({type(error).__name__})")

    def _kept(self) -> str:
        """Write the feed if it is due; what is wrong with it, empty where nothing is."""
        feed, moved = self._opened()
        if feed is None or (moved and self._pause is not None):
            return self._told
        state = feed.refresh()
        return state.trouble if state is not None else ""

    def _opened(self) -> tuple[FeedService | None, bool]:
        """The feed of the store that lies there now, and whether that has changed since the last look.

        None where the store is of another version than this program: whoever opened it sees to that.
        """
        found = identity(self._settings.database)
        if self._connection is None or found != self._store:
            self._close()
            self._connection = connect(self._settings.database)
            self._feed = FeedService(self._connection, self._settings, self._clock)
            self._store, self._seen = found, -1
        if revision(self._connection) != HEAD:
            return None, True
        with translated():
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        moved, self._seen = version != self._seen, version
        return self._feed, moved

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = self._feed = None

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._told:
            self._on_trouble(trouble)
        self._told = trouble
