"""`guru ics`, and the file that follows the calendar, as a shell sees them; khal and calcurse take what it writes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import icalendar
import pytest

from tests.shell import Shell


@pytest.fixture
def booked(shell: Shell) -> Shell:
    """A practice with one appointment and one blocked time."""
    shell.run("init", "--zone", "Africa/Johannesburg", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio",
              "--email", "hello@spp.example", "--phone", "021 555 0100")  # fmt: skip
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    shell.run("clients", "add", "Sarah", "Botha", "--mobile", "082 555 0101")
    shell.run("book", "sarah thu 9:00", "--yes", "--force", "--no-notify")
    shell.run("block", "fri 12:00-14:00 lunch")
    return shell


def summaries(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(content).walk("VEVENT")]


def test_the_feed_goes_to_a_private_file_and_replaces_its_older_self(booked: Shell, tmp_path: Path) -> None:
    path = tmp_path / "out.ics"
    assert "2 entries" in booked.run("ics", str(path)).stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert summaries(path.read_bytes()) == ["S.B.", "lunch"]
    booked.run("ics", str(path), "--privacy", "first-name")
    assert summaries(path.read_bytes()) == ["Sarah", "lunch"]


def test_it_replaces_nothing_else(booked: Shell, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    assert "--force" in booked.run("ics", str(path), status=1).stderr
    assert path.read_text() == "mine"


def test_standard_output_has_the_feed_and_nothing_else(booked: Shell) -> None:
    done = booked.run("ics", "-", "--privacy", "busy", "--from", "today", "--to", "thu")
    assert summaries(done.stdout.encode()) == ["Busy"]
    assert done.stdout.startswith("BEGIN:VCALENDAR")


def test_a_named_file_follows_every_command(booked: Shell, tmp_path: Path) -> None:
    path = tmp_path / "phone.ics"
    booked.run("settings", "set", "ics_path", str(path))
    assert summaries(path.read_bytes()) == ["S.B.", "lunch"]
    booked.run("settings", "set", "ics_privacy", "full")
    booked.run("cancel", "1", "--no-notify")
    assert summaries(path.read_bytes()) == ["lunch"]
    booked.run("undo")
    assert summaries(path.read_bytes()) == ["Sarah Botha, Follow-up", "lunch"]
    [check] = [check for check in booked.json("doctor")["checks"] if check["name"] == "feed"]
    assert (check["status"], str(path) in check["message"]) == ("ok", True)


def test_a_file_that_cannot_be_written_fails_no_change_but_is_told(booked: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    booked.run("settings", "set", "ics_path", str(folder / "x.ics"))
    shutil.rmtree(folder)
    done = booked.run("cancel", "1", "--no-notify")
    assert "not written" in done.stderr
    assert "ics_path" in done.stderr
    assert booked.json("agenda", "thu")["days"][0]["entries"][0]["status"] == "cancelled"


def _tool(name: str) -> str:
    found = shutil.which(name) or os.environ.get(f"TEST_{name.upper()}", "")
    if not found:
        pytest.skip(f"{name} is missing: install it (apt-get install {name}) to see it take the feed")
    return found


def test_khal_takes_it(booked: Shell, tmp_path: Path) -> None:
    khal, path = _tool("khal"), tmp_path / "out.ics"
    booked.run("ics", str(path), "--privacy", "full")
    (tmp_path / "calendars").mkdir()
    config = tmp_path / "khal.conf"
    config.write_text(
        f"[calendars]\n[[practice]]\npath = {tmp_path}/calendars\n[sqlite]\npath = {tmp_path}/khal.db\n"
        "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        "default_timezone = Africa/Johannesburg\nlocal_timezone = Africa/Johannesburg\n"
    )
    base = [khal, "-c", str(config)]
    for _ in range(2):  # taken twice it is there once
        subprocess.run([*base, "import", "--batch", "-a", "practice", str(path)], check=True, capture_output=True)
    listed = subprocess.run(
        [*base, "list", "--format", "{start} {end} {title}", "2026-11-25", "2026-11-30"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert listed.count("Sarah Botha") == 1
    assert "2026-11-26 09:00 2026-11-26 10:00 Sarah Botha, Follow-up" in listed
    assert "2026-11-27 12:00 2026-11-27 14:00 lunch" in listed


def test_calcurse_takes_it(booked: Shell, tmp_path: Path) -> None:
    calcurse, path = _tool("calcurse"), tmp_path / "out.ics"
    booked.run("ics", str(path), "--privacy", "full")
    environment = {**os.environ, "TZ": "Africa/Johannesburg", "HOME": str(tmp_path)}
    base = [calcurse, "-D", str(tmp_path / "data")]
    (tmp_path / "data").mkdir()
    done = subprocess.run([*base, "-i", str(path)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = subprocess.run(
        [*base, "-Q", "--from", "11/26/2026", "--days", "2"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout
    assert "09:00 -> 10:00" in listed
    assert "Sarah Botha, Follow-up" in listed
    assert "12:00 -> 14:00" in listed
