"""The next message is begun while the server thinks about the one before; what others see, and when that is undone."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.channels.base import Accepted, OutgoingMessage
from guru_tui.channels.email import EmailChannel, Patience
from guru_tui.channels.email_message import sender_of
from guru_tui.channels.smtp_account import Account, Connection
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.message import Claimed
from guru_tui.domain.practice import Practice
from guru_tui.jobs.look_ahead import LookAhead
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, sql
from tests.servers import HOST, RawServer, SmtpServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the messages that were begun ahead (`taken`) and that were begun and taken back (`dropped`)."""
    count: Counter[str] = Counter()
    take, drop = LookAhead.take, LookAhead.drop

    def counted_take(self: LookAhead, message: Claimed) -> OutgoingMessage | None:
        taken = take(self, message)
        count["taken"] += taken is not None
        return taken

    def counted_drop(self: LookAhead) -> None:
        count["dropped"] += self._begun is not None
        drop(self)

    monkeypatch.setattr(LookAhead, "take", counted_take)
    monkeypatch.setattr(LookAhead, "drop", counted_drop)
    return count


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set each time the next message has been begun, or left, with the answer for the one in hand to come."""
    event = threading.Event()
    underway = LookAhead.underway

    def told(self: LookAhead, accepted: Accepted) -> bool:
        more = underway(self, accepted)
        event.set()
        return more

    monkeypatch.setattr(LookAhead, "underway", told)
    return event


@pytest.fixture
def at_once() -> list[float]:
    """Within how many seconds the server's answer is one at once: long enough for any machine."""
    return [10.0]


@pytest.fixture
def wired(
    guru: Guru,
    home: Path,
    clock: FixedClock,
    smtp_server: SmtpServer,
    at_once: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Guru]:
    """A practice on the mail server with three reminders due."""

    def of(cls: type[EmailChannel], settings: Settings, practice: Practice) -> EmailChannel:
        patience = replace(Patience(), at_once=at_once[0])
        return cls(Account.of(settings), sender_of(settings, practice), patience)

    monkeypatch.setattr(EmailChannel, "of", classmethod(of))
    for number, name in enumerate(("Sarah", "Jan", "Zoe")):
        book(guru, client(guru, name, mobile=""), f"2026-11-26T{9 + number:02}:00")
    opened = Guru(Settings(home, smtp_server.variables()), clock)
    yield opened
    opened.close()


def found(guru: Guru) -> list[str]:
    return [row.state for row in outbox(guru)]


def test_it_counts_once_the_server_has_said_yes(
    wired: Guru, home: Path, smtp_server: SmtpServer, ahead: Counter[str], begun: threading.Event
) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        """What anybody else sees while the next message has been begun and the server has not answered."""
        if len(smtp_server.mails) < 3:  # nothing follows the last
            assert begun.wait(10)
            begun.clear()
        with sqlite3.connect(home / "practice.db") as other:
            seen.append([row[0] for row in other.execute("SELECT state FROM outbox_message ORDER BY id")])
        other.close()

    smtp_server.on_mail = look
    assert run(wired).sent == 3
    assert seen == [["sending", "claimed", "claimed"], ["sent", "sending", "claimed"], ["sent", "sent", "sending"]]
    assert ahead["taken"] == 2 and found(wired) == ["sent"] * 3
    tries = sql(wired, "SELECT message_id, result FROM outbox_attempt ORDER BY id").fetchall()
    assert tries == [(1, "sent"), (2, "sent"), (3, "sent")]


@pytest.mark.parametrize(("reply", "state"), [("451 4.7.1 later", "queued"), ("550 5.7.1 no", "failed")])
def test_a_server_that_says_no_has_it_taken_back(
    wired: Guru, smtp_server: SmtpServer, ahead: Counter[str], reply: str, state: str
) -> None:
    smtp_server.plan("end", reply)
    assert run(wired).sent == 2
    assert ahead == {"dropped": 1, "taken": 1} and found(wired) == [state, "sent", "sent"]
    assert [row.attempts for row in outbox(wired)] == [1, 1, 1]


def test_a_slow_server_keeps_nobody_from_writing(
    wired: Guru, guru: Guru, smtp_server: SmtpServer, clock: FixedClock, ahead: Counter[str], at_once: list[float]
) -> None:
    at_once[0] = 0.05
    appointment = outbox_appointment(guru, 2)

    def cancel() -> None:
        smtp_server.on_mail = None
        desk = Guru(guru.settings, clock, origin="desk")
        desk.booking.cancel(appointment, notify=False)
        desk.close()

    smtp_server.on_mail = cancel
    report = run(wired)
    assert report.sent == 2 and found(wired) == ["sent", "cancelled", "sent"]
    assert ahead["dropped"] == 1, "what had been begun was taken back, and checked again"
    assert [mail.recipients[0] for mail in smtp_server.mails] == ["sarah@example.com", "zoe@example.com"]


