"""Backups as the practitioner asks for them."""

from __future__ import annotations

from pathlib import Path

from guru_tui.domain.clock import Clock
from guru_tui.settings import Settings
from guru_tui.store import backup


def make_backup(settings: Settings, clock: Clock, target: Path | None = None) -> Path:
    """A verified copy at `target`, or in the data directory's `backups/`; returns its path.

    Raises `NotAllowed` where `target` exists and `StoreDamaged` where the copy fails its check.
    """
    if target is None:
        return backup.into_folder(settings.database, settings.backups, now=clock.now())
    return backup.to_file(settings.database, target.absolute())
