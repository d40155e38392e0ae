"""Making a new store, and bringing an older one up to date.

A new store is made from `schema.sql`, the schema that the migrations end in (a test holds the two together),
so that neither Alembic nor SQLModel is loaded for it. Alembic runs only on a store of an older revision.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guru_tui.domain.clock import Clock
from guru_tui.errors import GuruError, NotAllowed, TryAgain
from guru_tui.store.connection import (
    APPLICATION_ID,
    StoreDamaged,
    connect,
    make_private,
    there,
    translated,
    unusable,
)

HEAD = "0004"
"""The newest revision: the last file in `migrations/versions`."""


def create(path: Path) -> None:
    """Make an empty store at `path`; raises `NotAllowed` where one exists already."""
    with being_made(path) as place:
        _fill(place)


@contextmanager
def being_made(path: Path) -> Iterator[Path]:
    """Where to make the store that becomes `path` at the end of the block, whole, or not at all.

    Raises `NotAllowed` where one exists already, at the end of the block too.
    """
    from tempfile import TemporaryDirectory  # 10 ms, and only a new store needs it

    taken = NotAllowed(f"There is a practice in {path.parent} already; nothing was changed.")
    make_private(path.parent)
    if there(path):
        raise taken
    try:
        with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            place = Path(folder) / path.name
            yield place
            if place.with_name(f"{place.name}-wal").exists():
                # The last one who closes it folds the log in; where that is left over, the disk had no room.
                raise TryAgain("The disk is full; nothing was made. Free some space and try again.")
            # link() refuses to replace: of two `guru init` at once one fails instead of overwriting the other's.
            path.hardlink_to(place)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise unusable(path.parent, error) from None


def _fill(path: Path) -> None:
    path.touch(mode=0o600)  # SQLite gives `-wal` and `-shm` the same mode
    with translated():
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute("PRAGMA synchronous=FULL")
            # In one transaction: as many commits as statements would take a log of four times the store's size.
            connection.executescript(f"BEGIN;{schema_sql()}INSERT INTO alembic_version VALUES ('{HEAD}');COMMIT;")
            connection.execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()


def schema_sql() -> str:
    """The statements that make an empty store of revision `HEAD`."""
    return Path(__file__).with_name("schema.sql").read_text("utf-8")


def revision(connection: sqlite3.Connection) -> str:
    """The revision the store is at, empty where it has none."""
    with translated():
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def open_current(path: Path, clock: Clock) -> sqlite3.Connection:
    """Open the store for use, first bringing it to `HEAD` (after a verified backup) where it is older.

    Raises `NotAllowed` for a store that a newer guru has written, and `StoreDamaged` for one of no version.
    """
    connection = connect(path)
    try:
        at = revision(connection)
    except BaseException:
        connection.close()
        raise
    if at == HEAD:
        return connection
    connection.close()
    if not at:
        raise StoreDamaged(f"{path} does not say which version it is of; restore a backup: guru restore FILE")
    if at > HEAD:
        raise NotAllowed(
            f"This practice was written by a newer guru (store {at}, this program knows {HEAD}); "
            "update guru, nothing was changed."
        )
    from guru_tui.store.migrate import upgrade

    upgrade(path, clock.now())
    connection = connect(path)
    if revision(connection) != HEAD:
        connection.close()
        raise GuruError(f"The practice could not be brought up to date; its backup lies in {path.parent / 'backups'}.")
    return connection
