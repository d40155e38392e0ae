"""What a sender that runs for months stands on: the settings, the store's file and the lock, each of which may change.

Before each run it is made sure that they are still the ones on the disk: a `.env` that was edited is read again, a
store that was put in another's place is opened, and a lock whose file is gone is taken anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from guru_tui.errors import Misconfigured, NotAllowed, TryAgain
from guru_tui.jobs.delivery import Delivery
from guru_tui.services.files import identity
from guru_tui.store.schema import HEAD, open_current, revision

if TYPE_CHECKING:
    import sqlite3

    from guru_tui.domain.clock import Clock
    from guru_tui.jobs.feed_keeper import FeedKeeper
    from guru_tui.settings import Settings


class Outdated(TryAgain):
    """A newer guru has taken over the store; started again, the sender is that newer one."""


class Station:
    """The delivery of one process, built when it is first asked for and again when it must be.

    `who` is `daemon` or `app`. `reload` reads the settings afresh; without it they stay as they are.
    """

    def __init__(
        self, settings: Settings, clock: Clock, *, who: str, reload: Callable[[], Settings] | None = None
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._who = who
        self._reload = reload
        self._dotenv = _stamp(settings.home / ".env")
        self._connection: sqlite3.Connection | None = None
        self._store: tuple[int, ...] = ()
        self._delivery: Delivery | None = None

    def delivery(self) -> Delivery:
        """The delivery, on the settings and the store as they are now.

        Raises `Outdated` where a newer guru has taken the store over, and what opening it raises where it is gone,
        damaged or refused; asking again later starts afresh.
        """
        self._follow_settings()
        found = identity(self.settings.database)
        if self._delivery is None or self._connection is None or found != self._store:
            self.close()
            self._delivery = self._open(found)
        elif revision(self._connection) > HEAD:
            raise Outdated("A newer guru has taken over the practice; this one stops, to be started again as that.")
        return self._delivery

    def feed_keeper(self, on_trouble: Callable[[str], None]) -> FeedKeeper:
        """Who keeps the calendar's feed beside it, looking when nudged; not started."""
        from guru_tui.jobs.feed_keeper import FeedKeeper

        return FeedKeeper(self.settings, self._clock, on_trouble, pause=None)

    def close(self) -> None:
        """Give back the lock and the connection; may be called twice."""
        if self._delivery is not None:
            self._delivery.release()
            self._delivery = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _follow_settings(self) -> None:
        if self._reload is None:
            return
        found = _stamp(self.settings.home / ".env")
        if found == self._dotenv:
            return
        # Raises where the file cannot be used, and so again at each try until it can: nothing leaves by halves of it.
        self.settings = self._reload()
        self._dotenv = found
        if self._delivery is not None:
            self._delivery.use(self.settings)

    def _open(self, found: tuple[int, ...]) -> Delivery:
        path = self.settings.database
        if self._store and not found:
            raise Misconfigured(f"{path} is gone; put it, or the disk it lies on, back.")
        try:
            self._connection = open_current(path, self._clock)
        except NotAllowed as error:
            raise Outdated(str(error)) from None
        self._store = found  # as it was before it was opened: one put in its place meanwhile is noticed next time
        return Delivery(self.settings, self._connection, self._clock, who=self._who)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is written, replaced or made private; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
