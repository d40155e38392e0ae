"""`guru demo`: a throw-away sample practice, in the app or, without a terminal, its main job in plain text."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn

from guru_tui.bootstrap import Guru
from guru_tui.cli import Context
from guru_tui.cli.output import Output, add_json, number
from guru_tui.domain.clock import Clock, FixedClock, SystemClock
from guru_tui.domain.local_time import long_date, resolve
from guru_tui.domain.money import Money
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.domain.views.messages import MessageRow
from guru_tui.settings import Settings


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """How much of a past, and how many people in it."""
    parser.description = (
        "Open the app on a throw-away sample practice dated around now. Messages become files in its own folder; "
        "nothing can leave the machine, and the folder is removed when the app is left. Without a terminal it shows "
        "the main job in plain text and keeps the folder for you to look at."
    )
    parser.epilog = "example: guru demo\n         guru demo --days 90 --clients 120 | less"
    parser.add_argument("--days", type=number, default=365, metavar="N", help="days of past to make up (default 365)")
    parser.add_argument("--clients", type=number, default=320, metavar="N", help="clients to make up (default 320)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the practice in a folder of its own, then the app or the plain text."""
    if not options.json and sys.stdin.isatty() and sys.stdout.isatty():
        return _in_app(options)
    _in_text(context.output, options)
    return 0


def _in_app(options: argparse.Namespace) -> int:
    with _ended_cleanly(), tempfile.TemporaryDirectory(prefix="guru-demo-", ignore_cleanup_errors=True) as folder:
        guru = Guru(_settings(Path(folder)), SystemClock(), origin="app")
        try:
            _build(guru, options)
            from guru_tui.app import run_app

            return run_app(guru, demo=True, farewell=partial(shutil.rmtree, folder, ignore_errors=True))
        finally:
            guru.close()


def _in_text(output: Output, options: argparse.Namespace) -> None:
    home = Path(tempfile.mkdtemp(prefix="guru-demo-"))
    guru = Guru(_settings(home), SystemClock(), origin="cli")
    try:
        _build(guru, options, reminded=False)
        # So that whatever is tried on the kept folder afterwards writes files as well.
        backends = "".join(f"{key}={value}\n" for key, value in guru.settings.values.items() if key != "GURU_HOME")
        _write(home / ".env", backends.encode())
        job = _main_job(guru)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    finally:
        guru.close()
    if options.json:
        output.json(_as_json(job))
    else:
        _tell(output, job)


def _settings(home: Path) -> Settings:
    """Settings of the demo's own: what the environment says about real channels does not count here."""
    return Settings(
        home,
        {
            "GURU_HOME": str(home),
            "GURU_EMAIL_BACKEND": "file",
            "GURU_SMS_BACKEND": "file",
            "GURU_OUTBOX_DIR": str(home / "outbox"),
        },
    )


def _build(guru: Guru, options: argparse.Namespace, *, reminded: bool | None = None) -> None:
    from guru_tui.services import demo

    demo.build(guru.settings.home, guru.clock, days=options.days, clients=options.clients, reminded=reminded)


@contextmanager
def _ended_cleanly() -> Iterator[None]:
    """Let a closed window or a `kill` unwind, so that the folder goes away with the app."""
    ends = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, _leave) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


@dataclass(frozen=True)
class _Job:
    """What the plain text shows: a day, the reminders of the next one, and an invoice made."""

    practice: Practice
    home: Path
    outbox: Path
    now: datetime
    agenda: list[AgendaEntry]
    reminded_at: datetime
    reminders: list[MessageRow]
    invoice: InvoiceDetail
    document: Path


