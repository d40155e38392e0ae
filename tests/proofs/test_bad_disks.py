"""A full disk and a damaged file, for real: nothing goes twice, nothing goes unseen, and the remedy is named."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import TryAgain
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import set_up as practice
from tests.outbox_support import book, client
from tests.servers import ClickatellServer, SmtpServer
from tests.shell import Shell

pytestmark = pytest.mark.slow

CLIENTS = 12
BOOKING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
REMINDING = "2026-11-25T10:01:00+02:00"


def set_up(shell: Shell) -> None:
    """A practice with appointments tomorrow, all reminders due, one message that went out days ago, one that waits."""
    schema.create(shell.home / "practice.db")
    clock = FixedClock(BOOKING)
    guru = Guru(Settings(shell.home, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}), clock)
    practice(guru)
    guru.practice.set("hold_minutes", "0")
    for number in range(CLIENTS):
        name = f"Client{'abcdefghijkl'[number]}"
        book(guru, client(guru, name, mobile=""), f"2026-11-26T{8 + number // 2:02}:{30 * (number % 2):02}")
    # A page without a row would be damaged where nothing stands.
    book(guru, client(guru, "Early", mobile=""), "2026-11-21T09:00", notify=True)
    guru.delivery("remind").run_once()
    guru.practice.set("hold_minutes", "60")
    book(guru, client(guru, "Late", mobile=""), "2026-12-21T09:00", notify=True)
    guru.close()
    shell.now = REMINDING


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB: setting the practice up takes two."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", str(place)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a small tmpfs: {mounted.stderr.strip() or 'mount refused'}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def reminders(server: SmtpServer) -> list[str]:
    """Whom the server has taken reminders for; the alert that goes to the practitioner is none."""
    return [mail.recipients[0] for mail in server.mails if mail.recipients[0].startswith("client")]


def states(shell: Shell) -> list[str]:
    """The state of every reminder to the clients of tomorrow."""
    rows = shell.json("outbox", "list")["messages"]
    return [row["state"] for row in rows if row["kind"] == "reminder" and row["to"].startswith("client")]


def test_the_disk_fills_up_in_the_moment_after_the_provider_has_accepted(
    small_disk: Path, tmp_path: Path, start_smtp: Callable[..., SmtpServer]
) -> None:
    shell = Shell(small_disk / "practice")
    set_up(shell)
    server = start_smtp(users={"naledi": "pass word"})
    shell.env |= {**server.variables(), "GURU_SMS_BACKEND": "none"}
    filler = small_disk / "filler"

    def fill() -> None:
        """Take every block that is left, at the moment the third reminder has been taken."""
        if len(reminders(server)) == 3:
            with filler.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass

    server.on_mail = fill
    done = shell.run("remind", status=75)
    assert "disk is full" in done.stderr
    taken = reminders(server)
    assert len(taken) == len(set(taken)) >= 3
    filler.unlink()
    server.on_mail = None
    report = shell.json("remind", status=3)
    assert report["unknown"] == 1, "the one whose acceptance could not be written down"
    taken = reminders(server)
    assert len(taken) == len(set(taken)) == CLIENTS, "each went once, the unknown one too"
    assert sorted(states(shell)) == ["sent"] * (CLIENTS - 1) + ["unknown"]
    with closing(sqlite3.connect(shell.home / "practice.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("kilobytes", [64, 300, 480, 520, 600, 900])
def test_a_practice_is_set_up_whole_or_not_at_all(tmp_path: Path, kilobytes: int) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)])
    if mounted.returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        home = place / "home"
        try:
            schema.create(home / "practice.db")
        except TryAgain as error:
            assert "disk is full" in str(error)
            assert list(home.iterdir()) == []
            assert kilobytes < 900
        else:
            # As it lies there: the shared index of a log would want room of its own.
            name = f"{(home / 'practice.db').as_uri()}?immutable=1"
            with closing(sqlite3.connect(name, uri=True)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert kilobytes > 300
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def pages(path: Path, name: str) -> tuple[int, int]:
    """The page size and the root page (from 1) of a table or index."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return size, root


@pytest.mark.parametrize(
    "name",
    [
        "outbox_message",
        "sqlite_autoindex_outbox_message_1",
        "sqlite_autoindex_outbox_message_2",
        "ix_outbox_message_waiting",
        "appointment",
        "ix_appointment_starts_at",
        "client",
        "sqlite_autoindex_setting_1",
    ],
)
def test_a_damaged_page_is_refused_with_the_remedy(
    shell: Shell, smtp_server: SmtpServer, clickatell_server: ClickatellServer, name: str
) -> None:
    set_up(shell)
    shell.env |= {**smtp_server.variables(), **clickatell_server.variables()}
    saved = shell.home / "copy.db"
    shell.run("backup", str(saved))
    path = shell.home / "practice.db"
    size, root = pages(path, name)
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 8)
        file.write(random.Random(1).randbytes(size - 8))
    done = shell.run("remind", status=1)
    assert "guru restore" in done.stderr and done.stderr.count("\n") == 1
    assert smtp_server.mails == [] and clickatell_server.requests == []
    found = json.loads(shell.run("doctor", "--json", status=1).stdout)
    assert any(check["status"] == "fail" and "restore" in check["remedy"] for check in found["checks"])
    shell.run("restore", str(saved))
    shell.run("settings", "set", "sending", "yes")  # off, where what is replaced cannot tell what has left
    shell.run("remind")
    assert len(reminders(smtp_server)) == CLIENTS
