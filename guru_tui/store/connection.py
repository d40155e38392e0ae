"""The one way to open the store, and the private folder it lies in.

Every connection, raw or under SQLModel, comes from `connect`, so the PRAGMAs stand in one place.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guru_tui.errors import GuruError, Misconfigured, TryAgain

APPLICATION_ID = 0x67757275  # "guru", so that file(1) and we know the file for ours
BUSY_SECONDS = 5.0
DATABASE = "practice.db"


class StoreDamaged(GuruError):
    """The file is no practice of ours or a page of it is corrupt."""

    title = "The practice's file is damaged"


def make_private(folder: Path) -> Path:
    """`folder`, made if need be, for its owner only (0700)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise unusable(folder, error) from None
    return folder


def own_file(folder: Path, prefix: str, suffix: str) -> Path:
    """A new empty file in `folder` for its owner only (0600), under a name that no other process has."""
    import tempfile  # only a new store and a backup need it

    descriptor, name = tempfile.mkstemp(suffix, prefix, folder)
    os.close(descriptor)
    return Path(name)


def there(path: Path) -> bool:
    """Whether `path` exists; raises `Misconfigured` where that cannot be told, as in somebody else's folder."""
    try:
        return path.exists()
    except OSError as error:
        raise unusable(path.parent, error) from None


def unusable(folder: Path, error: OSError) -> Misconfigured:
    """What to say where the data directory refuses."""
    return Misconfigured(f"The folder {folder} cannot be used ({error.strerror}); set GURU_HOME to one that can.")


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open the store at `path` in autocommit mode, foreign keys on, durable to power loss.

    Raises `Misconfigured` where there is no store, `TryAgain` where it stays locked for five seconds and
    `StoreDamaged` where the file is not a database.
    """
    if not there(path):
        raise Misconfigured(f"There is no practice in {path.parent} yet; set one up with: guru init")
    with translated():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rw'}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # WAL is a property of the file and set once at creation; synchronous=FULL makes each commit durable.
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            # A damaged page is an error when it is read, not a table that seems to be empty.
            connection.execute("PRAGMA cell_size_check=ON")
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise StoreDamaged(
                    f"{path} is not a guru practice; restore one with: guru restore FILE, or set GURU_HOME elsewhere."
                )
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A write transaction on a raw connection: `BEGIN IMMEDIATE`, then commit, or roll back on any exception."""
    with translated():
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        with translated():
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite says about the file itself into sentences of ours; anything else passes as it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        sentence = explain(error)
        if sentence is None:
            raise
        raise sentence from error


def explain(error: BaseException) -> GuruError | None:
    """Our exception for a state of the file (busy, full, corrupt); None for a defect of the program."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return TryAgain("Another guru is writing to the practice just now; nothing was changed, try again.")
    # SHMSIZE: the index of the write-ahead log could not grow, which is how a full disk meets a mere reader.
    if primary == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return TryAgain("The disk is full; nothing was changed. Free some space and try again.")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return Misconfigured(
            f"The practice's file cannot be written ({error}); check the folder's permissions and disk."
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged(
            "The practice's file is damaged; nothing was sent or changed. Restore a backup: guru restore FILE"
        )
    if primary == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return StoreDamaged(f"A part of the practice's file is missing ({error}); restore a backup: guru restore FILE")
    return None
