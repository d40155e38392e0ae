"""The older provider API through the `clickatell` package, with the package's faults fenced in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from guru_tui.channels.base import (
    Accepted,
    Balance,
    Fate,
    Misconfigured,
    OutgoingMessage,
    Permanent,
    Result,
    Transient,
    Trouble,
    Unknown,
)
from guru_tui.channels.sms_http import Provider
from guru_tui.channels.sms_legacy import LegacyClickatellChannel
from guru_tui.errors import Misconfigured as SettingRefused
from guru_tui.settings import Settings
from tests.servers import STALL, Answer, ClickatellServer, RawServer, free_port, read_request, reset

MESSAGE = OutgoingMessage(
    id=1,
    kind="reminder",
    channel="sms",
    recipient="+27825550134",
    recipient_name="Lindiwe Dube",
    subject="",
    body="Hi Lindiwe – tomorrow 09:00",
    idempotency_key="reminder:sms:1",
    created_at=datetime(2026, 11, 25, 8, 0, tzinfo=UTC),
)


def channel_to(url: str, *, key: str = "test-key==", read: float = 10.0, **changed: str) -> LegacyClickatellChannel:
    values = {"GURU_CLICKATELL_API_KEY": key, "GURU_CLICKATELL_URL": url, **changed}
    return LegacyClickatellChannel(Provider.of(Settings(Path("/nowhere"), values), "https://x.example"), (2.0, read))


def send(url: str, count: int = 1, **options: Any) -> list[Result]:
    with channel_to(url, **options).session() as session:
        return [session.send(replace(MESSAGE, id=number)) for number in range(count)]


def entry(**changed: Any) -> dict[str, Any]:
    return {"data": {"message": [{"accepted": True, "to": "27825550134", "apiMessageId": "abc", **changed}]}}


def test_a_message_goes_out_with_nothing_of_it_in_the_address(clickatell_server: ClickatellServer) -> None:
    assert send(clickatell_server.url, GURU_CLICKATELL_FROM="27820000000") == [Accepted("old-1", traceable=True)]
    [request] = clickatell_server.requests
    assert (request.path, request.query, request.authorization) == ("/rest/message", "", "Bearer test-key==")
    assert request.headers["X-Version"] == "1"
    assert (request.data["to"], request.data["text"]) == (["27825550134"], MESSAGE.body)
    assert request.data["from"] == "27820000000"


def test_the_default_is_https(tmp_path: Path) -> None:
    channel = LegacyClickatellChannel.of(Settings(tmp_path, {"GURU_CLICKATELL_API_KEY": "k"}))
    assert channel._provider.url == "https://api.clickatell.com"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(202, entry()), Accepted),
        (Answer(202, entry(error=None)), Accepted),
        (Answer(202, entry(apiMessageId=12345)), Accepted),
        (Answer(202, entry(apiMessageId="")), Unknown),
        (Answer(202, entry(apiMessageId=None)), Unknown),
        (Answer(202, entry(apiMessageId=False)), Unknown),
        (Answer(202, {"data": {"message": []}}), Unknown),
        (Answer(202, {"data": {"message": ["odd"]}}), Unknown),
        (Answer(202, {"data": {}}), Unknown),
        (Answer(202, {}), Unknown),
        (Answer(202, "<html>fine</html>"), Unknown),
        (Answer(202, "[]"), Unknown),
        (Answer(404, "<html>no</html>"), Unknown),
        (Answer(404, entry()), Unknown),
        (Answer(410, entry()), Unknown),
        (Answer(502, "<html>bad gateway</html>"), Unknown),
        (Answer(302, "", {"Location": "http://127.0.0.1:1/"}), Unknown),
        (Answer(500, {"error": {"code": "901", "description": "internal"}}), Unknown),
        (Answer(401, "<html>who</html>"), Misconfigured),
        (Answer(401, {"error": {"code": "001", "description": "Authentication failed"}}), Misconfigured),
        (Answer(402, {"error": {"code": "301", "description": "No credit left"}}), Misconfigured),
        (Answer(200, entry(apiMessageId="", error={"code": "301", "description": "No credit"})), Misconfigured),
        (Answer(200, entry(apiMessageId="", error={"code": "105", "description": "27825550134"})), Permanent),
        (Answer(200, entry(apiMessageId="", error={"code": 122, "description": "opted out"})), Permanent),
        (Answer(400, {"error": {"code": "113", "description": "too long"}}), Permanent),
        (Answer(400, {"error": {"description": "odd"}}), Unknown),
        (Answer(400, {"error": "odd"}), Unknown),
    ],
)
def test_only_an_id_or_a_documented_error_is_an_answer(
    clickatell_server: ClickatellServer, answer: Answer, kind: type[Result]
) -> None:
    clickatell_server.plan(answer)
    [result] = send(clickatell_server.url)
    assert isinstance(result, kind)
    assert len(clickatell_server.requests) == 1
    assert isinstance(result, Accepted) or "27825550134" not in result.reason


def test_an_opt_out_is_told(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(Answer(200, entry(apiMessageId="", error={"code": "122", "description": "x"})))
    [result] = send(clickatell_server.url)
    assert isinstance(result, Permanent) and result.opted_out


def test_a_bad_token_pauses_the_run_after_one_request(clickatell_server: ClickatellServer) -> None:
    first, second = send(clickatell_server.url, 2, key="wrong")
    assert isinstance(first, Misconfigured) and first == second
    assert len(clickatell_server.requests) == 1


def test_lost_connections_are_told_by_when_they_were_lost(
    clickatell_server: ClickatellServer, start_raw: Callable[..., RawServer]
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        reset(connection)

    assert send(f"http://127.0.0.1:{free_port()}") == [Transient("The SMS provider cannot be reached.", True)]
    assert isinstance(send(f"http://127.0.0.1:{start_raw(behave).port}")[0], Unknown)
    clickatell_server.plan(STALL)
    assert isinstance(send(clickatell_server.url, read=0.3)[0], Unknown)


def test_check_asks_for_the_balance(clickatell_server: ClickatellServer) -> None:
    assert channel_to(clickatell_server.url).check() is None
    assert isinstance(channel_to(clickatell_server.url, key="wrong").check(), Misconfigured)
    assert isinstance(channel_to(f"http://127.0.0.1:{free_port()}").check(), Transient)
    clickatell_server.plan(Answer(502, "<html>"))
    assert isinstance(channel_to(clickatell_server.url).check(), Transient)
    assert {request.path for request in clickatell_server.requests} == {"/rest/account/balance"}


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(SettingRefused, match="https://"):
        channel_to("http://api.clickatell.com")


def test_an_answer_that_trickles_in_ends_the_run(start_raw: Callable[..., RawServer]) -> None:
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
    assert isinstance(first, Unknown) and isinstance(second, Transient)
    assert gone.wait(5)


def ask(url: str, *ids: str, **options: Any) -> list[Fate | Trouble]:
    with channel_to(url, **options).session() as session:
        return [session.fate(number) for number in ids]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *((code, "underway") for code in ("002", "003", "008", "011")),
        ("004", "delivered"),
        *((code, "undelivered") for code in ("005", "006", "007", "009", "010", "012", "014")),
    ],
)
def test_what_became_of_a_message_is_told_in_words(clickatell_server: ClickatellServer, code: str, state: str) -> None:
    clickatell_server.fates["old-1"] = code
    [fate] = ask(clickatell_server.url, "old-1")
    assert isinstance(fate, Fate) and (fate.state, bool(fate.reason)) == (state, state == "undelivered")
    [request] = clickatell_server.requests
    assert (request.method, request.path, request.query) == ("GET", "/rest/message/old-1", "")
    assert (request.authorization, request.data) == ("Bearer test-key==", {})


def status(**changed: Any) -> dict[str, Any]:
    return {"data": {"messageStatus": "004", "charge": 1, "apiMessageId": "old-1", **changed}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, status(charge=None)), Fate("delivered")),
        (Answer(200, status(charge="a lot")), Fate("delivered")),
        (Answer(200, {"error": None, **status()}), Fate("delivered")),
        (Answer(200, status(messageStatus=4)), Fate("delivered")),
        (Answer(200, {"data": {"messageStatus": "004"}}), Fate("delivered")),
        (Answer(200, status(messageStatus=None)), Transient),
        (Answer(200, status(messageStatus="001")), Transient),
        (Answer(200, status(messageStatus="099")), Transient),
        (Answer(200, {"data": {}}), Transient),
        (Answer(200, {"data": None}), Transient),
        (Answer(200, "<html>fine</html>"), Transient),
        (Answer(404, status()), Transient),
        (Answer(410, status()), Transient),
        (Answer(502, status()), Transient),
        (Answer(302, "", {"Location": "http://127.0.0.1:1/"}), Transient),
        (Answer(400, {"error": {"code": "105", "description": "odd"}}), Transient),
        (Answer(401, {"error": {"code": "001", "description": "Authentication failed"}}), Misconfigured),
    ],
)
def test_only_a_status_it_documents_says_something(
    clickatell_server: ClickatellServer, answer: Answer, expected: Any
) -> None:
    clickatell_server.plan(answer)
    [found] = ask(clickatell_server.url, "old-1")
    assert found == expected if isinstance(expected, Fate) else isinstance(found, expected)


def test_a_provider_that_does_not_answer_is_asked_once_a_run(clickatell_server: ClickatellServer) -> None:
    clickatell_server.plan(STALL)
    for url in (clickatell_server.url, f"http://127.0.0.1:{free_port()}"):
        first, second = ask(url, "old-1", "old-2", read=0.3)
        assert isinstance(first, Transient) and first.connection_lost and second is first
    assert len(clickatell_server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "balance"),
    [
        (Answer(200, {"data": {"balance": "300.50"}}), Balance("300.5")),
        (Answer(200, {"data": {"balance": 0}, "error": None}), Balance("0")),
        (Answer(200, {"data": {"balance": "nan"}}), None),
        (Answer(200, {"data": {"balance": "many"}}), None),
        (Answer(200, {"data": {}}), None),
        (Answer(502, {"data": {"balance": "1"}}), None),
    ],
)
def test_the_balance_is_a_number_of_credits(
    clickatell_server: ClickatellServer, answer: Answer, balance: Balance | None
) -> None:
    clickatell_server.plan(answer)
    with channel_to(clickatell_server.url).session() as session:
        found = session.balance()
    assert found == balance if balance else isinstance(found, Transient)


def test_the_token_is_in_nothing_that_is_ever_shown(clickatell_server: ClickatellServer) -> None:
    channel = channel_to(clickatell_server.url, key="s3cret-key")
    with channel.session() as session:
        shown = [session.send(MESSAGE), session.fate("abc"), session.balance(), channel.check(), channel.describe()]
        assert "s3cret-key" not in repr([*shown, session, channel._provider])
