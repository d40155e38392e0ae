"""SMS over real HTTP on loopback: what each answer of the provider, and each missing one, is reported as."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rich.pretty

from guru_tui.channels.base import (
    Accepted,
    Balance,
    Fate,
    Misconfigured,
    OutgoingMessage,
    Permanent,
    Result,
    Tracing,
    Transient,
    Trouble,
    Unknown,
)
from guru_tui.channels.sms import ClickatellChannel
from guru_tui.channels.sms_http import Provider
from guru_tui.errors import Misconfigured as SettingRefused
from guru_tui.settings import CLICKATELL_URL, Settings
from tests.servers import STALL, Answer, Certificates, ClickatellServer, RawServer, free_port, read_request, reset

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
    assert send(clickatell_server.url) == [Accepted("id-1", traceable=True)]
    [request] = clickatell_server.requests
    assert request.data == {"messages": [{"channel": "sms", "to": "27825550134", "content": MESSAGE.body}]}
    assert (request.path, request.query, request.authorization) == ("/v1/message", "", "test-key==")
    assert request.headers["Content-Type"] == "application/json"


def test_a_two_way_number_is_named(clickatell_server: ClickatellServer) -> None:
    send(clickatell_server.url, GURU_CLICKATELL_FROM="+27 82 000 0000")
    assert clickatell_server.requests[0].data["messages"][0]["from"] == "27820000000"


def test_a_slash_at_the_end_of_the_address_is_no_matter(clickatell_server: ClickatellServer) -> None:
    assert send(clickatell_server.url + "/") == [Accepted("id-1", traceable=True)]


def test_neither_proxies_nor_netrc_of_the_machine_are_used(
    clickatell_server: ClickatellServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    assert send(clickatell_server.url) == [Accepted("id-1", traceable=True)]
    assert clickatell_server.requests[0].authorization == "test-key=="


@pytest.mark.parametrize("status", [200, 202, 207])
def test_an_accepted_message_with_an_id_is_accepted(clickatell_server: ClickatellServer, status: int) -> None:
    clickatell_server.plan(Answer(status, entry()))
    assert send(clickatell_server.url) == [Accepted("abc", traceable=True)]


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


def test_a_certificate_that_nobody_vouches_for_gets_no_key(start_raw: RawStarter, certificates: Certificates) -> None:
    context, seen = certificates.server_context(), [b""]

    def behave(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as line:
            seen.append(line.recv(4096))

    server = start_raw(behave)
    first, second = send(f"https://127.0.0.1:{server.port}", 2)
    assert first == Transient("The SMS provider's certificate cannot be verified.", connection_lost=True)
    assert second is first and server.connections == 1
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
    assert send(f"http://127.0.0.1:{server.port}", 3) == [Accepted("x", traceable=True)] * 3
    assert done.wait(5) and server.connections == 1


def test_an_id_that_is_no_word_cannot_be_asked_after(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(Answer(202, entry(apiMessageId="../balance")))
    assert send(clickatell_server.url) == [Accepted("../balance", traceable=False)]
    with channel_to(clickatell_server.url).session() as session:
        assert isinstance(session.fate("../balance"), Transient)
    assert clickatell_server.questions == []


def test_what_is_uncertain_but_has_an_id_can_be_asked_after(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(Answer(207, entry(error=error(18))), Answer(500, entry(accepted=False, error=error(18))))
    results = send(clickatell_server.url, 2)
    assert [(type(result), getattr(result, "provider_id", "")) for result in results] == [(Unknown, "abc")] * 2


@pytest.mark.parametrize("answer", [Answer(429, "", {"Retry-After": "90"}), Answer(400, {"error": error(43)})])
def test_a_provider_that_asks_to_go_slower_is_left_alone_for_the_run(
    clickatell_server: ClickatellServer, answer: Answer
) -> None:
    clickatell_server.plan(answer)
    first, second = send(clickatell_server.url, 2)
    assert isinstance(first, Transient) and not first.connection_lost
    assert first.wait == (90 if answer.status == 429 else 60)
    assert isinstance(second, Transient) and second.connection_lost
    assert len(clickatell_server.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("", 60), ("7", 7), ("999999", 3600), ("-5", 60), ("Wed, 25 Nov 2026 08:05:00 GMT", 60)]
)
def test_how_long_it_asks_for_is_read_with_care(
    clickatell_server: ClickatellServer, header: str, seconds: float
) -> None:
    clickatell_server.plan(Answer(429, "", {"Retry-After": header} if header else {}))
    [result] = send(clickatell_server.url)
    assert isinstance(result, Transient) and result.wait == seconds


def test_an_answer_that_trickles_in_does_not_hold_the_run_for_ever(start_raw: RawStarter) -> None:
    gone = threading.Event()

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\n")
        try:
            while not gone.wait(0.05):
                connection.sendall(b" ")
        except OSError:
            gone.set()

    first, second = send(f"http://127.0.0.1:{start_raw(behave).port}", 2, read=0.4)
    assert isinstance(first, Unknown)
    assert isinstance(second, Transient) and second.connection_lost
    assert gone.wait(5)


def test_an_answer_without_an_end_is_unknown(start_raw: RawStarter) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 90000000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"x" * 65536)

    assert isinstance(send(f"http://127.0.0.1:{start_raw(behave).port}")[0], Unknown)


def ask(url: str, *ids: str, **options: Any) -> list[Fate | Trouble]:
    with channel_to(url, **options).session() as session:
        return [session.fate(number) for number in ids]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((word, "underway") for word in ("QUEUED", "SCHEDULED", "SENT_TO_SUPPLIER")),
        *((word, "delivered") for word in ("DEVICE_ACK", "READ", "device_ack")),
        *((word, "undelivered") for word in ("EXPIRED", "STOPPED_BY_USER", "STOPPED_BY_ADMIN", "DELIVERY_FAILURE")),
        *((word, "undelivered") for word in ("EMULATED", "INSUFFICIENT_ACCOUNT_BALANCE", "RECIPIENT_DOES_NOT_EXIST")),
        *((word, "undelivered") for word in ("VOLUME_LIMIT", "VOLUME_LIMIT_DAILY", "VOLUME_LIMIT_MONTHLY")),
        *((word, "undelivered") for word in ("ROUTING_ERROR", "ENCRYPTION_ACCESS_DENIED", "ENCRYPTION_CONTENT_ERROR")),
    ],
)
def test_what_became_of_a_message_is_told_in_words(clickatell_server: ClickatellServer, word: str, state: str) -> None:
    clickatell_server.fates["abc"] = word
    [fate] = ask(clickatell_server.url, "abc")
    assert isinstance(fate, Fate) and fate.state == state
    assert fate.at == datetime(2026, 11, 25, 8, 1, tzinfo=UTC)
    assert bool(fate.reason) == (state == "undelivered") and "_" not in fate.reason
    assert clickatell_server.requests[0].authorization == "test-key=="


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Answer(200, {"sms": {"status": "UNKNOWN", "timestamp": 1}}), "this"),
        (Answer(200, {"sms": {"status": "BEAMED_UP"}}), "this"),
        (Answer(200, {"sms": None}), "this"),
        (Answer(200, {}), "this"),
        (Answer(200, []), "this"),
        (Answer(200, "<html>fine</html>"), "this"),
        (Answer(200, {"sms": {"status": "DEVICE_ACK"}, "error": error(18)}), "this"),
        (Answer(404, "<html>no</html>"), "this"),
        (Answer(500, ""), "this"),
        (Answer(502, "<html>bad gateway</html>"), "this"),
        (Answer(503, ""), "this"),
        (Answer(429, "", {"Retry-After": "30"}), "all"),
        (Answer(400, {"error": error(43)}), "all"),
        (Answer(401, {"error": error(1)}), "all"),
        (Answer(402, {}), "all"),
        (Answer(302, "", {"Location": "http://127.0.0.1:1/"}), "all"),
    ],
)
def test_an_answer_that_says_nothing_of_the_message_is_trouble(
    clickatell_server: ClickatellServer, answer: Answer, trouble: str
) -> None:
    clickatell_server.plan(answer)
    clickatell_server.fates["next"] = "READ"
    first, second = ask(clickatell_server.url, "abc", "next")
    assert isinstance(first, Transient | Misconfigured)
    assert isinstance(second, Fate) == (trouble == "this")
    assert len(clickatell_server.requests) == (2 if trouble == "this" else 1)


@pytest.mark.parametrize("timestamp", ["soon", None, True, 10**30, -(10**30), float("nan")])
def test_a_time_that_is_none_is_left_out(clickatell_server: ClickatellServer, timestamp: object) -> None:
    clickatell_server.plan(Answer(200, {"sms": {"status": "READ", "timestamp": timestamp}}))
    assert ask(clickatell_server.url, "abc") == [Fate("delivered")]


def test_a_provider_that_does_not_answer_is_asked_once_a_run(
    clickatell_server: ClickatellServer, start_raw: RawStarter
) -> None:
    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        reset(connection)

    server = start_raw(behave)
    clickatell_server.plan(STALL)
    for url in (f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{server.port}", clickatell_server.url):
        first, second = ask(url, "abc", "def", read=0.3)
        assert isinstance(first, Transient) and first.connection_lost and second is first
    assert server.connections == 1 and len(clickatell_server.requests) == 1


@pytest.mark.parametrize(
    ("body", "balance"),
    [
        ({"balance": 1267.92865, "currency": "ZAR"}, Balance("1267.9286", "ZAR")),
        ({"balance": "12.50", "currency": "eur"}, Balance("12.5", "EUR")),
        ({"balance": 0, "currency": "ZAR"}, Balance("0", "ZAR")),
        ({"balance": -3.2, "currency": ""}, Balance("-3.2")),
        ({"balance": 100}, Balance("100")),
        ({"balance": 100, "currency": "R\x1b[31m"}, Balance("100")),
        ({"balance": float("nan"), "currency": "ZAR"}, None),
        ({"balance": "lots", "currency": "ZAR"}, None),
        ({"balance": "1e999999999", "currency": "ZAR"}, None),
        ({"balance": True}, None),
        ({}, None),
    ],
)
def test_the_balance_is_a_number_or_nothing(
    clickatell_server: ClickatellServer, body: dict[str, Any], balance: Balance | None
) -> None:
    clickatell_server.plan(Answer(200, body))
    with channel_to(clickatell_server.url).session() as session:
        found = session.balance()
    assert found == balance if balance else isinstance(found, Transient)
    assert clickatell_server.questions == ["/v1/balance"]


def test_the_balance_is_asked_at_its_older_address_where_the_newer_is_not_known(
    clickatell_server: ClickatellServer,
) -> None:
    clickatell_server.plan(Answer(404, ""), Answer(200, {"balance": 5, "currency": "ZAR"}), Answer(401, ""))
    with channel_to(clickatell_server.url).session() as session:
        assert session.balance() == Balance("5", "ZAR")
        assert isinstance(session.balance(), Misconfigured)
    assert clickatell_server.questions == ["/v1/balance", "/public-client/balance", "/v1/balance"]


def test_the_key_is_in_nothing_that_is_ever_shown(
    clickatell_server: ClickatellServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "s3cret-key"
    channel = channel_to(clickatell_server.url, key=key)
    with channel.session() as session:
        shown = [session.send(MESSAGE), session.fate("abc"), session.balance(), channel.check(), channel.describe()]
        shown += [channel._provider, channel, session, vars(channel)]
    settings = Settings(Path("/home/naledi"), {"GURU_CLICKATELL_API_KEY": key, "GURU_SMTP_PASSWORD": "pass word"})
    shown += [settings, rich.pretty.pretty_repr(settings)]
    assert clickatell_server.requests[0].authorization == key
    assert not [one for one in shown if key in repr(one) or "pass word" in repr(one)]
    assert key not in caplog.text and "5550134" not in caplog.text and "Lindiwe" not in caplog.text


def test_a_key_that_cannot_be_one_is_refused_without_being_repeated() -> None:
    for key in ("two words", "naïve", "line\nbreak"):
        with pytest.raises(SettingRefused) as refused:
            channel_to("https://x.example", key=key)
        assert key not in str(refused.value) and "GURU_CLICKATELL_API_KEY" in str(refused.value)


@pytest.mark.parametrize("url", ["http://sms.example.com", "http://127.0.0.1.example.com", "ftp://x", "https://", "x"])
def test_an_address_without_tls_is_refused_unless_it_is_this_machine(url: str) -> None:
    with pytest.raises(SettingRefused, match="GURU_CLICKATELL_URL"):
        channel_to(url)
    for allowed in ("http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://sms.example.com"):
        assert isinstance(channel_to(allowed).session(), Tracing)


def test_a_sender_that_is_no_number_is_refused() -> None:
    with pytest.raises(SettingRefused, match="GURU_CLICKATELL_FROM"):
        channel_to("https://x.example", GURU_CLICKATELL_FROM="Physio")
