"""The store: models = migrations = schema.sql; private, versioned, backed up before it changes."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import SystemClock
from guru_tui.errors import GuruError, Misconfigured, NotAllowed, TryAgain
from guru_tui.store import backup, migrate, schema
from guru_tui.store.connection import StoreDamaged, connect, transaction


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows}


def test_schema_sql_is_what_the_migrations_end_in(tmp_path: Path) -> None:
    schema.create(tmp_path / "p" / "practice.db")
    made = connect(tmp_path / "p" / "practice.db")
    migrated = sqlite3.connect(":memory:")
    migrated.executescript(migrate.dump())
    assert _objects(made) == _objects(migrated), "run: make schema"
    made.close()
    migrated.close()


def test_migrations_equal_the_models() -> None:
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        command.upgrade(migrate.config(connection), "head")
        command.check(migrate.config(connection))
    engine.dispose()
    raw.close()


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(migrate.config()).get_current_head() == schema.HEAD


def test_every_logged_table_has_its_triggers(guru: Guru) -> None:
    names = {row[0] for row in guru.connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    from guru_tui.store.models import LOGGED

    for model in LOGGED:
        for event in ("insert", "update", "delete"):
            assert f"log_{model.__tablename__}_{event}" in names


def test_pragmas(guru: Guru) -> None:
    def pragma(name: str) -> object:
        return guru.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 5000
    assert pragma("application_id") == 0x67757275


def test_files_are_private(guru: Guru, home: Path) -> None:
    saved = backup.into_folder(home / "practice.db", home / "backups", now=SystemClock().now())
    assert home.stat().st_mode & 0o777 == 0o700
    assert saved.parent.stat().st_mode & 0o777 == 0o700
    for path in (*home.glob("practice.db*"), saved):
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_init_never_overwrites(guru: Guru, home: Path) -> None:
    with pytest.raises(NotAllowed, match="already"):
        schema.create(home / "practice.db")
    assert guru.reads.practice().name == "Sea Point Physio"
    assert not list(home.glob("*.new"))


def test_no_practice_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="guru init"):
        connect(tmp_path / "practice.db")


def test_a_newer_store_is_refused(guru: Guru, home: Path) -> None:
    guru.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NotAllowed, match="newer guru"):
        schema.open_current(home / "practice.db", SystemClock())


LATER_MIGRATION = """
from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"


def upgrade():
    with op.batch_alter_table("client") as batch:
        batch.add_column(sa.Column("nickname", sa.String(), nullable=False, server_default=""))
"""


@pytest.fixture
def a_later_program(guru: Guru, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as a later version will be, with one migration more; the practice was opened by today's."""
    _ = guru.connection
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0005_a_nickname.py").write_text(LATER_MIGRATION)
    of_today = migrate.config

    def config(connection: Connection | None = None) -> Config:
        settings = of_today(connection)
        settings.set_main_option("path_separator", "newline")
        settings.set_main_option("version_locations", f"guru_tui.store:migrations/versions\n{versions}")
        return settings

    monkeypatch.setattr(migrate, "config", config)
    monkeypatch.setattr(schema, "HEAD", "0005")


def test_an_older_store_is_backed_up_and_then_migrated(guru: Guru, home: Path, a_later_program: None) -> None:
    key = guru.clients.add("Sarah", "Botha")
    connection = schema.open_current(home / "practice.db", SystemClock())
    assert schema.revision(connection) == "0005"
    assert connection.execute("SELECT first_name, nickname FROM client").fetchall() == [("Sarah", "")]
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] >= 36
    with pytest.raises(sqlite3.IntegrityError, match="outside a named action"):
        connection.execute("UPDATE client SET first_name = 'Sally' WHERE id = ?", (key,))
    connection.close()
    (saved,) = (home / "backups").glob("*before-update.db")
    assert saved.stat().st_mode & 0o777 == 0o600
    copy = connect(saved, readonly=True)
    assert schema.revision(copy) == "0004"
    assert copy.execute("SELECT first_name FROM client").fetchall() == [("Sarah",)]
    copy.close()


def test_a_store_of_no_version_is_refused(guru: Guru, home: Path) -> None:
    guru.connection.execute("DELETE FROM alembic_version")
    with pytest.raises(StoreDamaged, match="does not say which version"):
        schema.open_current(home / "practice.db", SystemClock())


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "practice.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamaged):
        connect(path)
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreDamaged, match="not a guru practice"):
        connect(tmp_path / "other.db")


def test_a_busy_store_is_temporary(guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guru_tui.store.connection.BUSY_SECONDS", 0.05)
    other = connect(home / "practice.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TryAgain, match="try again"):
        guru.practice.set("profession", "Biokineticist")
    waiting = connect(home / "practice.db")
    with pytest.raises(TryAgain), transaction(waiting):
        raise AssertionError("the lock was not waited for")
    other.rollback()
    other.close()
    waiting.close()
    guru.practice.set("profession", "Biokineticist")
    assert guru.reads.practice()["profession"] == "Biokineticist"


def test_backup_is_verified_and_never_overwrites(guru: Guru, home: Path, tmp_path: Path) -> None:
    target = backup.to_file(home / "practice.db", tmp_path / "copy.db")
    copy = connect(target, readonly=True)
    assert copy.execute("SELECT value FROM setting WHERE key = 'practice_name'").fetchone()[0] == "Sea Point Physio"
    copy.close()
    with pytest.raises(NotAllowed, match="exists already"):
        backup.to_file(home / "practice.db", target)
    with pytest.raises(NotAllowed, match="no folder"):
        backup.to_file(home / "practice.db", tmp_path / "missing" / "copy.db")
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_copy_does_not_count(guru: Guru, home: Path, tmp_path: Path) -> None:
    target = backup.to_file(home / "practice.db", tmp_path / "copy.db")
    content = bytearray(target.read_bytes())
    content[8192:40000] = b"\x55" * (40000 - 8192)
    target.write_bytes(bytes(content))
    with pytest.raises(GuruError):
        backup.verify(target)
