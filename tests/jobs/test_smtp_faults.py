"""Every way in which a mail server can fail, through the whole sender: what becomes of the message, and of the next.

Three reminders are due; the fault meets the first or the second. Whatever it is, no server ever takes a mail twice,
what may have gone is never sent again, what surely has not goes later, and no reason tells who the client is.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from guru_tui.bootstrap import Guru
from guru_tui.channels.email import EmailChannel, Patience
from guru_tui.channels.email_message import sender_of
from guru_tui.channels.smtp_account import Account
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.practice import Practice
from guru_tui.errors import TryAgain
from guru_tui.jobs.run_report import RunReport
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, setting
from tests.servers import DROP, HOST, STALL, Certificates, SmtpServer
from tests.shell import Shell

NAMES = ("Sarah", "Jan", "Zoe")
QUEUED, SENT, FAILED, UNKNOWN = "queued", "sent", "failed", "unknown"
HASTY = Patience(connect=0.4, command=0.4, dot=0.4, goodbye=0.4, pause=0.001)
Starter = Callable[..., SmtpServer]


@dataclass
class Office:
    """A practice with three reminders due by mail, and its mail server."""

    guru: Guru
    server: SmtpServer
    clock: FixedClock
    people: tuple[str, ...] = field(default=NAMES)

    def states(self) -> list[str]:
        """The states of the reminders, in the order in which they were due."""
        return [row.state for row in outbox(self.guru)]

    def attempts(self) -> list[int]:
        """How often each was tried."""
        return [row.attempts for row in outbox(self.guru)]

    def reasons(self) -> list[str]:
        """Why each is where it is."""
        return [row.reason for row in outbox(self.guru)]

    def taken(self) -> list[int]:
        """How many mails the server has taken for each."""
        count = Counter(mail.recipients[0] for mail in self.server.mails)
        return [count[f"{name.lower()}@example.com"] for name in self.people]

    def recover(self) -> RunReport:
        """The server is well again; the sender runs every now and then for some hours."""
        self.server._plans.clear()
        for _ in range(4):
            report = run(self.guru)
            self.clock.advance(minutes=80)
        return report


@pytest.fixture
def open_office(
    guru: Guru, home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Office]]:
    """Opens the practice on a mail server, with settings changed as given."""
    opened: list[Guru] = []

    def of(cls: type[EmailChannel], settings: Settings, practice: Practice) -> EmailChannel:
        return cls(Account.of(settings), sender_of(settings, practice), replace(HASTY, pause=pause[0]))

    pause = [HASTY.pause]
    monkeypatch.setattr(EmailChannel, "of", classmethod(of))
    setting(guru, "alert_channels", "off")
    for number, name in enumerate(NAMES):
        book(guru, client(guru, name, mobile=""), f"2026-11-26T{9 + number:02}:00")

    def open_it(server: SmtpServer, pause_before_dot: float = HASTY.pause, **changed: str) -> Office:
        pause[0] = pause_before_dot
        opened.append(Guru(Settings(home, {**server.variables(), **changed}), clock))
        return Office(opened[-1], server, clock)

    yield open_it
    for one in opened:
        one.close()


def tell_nobody(office: Office, report: RunReport) -> None:
    """No reason and no sentence of the run names a client or quotes the server's words."""
    told = " ".join((*office.reasons(), *report.problems, report.paused)).lower()
    for private in ("sarah", "jan", "zoe", "botha", "@example.com", "grey", "no such", "pass word", "wrong"):
        assert private not in told, told


def never_twice(office: Office) -> None:
    """The server has each mail once at most; what is `sent` it has, what surely did not go it has not."""
    for state, taken in zip(office.states(), office.taken(), strict=True):
        assert taken <= 1
        if state == SENT:
            assert taken == 1
        elif state != UNKNOWN:
            assert taken == 0


REPLIES = {
    "421": "421 4.3.2 <sarah@example.com> going down",
    "451": "451 4.7.1 <sarah@example.com> grey listed",
    "452": "452 4.2.2 sarah's mailbox is full",
    "550": "550 5.1.1 no such user sarah@example.com",
    "552": "552 5.3.4 too big for sarah",
    "554": "554 5.7.1 no such thing",
}


@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize("code", REPLIES)
def test_a_refusal(
    open_office: Callable[..., Office], smtp_server: SmtpServer, code: str, phase: str, place: int
) -> None:
    office = open_office(smtp_server)
    smtp_server.plan(phase, *[None] * place, REPLIES[code])
    report = run(office.guru)
    tell_nobody(office, report)
    never_twice(office)
    expected, others = [SENT] * 3, 1
    if code.startswith("5"):
        expected[place] = FAILED
        assert (report.sent, report.failed, report.status) == (2, 1, 3)
    elif code != "421":
        expected[place] = QUEUED
        assert (report.sent, report.waiting, report.status) == (2, 1, 75)
        assert office.guru.reads.message(place + 1).not_before > office.clock.now()
    elif (phase, place) == ("mail", 1):
        others = 1  # an idle connection that is closed is replaced at once
        assert (report.sent, report.status, smtp_server.connections) == (3, 0, 2)
    else:
        expected[place:] = [QUEUED] * (3 - place)
        others = 0
        assert (report.sent, report.waiting, report.status) == (place, 3 - place, 75)
    assert office.states() == expected
    assert office.attempts() == [1] * (place + 1) + [others] * (2 - place)
    if expected[place] != SENT:
        assert code in office.reasons()[place]
    office.recover()
    never_twice(office)
    assert office.states() == [FAILED if state == FAILED else SENT for state in expected]
    assert office.taken() == [state != FAILED for state in expected]


