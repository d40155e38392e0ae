"""Backups as the practitioner asks for them, and the way back from one."""

from __future__ import annotations

from pathlib import Path

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import utc_text
from guru_tui.errors import NotFound
from guru_tui.settings import Settings
from guru_tui.store import backup
from guru_tui.store.connection import make_private
from guru_tui.store.sender_lock import SenderLock


def make_backup(settings: Settings, clock: Clock, target: Path | None = None) -> Path:
    """A verified copy at `target`, or in the data directory's `backups/`; returns its path.

    Raises `NotAllowed` where `target` exists and `StoreDamaged` where the copy fails its check.
    """
    if target is None:
        return backup.into_folder(settings.database, settings.backups, now=clock.now())
    return backup.to_file(settings.database, target.absolute())


def restore(settings: Settings, clock: Clock, source: Path) -> Path | None:
    """Make the copy `source` the practice; returns where the former one is kept, None where there was none.

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
        return backup.restore(source, settings.database, settings.backups, now=clock.now())
    finally:
        lock.release()
