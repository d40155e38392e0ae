"""`guru import` and `guru export` as a shell sees them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from guru_tui.services.files import LARGEST
from tests.shell import Shell

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 14.0//EN
BEGIN:VEVENT
UID:one@icloud.com
DTSTART;TZID=Africa/Johannesburg:20261130T100000
DTEND;TZID=Africa/Johannesburg:20261130T110000
SUMMARY:Sarah Botha
END:VEVENT
BEGIN:VEVENT
UID:two@icloud.com
DTSTART;TZID=Africa/Johannesburg:20261201T120000
DTEND;TZID=Africa/Johannesburg:20261201T130000
SUMMARY:Lunch \x1b[31mred
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def practice(shell: Shell) -> Shell:
    """A practice with one client."""
    shell.run(
        "init",
        "--zone",
        "Africa/Johannesburg",
        "--name",
        "Naledi Khumalo",
        "--practice",
        "Sea Point Physio",
        "--email",
        "hello@spp.example",
    )
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    shell.run("clients", "add", "Sarah", "Botha")
    return shell


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """A calendar file with a client's appointment and a lunch."""
    path = tmp_path / "calendar.ics"
    path.write_text(CALENDAR)
    return path


def test_an_import_is_shown_first_and_asks(practice: Shell, calendar: Path) -> None:
    shown = practice.run("import", str(calendar), status=1)
    assert "Sarah Botha" in shown.stdout
    assert "blocked time" in shown.stdout
    assert "\x1b[31m" not in shown.stdout
    assert "--yes" in shown.stderr
    assert practice.json("agenda", "2026-11-30", "--week")["days"][0]["entries"] == []


def test_a_dry_run_writes_nothing_and_counts(practice: Shell, calendar: Path) -> None:
    report = practice.json("import", str(calendar), "--dry-run")
    assert (report["created"], report["updated"], report["unchanged"], report["rejected"]) == (2, 0, 0, [])
    assert [(event["becomes"], event["client"]) for event in report["events"]] == [
        ("appointment", "Sarah Botha"),
        ("blocked time", None),
    ]
    assert report["events"][0]["start"] == "2026-11-30T10:00:00+02:00"
    assert "would give: 2 new" in practice.run("import", str(calendar), "--dry-run").stdout


def test_it_is_imported_once_and_taken_back_in_one_step(practice: Shell, calendar: Path) -> None:
    report = practice.json("import", str(calendar), "--yes", "--type", "Follow-up")
    assert (report["created"], report["applied"]) == (2, True)
    [entry] = practice.json("agenda", "2026-11-30")["days"][0]["entries"]
    assert (entry["client"], entry["type"], entry["fee"]["amount"]) == ("Sarah Botha", "Follow-up", "450.00")
    again = practice.json("import", str(calendar), "--yes")
    assert (again["created"], again["unchanged"]) == (0, 2)
    assert practice.json("outbox", "list")["messages"] == []
    practice.run("undo")
    assert practice.json("agenda", "2026-11-30")["days"][0]["entries"] == []


def test_a_second_time_there_is_nothing_to_undo(practice: Shell, calendar: Path) -> None:
    practice.run("import", str(calendar), "--yes")
    again = practice.run("import", str(calendar), "--yes").stdout
    assert "Nothing to import" in again
    assert "undo" not in again


def test_rows_in_error_hold_it_up_with_status_3(practice: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bookings.csv"
    path.write_text("Subject,Start,End\nCourse,2026-12-01 10:00,2026-12-01 11:00\nBad,soon,later\n")
    report = practice.json("import", str(path), "--yes", status=3)
    assert (report["created"], report["would_create"], report["rejected"][0]["row"]) == (0, 1, 3)
    told = practice.run("import", str(path), "--yes", "--skip-errors", status=3).stdout
    assert "Imported: 1 new" in told
    assert "row 3" in told


def test_a_column_with_clients_is_named(practice: Shell, tmp_path: Path) -> None:
    path = tmp_path / "bookings.csv"
    path.write_text("Wie,Date,Time,Minutes\nJan Nel,01/12/2026,10:00,45\n")
    refused = practice.run("import", str(path), "--yes", "--client-column", "Wie", status=1).stderr
    assert "--dates dmy" in refused
    practice.run("import", str(path), "--yes", "--client-column", "Wie", "--dates", "dmy")
    assert practice.json("agenda", "2026-12-01")["days"][0]["entries"][0]["client"] == "Jan Nel"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("no-such-file.ics",), 1), ((".",), 1), (("x.csv", "--map", "nothing"), 2), ((), 2)],
)
def test_what_is_wrong_is_a_sentence(practice: Shell, arguments: tuple[str, ...], status: int) -> None:
    assert practice.run("import", *arguments, "--yes", status=status).stderr.startswith("guru")


def test_what_never_ends_is_a_sentence(practice: Shell) -> None:
    assert "100 MB" in practice.run("import", "-", stdin="\0" * (LARGEST + 1), status=1).stderr


def test_standard_input_is_a_file_too(practice: Shell) -> None:
    practice.run("import", "-", "--yes", stdin=CALENDAR)
    assert len(practice.json("agenda", "2026-11-30", "--days", "2")["days"][1]["entries"]) == 1


def test_an_export_is_private_and_refuses_what_is_there(practice: Shell, calendar: Path, tmp_path: Path) -> None:
    practice.run("import", str(calendar), "--yes")
    folder = tmp_path / "out"
    written = practice.json("export", str(folder))["files"]
    assert written == ["calendar.ics", "calendar.csv", "calendar.json", "clients.csv", "invoices.csv"]
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in written} == {0o600}
    assert "empty folder" in practice.run("export", str(folder), status=1).stderr
