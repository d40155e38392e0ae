"""What the doctor says about sending, the clock, the disk and the services, with programs of the test's own."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import utc_text
from guru_tui.services.doctor import Check, examine
from guru_tui.services.service_units import programs
from guru_tui.services.service_units.crontab import Crontab
from guru_tui.services.service_units.systemd import Systemd
from tests.outbox_support import book, client, run, setting, sql
from tests.shell import Shell

HOST = os.uname().nodename


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory and programs of the test's own: the real crontab and systemd are never asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, script: str) -> None:
    """A program that answers with `script`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


def with_cron(folder: Path, home: Path) -> None:
    """A crontab with our line in it."""
    (folder / "table").write_text(Crontab().text(programs.this_guru(), home))
    program(folder, "crontab", f"cat {folder / 'table'}")


def with_service(folder: Path, home: Path, active: str, enabled: str = "enabled", linger: str = "yes") -> None:
    """A systemd with our unit in it."""
    unit = Systemd()
    programs.write(Path(unit.where), unit.text(programs.this_guru(), home))
    program(folder, "systemctl", f'case "$2" in is-active) echo {active};; is-enabled) echo {enabled};; esac')
    program(folder, "loginctl", f"echo Linger={linger}")


def ran(guru: Guru, who: str, place: str, paused: str = "", **ago: float) -> None:
    """A run of a sender, so long ago."""
    at = utc_text(guru.clock.now() - timedelta(**ago))
    sql(guru, "INSERT OR REPLACE INTO sender_run (who, last_at, paused, place) VALUES (?, ?, ?, ?)", who, at, paused,
        place)  # fmt: skip


def checks(guru: Guru, name: str) -> list[Check]:
    """The findings of that name."""
    return [check for check in examine(guru.settings, guru.clock, network=False) if check.name == name]


def reminders(guru: Guru) -> tuple[str, str, str]:
    """What is said about the last run."""
    (found,) = checks(guru, "reminders")
    return found.status, found.message, found.remedy


def test_no_run_yet(guru: Guru) -> None:
    assert reminders(guru) == ("warn", "no sender has run yet", "guru service install, or keep guru daemon running")


def test_the_last_run_and_what_had_started_it(guru: Guru) -> None:
    ran(guru, "remind", "cron on desk", minutes=4)
    assert reminders(guru) == ("ok", "last run 4 minutes ago by cron on desk", "")
    ran(guru, "daemon", "systemd on desk", minutes=3)
    assert reminders(guru)[1] == "last run 3 minutes ago by systemd on desk"
    run(guru)
    assert reminders(guru)[:2] == ("ok", f"last run just now by {_this_test()}")


def _this_test() -> str:
    return f"{'a terminal' if os.isatty(0) else 'a script'} on {HOST}"


def test_a_run_by_hand_is_no_promise(guru: Guru) -> None:
    ran(guru, "app", "app on desk", minutes=4)
    ran(guru, "remind", "terminal on desk", hours=4)
    status, message, remedy = reminders(guru)
    assert (status, remedy) == ("warn", "guru service install")
    assert message == "last run 4 minutes ago by the app on desk: they leave only while somebody runs guru"
    ran(guru, "app", "app on desk", days=3)
    ran(guru, "remind", "terminal on desk", days=3)
    assert reminders(guru)[1:] == (
        "last run 3 days ago by the app on desk",
        "nothing sends by itself: guru service install",
    )


def test_what_is_installed_is_held_to_its_interval(guru: Guru, home: Path, machine: Path) -> None:
    with_cron(machine, home)
    ran(guru, "remind", "cron on desk", minutes=14)
    assert reminders(guru)[0] == "ok"
    ran(guru, "remind", "cron on desk", minutes=16)
    ran(guru, "app", "app on desk", minutes=1)
    status, message, remedy = reminders(guru)
    assert (status, remedy) == ("warn", "guru service status")
    assert message.startswith("last run just now by the app on desk, 16 minutes ago by cron on desk for the last time")
    assert [check.message for check in checks(guru, "service")] == ["the crontab line is installed"]