def outbox_appointment(guru: Guru, number: int) -> int:
    """The appointment of which the `number`th reminder tells."""
    return int(sql(guru, "SELECT id FROM appointment ORDER BY starts_at LIMIT 1 OFFSET ?", number - 1).fetchone()[0])


def test_a_clock_that_jumps_meanwhile_has_it_checked_again(
    wired: Guru, smtp_server: SmtpServer, clock: FixedClock, ahead: Counter[str], begun: threading.Event
) -> None:
    def jump() -> None:
        smtp_server.on_mail = None
        assert begun.wait(10)
        clock.advance(hours=11)

    smtp_server.on_mail = jump
    run(wired)
    assert ahead == {"taken": 0, "dropped": 1} and found(wired) == ["sent", "queued", "queued"], (
        "it is past nine in the evening by then"
    )


def test_a_message_whose_client_has_gone_quiet_is_not_begun_ahead(
    wired: Guru, guru: Guru, smtp_server: SmtpServer, ahead: Counter[str]
) -> None:
    wired.delivery("remind").run_once(limit=0)
    guru.clients.update(2, email_allowed=False)
    assert run(wired).sent == 2 and found(wired)[1] in ("blocked", "cancelled")
    assert ahead["taken"] == 0 and len(smtp_server.mails) == 2, "and what follows it is begun the plain way"


def test_a_full_disk_at_the_commit_is_met_the_plain_way(
    wired: Guru, smtp_server: SmtpServer, ahead: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    class Full:
        """The connection, with no room for what was begun ahead."""

        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, statement: str) -> sqlite3.Cursor:
            if statement == "COMMIT":
                raise full
            return self._connection.execute(statement)

        def __getattr__(self, name: str) -> object:
            return getattr(self._connection, name)

    make = LookAhead.__init__

    def on_full(self: LookAhead, connection: sqlite3.Connection, *others: object) -> None:
        make(self, Full(connection), *others)  # type: ignore[arg-type]

    monkeypatch.setattr(LookAhead, "__init__", on_full)
    assert run(wired).sent == 3
    assert ahead["taken"] == 0 and found(wired) == ["sent"] * 3 and len(smtp_server.mails) == 3
    assert [row.attempts for row in outbox(wired)] == [1, 1, 1]


# Runs the sender and kills it, as the kernel would, with the next message begun and the server's answer to come.
CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.channels.smtp_account import Connection
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings

home, now, *variables = sys.argv[1:]
guru = Guru(Settings(Path(home), dict(zip(variables[::2], variables[1::2]))), FixedClock(datetime.fromisoformat(now)))

def die(self, *, within):
    assert guru.connection.in_transaction, "nothing was begun"
    os.kill(os.getpid(), signal.SIGKILL)

Connection.answered = die
guru.delivery("remind").run_once()
"""


def test_killed_with_the_next_begun_only_the_one_in_hand_is_uncertain(
    wired: Guru, home: Path, clock: FixedClock, smtp_server: SmtpServer
) -> None:
    variables = [part for pair in smtp_server.variables().items() for part in pair]
    died = subprocess.run(
        [sys.executable, "-c", CHILD, str(home), clock.now().isoformat(), *variables],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert found(wired) == ["sending", "claimed", "claimed"]
    report = run(wired)
    assert (report.sent, report.unknown) == (2, 1) and found(wired) == ["unknown", "sent", "sent"]
    assert Counter(mail.recipients[0] for mail in smtp_server.mails).most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (b"250 yes\r\n", True),
        (b"250-one\r\n250 two\r\n", True),
        (b"250-one\r\n", False),
        (b"250 ye", False),
        (b"", False),
    ],
)
def test_an_answer_is_there_with_the_end_of_its_last_line(
    start_raw: Callable[..., RawServer], said: bytes, whole: bool
) -> None:
    go_on = threading.Event()

    def speak(line: socket.socket) -> None:
        line.sendall(b"220 mail.test\r\n")
        line.recv(1000)
        line.sendall(b"250 mail.test\r\n")
        line.recv(1000)
        line.sendall(said)
        assert go_on.wait(10)
        line.sendall(b"s\r\n")

    server = start_raw(speak)
    connection = Connection(Account(HOST, server.port, "none"), patience=5.0)
    connection.smtp.putcmd("NOOP")
    assert connection.answered(within=5.0 if said else 0.1) == whole
    go_on.set()
    assert connection.smtp.getreply()[0] in (250, -1), "it is read as if nobody had looked"
    connection.close()
