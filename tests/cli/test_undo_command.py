"""`guru undo` after a step that stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from tests.outbox_support import book, client


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
