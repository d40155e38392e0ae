"""The way back from a backup: whole or not at all, and what was there is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import NotFound, TryAgain
from guru_tui.services import backup
from guru_tui.store.connection import StoreDamaged, connect
from guru_tui.store.sender_lock import SenderLock
from tests.outbox_support import book, client, files, run


def _profession(path: Path) -> str:
    connection = connect(path)
    try:
        return str(connection.execute("SELECT value FROM setting WHERE key = 'profession'").fetchone()[0])
    finally:
        connection.close()


@pytest.fixture
def copy(guru: Guru, tmp_path: Path) -> Path:
    """A copy made before the profession was changed; nobody has the practice open any more."""
    made = backup.make_backup(guru.settings, guru.clock, tmp_path / "copy.db")
    guru.practice.set("profession", "Tutor")
    guru.close()
    return made


def test_the_copy_becomes_the_practice_and_the_former_is_kept(guru: Guru, copy: Path, home: Path) -> None:
    kept = backup.restore(guru.settings, guru.clock, copy).kept
    assert kept is not None
    assert (_profession(home / "practice.db"), _profession(kept)) == ("Physiotherapist", "Tutor")
    assert copy.exists()
    for path in (home / "practice.db", kept):
        assert path.stat().st_mode & 0o777 == 0o600
    assert connect(home / "practice.db").execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert not [path.name for path in home.iterdir() if path.name.endswith(".part")]
    guru.practice.set("profession", "Dietician")
    assert guru.reads.practice()["profession"] == "Dietician"


def test_a_practice_in_use_is_not_replaced(guru: Guru, copy: Path, home: Path, clock: FixedClock) -> None:
    other = connect(home / "practice.db")
    other.execute("SELECT * FROM setting").fetchall()
    with pytest.raises(TryAgain, match="close it"):
        backup.restore(guru.settings, clock, copy)
    other.close()
    with SenderLock(home, "daemon") as lock:
        lock.acquire("2026-11-25T08:00:00Z")
        with pytest.raises(TryAgain, match="daemon"):
            backup.restore(guru.settings, clock, copy)
    assert _profession(home / "practice.db") == "Tutor"


def test_a_damaged_or_missing_copy_changes_nothing(guru: Guru, copy: Path, home: Path, clock: FixedClock) -> None:
    content = bytearray(copy.read_bytes())
    content[8192:40000] = b"\x55" * (40000 - 8192)
    copy.write_bytes(bytes(content))
    with pytest.raises(StoreDamaged):
        backup.restore(guru.settings, clock, copy)
    with pytest.raises(NotFound, match="backups"):
        backup.restore(guru.settings, clock, home / "nothing.db")
    assert _profession(home / "practice.db") == "Tutor"


def test_a_damaged_practice_is_replaced_and_kept_as_it_is(
    guru: Guru, copy: Path, home: Path, clock: FixedClock
) -> None:
    (home / "practice.db").write_bytes(b"rubbish" * 5000)
    kept = backup.restore(guru.settings, clock, copy).kept
    assert kept is not None and kept.read_bytes().startswith(b"rubbish")
    assert _profession(home / "practice.db") == "Physiotherapist"


def test_what_has_left_since_the_copy_does_not_go_again(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    copy = backup.make_backup(guru.settings, guru.clock, home / "copy.db")
    assert run(guru).sent == 2
    guru.close()
    assert backup.restore(guru.settings, clock, copy).fates_known
    again = Guru(guru.settings, clock, origin="test")
    try:
        assert run(again).sent == 0
        assert [row.state for row in again.reads.messages()] == ["sent", "sent"]
        assert len(files(home)) == 2
    finally:
        again.close()


def test_where_that_cannot_be_told_nothing_is_sent(guru: Guru, clock: FixedClock, home: Path) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    copy = backup.make_backup(guru.settings, guru.clock, home / "copy.db")
    guru.close()
    guru.settings.database.write_bytes(b"no database at all" * 500)
    assert not backup.restore(guru.settings, clock, copy).fates_known
    again = Guru(guru.settings, clock, origin="test")
    try:
        assert run(again).sent == 0 and not again.reads.practice().sending
    finally:
        again.close()
