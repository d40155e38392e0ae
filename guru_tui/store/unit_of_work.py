"""One use case, one transaction, one named action in the change log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from guru_tui.domain.clock import Clock
from guru_tui.store import changelog
from guru_tui.store.connection import connect, explain, translated


@dataclass
class Work:
    """What a use case writes with: the models' session and the raw connection of the same transaction.

    Flush the session before reading through `connection` what it has added. `summary` is what undo and
    the log will call the step. A use case that finds it has done what stays done turns `undoable` off.
    """

    session: Session
    connection: sqlite3.Connection
    now: datetime
    action_id: int
    summary: str = ""
    undoable: bool = True


class _Rehearsed(Exception):
    """A rehearsed use case has come to its end, and is rolled back."""


class UnitOfWork:
    """Opens transactions for use cases; one for the whole program, safe to use from any thread."""

    def __init__(self, path: Path, clock: Clock, *, origin: str = "") -> None:
        self._path = path
        self._clock = clock
        self._origin = origin
        self._engine = _engine(path)
        self._kept = True

    def rehearsal(self) -> UnitOfWork:
        """The same, but that every action is rolled back at its end: what it would come to can be seen beforehand."""
        other = copy(self)
        other._kept = False
        return other

    @contextmanager
    def reading(self) -> Iterator[tuple[sqlite3.Connection, datetime]]:
        """A connection to look something up on before an action, and the instant now; holds up no writer."""
        connection = connect(self._path)
        try:
            with translated():
                yield connection, self._clock.now()
        finally:
            connection.close()

    @contextmanager
    def action(self, name: str, *, summary: str = "", undoable: bool = True) -> Iterator[Work]:
        """Run one use case under `BEGIN IMMEDIATE`; commits at the end, rolls back on any exception.

        Raises `TryAgain` where the store stays busy.
        """
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                raw = cast(sqlite3.Connection, session.connection().connection.dbapi_connection)
                now = self._clock.now()
                action_id = changelog.begin_action(
                    raw, name, at=now, summary=summary, origin=self._origin, undoable=undoable
                )
                work = Work(session, raw, now, action_id, summary, undoable)
                yield work
                session.flush()
                changelog.end_action(raw, action_id, work.summary, undoable=work.undoable)
                if not self._kept:
                    raise _Rehearsed
        except _Rehearsed:
            pass
        except (DBAPIError, sqlite3.DatabaseError) as error:
            sentence = explain(error.orig if isinstance(error, DBAPIError) and error.orig else error)
            if sentence is None:
                raise
            raise sentence from error


def _engine(path: Path) -> Engine:
    # hide_parameters: an exception's text may reach a log, the clients' data must not.
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _immediate(connection: object) -> None:
        # Take the write lock before the first read, so that check and insert are one step.
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine
