"""`guru invoice` and `guru invoices`: what they print, what they write, what they refuse."""

from __future__ import annotations

import argparse
import json
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import Context, invoice, invoices
from guru_tui.cli.parser import Parser
from guru_tui.domain.booking import BookingRequest
from guru_tui.errors import Ambiguous, Invalid, NotAllowed, NotFound, UsageMistake
from tests.shell import Shell

Run = Callable[..., str]


@pytest.fixture
def run(guru: Guru, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in this process, over the test's practice, and returns what it printed."""

    def command(name: str, *arguments: str, status: int = 0) -> str:
        context = Context()
        context.__dict__["guru"] = guru
        parser = Parser(prog=f"guru {name}", formatter_class=argparse.RawDescriptionHelpFormatter)
        {"invoice": invoice, "invoices": invoices}[name].configure(name, parser)
        options = parser.parse_args(arguments)
        assert options.run(context, options) == status
        return capsys.readouterr().out

    return command


def read(run: Run, *arguments: str, status: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", status=status))


@pytest.fixture
def sarah(guru: Guru) -> int:
    """Sarah Botha, who was seen on 3, 12 and 24 November."""
    client = guru.clients.add("Sarah", "Botha", mobile="082 555 0101", email="sarah@example.com")
    for day in (3, 12, 24):
        seen(guru, client, day)
    return client


def seen(guru: Guru, client: int, day: int) -> int:
    start = datetime(2026, 11, day, 9)
    request = BookingRequest(client, start, 60, 1, 1, "Follow-up", 45000)
    return guru.booking.book(request, force=True, notify=False).appointment_id


def test_an_invoice_is_made_and_says_what_comes_next(run: Run, sarah: int) -> None:
    said = run("invoice", "sarah", "--from", "12/11", "--to", "yesterday")
    assert said.splitlines() == [
        "Issued invoice 1 to Sarah Botha: 2 appointments, R900, due 9 December 2026.",
        "See it: guru invoices pdf 1 -o invoice-1.pdf",
        "It has not been sent; send it: guru invoices send 1",
    ]


def test_an_invoice_is_made_and_sent_in_one(run: Run, sarah: int) -> None:
    said = run("invoice", "Sarah", "Botha", "--send", "email,sms")
    assert "Email with invoice 1 to sarah@example.com leaves from 10:03 on" in said
    assert "SMS with invoice 1 to +27825550101 leaves from 10:03 on" in said


def test_the_json_of_an_invoice(run: Run, sarah: int) -> None:
    made = read(run, "invoice", str(sarah), "--appointment", "2", "--send", "email")
    assert {name: made[name] for name in ("number", "client", "date", "due", "status")} == {
        "number": "1",
        "client": "Sarah Botha",
        "date": "2026-11-25",
        "due": "2026-12-09",
        "status": "sent",
    }
    money = {"amount": "450.00", "currency": "ZAR"}
    assert (made["total"], made["paid"]["amount"], made["due_amount"]) == (money, "0.00", money)
    (line,) = made["lines"]
    assert (line["service"], line["description"], line["amount"]) == ("2026-11-12T09:00:00+02:00", "Follow-up", money)
    assert [(one["channel"], one["state"]) for one in made["messages"]] == [("email", "held")]
    assert read(run, "invoices", "show", "1") == made


def test_the_json_of_the_list_is_the_contracts(run: Run, sarah: int) -> None:
    run("invoice", "sarah", "--appointment", "1")
    run("invoice", "sarah", "--appointment", "2", "--draft")
    run("invoices", "pay", "1", "R100.50", "--method", "CASH", "--date", "24/11")
    listed = read(run, "invoices", "list")["invoices"]
    assert [one["number"] for one in listed] == [None, "1"]
    assert {"number", "client", "date", "due", "total", "paid", "due_amount", "status"} <= listed[1].keys()
    assert listed[1]["paid"] == {"amount": "100.50", "currency": "ZAR"}
    assert listed[1]["due_amount"] == {"amount": "349.50", "currency": "ZAR"}
    assert listed[0]["ref"] == "draft-2"
    assert [one["number"] for one in read(run, "invoices", "list", "--status", "sent")["invoices"]] == ["1"]
    assert read(run, "invoices", "list", "--status", "paid") == {"invoices": [], "more": False}
    assert read(run, "invoices", "list", "--limit", "1")["more"] is True
    table = run("invoices", "list", "--limit", "1")
    assert "draft-2" in table and "The newest 1 are shown" in table
    assert "No invoices are overdue." in run("invoices", "list", "--status", "overdue")
    assert len(read(run, "invoices", "list", "--client", "botha", "--limit", "0")["invoices"]) == 2


def test_a_draft_is_shown_issued_sent_and_discarded_by_its_name(run: Run, sarah: int) -> None:
    said = run("invoice", "sarah", "--appointment", "1", "--draft")
    assert "Its name is draft-1 until it is issued" in said
    assert "Draft draft-1 · Sarah Botha · draft" in run("invoices", "show", "draft-1")
    assert "Issued invoice 1 to Sarah Botha: 1 appointment, R450" in run("invoices", "issue", "draft-1")
    run("invoice", "sarah", "--appointment", "2", "--draft")
    assert "Email with invoice 2 to sarah@example.com leaves" in run("invoices", "send", "DRAFT-2", "--email")
    run("invoice", "sarah", "--appointment", "3", "--draft")
    assert "Discarded the draft for Sarah Botha, R450" in run("invoices", "discard", "draft-3")
    with pytest.raises(NotFound, match="no draft 3"):
        run("invoices", "show", "draft-3")


def test_paying_says_what_is_left_and_what_is_too_much(run: Run, sarah: int) -> None:
    run("invoice", "sarah", "--appointment", "1")
    run("invoice", "sarah", "--appointment", "2")
    said = run("invoices", "pay", "1", "200", "--method", "snapscan")
    assert "R200 received by SnapScan for invoice 1; R250 is still due." in said
    assert "Invoice 1 of Sarah Botha is paid: R250 by EFT." in run("invoices", "pay", "1")
    too_much = run("invoices", "pay", "2", "500")
    assert "is paid: R500 by EFT. R50 of it is more than was due and stays as the client's credit." in too_much
    shown = run("invoices", "show", "1")
    assert "Paid R200 by SnapScan on 25 November 2026" in shown
    assert "Total R450, still due R0" in shown
    with pytest.raises(NotAllowed, match="was paid on 25 November 2026"):
        run("invoices", "pay", "1")
    with pytest.raises(Invalid, match="is not an amount"):
        run("invoices", "pay", "2", "much")


def test_the_pdf_is_written_for_its_owner_only_and_replaces_nothing(run: Run, sarah: int, tmp_path: Path) -> None:
    run("invoice", "sarah")
    target = tmp_path / "bill.pdf"
    assert f"Wrote {target}." in run("invoices", "pdf", "1", "-o", str(target))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    target.write_bytes(b"mine")
    with pytest.raises(NotAllowed, match="exists already; choose another name, or replace it with --force"):
        run("invoices", "pdf", "1", "-o", str(target))
    assert target.read_bytes() == b"mine"
    run("invoices", "pdf", "1", "-o", str(target), "--force")
    assert target.read_bytes() == content
    run("invoices", "pdf", "1", "-o", str(tmp_path))
    assert (tmp_path / "Invoice-1.pdf").read_bytes() == content
    with pytest.raises(NotAllowed, match="cannot be written"):
        run("invoices", "pdf", "1", "-o", str(tmp_path / "nowhere" / "bill.pdf"))
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".new")]


