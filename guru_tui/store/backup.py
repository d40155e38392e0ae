"""Verified copies of the store: made by SQLite's online backup, opened and checked before they count."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from guru_tui.errors import GuruError, NotAllowed, TryAgain
from guru_tui.store.carry_over import take_over
from guru_tui.store.connection import StoreDamaged, connect, make_private, own_file, translated


class Restored(NamedTuple):
    """`kept`: where the former store lies, None where there was none. `fates_known`: whether what has left is known."""

    kept: Path | None
    fates_known: bool


def into_folder(source: Path, folder: Path, *, reason: str = "", now: datetime) -> Path:
    """A copy of `source` in `folder` under a name made of `now` (UTC) and `reason`; returns its path."""
    make_private(folder)
    moment = now.strftime("%Y%m%d-%H%M%S")
    stem = f"practice-{moment}{'-' + reason if reason else ''}"
    target = folder / f"{stem}.db"
    count = 1
    while target.exists():
        count += 1
        target = folder / f"{stem}-{count}.db"
    return to_file(source, target)


def to_file(source: Path, target: Path) -> Path:
    """Copy the store `source` to the new file `target` (0600) and verify the copy by opening it.

    Raises `NotAllowed` where `target` exists, `StoreDamaged` where the copy fails its integrity check; the
    copy is made under another name and only a verified one gets `target`'s.
    """
    try:
        target = target.resolve()  # a link to a stick that is not there must not become a file beside the store
        if target.exists():
            raise NotAllowed(f"{target} exists already; choose another name, nothing was overwritten.")
        if not target.parent.is_dir():
            raise NotAllowed(f"There is no folder {target.parent}; make it first or choose another.")
        being_made = own_file(target.parent, f".{target.name}-", ".part")
        try:
            _copy(source, being_made)
            verify(being_made)
            being_made.rename(target)
        finally:
            being_made.unlink(missing_ok=True)
    except RuntimeError:  # how pathlib reports links that lead to each other
        raise NotAllowed(f"{target} is a link that leads nowhere; choose another name.") from None
    except OSError as error:
        raise GuruError(
            f"The backup could not be written to {target.parent} ({error.strerror}); choose another place."
        ) from None
    return target


def _copy(source: Path, target: Path) -> None:
    with translated():
        reading, writing = connect(source), sqlite3.connect(target, isolation_level=None)
        try:
            reading.backup(writing)
            # A copy is one file that can be carried about: no write-ahead log beside it.
            writing.execute("PRAGMA journal_mode=DELETE")
        finally:
            reading.close()
            writing.close()


def restore(source: Path, path: Path, folder: Path, *, now: datetime) -> Restored:
    """Make the verified copy `source` the store at `path`; what was there is kept in `folder`.

    What has left since the copy was made is taken over from there, so that none of it goes again.
    The new store is made and checked beside its place and takes it by one rename. Raises `StoreDamaged` where
    `source` is not sound, `TryAgain` where another guru has the store open: it would write on into the old one.
    """
    verify(source)
    make_private(folder)
    being_made = own_file(path.parent, f".{path.name}-", ".part")
    try:
        _copy(source, being_made)
        known = not path.exists() or take_over(path, being_made)
        verify(being_made)
        with translated(), closing(sqlite3.connect(being_made, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        kept = _put_aside(path, folder / f"practice-{now:%Y%m%d-%H%M%S}-replaced.db") if path.exists() else None
        being_made.rename(path)
    except OSError as error:
        raise GuruError(f"The copy could not be put in place ({error.strerror}); the practice is as it was.") from None
    finally:
        for left in (being_made, *(being_made.with_name(being_made.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return Restored(kept, known)


def _put_aside(path: Path, kept: Path) -> Path:
    try:
        with closing(connect(path)) as connection, translated():
            # Leaving WAL mode needs the file for oneself, and folds the log into it: one file is left to keep.
            connection.execute("PRAGMA busy_timeout=200")
            connection.execute("PRAGMA journal_mode=DELETE")
    except TryAgain:
        raise TryAgain("Another guru has the practice open; close it, then restore again.") from None
    except StoreDamaged:
        pass  # what is being replaced may be broken: it is kept as it is, its log beside it
    kept.hardlink_to(path)
    for end in ("-wal", "-shm"):
        log = path.with_name(path.name + end)
        if log.exists():
            log.rename(kept.with_name(kept.name + end))
    return kept


def verify(path: Path) -> None:
    """Open `path` and check every page and foreign key; raises `StoreDamaged` where something is wrong."""
    with translated():
        connection = connect(path, readonly=True)
        try:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
        finally:
            connection.close()
    if answer != "ok" or orphans:
        raise StoreDamaged(f"{path} failed its integrity check; keep it aside and restore a backup: guru restore FILE")
