"""What runs all day, the daemon and the app, keeps the feed, whoever changed the practice; sending never suffers."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.jobs.feed_keeper import FeedKeeper
from guru_tui.jobs.station import Station
from guru_tui.services import feed_upkeep
from tests.outbox_support import book, client, outbox
from tests.shell import GURU, Shell

PATIENCE = 20


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


@pytest.fixture
def path(guru: Guru, tmp_path: Path) -> Path:
    """Where the practice wants its calendar written."""
    folder = tmp_path / "phone"
    folder.mkdir()
    guru.practice.set_many({"ics_path": str(folder / "calendar.ics"), "ics_privacy": "full"})
    return folder / "calendar.ics"


@pytest.fixture
def daemon(home: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts the installed daemon over the fixture's practice, ticking every second; what it says goes to a file."""
    shell = Shell(home, env={"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file", "PYTHONUNBUFFERED": "1"})
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [str(GURU), "daemon", "--interval", "1"], stdout=said, stderr=said, text=True, env=shell.environment()
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def said(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def holds(path: Path, text: bytes) -> bool:
    return path.exists() and text in path.read_bytes()


def test_the_daemon_writes_what_was_changed_elsewhere(
    guru: Guru, path: Path, daemon: Callable[[], subprocess.Popen[str]]
) -> None:
    process = daemon()
    until(path.exists)
    book(guru, client(guru), "2026-11-26T09:00")  # as a second program does that writes no feed itself
    until(lambda: holds(path, b"Sarah Botha"))
    written = path.stat().st_mtime_ns
    guru.undo.undo()
    until(lambda: not holds(path, b"Sarah Botha"))
    assert path.stat().st_mtime_ns > written
    path.unlink()
    until(path.exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not list(path.parent.glob(".*"))


def test_a_feed_in_trouble_is_told_once_and_stops_no_message(
    guru: Guru, path: Path, tmp_path: Path, daemon: Callable[[], subprocess.Popen[str]]
) -> None:
    path.parent.rmdir()
    key = client(guru)
    book(guru, key, "2026-11-26T09:00")
    process = daemon()
    until(lambda: "was not written" in said(tmp_path / "said"))
    until(lambda: {row.state for row in outbox(guru)} == {"sent"})
    book(guru, key, "2026-11-26T10:00")
    until(lambda: len(outbox(guru)) == 4 and {row.state for row in outbox(guru)} == {"sent"})
    path.parent.mkdir()
    guru.booking.block(datetime(2026, 11, 27, 12), datetime(2026, 11, 27, 13), "lunch")
    until(lambda: holds(path, b"lunch"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert said(tmp_path / "said").count("was not written") == 1


def test_a_disk_that_hangs_keeps_no_tick_waiting(
    guru: Guru, path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper writes in a thread of its own: a nudge comes back at once, and a stop does not wait for ever."""
    held, let_go = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        held.set()
        assert let_go.wait(PATIENCE)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(feed_upkeep, "replace_private", hang)
    monkeypatch.setattr("guru_tui.jobs.feed_keeper._PATIENCE", 0.05)
    troubles: list[str] = []
    station = Station(guru.settings, clock, who="daemon")
    keeper = station.feed_keeper(troubles.append)
    keeper.start()
    keeper.nudge()
    assert held.wait(PATIENCE)
    book(guru, client(guru), "2026-11-26T09:00")
    report = station.delivery().run_once()
    keeper.nudge()
    keeper.stop()
    assert report.sent == 2
    let_go.set()
    until(lambda: troubles)
    station.close()


def test_each_tick_writes_once_at_most_and_not_without_a_change(
    guru: Guru, path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = feed_upkeep.replace_private

    def counted(at: Path, data: bytes) -> tuple[int, ...]:
        if at == path:
            written.append(at)
        return real(at, data)

    monkeypatch.setattr(feed_upkeep, "replace_private", counted)
    keeper = FeedKeeper(guru.settings, clock, lambda _: None, pause=None)
    for _ in range(3):
        keeper._look()
    assert len(written) == 1
    for minute in range(3):
        guru.booking.block(datetime(2026, 11, 27, 12, minute * 10), datetime(2026, 11, 27, 12, minute * 10 + 5))
    for _ in range(3):
        keeper._look()
    assert len(written) == 2
    keeper._close()


def test_the_app_tries_again_by_itself(guru: Guru, path: Path, clock: FixedClock) -> None:
    path.parent.rmdir()
    troubles: list[str] = []
    keeper = FeedKeeper(guru.settings, clock, troubles.append, pause=0.01)
    keeper.start()
    try:
        until(lambda: troubles)
        path.parent.mkdir()
        clock.advance(minutes=6)
        until(path.exists)
        until(lambda: not guru.feed.trouble())
    finally:
        keeper.stop()
    assert len(troubles) == 1


def test_a_store_put_in_the_place_of_another_is_the_one_that_is_told(
    guru: Guru, path: Path, home: Path, clock: FixedClock
) -> None:
    keeper = FeedKeeper(guru.settings, clock, lambda _: None, pause=None)
    keeper._look()
    guru.close()
    copy = home / "copy.db"
    copy.write_bytes((home / "practice.db").read_bytes())
    copy.rename(home / "practice.db")
    book(guru, client(guru), "2026-11-26T09:00")
    keeper._look()
    keeper._close()
    assert holds(path, b"Sarah Botha")
