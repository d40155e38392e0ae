"""kill -9 at each step of a send, a full disk after the provider's yes, and two senders at once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import TryAgain
from guru_tui.store import sending
from guru_tui.store.sender_lock import holder
from tests.outbox_support import book, client, files, outbox, run, sql, states

THURSDAY = "2026-11-26T09:00"
ROOT = Path(__file__).parents[2]

# Runs the sender in a process of its own and kills it, as the kernel would, at one step of the first message.
CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.channels.file import FileChannel
from guru_tui.domain.clock import FixedClock
from guru_tui.jobs.dispatch import Dispatch
from guru_tui.services import last_check
from guru_tui.settings import Settings

home, now, step = sys.argv[1:]

def die(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)

send = FileChannel.send
if step == "before claim":
    Dispatch._claim = die
elif step == "after claim":
    last_check.last_check = die
elif step == "after sending":
    FileChannel.send = die
elif step == "after accept":
    FileChannel.send = lambda self, message: (send(self, message), die())
settings = Settings(Path(home), {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
print(Guru(settings, FixedClock(datetime.fromisoformat(now))).delivery("remind").run_once().sent)
"""


def child(home: Path, clock: FixedClock, step: str = "none") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(home), clock.now().isoformat(), step],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("step", "left", "after", "written"),
    [
        ("before claim", "queued", "sent", 1),
        ("after claim", "claimed", "sent", 1),
        ("after sending", "sending", "unknown", 0),
        ("after accept", "sending", "unknown", 1),
    ],
)
def test_killed_at_a_step_the_next_run_neither_loses_nor_repeats(
    guru: Guru, home: Path, clock: FixedClock, step: str, left: str, after: str, written: int
) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)
    died = child(home, clock, step)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert states(guru) == [("reminder", "email", left)]
    assert holder(home) is None
    report = run(guru)
    assert states(guru) == [("reminder", "email", after)]
    assert (report.sent, report.unknown, report.status) == ((1, 0, 0) if after == "sent" else (0, 1, 3))
    for _ in range(2):
        clock.advance(hours=1)
        assert run(guru).status == 0
    assert len(files(home)) == written
    assert sql(guru, "PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_two_senders_died_over_is_failed(guru: Guru, home: Path, clock: FixedClock) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)
    book(guru, client(guru, "Jan", mobile=""), THURSDAY)
    for _ in range(2):
        assert child(home, clock, "after claim").returncode == -signal.SIGKILL
    report = run(guru)
    assert (report.failed, report.sent, report.status) == (1, 1, 3)
    assert "two tries ended without a result" in outbox(guru)[0].reason


def test_two_senders_at_once_send_each_message_once(guru: Guru, home: Path, clock: FixedClock) -> None:
    for number in range(8):
        book(guru, client(guru, f"Client{number}", mobile=""), THURSDAY)
    arguments = [sys.executable, "-c", CHILD, str(home), clock.now().isoformat(), "none"]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
    run(guru)
    assert {row.state for row in outbox(guru)} == {"sent"}
    assert len(files(home)) == len(outbox(guru)) == 8


def test_a_full_disk_after_the_providers_yes_is_written_down_later(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)
    book(guru, client(guru, "Jan", mobile=""), THURSDAY)
    delivery = guru.delivery("daemon")
    settle = sending.settle

    def full(*args: object, **options: object) -> bool:
        guru.connection.execute("PRAGMA max_page_count=1")  # no page more: SQLite's "database or disk is full"
        guru.connection.execute("CREATE TABLE filler (content BLOB)")
        return settle(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "settle", full)
    with pytest.raises(TryAgain, match=r"disk is full.* not sent again"):
        delivery.run_once()
    assert outbox(guru)[0].state == "sending"
    monkeypatch.setattr(sending, "settle", settle)
    guru.connection.execute("PRAGMA max_page_count=1073741823")
    report = delivery.run_once()
    assert (report.sent, report.unknown) == (1, 0)
    assert [row.state for row in outbox(guru)] == ["sent", "sent"], "the same process knows that it went"
    assert len(files(home)) == 2


def test_without_the_process_that_knew_it_stays_unknown(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)

    def full(*args: object, **options: object) -> bool:
        raise TryAgain("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(sending, "settle", full)
        with pytest.raises(TryAgain, match="not sent again"):
            run(guru)
    assert run(guru).unknown == 1
    assert states(guru) == [("reminder", "email", "unknown")]
    assert len(files(home)) == 1
    # Evidence that comes late wins.
    assert sending.settle(guru.connection, 1, "2026-11-25T09:00:00Z", "sent", provider_id="x")
    assert states(guru) == [("reminder", "email", "sent")]
    assert not sending.settle(guru.connection, 1, "2026-11-25T09:00:00Z", "failed", "no")


@pytest.mark.parametrize("change", ["cancel", "move", "undo", "withdraw"])
def test_a_change_between_claim_and_send_is_seen(
    guru: Guru, home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    from guru_tui.services import last_check

    appointment = book(guru, client(guru, mobile=""), THURSDAY)
    other = Guru(guru.settings, clock)
    check = last_check.last_check

    def meanwhile(*args: object) -> object:
        monkeypatch.setattr(last_check, "last_check", check)
        guru.connection.execute("ROLLBACK")  # the change comes in the moment before this sender takes the write lock
        if change == "cancel":
            other.booking.cancel(appointment, notify=False)
        elif change == "move":
            start = other.reads.entry(appointment).starts.replace(tzinfo=None, hour=15)
            other.booking.move(appointment, start, notify=False)
        elif change == "undo":
            other.undo.undo()
        else:
            other.outbox.withdraw(1)
        guru.connection.execute("BEGIN IMMEDIATE")
        return check(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(last_check, "last_check", meanwhile)
    run(guru)
    assert outbox(guru)[0].state == "cancelled"
    assert len(files(home)) == (0 if change != "move" else len([row for row in outbox(guru) if row.state == "sent"]))
    other.close()


def test_a_store_that_another_process_keeps_locked_is_said_so(guru: Guru, home: Path) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)
    guru.connection.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(home / "practice.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TryAgain, match="Another guru is writing"):
        run(guru)
    other.execute("ROLLBACK")
    other.close()
    assert run(guru).sent == 1
    assert (home / "sender.lock").stat().st_mode & 0o777 == 0o600
