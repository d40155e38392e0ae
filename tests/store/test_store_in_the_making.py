"""A store is made whole or not at all, and a backup by one process is not touched by another."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock, SystemClock
from guru_tui.errors import GuruError, Misconfigured, NotAllowed, TryAgain
from guru_tui.services.setup import Answers, set_up
from guru_tui.settings import Settings
from guru_tui.store import backup, schema
from guru_tui.store.connection import StoreDamaged, explain


class Killed(BaseException):
    """Stands for whatever ends a process in the middle."""


def test_a_setup_that_is_broken_off_leaves_no_half_practice(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(tmp_path / "home")

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("guru_tui.services.practice.PracticeService.set_many", killed)
        with pytest.raises(Killed):
            set_up(settings, clock, Answers(zone="Europe/London"))
    assert list(settings.home.iterdir()) == []
    set_up(settings, clock, Answers(zone="Europe/London"))
    guru = Guru(settings, clock)
    assert guru.reads.practice().zone == "Europe/London"
    guru.close()
    assert (settings.database.stat().st_mode & 0o777, len(list(settings.home.iterdir()))) == (0o600, 1)


def test_the_sample_is_made_whole_as_well(tmp_path: Path, clock: FixedClock) -> None:
    settings = Settings(tmp_path / "home")
    set_up(settings, clock, Answers(practice="Mine"), sample=True)
    guru = Guru(settings, clock)
    assert guru.reads.practice().name == "Mine" and guru.reads.client_count() > 100
    guru.close()


def test_a_store_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "home" / "practice.db"
    with pytest.raises(NotAllowed, match="already"), schema.being_made(path) as place:
        schema.create(place)
        path.write_bytes(b"the other one")
    assert path.read_bytes() == b"the other one"


def test_a_folder_that_is_full_or_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(Misconfigured, match="Operation not permitted"):
        schema.create(tmp_path / "home" / "practice.db")


def test_backups_of_one_second_do_not_share_a_working_file(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, inner = home / "copy.db", []
    verify = backup.verify

    def meanwhile(path: Path) -> None:
        if not inner:
            inner.append(path)
            backup.to_file(home / "practice.db", home / "copy.db")
            assert path.exists()
        verify(path)

    monkeypatch.setattr(backup, "verify", meanwhile)
    assert backup.to_file(home / "practice.db", target) == target
    verify(target)
    assert [path.name for path in home.glob(".copy.db*")] == []


def test_a_store_without_version_is_damaged(guru: Guru, home: Path) -> None:
    guru.connection.execute("DELETE FROM alembic_version")
    with pytest.raises(StoreDamaged, match="which version"):
        schema.open_current(home / "practice.db", SystemClock())
    guru.connection.execute("DROP TABLE alembic_version")
    with pytest.raises(StoreDamaged, match="no such table"):
        schema.open_current(home / "practice.db", SystemClock())


def test_a_busy_store_is_not_taken_for_one_without_version() -> None:
    class Busy(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:  # type: ignore[override]
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

    with pytest.raises(TryAgain):
        schema.revision(Busy(":memory:"))


def test_a_full_disk_is_temporary_for_a_reader_too() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    told = explain(error)
    assert isinstance(told, TryAgain) and "full" in str(told)


def test_a_defect_of_the_program_is_not_explained_away() -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(":memory:").execute("SELEKT 1")
    assert explain(caught.value) is None
    assert explain(ValueError("no")) is None


@pytest.mark.skipif(os.name == "nt", reason="POSIX links")
def test_a_loop_of_links_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(GuruError):
        schema.create(loop / "practice.db")
