"""Keeps the calendar's feed as the calendar is while the app is open, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from guru_tui.errors import GuruError
from guru_tui.services.feed_upkeep import FeedService
from guru_tui.store.connection import translated
from guru_tui.store.schema import open_current

if TYPE_CHECKING:
    import sqlite3

    from guru_tui.domain.clock import Clock
    from guru_tui.settings import Settings

_PAUSE = 2.0
"""Seconds between two looks at the store; a change is written once one look has found nothing newer."""


class FeedKeeper:
    """Writes the feed when the store has changed and come to rest, whoever changed it: ten steps give one file.

    `on_trouble` hears, in this thread, why the feed could not be written, once while that lasts.
    """

    def __init__(
        self, settings: Settings, clock: Clock, on_trouble: Callable[[str], None], *, pause: float = _PAUSE
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._on_trouble = on_trouble
        self._pause = pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._told = ""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once a file in the making is whole."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            connection = open_current(self._settings.database, self._clock)
        except GuruError as error:
            self._tell(str(error))
            return
        try:
            self._watch(connection)
        finally:
            connection.close()

    def _watch(self, connection: sqlite3.Connection) -> None:
        feed = FeedService(connection, self._settings, self._clock)
        seen, due = -1, True
        while not self._stopping.wait(self._pause):
            try:
                with translated():
                    version = int(connection.execute("PRAGMA data_version").fetchone()[0])
                    if version != seen:
                        seen, due = version, True
                        continue
                    if due:
                        state = feed.refresh()
                        due = False
                        self._tell(state.trouble if state is not None else "")
            except GuruError as error:  # the store is held or out of reach for now
                self._tell(str(error))

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._told:
            self._on_trouble(trouble)
        self._told = trouble
