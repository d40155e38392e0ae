"""Many senders on one practice: processes at once, and cron every second beside the app and the daemon."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from tests.outbox_support import book, client, sql
from tests.servers import ClickatellServer, SmtpServer
from tests.shell import GURU, Shell

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
THURSDAY = "2026-11-26T09:00"
MESSAGES = 300
PROCESSES = 6
SECONDS = 12

# One of the six: runs the sender again and again until nothing waits.
SENDER = """
import json, sys, time
from datetime import datetime
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import TryAgain
from guru_tui.settings import Settings

home, now, env = sys.argv[1:]
guru = Guru(Settings(Path(home), json.loads(env)), FixedClock(datetime.fromisoformat(now)))
sent, until = 0, time.monotonic() + 60
while time.monotonic() < until:
    try:
        sent += guru.delivery("remind").run_once(20).sent
    except TryAgain:
        pass
    (left,) = guru.connection.execute(
        "SELECT count(*) FROM outbox_message WHERE state IN ('queued', 'claimed', 'sending')").fetchone()
    (made,) = guru.connection.execute("SELECT count(*) FROM outbox_message").fetchone()
    if made and not left:
        break
print(sent)
"""


def test_six_senders_at_once_send_each_of_300_messages_once(
    guru: Guru, home: Path, clock: FixedClock, smtp_server: SmtpServer
) -> None:
    import json

    for number in range(MESSAGES):
        book(guru, client(guru, f"Client{number}", mobile=""), THURSDAY)
    env = json.dumps({**smtp_server.variables(), "GURU_SMS_BACKEND": "none"})
    arguments = [sys.executable, "-c", SENDER, str(home), clock.now().isoformat(), env]
    started = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(PROCESSES)
    ]
    told = [process.communicate(timeout=120) for process in started]
    assert all(process.returncode == 0 for process in started), told
    assert Counter(len(mail.recipients) for mail in smtp_server.mails) == {1: MESSAGES}
    assert len({mail.recipients[0] for mail in smtp_server.mails}) == MESSAGES
    assert len({mail.message["Message-ID"] for mail in smtp_server.mails}) == MESSAGES
    assert sql(guru, "SELECT state, count(*) FROM outbox_message GROUP BY state").fetchall() == [("sent", MESSAGES)]
    assert sum(int(out) for out, _ in told) == MESSAGES
    assert sql(guru, "SELECT max(n) FROM (SELECT count(*) n FROM outbox_attempt GROUP BY message_id)").fetchone() == (
        1,
    )


@contextmanager
def app_in_a_terminal(shell: Shell) -> Iterator[None]:
    """The app, open in a terminal that somebody looks at."""
    terminal, inside = pty.openpty()
    environment = {**shell.environment(), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        [str(GURU)], stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True
    )
    os.close(inside)

    def look() -> None:
        with suppress(OSError):
            while os.read(terminal, 65536):
                pass

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
        assert process.poll() is None, "the app has ended by itself"
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(terminal)


def test_cron_every_second_beside_the_daemon_and_the_app(
    shell: Shell, smtp_server: SmtpServer, clickatell_server: ClickatellServer
) -> None:
    shell.run(
        "init", "--name", "Naledi Khumalo", "--practice", "Sea Point Physio", "--email", "hello@seapointphysio.example",
        "--phone", "021 555 0100", "--zone", "Africa/Johannesburg",
    )  # fmt: skip
    shell.run("types", "add", "Follow-up", "--minutes", "15", "--fee", "450")
    shell.run("hours", "set", "Mon-Sun 00:00-24:00")
    shell.run("settings", "set", "hold_minutes", "0")
    shell.env |= {**smtp_server.variables(), **clickatell_server.variables()}
    expected: set[str] = set()
    daemon = subprocess.Popen(
        [str(GURU), "daemon", "--interval", "1"], env=shell.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    statuses: Counter[int] = Counter()
    try:
        with app_in_a_terminal(shell):
            until, number = time.monotonic() + SECONDS, 0
            while time.monotonic() < until:
                begun = time.monotonic()
                number += 1
                name = f"Client{'abcdefghijklmnopqrstuvwxyz'[number % 26]}{'abcdefghij'[number // 26]}"
                address = f"{name.lower()}@example.com"
                shell.run("clients", "add", "--first", name, "--last", "Botha", "--email", address,
                          "--mobile", f"082555{number:04}")  # fmt: skip
                # Tomorrow: the confirmation goes at once and serves as the reminder. After noon there is no doubt about
                # the half of the day, in a practice that is open day and night.
                shell.run("book", f"{name} tomorrow {13 + number // 4:02}:{15 * (number % 4):02}", "--yes", "--force")
                expected.add(address)
                done = subprocess.run(
                    [str(GURU), "remind"], env=shell.environment(), capture_output=True, text=True, timeout=60
                )
                statuses[done.returncode] += 1
                time.sleep(max(0.0, 1 - (time.monotonic() - begun)))
    finally:
        daemon.send_signal(signal.SIGTERM)
        said, trouble = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, trouble
    assert re.search(r"guru daemon has stopped", said)
    assert set(statuses) <= {0, 75}, statuses
    shell.run("remind")
    received = Counter(mail.recipients[0] for mail in smtp_server.mails)
    assert received == Counter(expected), "each confirmation once, none lost"
    states = Counter(row["state"] for row in shell.json("outbox", "list")["messages"])
    assert states == {"sent": len(expected)}
    for address in expected:
        assert address not in said + trouble and address.split("@")[0] not in (said + trouble).lower()
