"""What becomes of text messages after the provider has taken them, asked of a real provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.channels.base import Balance, Channel, Fate, Misconfigured, Transient, Trouble
from guru_tui.channels.build import build
from guru_tui.channels.sms_provider import ProviderChannel
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import utc_text
from guru_tui.jobs.polling import poll
from guru_tui.settings import Settings
from guru_tui.store import tracing
from tests.outbox_support import book, client, outbox, run, setting, sql, states
from tests.servers import STALL, Answer, ClickatellServer, free_port
from tests.shell import Shell

THURSDAY = "2026-11-26T09:00"
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.fixture
def wired(
    guru: Guru, home: Path, clickatell_server: ClickatellServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Guru]:
    """The practice with its SMS provider, which is asked with little patience."""
    monkeypatch.setattr(ProviderChannel, "patience", (1.0, 0.4))
    opened = Guru(Settings(home, clickatell_server.variables()), guru.clock)
    yield opened
    opened.close()


def remind(guru: Guru, people: int = 1) -> None:
    """Send so many reminders by SMS."""
    for number in range(people):
        person = client(guru, f"Sarah {number}", mobile=f"082 555 {number + 101:04}", email="")
        book(guru, person, f"2026-11-26T{9 + number // 12:02}:{number % 12 * 5:02}")
    assert run(guru).sent == people


def asked(guru: Guru, **limits: float) -> list[int]:
    """One round of questions at the present instant."""
    return poll(guru.connection, build(guru.settings, guru.reads.practice()), guru.clock.now(), **limits)  # type: ignore[arg-type]


def due(guru: Guru) -> bool:
    return tracing.due(guru.connection, utc_text(guru.clock.now()))


def waits(guru: Guru, number: int = 1) -> float | None:
    """Minutes until a message is asked about again; None for never."""
    found = sql(guru, "SELECT poll_at FROM outbox_message WHERE id = ?", number).fetchone()[0]
    return (datetime.fromisoformat(found) - guru.clock.now()).total_seconds() / 60 if found else None


def balance_known(guru: Guru) -> None:
    """Nothing is to be asked about the account for now."""
    tracing.record_balance(guru.connection, "sms", guru.clock.now(), "100", "ZAR")


def test_a_message_is_asked_about_a_minute_after_it_left(wired: Guru, clock: FixedClock) -> None:
    remind(wired)
    assert (waits(wired), due(wired)) == (1, False)
    clock.advance(seconds=60)
    assert due(wired)


def test_a_run_asks_and_reports_what_it_learnt(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired)
    clickatell_server.fates["id-1"] = "DEVICE_ACK"
    clock.advance(seconds=90)
    report = run(wired)
    assert (report.sent, report.status, [row.state for row in report.messages]) == (0, 0, ["delivered"])
    assert states(wired) == [("reminder", "sms", "delivered")]
    assert outbox(wired)[0].delivered_at == NOW + timedelta(minutes=1), "when the provider says it was"
    clock.advance(hours=5)
    assert run(wired).idle
    assert len(clickatell_server.posts) == 1


def test_one_that_did_not_arrive_needs_a_person(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired)
    clickatell_server.fates["id-1"] = "RECIPIENT_DOES_NOT_EXIST"
    clock.advance(seconds=90)
    before = wired.reads.totals()
    assert run(wired).status == 3
    (row,) = outbox(wired)
    assert (row.state, row.reason, row.delivered_at) == ("undelivered", "The number cannot receive an SMS.", None)
    assert row.sent_at == NOW and row.provider_id == "id-1"
    assert wired.reads.totals() != before
    clock.advance(hours=1)
    assert run(wired).status == 0 and len(clickatell_server.posts) == 1, "it is not sent again by itself"


def test_it_asks_more_and_more_rarely_and_stops_after_three_days(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired)
    balance_known(wired)
    clickatell_server.fates["id-1"] = "SENT_TO_SUPPLIER"
    found = []
    clock.advance(seconds=60)
    while (wait := waits(wired)) is not None:
        clock.advance(seconds=wait * 60)
        assert asked(wired) == []
        found.append(waits(wired))
        assert len(found) < 20
    assert found == [5, 15, 60, 180, 720, 720, 720, 720, 720, None]
    assert len([path for path in clickatell_server.questions if "message" in path]) == len(found)
    assert clock.now() - NOW <= timedelta(hours=72)
    assert states(wired) == [("reminder", "sms", "sent")], "sent is what it stays where nobody knows more"


@pytest.mark.parametrize("word", ["UNKNOWN", "BEAMED_UP", None])
def test_a_message_that_the_provider_does_not_know_yet_is_asked_about_later(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock, word: str | None
) -> None:
    remind(wired, 2)
    clickatell_server.fates.update({"id-2": "READ"} if word is None else {"id-1": word, "id-2": "READ"})
    clock.advance(seconds=60)
    assert asked(wired) == [2]
    assert (waits(wired, 1), waits(wired, 2)) == (5, None)
    assert [row.state for row in outbox(wired)] == ["sent", "delivered"]


FAULTS = {
    "refused key": (Answer(401, {"error": {"code": 1}}), 60),
    "no credit": (Answer(402, ""), 60),
    "redirect": (Answer(302, "", {"Location": "http://127.0.0.1:1/"}), 60),
    "rate": (Answer(400, {"error": {"code": 43}}), 5),
    "429": (Answer(429, "", {"Retry-After": "1200"}), 20),
    "hangs": (STALL, 5),
}


@pytest.mark.parametrize(("answer", "minutes"), FAULTS.values(), ids=FAULTS)
def test_trouble_on_the_way_changes_nothing_and_is_not_tried_twice(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock, answer: Answer | str, minutes: float
) -> None:
    remind(wired, 3)
    balance_known(wired)
    clickatell_server.plan(answer)
    clock.advance(seconds=60)
    assert asked(wired) == []
    assert len(clickatell_server.questions) == 1 and not due(wired)
    assert [row.state for row in outbox(wired)] == ["sent"] * 3
    assert [waits(wired, number) for number in (1, 2, 3)] == [minutes] * 3
    assert sql(wired, "SELECT max(polls) FROM outbox_message").fetchone()[0] == 0, "it does not count as asked"
    clickatell_server.fates.update({f"id-{number}": "READ" for number in (1, 2, 3)})
    clock.advance(minutes=minutes)
    assert asked(wired) == [1, 2, 3]


@pytest.mark.parametrize("answer", [Answer(502, "<html>"), Answer(500, ""), Answer(200, "<html>"), Answer(503, "")])
def test_trouble_with_one_message_does_not_keep_the_others_waiting(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock, answer: Answer
) -> None:
    remind(wired, 2)
    clickatell_server.fates["id-2"] = "READ"
    clickatell_server.plan(answer)
    clock.advance(seconds=60)
    assert asked(wired) == [2]
    assert waits(wired, 1) == 5


def test_a_provider_that_cannot_be_reached_is_given_up_after_three_days(
    wired: Guru, home: Path, clock: FixedClock
) -> None:
    remind(wired, 2)
    down = Guru(
        Settings(home, {"GURU_CLICKATELL_API_KEY": "k", "GURU_CLICKATELL_URL": f"http://127.0.0.1:{free_port()}"}),
        clock,
    )
    clock.advance(seconds=60)
    assert asked(down) == [] and waits(down) == 5
    report = run(down)
    assert (report.status, report.idle) == (0, True), "nobody is troubled by it"
    clock.advance(hours=73)
    assert asked(down) == [] and waits(down) is None
    assert [row.state for row in outbox(down)] == ["sent"] * 2
    down.close()


@pytest.mark.parametrize("backend", ["file", "none"])
def test_a_backend_that_can_tell_nothing_is_not_asked_at_every_run(
    wired: Guru, home: Path, clock: FixedClock, backend: str
) -> None:
    remind(wired)
    other = Guru(Settings(home, {"GURU_SMS_BACKEND": backend}), clock)
    clock.advance(seconds=60)
    assert asked(other) == []
    assert (waits(other), due(other), other.reads.balance()) == (60, False, None)
    other.close()


def test_a_run_asks_about_no_more_than_fifty(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired, 60)
    clickatell_server.fates.update({f"id-{number}": "DEVICE_ACK" for number in range(1, 61)})
    clock.advance(seconds=60)
    assert len(asked(wired)) == 50 and due(wired)
    assert len(asked(wired)) == 10 and not due(wired)


def test_a_run_asks_for_no_longer_than_it_has(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired, 2)
    clock.advance(seconds=60)
    assert asked(wired, seconds=-1.0) == []
    assert clickatell_server.questions == [] and due(wired)


def test_a_sender_that_is_to_stop_asks_no_more(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired, 3)
    clickatell_server.fates.update({"id-1": "READ", "id-2": "READ"})
    clock.advance(seconds=60)
    answers = iter([False, True])
    channels = build(wired.settings, wired.reads.practice())
    changed = poll(wired.connection, channels, clock.now(), stop=lambda: next(answers, True))
    assert changed == [1] and len(clickatell_server.questions) == 1


def test_an_unknown_message_with_an_id_is_found_out_about(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    """Late evidence: the provider has it after all, and then tells that it arrived."""
    entry = {"apiMessageId": "late-1", "accepted": True, "error": {"code": 18, "description": "x"}}
    clickatell_server.plan(Answer(207, {"messages": [entry], "error": None}))
    book(wired, client(wired, email=""), THURSDAY)
    assert run(wired).unknown == 1
    (row,) = outbox(wired)
    assert (row.state, row.provider_id, row.sent_at) == ("unknown", "late-1", None)
    clock.advance(seconds=60)
    assert asked(wired) == [] and outbox(wired)[0].state == "unknown", "it is not known there either, so far"
    clickatell_server.fates["late-1"] = "QUEUED"
    clock.advance(minutes=5)
    assert asked(wired) == [1]
    (row,) = outbox(wired)
    assert (row.state, row.reason, row.sent_at) == ("sent", "", NOW)
    assert [one.result for one in wired.outbox.tries(1)] == ["sent"]
    clickatell_server.fates["late-1"] = "DEVICE_ACK"
    clock.advance(minutes=15)
    assert asked(wired) == [1] and outbox(wired)[0].state == "delivered"
    assert len(clickatell_server.posts) == 1


def test_a_time_that_cannot_be_is_not_believed(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    remind(wired, 2)
    clock.advance(seconds=90)
    early, late = (int((NOW + timedelta(hours=hours)).timestamp() * 1000) for hours in (-2, 2))
    clickatell_server.plan(
        *(Answer(200, {"sms": {"status": "READ", "timestamp": timestamp}}) for timestamp in (early, late))
    )
    assert asked(wired) == [1, 2]
    assert {row.delivered_at for row in outbox(wired)} == {clock.now()}


def test_what_the_practitioner_did_meanwhile_stands(wired: Guru, clock: FixedClock) -> None:
    remind(wired)
    clock.advance(seconds=60)
    (message,) = tracing.take(wired.connection, utc_text(clock.now()), 5)
    for changed in (replace_field(message, "state", "unknown"), replace_field(message, "provider_id", "another")):
        assert not tracing.record(wired.connection, changed, clock.now(), "delivered")
    assert states(wired) == [("reminder", "sms", "sent")]


def replace_field(message: tracing.Traced, field: str, value: str) -> tracing.Traced:
    return message._replace(**{field: value})


class Broken:
    """A channel with a defect, or one whose every answer is `found`."""

    name = "sms"

    def __init__(self, found: Fate | Balance | Trouble | None = None) -> None:
        self.found, self.asked = found, 0

    def session(self) -> nullcontext[Broken]:
        return nullcontext(self)

    def fate(self, provider_id: str) -> object:
        self.asked += 1
        if self.found is None:
            raise KeyError("a defect")
        return self.found

    def balance(self) -> object:
        return self.fate("")


def test_a_defect_of_a_channel_is_no_end_of_the_run(wired: Guru, clock: FixedClock) -> None:
    remind(wired, 2)
    clock.advance(seconds=60)
    broken = Broken()
    channels: Mapping[str, Channel] = {"sms": broken}  # type: ignore[dict-item]
    assert poll(wired.connection, channels, clock.now()) == []
    assert broken.asked == 1 and waits(wired) == 60
    assert [row.state for row in outbox(wired)] == ["sent"] * 2


def test_the_older_api_tells_too(
    guru: Guru, home: Path, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    older = Guru(Settings(home, clickatell_server.variables("clickatell-legacy")), clock)
    remind(older, 2)
    clickatell_server.fates.update({"old-1": "004", "old-2": "009"})
    clock.advance(seconds=60)
    assert asked(older) == [1, 2]
    assert [row.state for row in outbox(older)] == ["delivered", "undelivered"]
    assert outbox(older)[1].reason == "The SMS provider found no way to the number."
    found = older.reads.balance()
    assert found is not None and (found.text, found.at) == ("42.5 credits", clock.now())
    older.close()


def test_the_balance_is_asked_for_once_an_hour(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    def balances() -> int:
        return clickatell_server.questions.count("/v1/balance")

    assert wired.reads.balance() is None and not due(wired), "nothing was sent and nothing waits"
    remind(wired)
    clickatell_server.fates["id-1"] = "SENT_TO_SUPPLIER"
    clock.advance(seconds=60)
    asked(wired)
    found = wired.reads.balance()
    assert found is not None and (found.amount, found.currency, found.at) == ("1267.9286", "ZAR", clock.now())
    assert found.text == "R1 267.92" and balances() == 1
    for _ in range(11):
        clock.advance(minutes=5)
        asked(wired)
    assert balances() == 1
    clickatell_server.balance = 3
    clock.advance(minutes=5)
    asked(wired)
    changed = wired.reads.balance()
    assert balances() == 2 and changed is not None and changed.text == "R3.00"


def test_the_balance_is_asked_for_while_something_waits(wired: Guru, clock: FixedClock) -> None:
    setting(wired, "hold_minutes", "30")
    setting(wired, "confirmation_channels", "sms")
    book(wired, client(wired, email=""), "2026-12-10T09:00", notify=True)
    assert due(wired)
    asked(wired)
    assert wired.reads.balance() is not None and not due(wired)
    clock.advance(minutes=61)
    assert due(wired)


@pytest.mark.parametrize("answer", [Answer(401, ""), Answer(502, "<html>"), Answer(200, {"balance": "?"})])
def test_a_balance_that_is_not_told_is_not_known(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock, answer: Answer
) -> None:
    remind(wired)
    clock.advance(seconds=60)
    asked(wired)
    assert wired.reads.balance() is not None
    clock.advance(minutes=61)
    sql(wired, "UPDATE outbox_message SET poll_at = ''")
    clickatell_server.plan(answer)
    asked(wired)
    assert wired.reads.balance() is None
    asked(wired)
    assert clickatell_server.questions.count("/v1/balance") == 2, "not before another hour"


@pytest.mark.parametrize(
    "trouble", [Misconfigured("x"), Transient("x", connection_lost=True), Transient("x", True, wait=9e9), None]
)
def test_no_trouble_with_the_balance_puts_off_the_messages(
    wired: Guru, clock: FixedClock, trouble: Trouble | None
) -> None:
    remind(wired, 2)
    clock.advance(seconds=60)

    class Poor(Broken):
        def fate(self, provider_id: str) -> object:
            return Fate("delivered")

        def balance(self) -> object:
            return Broken(trouble).fate("")

    assert poll(wired.connection, {"sms": Poor()}, clock.now(), most=1) == [1]  # type: ignore[dict-item]
    assert due(wired) and poll(wired.connection, {"sms": Poor()}, clock.now()) == [2]  # type: ignore[dict-item]


def test_the_questions_of_a_run_find_their_index(wired: Guru) -> None:
    for statement in (
        "SELECT 1 FROM outbox_message WHERE poll_at <> '' AND poll_at <= 'x'",
        "SELECT id FROM outbox_message WHERE poll_at <> '' AND poll_at <= 'x' ORDER BY poll_at, id LIMIT 5",
    ):
        plan = " ".join(row[3] for row in sql(wired, f"EXPLAIN QUERY PLAN {statement}"))
        assert "ix_outbox_message_poll" in plan and "TEMP B-TREE" not in plan, plan
    seen: list[str] = []
    wired.connection.set_trace_callback(seen.append)
    due(wired)
    wired.connection.set_trace_callback(None)
    (statement,) = seen
    plan = " ".join(row[3] for row in sql(wired, f"EXPLAIN QUERY PLAN {statement}"))
    assert "ix_outbox_message_poll" in plan and "SCAN outbox_message" not in plan, plan


def test_the_doctor_says_what_the_account_holds(
    wired: Guru, clickatell_server: ClickatellServer, clock: FixedClock, home: Path
) -> None:
    from guru_tui.services.doctor import examine

    def verdict(*, network: bool = True, **variables: str) -> tuple[str, str]:
        settings = Settings(home, {**clickatell_server.variables(), **variables})
        checks = {check.name: check for check in examine(settings, clock, network=network)}
        found = checks.get("sms balance")
        return (found.status, found.message) if found else ("", "")

    assert verdict() == ("ok", "R1 267.92 at 10:00 on 25 November")
    assert verdict(network=False) == ("", ""), "nobody has asked so far"
    remind(wired)
    clock.advance(seconds=60)
    asked(wired)
    assert verdict(network=False) == ("ok", "R1 267.92 at 10:01 on 25 November")
    for held in (0, -0.5):
        clickatell_server.balance = held
        assert verdict()[0] == "warn" and "nothing is left" in verdict()[1]
    for number in range(3):
        book(wired, client(wired, f"Jan {number}", mobile=f"083 555 {number + 201:04}", email=""), "2026-11-27T10:00")
    clickatell_server.balance = 2
    assert verdict()[0] == "ok", "what an SMS costs is not set"
    setting(wired, "sms_price", "0.75")
    status, message = verdict()
    assert status == "warn" and "less than the 3 SMS of the next day cost" in message
    setting(wired, "sms_price", "0.5")
    assert verdict()[0] == "ok"
    assert verdict(GURU_SMS_BACKEND="file") == ("", "")
    assert wired.reads.balance() != replace(wired.reads.balance(), amount="2"), "a look writes nothing"  # type: ignore[type-var]


def test_the_command_line_shows_size_price_and_delivery(
    wired: Guru, home: Path, clickatell_server: ClickatellServer, clock: FixedClock
) -> None:
    setting(wired, "sms_price", "0.32")
    remind(wired)
    clickatell_server.fates["id-1"] = "READ"
    clock.advance(seconds=90)
    run(wired)
    shown = Shell(home).run("outbox", "show", "1").stdout
    assert "Delivered: Wed 25 Nov 10:01" in shown and "1 SMS · R0.32" in shown
    assert Shell(home).json("outbox", "show", "1")["delivered_at"] == "2026-11-25T10:01:00+02:00"


def test_a_run_of_the_command_asks_and_needs_a_person_for_what_did_not_arrive(
    wired: Guru, home: Path, clickatell_server: ClickatellServer
) -> None:
    remind(wired, 2)
    clickatell_server.fates.update({"id-1": "READ", "id-2": "DELIVERY_FAILURE"})
    shell = Shell(home, now="2026-11-25T10:02:00+02:00", env=clickatell_server.variables())
    report = shell.json("remind", status=3)
    assert {(row["id"], row["state"]) for row in report["messages"]} == {(1, "delivered"), (2, "undelivered")}
    assert (report["sent"], report["failed"]) == (0, 1)
    shell.run("remind")
    assert len(clickatell_server.posts) == 2