def test_everyone_is_invoiced_for_a_month(guru: Guru, run: Run, sarah: int) -> None:
    seen(guru, guru.clients.add("Jan", "Adams"), 5)
    assert run("invoice", "--all", "--month", "2026-10") == "Nothing to invoice in October 2026.\n"
    assert run("invoice", "--all", "--month", "2026-11").splitlines() == [
        "Issued invoice 1 to Jan Adams, R450",
        "Issued invoice 2 to Sarah Botha, R1 350",
        "2 invoices for November 2026.",
    ]
    seen(guru, guru.clients.add("王", "小明"), 6)
    report = read(run, "invoice", "--all", "--month", "2026-11", status=3)
    assert report["invoices"] == []
    assert "'王'" in report["refused"][0]


def test_a_client_who_is_not_clear_is_asked_for(guru: Guru, run: Run, sarah: int) -> None:
    guru.clients.add("Sarah", "Naidoo")
    with pytest.raises(Ambiguous) as asked:
        run("invoice", "sarah")
    assert len(asked.value.choices) == 2
    with pytest.raises(NotFound):
        run("invoice", "nobody")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all",),
        ("sarah", "--all", "--month", "2026-11"),
        ("sarah", "--month", "2026-11"),
        ("--all", "--month", "november"),
        ("sarah", "--draft", "--send", "email"),
        ("sarah", "--appointment", "1", "--from", "today"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(run: Run, sarah: int, arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageMistake):
        run("invoice", *arguments)


def test_send_takes_channels_one_way_or_the_other(run: Run, sarah: int) -> None:
    run("invoice", "sarah")
    with pytest.raises(UsageMistake, match="takes the place of"):
        run("invoices", "send", "1", "--email", "--channels", "sms")
    with pytest.raises(Invalid, match="write email, sms or email,sms"):
        run("invoices", "send", "1", "--channels", "fax")
    assert [one["channel"] for one in read(run, "invoices", "send", "1", "--channels", "sms,email")["messages"]]


def test_the_installed_program_reports_by_its_status(shell: Shell) -> None:
    shell.run("init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio", "--zone", "Africa/Johannesburg")
    assert shell.json("invoices", "list") == {"invoices": [], "more": False}
    missing = shell.run("invoices", "show", "7", status=1)
    assert missing.stderr == "guru: There is no invoice '7'; see the numbers with: guru invoices list\n"
    assert shell.run("invoice", status=2).stderr.startswith("guru: name a client")
    assert "example: guru invoices pdf" in shell.run("invoices", "pdf", "--help").stdout
    assert shell.run("invoices", "list", "--status", "late", status=2).stdout == ""