@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "body"])
@pytest.mark.parametrize("fault", [DROP, STALL], ids=["drop", "stall"])
def test_a_line_lost_before_the_final_dot(
    open_office: Callable[..., Office], smtp_server: SmtpServer, fault: str, phase: str, place: int
) -> None:
    # A server that hangs up at the sight of the data does so at once, and is waited for on a new connection.
    office = open_office(smtp_server, pause_before_dot=1.0 if (phase, fault) == ("body", DROP) else HASTY.pause)
    smtp_server.plan(phase, *[None] * place, fault)
    report = run(office.guru)
    tell_nobody(office, report)
    never_twice(office)
    state = office.states()[place]
    if (phase, place) == ("mail", 1):
        assert (state, report.status) == (SENT, 0), "nothing of the message had been said: another connection is made"
    elif phase == "body" and (fault == STALL or place == 1):
        assert (state, report.status) == (UNKNOWN, 3), "its dot has left, and only the server knows how far it read"
    else:
        assert (state, report.status, report.sent) == (QUEUED, 75, place)
        assert office.states()[place:] == [QUEUED] * (3 - place)
    office.recover()
    never_twice(office)
    assert office.states() == [SENT] * place + [UNKNOWN if state == UNKNOWN else SENT] + [SENT] * (2 - place)


@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
def test_a_line_lost_after_the_final_dot(
    open_office: Callable[..., Office], smtp_server: SmtpServer, place: int
) -> None:
    office = open_office(smtp_server)
    smtp_server.plan("end", *[None] * place, DROP)
    report = run(office.guru)
    tell_nobody(office, report)
    expected = [SENT] * 3
    expected[place] = UNKNOWN
    assert office.states() == expected
    assert (report.sent, report.unknown, report.status) == (2, 1, 3)
    office.recover()
    assert office.states() == expected and office.taken() == [1, 1, 1]
    assert office.attempts() == [1, 1, 1]


@pytest.mark.parametrize("place", [0, 1], ids=["first", "second"])
def test_no_answer_to_the_final_dot(open_office: Callable[..., Office], smtp_server: SmtpServer, place: int) -> None:
    office = open_office(smtp_server)
    smtp_server.plan("end", *[None] * place, STALL)
    report = run(office.guru)
    tell_nobody(office, report)
    assert office.states() == [SENT] * place + [UNKNOWN] + [QUEUED] * (2 - place), "the rest would wait as long"
    assert (report.sent, report.unknown, report.status) == (place, 1, 3)
    office.recover()
    assert office.states() == [SENT] * place + [UNKNOWN] + [SENT] * (2 - place)
    assert office.taken() == [1, 1, 1]


def test_an_answer_that_is_none(open_office: Callable[..., Office], smtp_server: SmtpServer) -> None:
    office = open_office(smtp_server)
    smtp_server.plan("end", "hm")
    assert run(office.guru).unknown == 1
    office.recover()
    assert office.states() == [UNKNOWN, SENT, SENT] and office.taken() == [0, 1, 1]


def test_a_reply_slower_than_the_lease(
    open_office: Callable[..., Office], smtp_server: SmtpServer, clock: FixedClock
) -> None:
    office = open_office(smtp_server)
    during: list[str] = []

    def slow() -> None:
        smtp_server.on_mail = None
        clock.advance(minutes=30)
        with socket.create_connection((HOST, smtp_server.port)):
            during.append("another has come")

    smtp_server.on_mail = slow
    report = run(office.guru)
    assert during and (report.sent, report.unknown) == (3, 0)
    assert office.states() == [SENT] * 3 and office.attempts() == [1, 1, 1]
    office.recover()
    assert office.taken() == [1, 1, 1]


def test_a_second_sender_during_a_slow_reply_is_turned_away(
    open_office: Callable[..., Office], smtp_server: SmtpServer, clock: FixedClock
) -> None:
    office, other = open_office(smtp_server), open_office(smtp_server)
    turned_away: list[str] = []

    def slow() -> None:
        clock.advance(minutes=30)
        try:
            other.guru.delivery("daemon").run_once()
        except TryAgain as error:
            turned_away.append(str(error))

    smtp_server.on_mail = slow
    assert run(office.guru).sent == 3
    assert len(turned_away) == 3 and "remind" in turned_away[0]
    assert office.taken() == [1, 1, 1]


