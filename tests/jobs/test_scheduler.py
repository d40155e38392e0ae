"""The sender on a clock: inside the app, and as the daemon in a process of its own."""

from __future__ import annotations

import gc
import signal
import sqlite3
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.jobs.run_report import RunReport
from guru_tui.jobs.scheduler import AppSender
from guru_tui.settings import Settings
from guru_tui.store.sender_lock import SenderLock, holder
from tests.outbox_support import book, client, files, outbox, sql, states
from tests.servers import STALL, SmtpServer
from tests.shell import GURU, Shell

THURSDAY = "2026-11-26T09:00"


@pytest.fixture
def sender(guru: Guru, clock: FixedClock) -> Iterator[AppSender]:
    """The app's sender, not started."""
    made = AppSender(guru.settings, clock)
    yield made
    made.stop()


def test_the_app_sends_and_says_so(guru: Guru, home: Path, clock: FixedClock) -> None:
    book(guru, client(guru), THURSDAY)
    reported, said = threading.Event(), []
    reports: list[RunReport] = []

    def report(done: RunReport) -> None:
        reports.append(done)
        reported.set()

    sender = AppSender(guru.settings, clock, interval=3600, on_report=report, on_status=said.append)
    sender.start()
    assert reported.wait(20)
    sender.stop()
    assert (reports[0].sent, sender.status, said) == (2, "this app sends", ["this app sends"])
    assert len(files(home)) == 2
    assert holder(home) is None


def test_the_app_only_watches_while_the_daemon_sends(guru: Guru, home: Path, sender: AppSender) -> None:
    book(guru, client(guru), THURSDAY)
    lock = SenderLock(home, "daemon")
    lock.acquire("2026-11-25T08:00:00Z")
    sender.tick()
    assert sender.status.startswith("the daemon (process ") and sender.status.endswith(" sends")
    assert states(guru) == []
    lock.release()
    sender.tick()
    assert sender.status == "this app sends"
    assert {row.state for row in outbox(guru)} == {"sent"}


def test_a_missing_setting_shows_as_paused(guru: Guru, home: Path, clock: FixedClock) -> None:
    book(guru, client(guru), THURSDAY)
    bare = AppSender(Settings(home, {}), clock)
    bare.tick()
    assert bare.status == f"paused: email is not set up: put GURU_SMTP_HOST into {home / '.env'}."
    bare.stop()


