"""A practice's two days by the headless commands: from an empty folder to a paid invoice, over real wires."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from tests.servers import ClickatellServer, SmtpServer
from tests.shell import Shell

CLIENTS = """Client;Cell;E-mail
Botha, Sarah;082 555 0101;sarah@example.com
Łucja O’Neill;083 555 0102;lucja@example.com
王小明;;wang@example.com
No Number At All;12;
"""


def connect(shell: Shell, smtp: SmtpServer, sms: ClickatellServer) -> None:
    """Write the practice's `.env`, as a practitioner would."""
    env = shell.home / ".env"
    values = {**smtp.variables(), **sms.variables()}
    env.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    env.chmod(0o600)


def set_up(shell: Shell, tmp_path: Path) -> None:
    """The practitioner's first five minutes."""
    shell.run(
        "init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio", "--email", "hello@seapointphysio.example",
        "--phone", "021 555 0100", "--zone", "Africa/Johannesburg",
    )  # fmt: skip
    shell.run("locations", "add", "Sea Point", "--address", "15 Flannery Road")
    shell.run("types", "add", "Follow-up", "--minutes", "60", "--fee", "450", "--location", "Sea Point")
    shell.run("hours", "set", "Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00")
    shell.run("settings", "set", "bank_details", "FNB 62000000000, branch 250655")
    sheet = tmp_path / "clients.csv"
    sheet.write_bytes(CLIENTS.replace("Ł", "L").replace("王小明", "Wang Xiao").encode("cp1252"))
    report = shell.json("clients", "import", str(sheet), "--skip-errors", status=3)
    assert (report["created"], report["unchanged"]) == (3, 0)
    assert [row["row"] for row in report["rejected"]] == [5]
    again = shell.json("clients", "import", str(sheet), "--skip-errors", status=3)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)


