"""`guru ics`, and the file that follows the calendar, as a shell sees them; khal and calcurse take what it writes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def events(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def summaries(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(content)]


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


def test_a_calendar_from_elsewhere_is_not_replaced(booked: Shell, tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    export = b"BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    path.write_bytes(export)
    assert "--force" in booked.run("ics", str(path), status=1).stderr
    assert "not written by guru" in booked.run("settings", "set", "ics_path", str(path)).stderr
    booked.run("block", "sat 7:00-8:00 swim", "--force")
    assert path.read_bytes() == export


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
    """The program, from this environment (khal is one of the libraries for tests) or the machine."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name) or os.environ.get(f"TEST_{name.upper()}", "")
    if not found:
        pytest.skip(f"{name} is missing: install it (apt-get install {name}) to see it take the feed")
    return found


class Khal:
    """khal with one calendar of its own, in the practice's zone."""

    def __init__(self, folder: Path) -> None:
        self._program = _tool("khal")
        self._config = folder / "khal.conf"
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        (folder / "calendars").mkdir()
        self._config.write_text(
            f"[calendars]\n[[practice]]\npath = {folder}/calendars\n[sqlite]\npath = {folder}/khal.db\n"
            "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            "default_timezone = Africa/Johannesburg\nlocal_timezone = Africa/Johannesburg\n"
        )

    def take(self, path: Path) -> None:
        """Import a file."""
        self._run("import", "--batch", "-a", "practice", str(path))

    def listed(self) -> list[str]:
        """Every entry of the week."""
        shown = self._run(
            *("list", "--day-format", "", "--format", "{start} {end} {title}{description-separator}{description}"),
            *("2026-11-23", "2026-11-30"),
        )
        return [line.strip() for line in shown.splitlines() if line.strip()]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._program, "-c", str(self._config), *arguments], capture_output=True, text=True,
            env=self._environment, stdin=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.mark.parametrize(
    ("privacy", "told"),
    [("full", "Sarah Botha, Follow-up :: 082 555 0101"), ("first-name", "Sarah"), ("initials", "S.B."),
     ("busy", "Busy")],
)  # fmt: skip
def test_khal_takes_it_at_each_level_of_privacy(booked: Shell, tmp_path: Path, privacy: str, told: str) -> None:
    khal, path = Khal(tmp_path), tmp_path / "out.ics"
    booked.run("ics", str(path), "--privacy", privacy)
    khal.take(path)
    lunch = "Busy" if privacy == "busy" else "lunch"
    assert khal.listed() == [
        f"2026-11-26 09:00 2026-11-26 10:00 {told}",
        f"2026-11-27 12:00 2026-11-27 14:00 {lunch}",
    ]


def test_khal_follows_what_was_changed_and_doubles_nothing(booked: Shell, tmp_path: Path) -> None:
    khal, path = Khal(tmp_path), tmp_path / "out.ics"
    booked.run("settings", "set", "ics_path", str(path))
    khal.take(path)
    before = khal.listed()
    khal.take(path)
    assert khal.listed() == before and len(before) == 2
    booked.now = "2026-11-25T10:05:00+02:00"
    booked.run("move", "1", "fri 9:30", "--force", "--no-notify")
    booked.run("block", "sat 7:00-8:00 swim", "--force")
    khal.take(path)
    assert khal.listed() == [
        "2026-11-27 09:30 2026-11-27 10:30 S.B.",
        "2026-11-27 12:00 2026-11-27 14:00 lunch",
        "2026-11-28 07:00 2026-11-28 08:00 swim",
    ]
    [event] = [each for each in events(path.read_bytes()) if each["SUMMARY"] == "S.B."]
    assert int(event["SEQUENCE"]) > 0


def test_it_goes_back_so_many_days_or_for_ever(booked: Shell, tmp_path: Path) -> None:
    path = tmp_path / "out.ics"
    booked.run("block", "2026-08-20 8:00-9:00 long ago", "--force")
    done = booked.run("ics", str(path))
    assert "2 entries" in done.stdout and "--all" in done.stdout
    assert "3 entries" in booked.run("ics", str(path), "--all").stdout
    assert "3 entries" in booked.run("ics", str(path), "--from", "2026-08-01").stdout
    assert "1 entry" in booked.run("ics", str(path), "--to", "2026-08-25").stdout
    booked.run("ics", str(path), "--all", "--from", "today", status=2)
    booked.run("settings", "set", "ics_days_back", "365")
    assert "3 entries" in booked.run("ics", str(path)).stdout
    assert "from 0 to 36500" in booked.run("settings", "set", "ics_days_back", "all", status=1).stderr


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