def test_a_defect_is_named_without_quoting_anybody(
    guru: Guru, sender: AppSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Sarah Botha")

    book(guru, client(guru), THURSDAY)
    with monkeypatch.context() as patch:
        patch.setattr("guru_tui.services.last_check.last_check", broken)
        sender.tick()
        assert sender.status == "paused: a run ended with a defect of the program (KeyError); the next one goes on"
        sender.tick()
        assert [row.state for row in outbox(guru)].count("claimed") == 2
    sender.tick()
    assert [row.state for row in outbox(guru)] == ["failed", "sent"]


def daemon(shell: Shell, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(GURU), "daemon", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**shell.environment(), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


@pytest.fixture
def installed(guru: Guru, home: Path) -> Shell:
    """The installed program over the fixture's practice."""
    return Shell(home, env={"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_daemon_sends_holds_the_lock_and_stops_clean(
    guru: Guru, home: Path, installed: Shell, number: signal.Signals
) -> None:
    book(guru, client(guru), THURSDAY)
    process = daemon(installed, "--interval", "3600")
    assert process.stdout is not None
    assert "sends every 3600 s" in process.stdout.readline()
    line = process.stdout.readline()
    assert "2 sent" in line
    assert "Sarah" not in line and "example.com" not in line
    found = holder(home)
    assert found is not None and (found.who, found.pid) == ("daemon", process.pid)
    busy = installed.run("remind", status=75)
    assert f"The daemon (process {process.pid}) is sending" in busy.stderr
    second = daemon(installed)
    assert second.wait(30) == 75
    second.communicate()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "has stopped" in out
    assert len(files(home)) == 2
    assert installed.json("remind")["messages"] == []


def test_an_interval_that_is_none_is_refused(installed: Shell) -> None:
    assert "--interval is a number of seconds" in installed.run("daemon", "--interval", "0", status=2).stderr


# ---- a year ------------------------------------------------------------------------------------------


def until(process: subprocess.Popen[str], text: str) -> str:
    """The first line that has `text` in it; a daemon that keeps silent is ended after 20 seconds."""
    assert process.stdout is not None
    patience = threading.Timer(20, process.kill)
    patience.start()
    seen = []
    try:
        while line := process.stdout.readline():
            seen.append(line)
            if text in line:
                return line
    finally:
        patience.cancel()
    raise AssertionError(f"{text!r} is not in {seen}")


@pytest.fixture
def running(installed: Shell) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts daemons that tick every second and waits until they send; ends those that still run."""
    started: list[subprocess.Popen[str]] = []

    def start(**options: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(GURU), "daemon", "--interval", "1"], text=True, stdin=subprocess.DEVNULL,
            env={**installed.environment(), "PYTHONUNBUFFERED": "1"},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options},
        )  # fmt: skip
        started.append(process)
        until(process, "sends every 1 s")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something to become true, 20 seconds at most."""
    patience = time.monotonic() + 20
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.02)


@pytest.mark.parametrize("jump", [{"hours": -5}, {"hours": 5}, {"days": 20_000}])
def test_it_ticks_on_when_the_clock_jumps(jump: dict[str, float]) -> None:
    """Forward, a plain interval trigger would first count every tick of those years; back, it would sleep for hours."""
    from guru_tui.jobs.steady import Every, SteadyBackgroundScheduler, options

    ticks: list[float] = []
    ticked = threading.Condition()

    def tick() -> None:
        with ticked:
            ticks.append(time.monotonic())
            ticked.notify_all()

    def wait_for(count: int) -> None:
        with ticked:
            assert ticked.wait_for(lambda: len(ticks) >= count, 10)

    start = datetime(2026, 11, 25, 8, tzinfo=UTC)
    with time_machine.travel(start, tick=True) as traveller:
        scheduler = SteadyBackgroundScheduler(timezone=UTC)
        scheduler.add_job(tick, Every(0.2), **options())
        scheduler.start()
        try:
            wait_for(3)
            traveller.move_to(datetime.now(UTC) + timedelta(**jump))
            jumped, done = time.monotonic(), len(ticks)
            wait_for(done + 3)
            assert time.monotonic() - jumped < 3
            wait_for(done + 8)
            # One tick for all that were left out, and then the interval again.
            assert ticks[done + 7] - ticks[done + 2] > 0.7
        finally:
            scheduler.shutdown(wait=True)


def test_a_changed_env_file_holds_from_the_next_tick(
    guru: Guru, home: Path, installed: Shell, running: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    installed.env = {}
    dotenv = home / ".env"
    book(guru, client(guru, mobile=""), THURSDAY)
    process = running()
    assert "put GURU_SMTP_HOST" in until(process, "email is not set up")
    dotenv.touch(0o644)
    assert "chmod 600" in until(process, "can be read by others")
    dotenv.write_text(f"GURU_EMAIL_BACKEND=file\nGURU_OUTBOX_DIR={tmp_path / 'elsewhere'}\n")
    dotenv.chmod(0o600)
    assert "1 sent" in until(process, " sent")
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


def test_a_store_put_in_the_place_of_another_is_the_one_that_is_sent_from(
    guru: Guru, home: Path, clock: FixedClock, running: Callable[..., subprocess.Popen[str]]
) -> None:
    """As a hand puts a copy back: `guru restore` itself waits until no sender has the practice."""
    process = running()
    with sqlite3.connect(home / "practice.db") as source, sqlite3.connect(home / "other.db") as target:
        source.backup(target)
    other = Guru(Settings(home, guru.settings.values), clock)
    (home / "other.db").rename(home / "practice.db")
    for end in ("-wal", "-shm"):
        (home / f"practice.db{end}").unlink(missing_ok=True)
    book(other, client(other), THURSDAY)
    assert "2 sent" in until(process, " sent")
    assert [row.state for row in outbox(other)] == ["sent", "sent"]
    other.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_data_directory_that_goes_and_comes_back(
    guru: Guru, home: Path, tmp_path: Path, running: Callable[..., subprocess.Popen[str]]
) -> None:
    process = running()
    guru.close()
    home.rename(tmp_path / "unplugged")
    assert "put it, or the disk it lies on, back" in until(process, "is gone")
    book_in = Guru(Settings(tmp_path / "unplugged", guru.settings.values), guru.clock)
    book(book_in, client(book_in), THURSDAY)
    book_in.close()
    (tmp_path / "unplugged").rename(home)
    assert "2 sent" in until(process, " sent")
    found = holder(home)
    assert found is not None and found.pid == process.pid


def test_a_lock_file_that_was_removed_is_taken_anew(
    guru: Guru, home: Path, running: Callable[..., subprocess.Popen[str]], installed: Shell
) -> None:
    process = running()
    (home / "sender.lock").unlink()
    book(guru, client(guru), THURSDAY)
    until(process, " sent")
    found = holder(home)
    assert found is not None and found.pid == process.pid
    installed.run("remind", status=75)


def test_it_makes_way_for_a_newer_guru(guru: Guru, running: Callable[..., subprocess.Popen[str]]) -> None:
    process = running()
    sql(guru, "UPDATE alembic_version SET version_num = '9999'")
    assert "start" in until(process, "A newer guru has taken over")
    assert process.wait(20) == 75


def test_a_trouble_that_lasts_is_told_once(guru: Guru, running: Callable[..., subprocess.Popen[str]]) -> None:
    process = running()
    sql(guru, "ALTER TABLE setting RENAME TO settings")
    until(process, "is missing")
    threading.Event().wait(3.5)  # three ticks more: there is nothing to wait for, since nothing is to be said
    sql(guru, "ALTER TABLE settings RENAME TO setting")
    book(guru, client(guru), THURSDAY)
    assert process.stdout is not None
    assert "2 sent" in process.stdout.readline()


def test_the_hang_up_of_a_terminal_stops_it_and_nohup_does_not(running: Callable[..., subprocess.Popen[str]]) -> None:
    process = running()
    process.send_signal(signal.SIGHUP)
    assert "has stopped" in until(process, "stopped")
    assert process.wait(20) == 0
    kept = running(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    kept.send_signal(signal.SIGHUP)
    kept.send_signal(signal.SIGTERM)
    assert kept.wait(20) == 0


def test_stopping_waits_for_the_message_in_hand_longer_than_a_tick(
    guru: Guru, home: Path, installed: Shell, running: Callable[..., subprocess.Popen[str]],
    start_smtp: Callable[..., SmtpServer],
) -> None:  # fmt: skip
    server = start_smtp(security="none")
    server.plan("end", STALL)
    installed.env = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": str(server.port), "GURU_SMTP_SECURITY": "none"}
    book(guru, client(guru, mobile=""), THURSDAY)
    process = running()
    wait_until(lambda: bool(server.mails))
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    found = holder(home)
    assert found is not None and found.pid == process.pid
    server.drop_all()
    assert process.wait(20) == 0
    assert [row.state for row in outbox(guru)] == ["unknown"]
    assert [row.result for row in guru.outbox.tries(1)] == ["unknown"]
    assert holder(home) is None


@pytest.mark.slow
def test_ten_thousand_ticks_leave_nothing_behind(guru: Guru, sender: AppSender, clock: FixedClock) -> None:
    """Three and a half days of a daemon; its memory after the first thousand is its memory after the last."""
    book(guru, client(guru), THURSDAY)

    def ticks(number: int) -> int:
        for _ in range(number):
            clock.advance(seconds=30)
            sender.tick()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = ticks(1_000)
        after = ticks(10_000)
    finally:
        tracemalloc.stop()
    assert sender.status == "this app sends"
    assert after - before < 100_000
