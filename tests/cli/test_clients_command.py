"""`guru clients`, by the contract: fields, statuses, sentences, files."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from tests.shell import Shell

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def clients(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """`guru clients ...` in this process: status, standard output, standard error."""
    monkeypatch.setenv("GURU_HOME", str(home))

    def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = main(["clients", *arguments])
        told = capsysbinary.readouterr()
        out, error = told.out.decode(), told.err.decode()
        assert "Traceback" not in out + error
        if status not in (0, 3):
            assert error.startswith("guru: ") and (error.count("\n") == 1 or "fits more than one" in error)
        return status, out, error

    return run


def parsed(answer: tuple[int, str, str], status: int = 0) -> Any:
    assert answer[0] == status and answer[2] == ""
    return json.loads(answer[1])


def test_add_takes_a_name_as_it_is_said(clients: Command) -> None:
    for words in (("Sarah", "Botha"), ("Zoë van der Merwe",), ("Nkosi, Thandi",), ("Cher",)):
        assert clients("add", *words)[0] == 0
    shown = [parsed(clients("show", str(number), "--json")) for number in range(1, 5)]
    assert [(row["first_name"], row["last_name"]) for row in shown] == [
        ("Sarah", "Botha"),
        ("Zoë", "van der Merwe"),
        ("Thandi", "Nkosi"),
        ("Cher", ""),
    ]
    assert "once" in clients("add", "Sarah", "--last", "Botha")[2]
    for nothing in ((), ("",), (" ",)):
        assert clients("add", *nothing)[0] == 1
    assert len(parsed(clients("list", "--json"))["clients"]) == 4


def test_add_list_show_edit_archive(clients: Command) -> None:
    added = parsed(clients("add", "--first", "Sarah", "--last", "Botha", "--mobile", "082 555 0134", "--json"))
    assert added["name"] == "Sarah Botha"
    assert (
        clients("add", "--first", "Zoë", "--email", "zoe@example.com")[1] == "Added Zoë (number 2, zoe@example.com).\n"
    )
    assert parsed(clients("list", "--json"))["clients"][0] == {
        "id": 1,
        "name": "Sarah Botha",
        "mobile": "+27825550134",
        "email": "",
        "owes": {"amount": "0.00", "currency": "ZAR"},
        "next": None,
        "archived": False,
        "overdue": False,
    }
    assert [row["name"] for row in parsed(clients("list", "bot", "sar", "--json"))["clients"]] == ["Sarah Botha"]
    table = clients("list")[1]
    assert "Botha, Sarah" in table and "082 555 0134" in table

    assert clients("edit", "zoe", "--mobile", "0835550177", "--last", "van der Merwe")[0] == 0
    shown = parsed(clients("show", "2", "--json"))
    assert (shown["name"], shown["mobile"], shown["last_name"]) == (
        "Zoë van der Merwe",
        "+27835550177",
        "van der Merwe",
    )
    assert shown["since"] and shown["invoices"] == [] and shown["birth_date"] is None
    assert "083 555 0177" in clients("show", "merwe", "zoe")[1]

    assert clients("archive", "zoe")[1] == "Archived Zoë van der Merwe (number 2, 083 555 0177).\n"
    assert [row["id"] for row in parsed(clients("list", "--json"))["clients"]] == [1]
    assert [row["archived"] for row in parsed(clients("list", "--archived", "--json"))["clients"]] == [True]
    assert clients("archive", "2", "--undo")[0] == 0
    assert len(parsed(clients("list", "--json"))["clients"]) == 2


def test_a_client_is_written_to_in_a_language_of_their_own(clients: Command) -> None:
    clients("add", "--first", "Zoë", "--language", "Afrikaans")
    clients("add", "--first", "Sarah")
    assert "Messages in:    Afrikaans" in clients("show", "1")[1]
    assert [parsed(clients("show", key, "--json"))["language"] for key in "12"] == ["af", None]
    sheet = clients("export", "-")[1]
    assert "Language" in sheet and ",af," in sheet and ",en," not in sheet
    assert clients("edit", "1", "--language", "")[0] == 0
    assert "Messages in" not in clients("show", "1")[1]
    assert "is not a language" in clients("edit", "1", "--language", "Klingon tongue")[2]


def test_the_next_appointment_has_its_offset(clients: Command, guru: Guru) -> None:
    from datetime import datetime

    from guru_tui.domain.booking import BookingRequest

    key = guru.clients.add("Sarah", "Botha", "0825550134")
    # The command reads the machine's clock, so the appointment is as far away as dates of appointments go.
    request = BookingRequest(key, datetime.fromisoformat("2199-11-26T09:00"), 60, None, None, "Follow-up", 45000)
    guru.booking.book(request, notify=False, force=True)
    assert parsed(clients("list", "--json"))["clients"][0]["next"] == "2199-11-26T09:00:00+02:00"
    visit = parsed(clients("show", "1", "--json"))["upcoming"][0]
    assert (visit["start"], visit["fee"]) == ("2199-11-26T09:00:00+02:00", {"amount": "450.00", "currency": "ZAR"})
    assert "Follow-up" in clients("show", "1")[1]
    assert "still has 1 appointment to come" in clients("archive", "1")[2]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("show", "nobody"), 1, "There is no client 'nobody'"),
        (("show", "99"), 1, "no client with number 99"),
        (("show", "sarah"), 1, "fits more than one client"),
        (("add",), 1, "A client needs a name"),
        (("add", "--first", "Sarah", "--last", "Botha", "--mobile", "0825550134"), 1, "is a client already"),
        (("add", "--first", "X", "--mobile", "12"), 1, "'12' is not a phone number"),
        (("edit", "1"), 2, "Say what to change"),
        (("add", "--colour", "red"), 2, "see guru clients --help"),
        (("frobnicate",), 2, "--help"),
        ((), 2, "--help"),
        (("import", "nowhere.csv"), 1, "There is no file nowhere.csv"),
        (("import", "/"), 1, "is a folder"),
        (("import", "-"), 1, "The file is empty"),
        (("import", "-", "--map", "Name"), 2, "write COLUMN=FIELD"),
        (("export", "/"), 1, "is no file"),
        (("export", "/no/such/folder/clients.csv"), 1, "cannot be written"),
        (("export", "/dev/null"), 1, "is no file"),
    ],
)
def test_mistakes_are_one_sentence(
    clients: Command, guru: Guru, arguments: tuple[str, ...], status: int, said: str
) -> None:
    guru.clients.add("Sarah", "Botha", "0825550134")
    guru.clients.add("Sarah", "Smit")
    got, out, error = clients(*arguments)
    assert (got, out) == (status, "")
    assert said in error or (status == 2 and "--help" in error)


def test_an_ambiguous_name_lists_the_choices(clients: Command, guru: Guru) -> None:
    guru.clients.add("Sarah", "Botha", "0825550134")
    guru.clients.add("Sarah", "Smit", email="s@example.com")
    error = clients("show", "sarah")[2]
    assert error.splitlines()[1:] == ["  1  Sarah Botha  082 555 0134", "  2  Sarah Smit  s@example.com"]


def test_import_by_the_contract(clients: Command, tmp_path: Path) -> None:
    sample = str(SAMPLES / "clients.csv")
    dry = parsed(clients("import", sample, "--dry-run", "--json"))
    assert (dry["created"], dry["updated"], dry["unchanged"], dry["rejected"]) == (10, 0, 0, [])
    assert parsed(clients("list", "--json"))["clients"] == []
    assert clients("import", sample)[1] == "Imported: 10 new, 0 updated, 0 unchanged.\n"
    again = parsed(clients("import", sample, "--json"))
    assert (again["created"], again["updated"], again["unchanged"], again["rejected"]) == (0, 0, 10, [])


def test_rejected_rows_are_status_3(clients: Command, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Wie;Nommer\nSarah Botha;0825550134\nJan Smit;123\n")
    report = parsed(clients("import", str(path), "--map", "Wie=name", "--json"), status=3)
    assert report["created"] == 0 and report["applied"] is False
    assert [(one["row"], set(one)) for one in report["rejected"]] == [(3, {"row", "reason"})]
    status, out, _ = clients("import", str(path), "--map", "wie=name")
    assert status == 3
    assert "Nothing imported, because 1 row cannot be." in out
    assert "row 3: '123' is not a phone number" in out and "--skip-errors" in out
    report = parsed(clients("import", str(path), "--map", "Wie=name", "--skip-errors", "--json"), status=3)
    assert report["created"] == 1
    assert [row["name"] for row in parsed(clients("list", "--json"))["clients"]] == ["Sarah Botha"]


def test_import_from_standard_input(clients: Command) -> None:
    data = "Kliënt;Selfoon\r\nMüller, Zoë;825550134\r\n".encode("cp1252")
    assert parsed(clients("import", "-", "--json", stdin=data))["created"] == 1
    assert parsed(clients("list", "--json"))["clients"][0]["name"] == "Zoë Müller"


def test_binary_files_are_told_apart(clients: Command, tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)))
    status, out, error = clients("import", str(path), "--json")
    assert (status, out) == (1, "") and "save it as CSV" in error


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(clients: Command, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Name\nSarah\n")
    path.chmod(0)
    assert "cannot be read (Permission denied)" in clients("import", str(path))[2]


def test_export_is_private_and_overwrites_only_by_force(clients: Command, tmp_path: Path) -> None:
    assert clients("import", str(SAMPLES / "clients.csv"))[0] == 0
    path = tmp_path / "out.csv"
    assert clients("export", str(path))[1] == f"Exported 10 clients to {path}.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfFirst name,Last name,Mobile,Email")
    clients("add", "--first", "New")
    status, _, error = clients("export", str(path))
    assert status == 1 and "exists already" in error and "--force" in error
    assert path.read_bytes() == written
    path.chmod(0o644)
    assert clients("export", str(path), "--force")[0] == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith((".csv", ".part"))] == ["out.csv"]
    assert parsed(clients("import", str(path), "--json"))["unchanged"] == 11


def test_export_to_standard_output_is_the_file_alone(clients: Command) -> None:
    clients("add", "--first", "Łucja", "--mobile", "+48 512 345 678")
    status, out, error = clients("export", "-")
    assert (status, error) == (0, "")
    assert out.startswith("First name,") and "Łucja,,'+48512345678," in out and "Exported" not in out
    assert parsed(clients("import", "-", "--json", stdin=out.encode()))["unchanged"] == 1


def test_the_installed_program_in_a_plain_locale(shell: Shell) -> None:
    shell.run("init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio")
    assert shell.json("clients", "import", str(SAMPLES / "clients-afrikaans.csv"))["created"] == 7
    names = {row["name"] for row in shell.json("clients", "list")["clients"]}
    assert {"Zoë Van der Merwe", "André Müller", "Piet le Roux"} <= names