def nobody_listens(server: SmtpServer) -> dict[str, str]:
    server.refuse()
    return {}


def slow_banner(server: SmtpServer) -> dict[str, str]:
    server.plan("connect", *[STALL] * 3)
    return {}


def busy(server: SmtpServer) -> dict[str, str]:
    server.plan("connect", *["421 4.3.2 too many connections from here"] * 3)
    return {}


def hangs_up(server: SmtpServer) -> dict[str, str]:
    server.plan("connect", *[DROP] * 3)
    return {}


def slow_greeting(server: SmtpServer) -> dict[str, str]:
    server.plan("ehlo", *[STALL] * 3)
    return {}


def login_later(server: SmtpServer) -> dict[str, str]:
    server.plan("auth", *["454 4.7.0 try again"] * 3)
    return {}


@pytest.mark.parametrize("fault", [nobody_listens, slow_banner, busy, hangs_up, slow_greeting, login_later])
def test_a_server_that_cannot_be_reached(
    open_office: Callable[..., Office], smtp_server: SmtpServer, fault: Callable[[SmtpServer], dict[str, str]]
) -> None:
    office = open_office(smtp_server, **fault(smtp_server))
    report = run(office.guru)
    tell_nobody(office, report)
    assert office.states() == [QUEUED] * 3
    assert office.attempts() == [1, 0, 0], "the rest of the run does not knock again"
    assert (report.sent, report.waiting, report.status, report.paused) == (0, 3, 75, "")
    assert len(report.problems) == 1
    if smtp_server._listener is None:
        smtp_server.accept()
    office.recover()
    assert office.states() == [SENT] * 3 and office.taken() == [1, 1, 1]


def wrong_password(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    return start(users={"naledi": "pass word"}), {"GURU_SMTP_PASSWORD": "wrong"}


def no_starttls(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    return start(security="none"), {"GURU_SMTP_SECURITY": "starttls"}


def unknown_authority(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    return start(), {"GURU_SMTP_CA_FILE": ""}


def self_signed(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(HOST).configure_cert(context)
    return start(context=context), {}


def other_name(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    return start(names=("mail.example.com",)), {}


def expired(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    return start(context=certificates.server_context(until=datetime(2024, 1, 1, tzinfo=UTC))), {}


def unwanted(start: Starter, certificates: Certificates) -> tuple[SmtpServer, dict[str, str]]:
    server = start()
    server.plan("connect", *["554 5.7.1 your address is on a list"] * 9)
    return server, {}


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        (wrong_password, "GURU_SMTP_PASSWORD"),
        (no_starttls, "STARTTLS"),
        (unknown_authority, "certificate"),
        (self_signed, "certificate"),
        (other_name, "certificate"),
        (expired, "certificate"),
        (unwanted, "554"),
    ],
)
def test_what_only_a_person_can_remedy_pauses_the_channel(
    open_office: Callable[..., Office],
    start_smtp: Starter,
    certificates: Certificates,
    fault: Callable[[Starter, Certificates], tuple[SmtpServer, dict[str, str]]],
    names: str,
) -> None:
    server, changed = fault(start_smtp, certificates)
    office = open_office(server, **changed)
    for _ in range(3):
        report = run(office.guru)
        tell_nobody(office, report)
        assert office.states() == [QUEUED] * 3, "they wait, they do not fail"
        assert (report.sent, report.failed, report.waiting, report.status) == (0, 0, 3, 78)
        assert names in report.paused
    assert office.attempts() == [3, 0, 0]
    assert not {"MAIL", "RCPT", "DATA"} & set(server.commands)
    well = start_smtp()
    office = open_office(well)
    assert (run(office.guru).sent, office.states(), office.taken()) == (3, [SENT] * 3, [1, 1, 1])


@pytest.mark.parametrize(
    ("phase", "reply", "status", "states"),
    [
        ("rcpt", REPLIES["451"], 75, [QUEUED, SENT, SENT]),
        ("end", REPLIES["550"], 3, [FAILED, SENT, SENT]),
        ("end", DROP, 3, [UNKNOWN, SENT, SENT]),
        ("mail", "530 5.7.0 log in first", 78, [QUEUED, QUEUED, QUEUED]),
    ],
)
def test_the_exit_status_tells(
    guru: Guru,
    shell: Shell,
    home: Path,
    smtp_server: SmtpServer,
    phase: str,
    reply: str,
    status: int,
    states: list[str],
) -> None:
    setting(guru, "alert_channels", "off")
    for number, name in enumerate(NAMES):
        book(guru, client(guru, name, mobile=""), f"2026-11-26T{9 + number:02}:00")
    shell.home, shell.env = home, smtp_server.variables()
    smtp_server.plan(phase, reply)
    done = shell.run("remind", "--json", status=status)
    assert [message["state"] for message in json.loads(done.stdout)["messages"]] == states
    assert "sarah" not in done.stderr.lower() and "Traceback" not in done.stderr
    assert len(smtp_server.mails) == states.count(SENT) + states.count(UNKNOWN)