@pytest.mark.parametrize(
    ("active", "enabled", "linger", "status", "message", "remedy"),
    [
        ("active", "enabled", "yes", "ok", "the systemd user unit runs", ""),
        ("active", "enabled", "no", "ok", "the systemd user unit runs", "enable-linger"),
        ("failed", "enabled", "yes", "warn", "installed but not running", "guru service install"),
        ("inactive", "disabled", "yes", "warn", "installed but not enabled", "guru service install"),
    ],
)
def test_a_service(
    guru: Guru,
    home: Path,
    machine: Path,
    active: str,
    enabled: str,
    linger: str,
    status: str,
    message: str,
    remedy: str,
) -> None:
    with_service(machine, home, active, enabled, linger)
    (found,) = checks(guru, "service")
    assert found.status == status and message in found.message and remedy in found.remedy


def test_both_installed_and_one_for_another_practice(guru: Guru, home: Path, machine: Path) -> None:
    with_service(machine, home / "other", "active")
    with_cron(machine, home)
    found = checks(guru, "service")
    assert [check.status for check in found] == ["warn", "warn", "ok"]
    assert "are both installed" in found[0].message and "another data directory" in found[1].message


def test_a_program_that_fails_is_no_end(guru: Guru, machine: Path) -> None:
    program(machine, "crontab", "echo 'you are not allowed to use this program' >&2; exit 1")
    (found,) = checks(guru, "service")
    assert found.status == "warn" and "not allowed" in found.message
    assert reminders(guru)[0] == "warn"


def test_a_pause_and_the_switch(guru: Guru) -> None:
    ran(guru, "daemon", "systemd on desk", "Clickatell refuses the key", minutes=1)
    assert reminders(guru)[:2] == ("fail", "sending is paused: Clickatell refuses the key")
    setting(guru, "sending", "no")
    assert reminders(guru)[0] == "ok"
    (found,) = checks(guru, "sending")
    assert (found.status, found.remedy) == ("warn", "guru settings set sending yes")


def test_a_run_in_the_future_is_the_clock(guru: Guru, clock: FixedClock) -> None:
    ran(guru, "daemon", "systemd on desk", hours=-3)
    (found,) = checks(guru, "clock")
    assert (found.status, found.message) == (
        "warn", "the last run lies in the future (Wed 25 Nov 13:00, by systemd on desk)",
    )  # fmt: skip
    clock.advance(hours=3)
    assert checks(guru, "clock") == []


def test_a_disk_that_is_nearly_full(guru: Guru, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks(guru, "disk") == []
    usage = shutil.disk_usage(guru.settings.home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=42_000_000))
    (found,) = checks(guru, "disk")
    assert (found.status, found.message) == ("warn", "only 42 MB are free")


def test_messages_that_need_somebody_until_they_are_dealt_with(guru: Guru) -> None:
    for name, state in (("Ann", "failed"), ("Ben", "unknown"), ("Cal", "failed")):
        book(guru, client(guru, name, email=""), "2026-11-26T09:00")
        run(guru)
        sql(guru, "UPDATE outbox_message SET state = ? WHERE id = (SELECT max(id) FROM outbox_message)", state)
    (found,) = checks(guru, "outbox")
    assert (found.status, found.message) == ("warn", "messages that need you: 2 failed, 1 unknown")
    assert "may or may not have gone" in checks(guru, "unknown")[0].message
    guru.outbox.acknowledge_all()
    assert checks(guru, "outbox") == checks(guru, "unknown") == []


def test_the_command_says_it_and_keeps_its_statuses(guru: Guru, home: Path, machine: Path, tmp_path: Path) -> None:
    shell = Shell(home, env={"PATH": str(machine), "HOME": str(tmp_path), "GURU_EMAIL_BACKEND": "file",
                             "GURU_SMS_BACKEND": "file"})  # fmt: skip
    ran(guru, "daemon", "systemd on desk", minutes=4)
    assert "last run 4 minutes ago by systemd on desk" in shell.run("doctor", "--offline").stdout
    ran(guru, "daemon", "systemd on desk", "the key is refused", minutes=4)
    found = shell.json("doctor", "--offline", status=1)
    assert {row["name"]: row["status"] for row in found["checks"]}["reminders"] == "fail"
