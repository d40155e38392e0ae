"""Backups as the practitioner asks for them, and the way back from one."""

from __future__ import annotations

from pathlib import Path

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import utc_text
from guru_tui.errors import NotFound
from guru_tui.settings import Settings
from guru_tui.store import backup
from guru_tui.store.backup import Restored
from guru_tui.store.connection import make_private
from guru_tui.store.sender_lock import SenderLock


def make_backup(settings: Settings, clock: Clock, target: Path | None = None) -> Path:
    """A verified copy at `target`, or in the data directory's `backups/`; returns its path.

    Raises `NotAllowed` where `target` exists and `StoreDamaged` where the copy fails its check.
    """
    if target is None:
        return backup.into_folder(settings.database, settings.backups, now=clock.now())
    return backup.to_file(settings.database, target.absolute())


def restore(settings: Settings, clock: Clock, source: Path) -> Restored:
    """Make the copy `source` the practice; the former one is kept, and nothing that has left since goes again.

    Where the former one cannot tell what has left, sending is switched off until the practitioner has looked.
    Raises `NotFound` for a file that is not there, `StoreDamaged` for one that is not sound, `TryAgain` while
    another guru sends or has the practice open.
    """
    source = source.absolute()
    if not source.is_file():
        raise NotFound(f"There is no file {source}; the automatic copies lie in {settings.backups}")
    make_private(settings.home)
    lock = SenderLock(settings.home, "restore")
    lock.acquire(utc_text(clock.now()))
    try:
        restored = backup.restore(source, settings.database, settings.backups, now=clock.now())
        if not restored.fates_known:
            _hold_back(settings, clock)
        return restored
    finally:
        lock.release()


def _hold_back(settings: Settings, clock: Clock) -> None:
    from guru_tui.services.practice import PracticeService
    from guru_tui.store.schema import open_current
    from guru_tui.store.unit_of_work import UnitOfWork

    open_current(settings.database, clock).close()  # a copy of an older guru is brought up to date first
    PracticeService(UnitOfWork(settings.database, clock, origin="cli")).set("sending", "no")
