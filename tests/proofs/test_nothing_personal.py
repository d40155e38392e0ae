"""Nothing about a client, and no secret, in any log, in what cron would mail, in `ps`, or in a file that is no store.

Everything goes wrong that can: the reasons for it must not quote anybody.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import PRACTICE
from tests.servers import DROP, Answer, ClickatellServer, SmtpServer
from tests.shell import GURU, Shell

pytestmark = pytest.mark.slow

PERSONAL = (
    "Wilhelmina", "Oosthuizen", "wilhelmina", "0825550134", "825550134", "Pregnancy", "Kanker", "Friederike",
    "friederike", "Prinsloo", "0835550135", "835550135", "Gertruida", "gertruida", "Lombard", "215550136",
)  # fmt: skip
SECRETS = ("geheim-wagwoord", "test-key==")


def set_up(shell: Shell) -> None:
    """Clients with reminders due, whose names and titles must not get about."""
    schema.create(shell.home / "practice.db")
    guru = Guru(Settings(shell.home), FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)))
    guru.practice.set_many(PRACTICE)
    kind = guru.practice.add_type("Pregnancy follow-up", 60, 45000)
    for hour, (first, last, mobile, email) in enumerate(
        (
            ("Wilhelmina", "Oosthuizen", "082 555 0134", "wilhelmina@example.com"),
            ("Friederike", "Prinsloo", "083 555 0135", "friederike@example.com"),
            ("Gertruida", "Lombard", "021 555 0136", ""),  # no way to her: that is reported, too
        ),
        start=9,
    ):
        person = guru.clients.add(first, last, mobile, email)
        start = datetime(2026, 11, 26, hour)
        request = BookingRequest(person, start, 60, kind, None, "Pregnancy follow-up", 45000, note="Kanker")
        guru.booking.book(request, notify=False)
    guru.close()
    shell.now = "2026-11-25T10:01:00+02:00"


def look(text: str, where: str) -> None:
    """Fail where a text names a client or a secret."""
    found = [word for word in (*PERSONAL, *SECRETS) if word in text]
    assert not found, f"{found} in {where}:\n{text}"


def look_around(shell: Shell) -> None:
    """Every file of the data directory but the store, its copies and `.env`."""
    for path in shell.home.rglob("*"):
        if path.is_file() and path.name != ".env" and "practice" not in path.name:
            look(path.read_bytes().decode("utf-8", "replace"), str(path))


FAULTS: dict[str, Callable[[SmtpServer, ClickatellServer], None]] = {
    "all is well": lambda smtp, sms: None,
    "mail refused": lambda smtp, sms: smtp.plan("rcpt", "550 5.1.1 <wilhelmina@example.com> Oosthuizen?", "451 later"),
    "mail of unknown fate": lambda smtp, sms: smtp.plan("end", DROP, "554 5.7.1 friederike is spam"),
    "wrong password": lambda smtp, sms: smtp.plan("auth", "535 5.7.8 naledi geheim-wagwoord refused"),
    "text messages refused": lambda smtp, sms: sms.plan(
        Answer(202, {"messages": [{"apiMessageId": "", "accepted": False, "to": "27825550134",
                                   "error": {"code": 27, "description": "27825550134 is invalid"}}], "error": None}),
        Answer(500, {"error": {"code": 500, "description": "Wilhelmina Oosthuizen"}}),
    ),
    "a page of HTML": lambda smtp, sms: sms.plan(
        Answer(502, "<h1>27825550134 Bad gateway</h1>"), Answer(402, "test-key==")
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cron_would_mail_and_what_a_daemon_logs(
    shell: Shell, start_smtp: Callable[..., SmtpServer], clickatell_server: ClickatellServer, fault: str
) -> None:
    set_up(shell)
    smtp = start_smtp(users={"naledi": SECRETS[0]})
    shell.env |= {**smtp.variables(), **clickatell_server.variables()}
    FAULTS[fault](smtp, clickatell_server)
    once = subprocess.run([str(GURU), "remind"], env=shell.environment(), capture_output=True, text=True, timeout=60)
    assert once.returncode in (0, 3, 75, 78) and "Traceback" not in once.stderr
    look(once.stdout + once.stderr, "what cron would mail")
    FAULTS[fault](smtp, clickatell_server)
    shell.now = "2026-11-25T12:30:00+02:00"
    daemon = subprocess.Popen(
        [str(GURU), "daemon", "--interval", "1"], env=shell.environment(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert daemon.stdout is not None
        first = daemon.stdout.readline()
        time.sleep(1.5)  # two rounds: what is looked for is what they leave behind
        line = Path(f"/proc/{daemon.pid}/cmdline")
        if line.exists():
            look(line.read_bytes().decode().replace("\0", " "), "ps")
    finally:
        daemon.send_signal(signal.SIGTERM)
        rest, _ = daemon.communicate(timeout=30)
    look(first + rest, "the daemon's log")
    look_around(shell)


def test_the_doctor_names_nobody(shell: Shell) -> None:
    set_up(shell)
    look(shell.run("doctor").stdout, "guru doctor")
    look_around(shell)
