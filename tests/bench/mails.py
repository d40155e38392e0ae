"""A thousand mails through the whole sender against the same bytes down one `smtplib` connection."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.utils import parseaddr
from functools import partial
from itertools import pairwise
from pathlib import Path

import trustme

from guru_tui.bootstrap import Guru
from tests.bench.practice import TO_FILES, invoices_due, open_practice, reminders_due
from tests.bench.table import Failed, Row, alone, attempted, by_turns

MAILS = 1_000
_AGAINST = "smtplib, one connection"
_ATTACHMENT = 30_000
_LEAST = 0.8  # of what smtplib manages in the same time
_STALL = 0.040  # what Nagle's algorithm and a delayed acknowledgement cost together


def rows(runs: int) -> list[Row]:
    """One row for plain reminders, one for invoices with a document over TLS."""
    return [
        _row(f"{MAILS:,} reminders, plain", runs, tls=False, make=lambda home: reminders_due(home, MAILS)),
        _row(
            f"{MAILS:,} invoices of 30 kB, TLS",
            runs,
            tls=True,
            make=lambda home: invoices_due(home, MAILS, _ATTACHMENT),
        ),
    ]


def _row(what: str, runs: int, *, tls: bool, make: Callable[[Path], None]) -> Row:
    measure = partial(_measured, what, runs, tls=tls, make=make)
    return attempted(what, _AGAINST, 1 / _LEAST, measure)


def _measured(what: str, runs: int, *, tls: bool, make: Callable[[Path], None]) -> Row:
    with tempfile.TemporaryDirectory(prefix="guru-bench-") as name:
        folder = Path(name)
        make(folder / "made")
        planned = open_practice(folder / "made", TO_FILES)
        planned.delivery("remind").run_once(limit=0)
        planned.close()
        mails = _as_files(folder)
        slowest = []

        def whole(variables: dict[str, str]) -> float:
            home = shutil.copytree(folder / "made", folder / "run")
            os.sync()  # else the sender's first checkpoint waits until the copy is on the disk
            seconds, longest = _delivery(home, variables)
            slowest.append(longest)
            return seconds

        with _server(folder, tls=tls) as (port, variables):
            floor, taken = by_turns(
                lambda: _smtplib(mails, port, folder if tls else None), lambda: whole(variables), runs
            )
    # What stalls by itself stalls in every run; what the machine holds up once does not.
    longest = min(slowest[1:])
    problem = f"in every run a message took {longest * 1000:.0f} ms" if longest >= _STALL else ""
    return Row(f"{what} (slowest {longest * 1000:.0f} ms)", _AGAINST, floor, taken, 1 / _LEAST, problem)


def _as_files(folder: Path) -> list[tuple[str, str, bytes]]:
    """Sender, recipient and bytes of every mail, exactly as the program sends them."""
    home = folder / "files"
    shutil.copytree(folder / "made", home)
    guru = open_practice(home, TO_FILES)
    guru.delivery("remind").run_once()
    guru.close()
    found = []
    for path in sorted((home / "outbox").iterdir()):
        wire = path.read_bytes()
        mail = message_from_bytes(wire)
        found.append((parseaddr(mail["From"])[1], parseaddr(mail["To"])[1], wire))
    if len(found) != MAILS:
        raise Failed(f"{len(found)} mails were made")
    return found


@contextmanager
def _server(folder: Path, *, tls: bool) -> Iterator[tuple[int, dict[str, str]]]:
    command = [sys.executable, "-m", "tests.bench.sink"]
    variables = {"GURU_EMAIL_BACKEND": "smtp", "GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_SECURITY": "none"}
    if tls:
        authority = trustme.CA()
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        authority.cert_pem.write_to_path(folder / "authority.pem")
        command.append(str(folder / "server.pem"))
        variables |= {"GURU_SMTP_SECURITY": "starttls", "GURU_SMTP_CA_FILE": str(folder / "authority.pem")}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield port, {**variables, "GURU_SMTP_PORT": str(port)}
    finally:
        process.stdin.close()
        process.wait(10)


def _smtplib(mails: list[tuple[str, str, bytes]], port: int, tls: Path | None) -> float:
    began = time.perf_counter()
    connection = smtplib.SMTP("127.0.0.1", port, local_hostname="[127.0.0.1]")
    if tls is not None:
        connection.starttls(context=ssl.create_default_context(cafile=str(tls / "authority.pem")))
    assert connection.sock is not None
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else this side is the one that stalls
    for sender, recipient, wire in mails:
        connection.sendmail(sender, [recipient], wire)
    connection.quit()
    return time.perf_counter() - began


def _delivery(home: Path, variables: dict[str, str]) -> tuple[float, float]:
    """Seconds for the run, and for its slowest message, from the end of the one before."""
    guru = open_practice(home, variables)
    delivery = guru.delivery("remind")
    ends: list[float] = []

    def stop() -> bool:
        ends.append(time.perf_counter())
        return False

    began = time.perf_counter()
    report = delivery.run_once(stop=stop)
    taken = time.perf_counter() - began
    _check(guru, report.sent)
    guru.close()
    shutil.rmtree(home)
    # The first message also pays for the imports and the connection.
    return taken, max(later - earlier for earlier, later in pairwise(ends[1:]))


def _check(guru: Guru, sent: int) -> None:
    states = guru.connection.execute("SELECT state, count(*) FROM outbox_message GROUP BY state").fetchall()
    if sent != MAILS or states != [("sent", MAILS)]:
        raise Failed(f"{sent} of {MAILS} were sent; in the store are {states}")


if __name__ == "__main__":
    alone(rows)
