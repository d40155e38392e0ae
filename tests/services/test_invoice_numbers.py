"""Promise: invoices issued by many processes, some of them killed on the way, have a gapless unique run of numbers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest

ISSUER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import TryAgain
from guru_tui.settings import Settings

guru = Guru(Settings(Path(sys.argv[1])), FixedClock(datetime(2026, 11, 25, 8, tzinfo=UTC)))
guru.invoicing._fonts.load()
print("ready", flush=True)
sys.stdin.readline()
for appointment in map(int, sys.argv[2:]):
    while True:
        try:
            invoice = guru.invoicing.invoice_client(1, appointment_ids=[appointment])
            break
        except TryAgain:
            continue
    print(invoice.row.number, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def visits(guru: Guru) -> list[int]:
    """Forty appointments of one client, one for each invoice."""
    guru.practice.set("invoice_next_number", "100")
    client = guru.clients.add("Sarah", "Botha")
    start = datetime(2026, 8, 3, 9)
    return [
        guru.booking.book(
            BookingRequest(client, start + timedelta(days=number), 60, 1, 1, "Follow-up", 45000), notify=False
        ).appointment_id
        for number in range(40)
    ]


def issuer(home: Path, appointments: list[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ISSUER, str(home), *map(str, appointments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_numbers_stay_gapless_with_processes_killed_in_between(guru: Guru, visits: list[int], home: Path) -> None:
    processes = [issuer(home, visits[first : first + 10]) for first in range(0, 40, 10)]
    for process in processes:
        assert hear(process) == "ready"
    for process in processes:
        say(process, "go")
    for process in processes[1:3]:
        hear(process)  # it has issued one and is at the next
        os.kill(process.pid, signal.SIGKILL)
    for process in processes:
        process.communicate(timeout=60)  # the end of its input lets a process that is done go
    assert [process.returncode for process in processes] == [0, -signal.SIGKILL, -signal.SIGKILL, 0]

    rows = guru.connection.execute("SELECT sequence, number FROM invoice ORDER BY sequence").fetchall()
    assert len(rows) >= 22
    assert rows == [(100 + place, str(100 + place)) for place in range(len(rows))]
    whole = """SELECT count(*) FROM invoice i
               JOIN line_item l ON l.invoice_id = i.id
               JOIN appointment a ON a.id = l.appointment_id AND a.invoice_id = i.id
               JOIN document d ON d.invoice_id = i.id WHERE i.status = 'sent'"""
    assert guru.connection.execute(whole).fetchone()[0] == len(rows)
    left = guru.connection.execute("SELECT id FROM appointment WHERE invoice_id IS NULL").fetchall()
    assert len(left) == len(visits) - len(rows)
    if left:
        assert guru.invoicing.invoice_client(1).row.number == str(100 + len(rows))