def test_from_an_empty_folder_to_a_paid_invoice(
    shell: Shell, tmp_path: Path, smtp_server: SmtpServer, clickatell_server: ClickatellServer
) -> None:
    set_up(shell, tmp_path)
    connect(shell, smtp_server, clickatell_server)

    # Wednesday 10:00: a booking for Friday, seen first, then made.
    seen = shell.json("book", "sarah b fri 10:30", "--dry-run")
    assert seen["client"]["name"] == "Sarah Botha"
    assert (seen["start"], seen["end"]) == ("2026-11-27T10:30:00+02:00", "2026-11-27T11:30:00+02:00")
    assert seen["fee"] == {"amount": "450.00", "currency": "ZAR"}
    assert (seen["repeat"], seen["notify"], seen["conflicts"], seen["ambiguous"]) == (None, True, [], [])
    shell.run("book", "sarah b fri 10:30", status=1)  # nobody there to answer yes
    booked = shell.json("book", "sarah b fri 10:30", "--yes")
    taken = shell.run("book", "sarah b fri 11:00", "--yes", status=1)
    assert "Sarah Botha 10:30-11:30" in taken.stderr

    # The confirmation waits out its hold, then leaves once, by mail alone.
    held = shell.json("remind")
    assert (held["sent"], held["held"]) == (0, 1)
    shell.now = "2026-11-25T10:04:00+02:00"
    assert shell.json("remind")["sent"] == 1
    assert shell.json("remind")["sent"] == 0
    confirmation = smtp_server.mails[0].message
    assert confirmation["To"] == "Sarah Botha <sarah@example.com>"
    assert len(smtp_server.mails) == 1
    assert clickatell_server.texts == []

    # Thursday: nothing before ten, then the reminder by SMS and by mail, each exactly once.
    shell.now = "2026-11-26T09:59:00+02:00"
    assert shell.json("remind")["sent"] == 0
    planned = shell.json("remind", "--dry-run", "--at", "2026-11-26T10:00:00+02:00")
    assert planned["planned"] == 2
    shell.now = "2026-11-26T10:00:30+02:00"
    report = shell.json("remind")
    assert (report["planned"], report["sent"], report["failed"], report["unknown"]) == (2, 2, 0, 0)
    assert {(row["kind"], row["channel"], row["state"]) for row in report["messages"]} == {
        ("reminder", "sms", "sent"),
        ("reminder", "email", "sent"),
    }
    assert shell.json("remind")["sent"] == 0
    assert len(smtp_server.mails) == 2
    ((number, text),) = clickatell_server.texts
    assert number == "27825550101"
    for word in ("Sarah", "Fri 27 November", "10:30", "Sea Point Physio", "021 555 0100"):
        assert word in text
    assert "Follow-up" not in text

    # Friday: it took place, is invoiced, mailed and paid.
    shell.now = "2026-11-27T12:00:00+02:00"
    shell.run("status", str(booked["id"]), "attended")
    (entry,) = shell.json("agenda")["days"][0]["entries"]
    assert (entry["status"], entry["billing"]) == ("attended", "uninvoiced")
    shell.run("invoice", "sarah", "--send", "email,sms")
    (row,) = shell.json("invoices", "list")["invoices"]
    assert (row["number"], row["status"], row["client"]) == ("1", "sent", "Sarah Botha")
    assert row["due_amount"] == {"amount": "450.00", "currency": "ZAR"}
    shell.now = "2026-11-27T12:04:00+02:00"
    assert shell.json("remind")["sent"] == 2
    mail = smtp_server.mails[-1].message
    (pdf,) = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    attached = pdf.get_payload(decode=True)
    _, text = clickatell_server.texts[-1]
    assert "450" in text and "1" in text
    copy = tmp_path / "invoice.pdf"
    shell.run("invoices", "pdf", "1", "-o", str(copy))
    assert copy.read_bytes() == attached
    page = pypdfium2.PdfDocument(copy)[0].get_textpage().get_text_range()
    for word in ("Sea Point Physio", "Sarah Botha", "FNB 62000000000", "450.00"):
        assert word in page
    shell.run("invoices", "pay", "1", "200", "--method", "cash")
    assert shell.json("invoices", "list")["invoices"][0]["due_amount"]["amount"] == "250.00"
    shell.run("invoices", "pay", "1")
    assert shell.json("invoices", "list", "--status", "paid")["invoices"][0]["paid"]["amount"] == "450.00"
    shell.run("undo")
    assert shell.json("invoices", "list")["invoices"][0]["due_amount"]["amount"] == "250.00"


def test_a_mail_server_that_is_down_delays_but_loses_nothing(
    shell: Shell, tmp_path: Path, smtp_server: SmtpServer, clickatell_server: ClickatellServer
) -> None:
    set_up(shell, tmp_path)
    connect(shell, smtp_server, clickatell_server)
    shell.run("settings", "set", "hold_minutes", "0")
    shell.run("book", "sarah b fri 10:30", "--yes")
    shell.now = "2026-11-25T10:01:00+02:00"
    smtp_server.refuse()
    report = shell.json("remind", status=75)
    assert report["sent"] == 0
    (row,) = shell.json("outbox", "list")["messages"]
    assert (row["state"], row["kind"]) == ("queued", "confirmation")
    smtp_server.accept()
    assert shell.json("remind")["sent"] == 1
    assert len(smtp_server.mails) == 1


def test_a_backup_and_a_clean_bill_of_health(
    shell: Shell, tmp_path: Path, smtp_server: SmtpServer, clickatell_server: ClickatellServer
) -> None:
    set_up(shell, tmp_path)
    connect(shell, smtp_server, clickatell_server)
    shell.run("remind")
    saved = shell.json("backup", str(tmp_path / "copy.db"))
    assert Path(saved["file"]).stat().st_mode & 0o777 == 0o600
    shell.run("backup")
    found = shell.json("doctor")
    assert {row["name"]: row["status"] for row in found["checks"]}["email"] == "ok"
    (shell.home / ".env").chmod(0o644)
    assert "chmod 600" in shell.run("doctor", status=78).stderr
