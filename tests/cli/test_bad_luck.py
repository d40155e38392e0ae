"""What happens to a command when the world is not as it should be: never a traceback, always one sentence."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from tests.shell import GURU, Shell

TOO_LARGE = str(10**30)
TOO_LONG = "x" * 300
SURROGATE = "\udcff\udcfe"  # how Python hands over an argument that is not UTF-8


@pytest.fixture
def practice(guru: Guru, shell: Shell) -> Shell:
    """A practice with one client."""
    guru.clients.add("Sarah", "Botha", "", "sarah@example.com")
    guru.close()
    shell.home = guru.settings.home
    shell.env |= guru.settings.values
    return shell


def sentence(shell: Shell, *arguments: str, status: int) -> str:
    """The one line on standard error of a command that is refused."""
    done = shell.run(*arguments, status=status)
    assert done.stdout == ""
    assert done.stderr.startswith("guru: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def piped(shell: Shell, redirection: str, *arguments: str) -> tuple[int, str]:
    """Status and standard error of a command whose output a POSIX shell redirects."""
    line = f'"$0" "$@" {redirection}'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, str(GURU), *arguments],
        env=shell.environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("move", TOO_LARGE, "fri 10"),
        ("cancel", TOO_LARGE),
        ("status", TOO_LARGE, "attended"),
        ("outbox", "show", TOO_LARGE),
        ("invoice", "1", "--appointment", TOO_LARGE),
        ("invoices", "list", "--limit", TOO_LARGE),
        ("log", "--limit", TOO_LARGE),
        ("invoice", "--all", "--month", "9999-12"),
        ("invoice", "--all", "--month", "0001-01"),
    ],
)
def test_a_number_past_every_record_is_wrong_usage(practice: Shell, arguments: tuple[str, ...]) -> None:
    sentence(practice, *arguments, status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("invoices", "show", SURROGATE),
        ("settings", "set", SURROGATE, "1"),
        ("settings", "set", "logo", TOO_LONG),
        ("settings", "set", "logo", "~nobody-here/logo.png"),
        ("clients", "export", TOO_LONG),
        ("clients", "export", "~nobody-here/clients.csv"),
        ("clients", "import", "~nobody-here/clients.csv"),
        ("backup", TOO_LONG),
        ("invoice", "1", "--from", "9999-12-31"),
        ("remind", "--dry-run", "--at", "9999-12-31T23:59:59+00:00"),
        ("remind", "--dry-run", "--at", "0001-01-01"),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused_in_one_sentence(
    practice: Shell, arguments: tuple[str, ...]
) -> None:
    sentence(practice, *arguments, status=1)


@pytest.mark.parametrize("search", [SURROGATE, "x" * 100_000])
def test_a_search_for_nonsense_finds_nobody(practice: Shell, search: str) -> None:
    found = practice.json("clients", "list", search)["clients"]
    assert [row["name"] for row in found] == (["Sarah Botha"] if search == SURROGATE else [])


def test_a_reader_that_goes_away_is_no_failure(practice: Shell) -> None:
    for arguments in (("clients", "list"), ("clients", "list", "--json"), ("--help",), ("book", "--help")):
        assert piped(practice, "| true", *arguments) == (0, "")


def test_closed_streams_are_no_failure(practice: Shell) -> None:
    for arguments in (("clients", "list"), ("clients", "list", "--json"), ("clients", "export", "-")):
        assert piped(practice, ">&-", *arguments) == (0, "")
    status, error = piped(practice, "<&-", "book", "sarah fri 10:00")
    assert status == 1 and "--yes" in error and error.count("\n") == 1
    assert piped(practice, "2>&-", "cancel", "77") == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_that_cannot_be_written_is_told(practice: Shell) -> None:
    for arguments in (("clients", "list"), ("settings", "list"), ("clients", "export", "-"), ("--help",)):
        status, error = piped(practice, ">/dev/full", *arguments)
        assert status == 1 and "could not be written" in error and error.count("\n") == 1, error


def test_a_table_that_is_missing_is_told_to_every_command_and_by_the_doctor(practice: Shell) -> None:
    with sqlite3.connect(practice.home / "practice.db") as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP TABLE client")
    connection.close()
    for arguments in (("agenda",), ("clients", "list"), ("clients", "add", "--first", "Jan"), ("remind",)):
        assert "no such table: client" in sentence(practice, *arguments, status=1)


def test_a_damaged_page_is_told_while_reading(practice: Shell) -> None:
    database = practice.home / "practice.db"
    with sqlite3.connect(database) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'client'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    content = bytearray(database.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    database.write_bytes(content)
    assert "damaged" in sentence(practice, "clients", "list", status=1)
    checks = practice.json("doctor", "--offline", status=1)["checks"]
    assert [row["status"] for row in checks if row["name"] == "store"] == ["fail"]


def test_a_store_of_no_version_is_not_taken_for_an_old_one(practice: Shell) -> None:
    with sqlite3.connect(practice.home / "practice.db") as connection:
        connection.execute("DELETE FROM alembic_version")
    connection.close()
    assert "which version" in sentence(practice, "agenda", status=1)
    practice.run("doctor", "--offline", status=1)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"GURU_MAIL_FROM=caf\xe9\n", "UTF-8"), (b"GURU_SMTP_HOST=mail\nPASSWORD 'open\n", "line 2")],
)
def test_an_env_file_that_cannot_be_read_is_refused(practice: Shell, content: bytes, told: str) -> None:
    path = practice.home / ".env"
    path.write_bytes(content)
    path.chmod(0o600)
    assert told in sentence(practice, "agenda", status=78)


@pytest.mark.parametrize("name", ["GURU_HOME", "GURU_OUTBOX_DIR"])
def test_a_folder_of_an_unknown_user_is_refused(practice: Shell, name: str) -> None:
    practice.run("book", "sarah tomorrow 12:00", "--yes")
    practice.now = "2026-11-25T10:05:00+02:00"  # each process's clock begins there anew
    practice.env[name] = "~nobody-here/guru"
    done = practice.run("remind", status=78)
    assert "no such user" in done.stderr and done.stderr.count("\n") == 1


def test_a_wrong_backend_does_not_fail_a_booking_that_is_made(practice: Shell) -> None:
    practice.env["GURU_EMAIL_BACKEND"] = "pigeon"
    done = practice.run("book", "sarah fri 10:00", "--yes")
    assert "email is not set up" in done.stdout
    assert len(practice.json("agenda", "fri")["days"][0]["entries"]) == 1
    email = next(row for row in practice.json("doctor", "--offline", status=1)["checks"] if row["name"] == "email")
    assert email["status"] == "fail" and "pigeon" in email["message"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_somebody_elses_folder_is_refused(practice: Shell) -> None:
    practice.home.chmod(0o000)
    try:
        for arguments in (("agenda",), ("init",)):
            assert "cannot be used" in sentence(practice, *arguments, status=78)
        practice.run("doctor", "--offline", status=1)
    finally:
        practice.home.chmod(0o700)


def test_a_path_too_long_for_the_data_directory_is_refused(shell: Shell) -> None:
    shell.home = shell.home.parent / TOO_LONG
    for arguments in (("agenda",), ("init",), ("remind",)):
        assert "cannot be used" in sentence(shell, *arguments, status=78)


def test_of_many_inits_at_once_one_makes_a_whole_practice(shell: Shell) -> None:
    running = [
        subprocess.Popen(
            [str(GURU), "init", "--practice", f"Practice {number}", "--zone", "Europe/London"],
            env=shell.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    errors = [process.communicate(timeout=60)[1] for process in running]
    made = [number for number, process in enumerate(running) if process.returncode == 0]
    assert len(made) == 1
    assert all("already" in error and error.count("\n") == 1 for error in errors if error)
    assert shell.json("settings", "get", "practice_name")["value"] == f"Practice {made[0]}"
    assert [path.name for path in shell.home.iterdir()] == ["practice.db"]


def test_a_time_that_happens_twice_is_refused_with_the_reason(practice: Shell) -> None:
    practice.run("settings", "set", "zone", "Europe/London")
    done = practice.run("book", "sarah 31/10/2027 01:30", "--yes", status=1)
    assert "happens twice" in done.stderr and "01:30 BST" in done.stderr


def test_a_clients_invoices_stand_under_their_dates(practice: Shell) -> None:
    practice.run("book", "sarah today 8:00", "--yes", "--force")
    practice.run("invoice", "sarah")
    text = practice.run("clients", "show", "sarah").stdout
    assert "2026-11-25" in text.split("Invoices")[1]
    assert "Wed 25 Nov 2026 08:00  Follow-up" in text


def test_an_empty_amount_or_day_is_not_taken_for_the_default(practice: Shell) -> None:
    practice.run("book", "sarah today 8:00", "--yes")
    for option in ("--from", "--to"):
        assert "is not a day" in sentence(practice, "invoice", "sarah", option, "", status=1)
    practice.run("invoice", "sarah")
    assert "is not an amount" in sentence(practice, "invoices", "pay", "1", "", status=1)
    assert "is not a day" in sentence(practice, "invoices", "pay", "1", "--date", "", status=1)
    assert practice.json("invoices", "show", "1")["paid"]["amount"] == "0.00"


def test_a_backup_follows_a_link_and_never_replaces_it(practice: Shell) -> None:
    link = practice.home.parent / "stick"
    link.symlink_to(practice.home.parent / "unplugged" / "practice.db")
    assert "There is no folder" in sentence(practice, "backup", str(link), status=1)
    link.unlink()
    link.symlink_to(link)
    assert "leads nowhere" in sentence(practice, "backup", str(link), status=1)
    assert link.is_symlink()


def test_an_amount_is_shown_as_the_currency_writes_it(practice: Shell) -> None:
    practice.run("settings", "set", "currency", "JPY")
    assert "like ¥450." in sentence(practice, "types", "add", "A", "--minutes", "5", "--fee", "50.5", status=1)
    practice.run("settings", "set", "currency", "KWD")
    assert "KWD450.500." in sentence(practice, "types", "add", "A", "--minutes", "5", "--fee", "1.2505", status=1)
