"""The sender on a clock: inside the app, and as the daemon in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.jobs.run_report import RunReport
from guru_tui.jobs.scheduler import AppSender
from guru_tui.settings import Settings
from guru_tui.store.sender_lock import SenderLock, holder
from tests.outbox_support import book, client, files, outbox, states
from tests.shell import Shell

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
    from tests.shell import GURU

    return subprocess.Popen(
        [str(GURU), "daemon", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**shell.environment(), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


@pytest.fixture
def installed(guru: Guru, home: Path) -> Shell:
    """The installed program over the fixture's practice."""
    return Shell(home, env={"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
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
