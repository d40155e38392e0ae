"""Every way in which an SMS provider can fail, through the whole path: what the outbox says, what the run reports, and
that no message is ever handed over twice."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.channels.sms_provider import ProviderChannel
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.views.messages import MessageRow
from guru_tui.jobs.run_report import RunReport
from guru_tui.settings import Settings
from tests.outbox_support import book, client, outbox, run, sql
from tests.servers import STALL, Answer, ClickatellServer, RawServer, free_port, read_request, reset
from tests.shell import Shell

THURSDAY = "2026-11-26T09:00"
KEY = "test-key=="
NUMBERS = ("27825550101", "27825550102")
PRIVATE = (*NUMBERS, "825550101", "825550102", "Sarah", "Lerato", "Botha", KEY)
"""What no reason, no report and no log may hold."""


class Fault(NamedTuple):
    """What the provider does to the first of two messages, and what is to come of the two and of the run."""

    answer: Answer | str
    first: str
    second: str = "sent"
    status: int = 3
    paused: bool = False


def failed(code: int, http: int = 207) -> Answer:
    """The message is refused, in the per-message form."""
    error = {"code": code, "description": "27825550101 Sarah Botha"}
    return Answer(
        http, {"messages": [{"apiMessageId": None, "accepted": False, "to": NUMBERS[0], "error": error}], "error": None}
    )


def refused(code: int, http: int) -> Answer:
    """The request is refused as a whole."""
    return Answer(http, {"messages": [], "error": {"code": code, "description": "27825550101 Sarah Botha"}})


def paused(answer: Answer) -> Fault:
    return Fault(answer, "queued", "queued", 78, paused=True)


def later(answer: Answer, second: str = "sent") -> Fault:
    return Fault(answer, "queued", second, 75)


FAULTS = {
    "1 key": paused(refused(1, 401)),
    "2 account": paused(refused(2, 400)),
    "3 integration": paused(refused(3, 400)),
    "7 address": paused(refused(7, 401)),
    "20 credit": paused(failed(20)),
    "20 credit in a 200": paused(failed(20, 200)),
    "402 credit": paused(Answer(402, "<html>pay</html>")),
    "401 without a word": paused(Answer(401, "")),
    "redirect": paused(Answer(302, "", {"Location": "http://127.0.0.1:1/v1/message"})),
    "redirect that keeps the method": paused(Answer(307, "", {"Location": "http://127.0.0.1:1/v1/message"})),
    "404": paused(Answer(404, "<html>no</html>")),
    "43 rate": later(refused(43, 400), "queued"),
    "429": later(Answer(429, "<html>slower</html>", {"Retry-After": "1"}), "queued"),
    "19 try again": later(failed(19)),
    "19 as a whole": later(refused(19, 503)),
    "503": later(Answer(503, "<html>later</html>")),
    "18 internal": Fault(failed(18), "unknown"),
    "18 as a whole": Fault(refused(18, 500), "unknown"),
    "500": Fault(Answer(500, "<html>oops</html>"), "unknown"),
    "502": Fault(Answer(502, "<html>bad gateway</html>"), "unknown"),
    "504": Fault(Answer(504, ""), "unknown"),
    "garbage": Fault(Answer(202, '{"messages": [{"apiMess'), "unknown"),
    "nothing": Fault(Answer(202, ""), "unknown"),
    "html that says fine": Fault(Answer(200, "<html>fine</html>"), "unknown"),
    "accepted with an error": Fault(
        Answer(207, {"messages": [{"apiMessageId": "x", "accepted": True, "error": {"code": 25}}]}), "unknown"
    ),
    "23 parameter": Fault(failed(23), "failed"),
    "24 too long": Fault(failed(24), "failed"),
    "25 number": Fault(failed(25), "failed"),
    "25 in a 200": Fault(failed(25, 200), "failed"),
    "26 opted out": Fault(failed(26), "failed"),
    "27 channel": Fault(failed(27), "failed"),
    "21 payload": Fault(refused(21, 400), "failed"),
    "not accepted": Fault(failed(0), "failed"),
}


@pytest.fixture
def wire(guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Guru]]:
    """The practice of `guru` with an SMS provider at an address, asked with little patience."""
    monkeypatch.setattr(ProviderChannel, "patience", (1.0, 0.4))
    opened: list[Guru] = []

    def at(url: str, backend: str = "clickatell") -> Guru:
        variables = {"GURU_SMS_BACKEND": backend, "GURU_CLICKATELL_API_KEY": KEY, "GURU_CLICKATELL_URL": url}
        opened.append(Guru(Settings(home, variables), guru.clock))
        return opened[-1]

    for number, name in (("082 555 0101", "Sarah"), ("082 555 0102", "Lerato")):
        book(guru, client(guru, name, mobile=number, email=""), THURSDAY)
    yield at
    for one in opened:
        one.close()


def told(guru: Guru, report: RunReport) -> str:
    """Everything that a person or a log is told of a run."""
    tries = [attempt.reason for row in outbox(guru) for attempt in guru.outbox.tries(row.id)]
    return " | ".join([*(row.reason for row in outbox(guru)), *tries, *report.problems, report.paused])


def check(guru: Guru, report: RunReport, fault: Fault) -> list[MessageRow]:
    """The two messages, held against what a fault is to come to."""
    rows = outbox(guru)
    assert [row.state for row in rows] == [fault.first, fault.second]
    assert (report.status, bool(report.paused)) == (fault.status, fault.paused)
    assert sql(guru, "SELECT paused <> '' FROM sender_run").fetchone()[0] == fault.paused
    assert rows[0].attempts == 1 and bool(rows[0].reason) == (rows[0].state != "sent")
    assert not [word for word in PRIVATE if word in told(guru, report)]
    return rows


def handed_over(server: ClickatellServer) -> list[str]:
    """The number of each request that hands a message over, in their order."""
    numbers = []
    for post in server.posts:
        entry = post.data["messages"][0]["to"] if "messages" in post.data else post.data["to"][0]
        numbers.append(str(entry))
    return numbers


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_provider(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, clock: FixedClock, fault: Fault
) -> None:
    guru = wire(clickatell_server.url)
    clickatell_server.plan(fault.answer)
    check(guru, run(guru), fault)
    asked = [NUMBERS[0]] if fault.second == "queued" else list(NUMBERS)
    assert handed_over(clickatell_server) == asked
    for _ in range(4):
        clock.advance(minutes=30)
        run(guru)
    again = NUMBERS if fault.second == "queued" else NUMBERS[:1] if fault.first == "queued" else ()
    assert sorted(handed_over(clickatell_server)) == sorted([*asked, *again])
    ends = ["sent" if row == "queued" else row for row in (fault.first, fault.second)]
    assert [row.state for row in outbox(guru)] == ends


LEGACY = {
    "001 token": paused(Answer(401, {"error": {"code": "001", "description": "27825550101"}})),
    "301 credit": paused(
        Answer(200, {"data": {"message": [{"apiMessageId": "", "error": {"code": "301", "description": "x"}}]}})
    ),
    "105 number": Fault(
        Answer(200, {"data": {"message": [{"apiMessageId": "", "error": {"code": "105", "description": "x"}}]}}),
        "failed",
    ),
    "no id": Fault(Answer(202, {"data": {"message": [{"apiMessageId": "", "error": None}]}}), "unknown"),
    "404 that looks like a success": Fault(
        Answer(404, {"data": {"message": [{"apiMessageId": "x", "error": None}]}}), "unknown"
    ),
    "410": Fault(Answer(410, "<html>gone</html>"), "unknown"),
    "429": Fault(Answer(429, "", {"Retry-After": "1"}), "unknown"),
    "502": Fault(Answer(502, "<html>bad gateway</html>"), "unknown"),
    "redirect": Fault(Answer(301, "", {"Location": "http://127.0.0.1:1/"}), "unknown"),
    "garbage": Fault(Answer(202, "{"), "unknown"),
}


@pytest.mark.parametrize("fault", LEGACY.values(), ids=LEGACY)
def test_a_fault_of_the_older_api(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, clock: FixedClock, fault: Fault
) -> None:
    guru = wire(clickatell_server.url, "clickatell-legacy")
    clickatell_server.plan(fault.answer)
    check(guru, run(guru), fault)
    for _ in range(3):
        clock.advance(minutes=30)
        run(guru)
    retried = NUMBERS[:1] if fault.paused else ()
    assert sorted(handed_over(clickatell_server)) == sorted([*NUMBERS, *retried])


BACKENDS = pytest.mark.parametrize("backend", ["clickatell", "clickatell-legacy"])


@BACKENDS
def test_a_provider_that_refuses_the_connection(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, backend: str
) -> None:
    down = wire(f"http://127.0.0.1:{free_port()}", backend)
    report = run(down)
    check(down, report, Fault("", "queued", "queued", 75))
    assert len(report.problems) == 1
    up = wire(clickatell_server.url, backend)
    assert run(up).sent == 2
    assert sorted(handed_over(clickatell_server)) == list(NUMBERS)


@BACKENDS
@pytest.mark.parametrize("moment", ["after the request", "in the answer"])
def test_a_connection_that_is_reset(
    wire: Callable[..., Guru],
    clickatell_server: ClickatellServer,
    start_raw: Callable[..., RawServer],
    backend: str,
    moment: str,
) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        if moment == "in the answer":
            connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 900\r\n\r\n{")
        reset(connection)

    guru = wire(f"http://127.0.0.1:{start_raw(behave).port}", backend)
    check(guru, run(guru), Fault("", "unknown", "unknown"))
    assert run(wire(clickatell_server.url, backend)).sent == 0
    assert (len(seen), clickatell_server.posts) == (2, [])


@BACKENDS
def test_a_connection_that_is_reset_before_the_request_is_read(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, start_raw: Callable[..., RawServer], backend: str
) -> None:
    """Nobody can tell how much had left, so either it surely had not, or it is never sent again by itself."""
    guru = wire(f"http://127.0.0.1:{(raw := start_raw(reset)).port}", backend)
    report = run(guru)
    before = [row.state for row in outbox(guru)]
    assert set(before) <= {"queued", "unknown"} and report.sent == 0
    assert not [word for word in PRIVATE if word in told(guru, report)]
    assert 1 <= raw.connections <= 3, "one for each message and one to ask for the balance"
    run(wire(clickatell_server.url, backend))
    waiting = [number for number, state in zip(NUMBERS, before, strict=True) if state == "queued"]
    assert handed_over(clickatell_server) == waiting


@BACKENDS
def test_a_provider_that_hangs(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, clock: FixedClock, backend: str
) -> None:
    guru = wire(clickatell_server.url, backend)
    clickatell_server.plan(STALL)
    check(guru, run(guru), Fault("", "unknown", "queued"))
    assert handed_over(clickatell_server) == [NUMBERS[0]]
    clock.advance(minutes=30)
    assert run(guru).sent == 1
    assert handed_over(clickatell_server) == list(NUMBERS)


def test_an_opt_out_is_kept_to(wire: Callable[..., Guru], clickatell_server: ClickatellServer) -> None:
    guru = wire(clickatell_server.url)
    clickatell_server.plan(failed(26))
    run(guru)
    assert [guru.reads.client(number).sms_allowed for number in (1, 2)] == [False, True]


def test_what_asks_for_time_gets_it(
    wire: Callable[..., Guru], clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    guru = wire(clickatell_server.url)
    clickatell_server.plan(Answer(429, "", {"Retry-After": "1800"}))
    run(guru)
    assert (outbox(guru)[0].not_before - clock.now()).total_seconds() >= 1800


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, 0),
        (failed(25), 3),
        (Answer(502, "<html>27825550101</html>"), 3),
        (Answer(503, ""), 75),
        (refused(1, 401), 78),
    ],
)
def test_the_command_tells_by_its_exit_status(
    wire: Callable[..., Guru], home: Path, clickatell_server: ClickatellServer, answer: Answer | None, status: int
) -> None:
    wire(clickatell_server.url)
    if answer is not None:
        clickatell_server.plan(answer)
    done = Shell(home, env=clickatell_server.variables()).run("remind", status=status)
    assert not [word for word in PRIVATE if word in done.stderr]
    assert KEY not in done.stdout
    assert len(set(handed_over(clickatell_server))) == len(clickatell_server.posts)


def test_the_key_is_in_no_file_but_the_one_it_was_put_in(
    wire: Callable[..., Guru], home: Path, clickatell_server: ClickatellServer
) -> None:
    wire(clickatell_server.url)
    env = home / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in clickatell_server.variables().items()))
    env.chmod(0o600)
    clickatell_server.plan(refused(1, 401))
    Shell(home).run("remind", status=78)
    holding = [path.name for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == [".env"]


def test_nothing_is_asked_when_there_is_nothing_to_send(guru: Guru, home: Path) -> None:
    variables: dict[str, Any] = {
        "GURU_CLICKATELL_API_KEY": KEY, "GURU_CLICKATELL_URL": f"http://127.0.0.1:{free_port()}",
    }  # fmt: skip
    opened = Guru(Settings(home, variables), guru.clock)
    assert (run(opened).status, run(opened).problems) == (0, ())
    opened.close()
