"""The data directory: who can read it, its disk, the store in it, its backups."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta

from guru_tui.domain.clock import Clock
from guru_tui.services.doctor.finding import Check, ago
from guru_tui.settings import Settings
from guru_tui.store import schema

_BACKUP_AGE = timedelta(days=7)
_LITTLE = 100_000_000


def files(settings: Settings) -> Iterator[Check]:
    """Permissions, and room on the disk."""
    private = [settings.home, settings.backups]
    try:
        files = [settings.database, settings.home / ".env", *settings.backups.glob("*.db")]
        loose = [path for path in (*private, *files) if path.exists() and path.stat().st_mode & 0o077]
    except OSError as error:
        yield Check(
            "permissions", "fail", f"{settings.home} cannot be used ({error.strerror})", "set GURU_HOME to one that can"
        )
        return
    if loose:
        yield Check(
            "permissions",
            "fail",
            f"others can read {', '.join(str(path) for path in loose[:3])}",
            f"chmod -R go-rwx {settings.home}",
        )
    elif settings.home.exists():
        yield Check("permissions", "ok", "only you can read the data directory")
    if settings.home.exists():
        yield from _disk(settings)


def _disk(settings: Settings) -> Iterator[Check]:
    free = shutil.disk_usage(settings.home).free
    if free < _LITTLE:
        remedy = "free some space: when it is full, nothing can be booked or sent"
        yield Check("disk", "warn", f"only {free // 1_000_000} MB are free", remedy)


def store(connection: sqlite3.Connection) -> Iterator[Check]:
    """Whether the store is sound and of this version."""
    at = schema.revision(connection)
    if not at:
        yield Check("store", "fail", "it does not say which version it is of", "restore a backup: guru restore FILE")
        return
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        answer, orphans = str(error), None
    if answer != "ok" or orphans:
        yield Check("store", "fail", f"damaged: {answer}", "restore a backup: guru restore FILE")
    elif at > schema.HEAD:
        yield Check("store", "fail", f"written by a newer guru (store {at})", "update guru")
    elif at < schema.HEAD:
        yield Check("store", "warn", f"of an older version ({at})", "any command brings it up to date, after a backup")
    else:
        yield Check("store", "ok", f"sound, version {at}, SQLite {sqlite3.sqlite_version}")


def backup(settings: Settings, clock: Clock) -> Check:
    """When the last automatic copy was made."""
    newest = max((path.stat().st_mtime for path in settings.backups.glob("*.db")), default=None)
    if newest is None:
        return Check("backup", "warn", "none yet", "guru backup")
    age = clock.now() - datetime.fromtimestamp(newest, tz=clock.now().tzinfo)
    if age > _BACKUP_AGE:
        return Check("backup", "warn", f"last one {ago(age)}", "guru backup")
    return Check("backup", "ok", f"last one {ago(age)}")
