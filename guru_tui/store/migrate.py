"""Alembic, run in-process on one store; imported only when a store is older than the program."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from guru_tui.store import backup, changelog, models
from guru_tui.store.connection import connect


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file: the scripts lie in the package."""
    settings = Config()
    settings.set_main_option("script_location", "guru_tui.store:migrations")
    settings.attributes["connection"] = connection
    return settings


def upgrade(path: Path, now: datetime) -> Path:
    """Bring the store at `path` to the newest revision in one transaction, and return the backup made before."""
    saved = backup.into_folder(path, path.parent / "backups", reason="before-update", now=now)
    run(lambda: _without_foreign_keys(path))
    return saved


def run(creator: Callable[[], Any]) -> None:
    """Run every outstanding migration and renew the change log's triggers on one connection."""
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(config(connection), "head")
        for statement in trigger_statements():
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


def trigger_statements() -> list[str]:
    """The statements that give every logged table its triggers, from the models as they are now."""
    statements: list[str] = []
    for model in models.LOGGED:
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        key = next(iter(table.primary_key.columns)).name
        statements += changelog.trigger_sql(table.name, [column.name for column in table.columns], key)
    return statements


def _without_foreign_keys(path: Path) -> sqlite3.Connection:
    # Alembic's batch mode rebuilds tables; SQLite wants foreign keys off for that (sqlite.org/lang_altertable).
    connection = connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    return connection


def dump() -> str:
    """The schema that the migrations end in, as the text of `schema.sql`."""
    source = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    run(lambda: _Shared(source))
    rows = source.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid"
    ).fetchall()
    head = "-- The store at its newest revision. Made by `make schema` from the migrations; do not edit.\n"
    return head + "".join(f"{row[0].rstrip()};\n" for row in rows)


class _Shared:
    """A connection that SQLAlchemy may close without losing the in-memory store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def close(self) -> None:
        """Keep it open."""


if __name__ == "__main__":
    Path(__file__).with_name("schema.sql").write_text(dump(), "utf-8")
