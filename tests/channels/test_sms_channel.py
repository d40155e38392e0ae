"""SMS over real HTTP on loopback: what each answer of the provider, and each missing one, is reported as."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from guru_tui.channels.base import Accepted, Misconfigured, OutgoingMessage, Permanent, Result, Transient, Unknown
from guru_tui.channels.sms import ClickatellChannel
from guru_tui.channels.sms_http import Provider
from guru_tui.settings import CLICKATELL_URL, Settings
from tests.servers import STALL, Answer, ClickatellServer, RawServer, free_port, read_request, reset

MESSAGE = OutgoingMessage(
    id=1,
    kind="reminder",
    channel="sms",
    recipient="+27825550134",
    recipient_name="Lindiwe Dube",
    subject="",
    body="Hi Lindiwe, see you tomorrow 09:00 – Sea Point Physio. Reply YES to confirm.",
    idempotency_key="reminder:sms:1",
    created_at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
)
RawStarter = Callable[[Callable[[socket.socket], None]], RawServer]


def channel_to(url: str, *, key: str = "test-key==", read: float = 10.0, **changed: str) -> ClickatellChannel:
    values = {"GURU_CLICKATELL_API_KEY": key, "GURU_CLICKATELL_URL": url, **changed}
    return ClickatellChannel(Provider.of(Settings(Path("/nowhere"), values), CLICKATELL_URL), (2.0, read))


def send(url: str, count: int = 1, **options: Any) -> list[Result]:
    with channel_to(url, **options).session() as session:
        return [session.send(replace(MESSAGE, id=number)) for number in range(count)]


def error(code: object, description: str = "27825550134 is no good") -> dict[str, Any]:
    return {"code": code, "description": description}


def entry(**changed: Any) -> dict[str, Any]:
    return {"messages": [{"apiMessageId": "abc", "accepted": True, "to": "27825550134", "error": None, **changed}]}


def test_a_message_is_asked_for_as_the_provider_wants_it(clickatell_server: ClickatellServer) -> None:
    assert send(clickatell_server.url) == [Accepted("id-1")]
    [request] = clickatell_server.requests
    assert request.data == {"messages": [{"channel": "sms", "to": "27825550134", "content": MESSAGE.body}]}
    assert (request.path, request.query, request.authorization) == ("/v1/message", "", "test-key==")
    assert request.headers["Content-Type"] == "application/json"


def test_a_two_way_number_is_named(clickatell_server: ClickatellServer) -> None:
    send(clickatell_server.url, GURU_CLICKATELL_FROM="+27 82 000 0000")
    assert clickatell_server.requests[0].data["messages"][0]["from"] == "27820000000"


def test_a_slash_at_the_end_of_the_address_is_no_matter(clickatell_server: ClickatellServer) -> None:
    assert send(clickatell_server.url + "/") == [Accepted("id-1")]


def test_neither_proxies_nor_netrc_of_the_machine_are_used(
    clickatell_server: ClickatellServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    assert send(clickatell_server.url) == [Accepted("id-1")]
    assert clickatell_server.requests[0].authorization == "test-key=="


@pytest.mark.parametrize("status", [200, 202, 207])
def test_an_accepted_message_with_an_id_is_accepted(clickatell_server: ClickatellServer, status: int) -> None:
    clickatell_server.plan(Answer(status, entry()))
    assert send(clickatell_server.url) == [Accepted("abc")]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, Misconfigured) for code in (1, 2, 3, 7, 20, 402)),
        *((code, Transient) for code in (19, 43, 503)),
        *((code, Unknown) for code in (18, 500)),
        *((code, Permanent) for code in (23, 24, 25, 26, 27)),
    ],
)
@pytest.mark.parametrize("place", ["global", "message", "text"])
def test_the_providers_code_decides_whatever_the_status(
    clickatell_server: ClickatellServer, code: int, kind: type[Result], place: str
) -> None:
    body: dict[str, Any] = {"messages": [], "error": error(code)}
    if place == "message":
        body = {**entry(accepted=False, apiMessageId=None, error=error(code)), "error": None}
    elif place == "text":
        body = {"messages": [], "error": error(str(code))}
    clickatell_server.plan(*(Answer(status, body) for status in (200, 207, 400)))
    for _ in range(3):
        [result] = send(clickatell_server.url)
        assert isinstance(result, kind)
        assert "27825550134" not in result.reason  # type: ignore[union-attr]


def test_only_an_opt_out_is_one(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(*(Answer(400, {"error": error(code)}) for code in (26, 25)))
    opted_out, wrong = send(clickatell_server.url, 2)
    assert isinstance(opted_out, Permanent) and opted_out.opted_out
    assert isinstance(wrong, Permanent) and not wrong.opted_out


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(202, ""), Unknown),
        (Answer(202, "<html>fine</html>"), Unknown),
        (Answer(202, {"messages": []}), Unknown),
        (Answer(202, []), Unknown),
        (Answer(202, "null"), Unknown),
        (Answer(202, "[" * 100_000), Unknown),
        (Answer(202, entry(apiMessageId=None)), Unknown),
        (Answer(202, entry(apiMessageId="")), Unknown),
        (Answer(202, entry(apiMessageId=5)), Unknown),
        (Answer(202, entry(accepted=None)), Unknown),
        (Answer(202, entry(accepted=False)), Permanent),
        (Answer(202, entry(error=error(25))), Unknown),
        (Answer(202, entry(error={"description": "odd"})), Unknown),
        (Answer(202, {"messages": [entry()["messages"][0]] * 2}), Unknown),
        (Answer(207, entry(accepted=False, apiMessageId="", error=error(25))), Permanent),
        (Answer(400, {"messages": [], "errorCode": 21, "error": "malformed", "errorDescription": "x"}), Permanent),
        (Answer(400, {"error": error(True)}), Permanent),
        (Answer(400, {"error": error("²")}), Permanent),
        (Answer(400, "<html>bad request</html>"), Permanent),
        (Answer(401, "<html>who are you</html>"), Misconfigured),
        (Answer(402, {}), Misconfigured),
        (Answer(404, "<html>not here</html>"), Misconfigured),
        (Answer(429, ""), Transient),
        (Answer(500, "<html>oops</html>"), Unknown),
        (Answer(502, "<html>bad gateway</html>"), Unknown),
        (Answer(503, "<html>later</html>"), Transient),
        (Answer(504, ""), Unknown),
        (Answer(500, {"error": error(9999)}), Unknown),
        (Answer(204, ""), Unknown),
    ],
)
def test_answers_that_are_not_by_the_book(
    clickatell_server: ClickatellServer, answer: Answer, kind: type[Result]
) -> None:
    clickatell_server.plan(answer)
    [result] = send(clickatell_server.url)
    assert isinstance(result, kind)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(clickatell_server: ClickatellServer, start_raw: RawStarter, status: int) -> None:
    elsewhere = start_raw(lambda connection: None)
    location = f"http://127.0.0.1:{elsewhere.port}/v1/message"
    clickatell_server.plan(Answer(status, "", {"Location": location}))
    [result] = send(clickatell_server.url)
    assert isinstance(result, Misconfigured) and "GURU_CLICKATELL_URL" in result.reason
    assert elsewhere.connections == 0
    assert len(clickatell_server.requests) == 1


def test_a_bad_key_pauses_the_run_after_one_request(clickatell_server: ClickatellServer) -> None:
    first, second = send(clickatell_server.url, 2, key="wrong")
    assert isinstance(first, Misconfigured) and first == second
    assert len(clickatell_server.requests) == 1


def test_a_refused_message_does_not_stop_the_next(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(Answer(400, {"error": error(25)}), Answer(503, ""))
    results = send(clickatell_server.url, 3)
    assert [type(result) for result in results] == [Permanent, Transient, Accepted]


def test_a_provider_that_cannot_be_reached_is_asked_once_a_run() -> None:
    first, second = send(f"http://127.0.0.1:{free_port()}", 2)
    assert first == Transient("The SMS provider cannot be reached.", connection_lost=True)
    assert second is first


def test_a_provider_that_speaks_no_tls_is_transient_and_gets_no_key(start_raw: RawStarter) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 400 plain\r\n\r\n")

    server = start_raw(behave)
    [result] = send(f"https://127.0.0.1:{server.port}")
    assert isinstance(result, Transient) and result.connection_lost
    assert b"test-key" not in b"".join(seen)


@pytest.mark.parametrize("ending", [reset, socket.socket.close])
def test_a_connection_lost_after_the_request_is_unknown(
    start_raw: RawStarter, ending: Callable[[socket.socket], None]
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        ending(connection)

    server = start_raw(behave)
    results = send(f"http://127.0.0.1:{server.port}", 4)
    assert [type(result) for result in results] == [Unknown, Unknown, Transient, Transient]
    assert server.connections == 2


def test_an_answer_cut_off_is_unknown(start_raw: RawStarter) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"messages": [')

    assert isinstance(send(f"http://127.0.0.1:{start_raw(behave).port}")[0], Unknown)


def test_an_answer_that_is_no_http_is_unknown(start_raw: RawStarter) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"220 mail.example.com\r\n")

    assert isinstance(send(f"http://127.0.0.1:{start_raw(behave).port}")[0], Unknown)


def test_a_stalled_answer_is_unknown_and_ends_the_run(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(STALL)
    stalled, following = send(clickatell_server.url, 2, read=0.3)
    assert stalled == Unknown("The SMS provider was given the message and did not answer in time.")
    assert isinstance(following, Transient) and following.connection_lost
    assert len(clickatell_server.requests) == 1


def test_the_waits_are_limited_without_being_asked() -> None:
    assert channel_to("https://platform.clickatell.com")._timeout
    assert ClickatellChannel(Provider("https://x.example", "k"))._timeout == (5.0, 30.0)


@pytest.mark.parametrize("recipient", ["", "0825550134", "+27215550100", "27825550134", "+27825550134, +27825550135"])
def test_a_number_that_takes_no_sms_is_never_asked_for(clickatell_server: ClickatellServer, recipient: str) -> None:
    with channel_to(clickatell_server.url).session() as session:
        assert isinstance(session.send(replace(MESSAGE, recipient=recipient)), Permanent)
        assert isinstance(session.send(replace(MESSAGE, body=" \n")), Permanent)
    assert clickatell_server.requests == []


def test_texts_of_any_language_arrive(clickatell_server: ClickatellServer) -> None:
    text = 'Łucja’s 😀 €450\nnew line “quoted” \\ "'
    with channel_to(clickatell_server.url).session() as session:
        session.send(replace(MESSAGE, body=text))
    assert clickatell_server.texts == [("27825550134", text)]


def test_check_tells_a_good_key_from_a_bad_one_and_sends_nothing(clickatell_server: ClickatellServer) -> None:
    assert channel_to(clickatell_server.url).check() is None
    refused = channel_to(clickatell_server.url, key="wrong").check()
    assert isinstance(refused, Misconfigured) and "GURU_CLICKATELL_API_KEY" in refused.reason
    clickatell_server.plan(Answer(404, "<html>no such message</html>"), Answer(302, ""), Answer(402, {}))
    assert channel_to(clickatell_server.url).check() is None
    assert isinstance(channel_to(clickatell_server.url).check(), Misconfigured)
    assert isinstance(channel_to(clickatell_server.url).check(), Misconfigured)
    assert isinstance(channel_to(f"http://127.0.0.1:{free_port()}").check(), Transient)
    assert all(re.fullmatch("/v1/message/0+", request.path) for request in clickatell_server.requests)


def test_one_connection_serves_a_whole_run(start_raw: RawStarter) -> None:
    answer = b'{"messages": [{"apiMessageId": "x", "accepted": true, "error": null}]}'
    done = threading.Event()

    def behave(connection: socket.socket) -> None:
        for _ in range(3):
            read_request(connection)
            connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        done.set()

    server = start_raw(behave)
    assert send(f"http://127.0.0.1:{server.port}", 3) == [Accepted("x")] * 3
    assert done.wait(5) and server.connections == 1
