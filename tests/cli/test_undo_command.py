"""`guru undo` after a step that stays."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import SystemClock
from guru_tui.domain.recurrence import Repeat
from tests.conftest import NOW
from tests.outbox_support import book, client, run, setting
from tests.shell import Shell


def test_an_older_step_is_taken_back_only_when_that_is_said(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GURU_HOME", str(home))
    sarah = client(guru)
    visit = book(guru, sarah, "2026-11-24T09:00")
    guru.booking.set_status(visit, "attended")
    client(guru, "Thandi")
    guru.invoicing.invoice_client(sarah)
    assert main(["undo"]) == 1
    error = capsys.readouterr().err
    assert "stays issued" in error and error.rstrip().endswith("guru undo --further")
    assert len(guru.reads.clients()) == 2
    assert main(["undo", "--further"]) == 0
    assert "Undid: Added Thandi" in capsys.readouterr().out
    assert guru.reads.invoice("1").row.status == "sent"


def test_the_message_of_an_invoice_is_taken_back_and_the_invoice_stays(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GURU_HOME", str(home))
    sarah = client(guru)
    guru.booking.set_status(book(guru, sarah, "2026-11-24T09:00"), "attended")
    guru.invoicing.invoice_client(sarah, send="email")
    assert main(["undo"]) == 0
    assert "1 message withdrawn" in capsys.readouterr().out
    assert [row.state for row in guru.reads.messages()][:1] == ["cancelled"]
    assert guru.reads.invoice("1").row.status == "sent"
    assert main(["undo"]) == 1


@pytest.fixture
def told(guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A booking that the client has been told of."""
    monkeypatch.setenv("GURU_HOME", str(home))
    monkeypatch.setenv("GURU_EMAIL_BACKEND", "file")
    monkeypatch.setattr(SystemClock, "now", lambda _clock: NOW)
    setting(guru, "reminder_channels", "off")
    sarah = client(guru)
    setting(guru, "hold_minutes", "0")
    visit = book(guru, sarah, "2026-12-04T09:00", notify=True)
    run(guru)
    return visit


def test_redo_does_again_what_was_undone_until_something_new_is_done(
    guru: Guru, told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    guru.booking.set_note(told, "Bring scans")
    assert main(["undo"]) == 0
    assert main(["redo"]) == 0
    assert "Redid: Wrote a note on Sarah Botha" in capsys.readouterr().out
    assert guru.reads.entry(told).note == "Bring scans"
    assert main(["redo"]) == 1
    assert "nothing to redo" in capsys.readouterr().err


def test_undo_offers_the_correction_and_sends_it_only_when_told_to(
    guru: Guru, told: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["undo"]) == 0
    said = capsys.readouterr().out
    assert "The confirmation to Sarah Botha (email) had left already." in said
    assert "A correction can go to Sarah Botha (email, cancellation):" in said
    command = said.rstrip().splitlines()[-1]
    assert command.startswith("Nobody has been told. To send it: guru undo --tell ")
    assert run(guru).sent == 0
    arguments = command.partition(": guru ")[2].split()
    assert main(arguments) == 0 and main(arguments) == 0
    assert "cancellation by email to sarah@example.com" in capsys.readouterr().out
    assert run(guru).sent == 1 and run(guru).sent == 0


def test_undo_tell_undoes_and_tells_in_one(guru: Guru, told: int, capsys: pytest.CaptureFixture[str]) -> None:
    guru.booking.cancel(told)
    run(guru)
    assert main(["undo", "--tell", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["corrections"] == [
        {"appointment": told, "client": "Sarah Botha", "kind": "confirmation", "channels": "email"}
    ]
    assert [row["kind"] for row in document["told"]] == ["confirmation"]
    assert guru.reads.entry(told).status == "booked"
    assert main(["undo", "--tell", str(document["step"] + 1)]) == 1
    assert "neither an undo nor a redo" in capsys.readouterr().err


def test_a_series_is_put_right_by_one_message(guru: Guru, told: int, capsys: pytest.CaptureFixture[str]) -> None:
    request = BookingRequest(1, datetime(2026, 12, 1, 10), 60, 1, 1, "Follow-up", 45000)
    made = guru.series.book(request, Repeat("week", count=3))
    run(guru)
    guru.series.cancel(made.ids[0], "all")
    run(guru)
    assert main(["undo"]) == 0
    said = capsys.readouterr().out
    assert "The cancellation to Sarah Botha (email) had left already." in said, "and not: tell them yourself"
    assert "A correction can go to Sarah Botha (email, confirmation):" in said
    assert "Tue 1, 8 and 15 December" in said
    arguments = said.rstrip().splitlines()[-1].partition(": guru ")[2].split()
    assert main(arguments) == 0 and main(arguments) == 0
    assert run(guru).sent == 1 and run(guru).sent == 0
    capsys.readouterr()
    assert main(["redo", "--tell", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["corrections"] == [
        {"appointment": None, "client": "Sarah Botha", "kind": "cancellation", "channels": "email"}
    ]
    assert [row["kind"] for row in document["told"]] == ["cancellation"]


def test_an_older_step_is_named_by_its_number(guru: Guru, told: int, capsys: pytest.CaptureFixture[str]) -> None:
    guru.booking.set_note(told, "Bring scans")
    client(guru, "Thandi")
    assert main(["log", "--json", "--limit", "2"]) == 0
    note = json.loads(capsys.readouterr().out)["actions"][1]
    assert note["name"] == "note" and note["undoable"] and not note["undone"]
    assert main(["undo", "--step", str(note["id"])]) == 0
    assert guru.reads.entry(told).note == "" and len(guru.reads.clients()) == 2
    assert main(["undo", "--step", str(note["id"])]) == 1
    assert "undone already" in capsys.readouterr().err
    assert main(["log", "--undone", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["actions"]] == [note["id"]]
    assert main(["log", "--limit", "3"]) == 0
    assert "Undid: Wrote a note" in capsys.readouterr().out


def test_a_log_of_no_steps_is_no_wish(guru: Guru, home: Path, shell: Shell) -> None:
    shell.home = home
    assert "--limit takes a number from 1, not -1" in shell.run("log", "--limit", "-1", status=2).stderr
