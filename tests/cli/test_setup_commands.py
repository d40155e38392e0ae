"""Setting up a practice, and the command line's manners, by the installed program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guru_tui.cli.registry import COMMANDS
from tests.shell import Shell

INIT = ("init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio", "--zone", "Africa/Johannesburg")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(shell: Shell, name: str) -> None:
    text = shell.run(name, "--help").stdout
    assert f"usage: guru {name}" in text
    assert re.search(r"examples?:\s+guru " + name, text)


def test_the_overview_lists_every_command(shell: Shell) -> None:
    text = shell.run("--help").stdout
    for name in COMMANDS:
        assert f"guru {name} " in text
    assert shell.run("--version").stdout.startswith("guru 0.")


@pytest.mark.parametrize(
    "arguments",
    [("agenda",), ("clients", "list"), ("remind",), ("book", "sarah fri 10", "--yes"), ("settings", "list")],
)
def test_without_a_practice_every_command_names_init(shell: Shell, arguments: tuple[str, ...]) -> None:
    done = shell.run(*arguments, status=78)
    assert "guru init" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not shell.home.exists()


def test_a_first_hour_with_an_interpreter_for_each_command(shell: Shell) -> None:
    shell.cold = True
    shell.run(*INIT)
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    shell.run("clients", "add", "--first", "Sarah", "--last", "Botha", "--email", "sarah@example.com")
    shell.run("book", "sarah fri 10:30", "--yes")
    (day,) = shell.json("agenda", "fri")["days"]
    assert [entry["client"] for entry in day["entries"]] == ["Sarah Botha"]
    assert shell.json("remind", "--dry-run")["held"] == 1


def test_wrong_usage_is_status_2_and_one_sentence(shell: Shell) -> None:
    for arguments in (("bok",), ("agenda", "--dayz", "3"), ("types",), ("move", "x", "fri"), ("agenda", "--days", "0")):
        done = shell.run(*arguments, status=2)
        assert done.stderr.startswith("guru: ") and done.stderr.count("\n") == 1
    assert "did you mean book?" in shell.run("bok", status=2).stderr


def test_init_sets_up_and_refuses_to_overwrite(shell: Shell) -> None:
    done = shell.run(*INIT, "--email", "hello@example.com", "--phone", "021 555 0100")
    assert str(shell.home) in done.stdout
    assert shell.home.stat().st_mode & 0o777 == 0o700
    assert (shell.home / "practice.db").stat().st_mode & 0o777 == 0o600
    before = (shell.home / "practice.db").read_bytes()
    assert "already" in shell.run(*INIT, "--practice", "Other", status=1).stderr
    assert (shell.home / "practice.db").read_bytes() == before
    settings = {row["key"]: row["value"] for row in shell.json("settings", "list")["settings"]}
    assert settings["phone"] == "+27215550100"
    assert (settings["first_name"], settings["last_name"]) == ("Naledi", "Khumalo")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--zone", "Moon/Crater"),
        ("--email", "nobody"),
        ("--phone", "12"),
        ("--currency", "rands"),
        ("--country", "South"),
    ],
)
def test_a_bad_answer_leaves_no_half_practice(shell: Shell, option: str, value: str) -> None:
    assert value.upper() in shell.run(*INIT, option, value, status=1).stderr.upper()
    assert not (shell.home / "practice.db").exists()
    shell.run(*INIT)


def test_settings(shell: Shell) -> None:
    shell.run(*INIT)
    shell.run("settings", "set", "reminder_time", "9h30")
    assert shell.run("settings", "get", "reminder_time").stdout == "09:30\n"
    assert "settings list" in shell.run("settings", "set", "colour", "blue", status=1).stderr
    for key, value in (
        ("hold_minutes", "soon"), ("tax_percent", "150"), ("reminder_channels", "pigeon"), ("logo", "/nowhere.png"),
        ("invoice_next_number", "0"), ("tax_registered", "maybe"), ("quiet_from", "25:00"),
    ):  # fmt: skip
        assert key.split("_")[0] in shell.run("settings", "set", key, value, status=1).stderr or value == "/nowhere.png"
    assert shell.run("settings", "get", "hold_minutes").stdout == "3\n"


def test_types_locations_hours(shell: Shell) -> None:
    shell.run(*INIT)
    assert "types add" in shell.run("types", "list").stdout
    shell.run("locations", "add", "Sea Point", "--address", "15 Flannery Road", "--phone", "021 555 0100")
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "R450.50", "--location", "sea", "--after", "5")
    (row,) = shell.json("types", "list")["types"]
    assert (row["minutes"], row["fee"], row["location"], row["after"]) == (
        60, {"amount": "450.50", "currency": "ZAR"}, "Sea Point", 5,
    )  # fmt: skip
    assert "already" in shell.run("types", "add", "follow-UP", "--minutes", "60", "--fee", "1", status=1).stderr
    assert "amount" in shell.run("types", "add", "X", "--minutes", "60", "--fee", "much", status=1).stderr
    assert (
        "Sea Point"
        in shell.run("types", "add", "X", "--minutes", "6", "--fee", "1", "--location", "Moon", status=1).stderr
    )
    shell.run("hours", "set", "Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00")
    assert shell.run("hours", "show").stdout.startswith("Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00\n")
    assert len(shell.json("hours", "show")["hours"]) == 11


def test_a_foreign_env_file_is_not_read(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("GURU_SMTP_HOST=evil.example\nGURU_HOME=/tmp/evil\n")
    shell.run(*INIT)
    found = shell.json("doctor", "--offline")
    assert found["home"] == str(shell.home)
    assert "evil" not in str(found)


def test_a_type_and_a_place_are_edited_without_touching_what_was_agreed(shell: Shell) -> None:
    shell.run(*INIT)
    shell.run("locations", "add", "Sea Point")
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450")
    shell.run("clients", "add", "--first", "Sarah", "--last", "Botha")
    shell.run("book", "sarah fri 10:30", "--yes")
    shell.run("types", "edit", "follow", "--fee", "480", "--minutes", "45", "--location", "sea")
    (row,) = shell.json("types", "list")["types"]
    assert (row["fee"]["amount"], row["minutes"], row["location"]) == ("480.00", 45, "Sea Point")
    (entry,) = shell.json("agenda", "fri")["days"][0]["entries"]
    assert (entry["fee"]["amount"], entry["end"]) == ("450.00", "2026-11-27T11:30:00+02:00")
    shell.run("locations", "edit", "Sea Point", "--address", "1 Main Road", "--name", "Claremont")
    (place,) = shell.json("locations", "list")["locations"]
    assert (place["name"], place["address"]) == ("Claremont", "1 Main Road")
    shell.run("types", "edit", "Follow-up", "--off")
    assert shell.json("types", "list")["types"] == []
    assert "say what to change" in shell.run("locations", "edit", "Claremont", status=2).stderr
    assert "Claremont" in shell.run("locations", "edit", "Moon", "--address", "x", status=1).stderr
    assert "minutes" in shell.run("types", "add", "X", "--minutes", "0", "--fee", "1", status=1).stderr