def _main_job(guru: Guru) -> _Job:
    reads, settings = guru.reads, guru.settings
    practice, today = reads.practice(), reads.today()
    agenda = reads.agenda(today)
    # At the practice's own hour, whatever the time is now: at night reminders would wait for the morning.
    hour = datetime.combine(today, practice.reminder_time)
    sent = _deliver(settings, FixedClock(resolve(hour, practice.zone)))
    # A name in Latin letters: a practitioner writes others out in Latin for the invoice's font.
    candidates = [client for client in reads.board(today).invoiceable if max(client.client) < "\u0250"]
    waiting = max(candidates, key=lambda client: (client.visits, client.amount_minor))
    invoice = guru.invoicing.invoice_client(waiting.client_id)
    file_name, content = guru.invoicing.pdf(invoice.row.number)
    return _Job(
        practice=practice,
        home=settings.home,
        outbox=settings.outbox_dir,
        now=reads.now(),
        agenda=agenda,
        reminded_at=hour,
        reminders=sorted(
            (row for row in sent if row.kind == "reminder" and row.state == "sent"),
            key=lambda row: (row.appointment_id or 0, row.channel),
        ),
        invoice=invoice,
        document=_write(settings.home / file_name, content),
    )


def _deliver(settings: Settings, clock: Clock) -> tuple[MessageRow, ...]:
    sender = Guru(settings, clock, origin="cli")
    try:
        return sender.delivery("remind").run_once().messages
    finally:
        sender.close()


def _write(path: Path, content: bytes) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


def _tell(output: Output, job: _Job) -> None:
    row = job.invoice.row
    total = Money(row.total_minor, row.currency)
    when = f"{long_date(job.now.date())} {job.now:%H:%M}"
    output.line(f"{job.practice.name}, {when}: a sample practice; nothing leaves this machine")
    output.line()
    output.line("Today's agenda")
    output.table(
        ("TIME", "CLIENT", "FOR", "STATUS", "REMINDER", "BILLING"), [_agenda_row(entry) for entry in job.agenda]
    )
    output.line()
    tomorrow = long_date((job.reminded_at + timedelta(days=job.practice.reminder_lead_days)).date())
    output.line(f"Reminders for {tomorrow}, sent as at {job.reminded_at:%H:%M} into files: {len(job.reminders)}")
    output.table(("TO", "BY", "ADDRESS", "FILE"), [_reminder_row(message) for message in job.reminders])
    output.line()
    output.line(f"Invoice {row.number} made for {row.client}: {total.decimal()} {row.currency}")
    output.table(
        ("SERVICE", "FOR", "AMOUNT"),
        [
            (
                f"{line.service_at:%Y-%m-%d %H:%M}" if line.service_at else "",
                line.description,
                Money(line.total_minor, row.currency).decimal(),
            )
            for line in job.invoice.lines
        ],
        right=("AMOUNT",),
    )
    output.line()
    output.line("Where all of it lies, for you to look at:")
    output.line(f"  invoice    {job.document}")
    output.line(f"  messages   {job.outbox}")
    output.line(f"  practice   GURU_HOME={job.home} guru agenda")
    output.line(f"  remove it  rm -r {job.home}")
    output.line()
    output.line("The app needs a terminal: run guru demo in one to look around in it.")


def _agenda_row(entry: AgendaEntry) -> tuple[str, ...]:
    times = f"{entry.starts:%H:%M}-{entry.ends:%H:%M}"
    if entry.kind == "block":
        return times, "", entry.title, "blocked", "-", "-"
    return times, entry.client, entry.title, entry.status, entry.reminder, entry.billing


def _reminder_row(message: MessageRow) -> tuple[str, ...]:
    return message.recipient_name, message.channel, message.recipient, message.provider_id


def _as_json(job: _Job) -> dict[str, object]:
    row = job.invoice.row
    return {
        "home": str(job.home),
        "practice": job.practice.name,
        "agenda": [
            {
                "kind": entry.kind,
                "id": entry.id,
                "start": entry.starts,
                "end": entry.ends,
                "client": entry.client,
                "type": entry.title if entry.kind == "appointment" else "",
                "title": entry.title,
                "status": entry.status,
                "reminder": entry.reminder,
                "billing": entry.billing,
            }
            for entry in job.agenda
        ],
        "reminders": [
            {
                "id": message.id,
                "channel": message.channel,
                "to": message.recipient,
                "file": str(job.outbox / message.provider_id),
            }
            for message in job.reminders
        ],
        "invoice": {
            "number": row.number,
            "client": row.client,
            "total": Money(row.total_minor, row.currency).as_json(),
            "file": str(job.document),
        },
    }
