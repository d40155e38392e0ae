"""The outbox's rows: once per key, whoever puts them in, and the lock that keeps senders apart."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guru_tui.domain.message import NewMessage
from guru_tui.errors import TryAgain
from guru_tui.store import changelog, outbox, sending
from guru_tui.store.connection import connect, transaction
from guru_tui.store.queries.outbox import gone_for_action, message, messages
from guru_tui.store.schema import create
from guru_tui.store.sender_lock import SenderLock, holder

NOW, LATER = "2026-11-25T08:00:00Z", "2026-11-25T08:05:00Z"
REMINDER = NewMessage(
    kind="reminder",
    channel="sms",
    client_id=1,
    recipient="+27825550101",
    recipient_name="Sarah",
    subject="",
    body="Hi",
    state="queued",
    not_before=NOW,
    expires_at="2026-11-26T07:00:00Z",
    appointment_id=7,
    starts_at="2026-11-26T07:00:00Z",
)
INVOICE = NewMessage(
    kind="invoice",
    channel="email",
    client_id=1,
    recipient="s@example.com",
    recipient_name="Sarah",
    subject="Invoice",
    body="Dear",
    state="queued",
    not_before=NOW,
    invoice_id=3,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty store."""
    create(tmp_path / "practice.db")
    connection = connect(tmp_path / "practice.db")
    yield connection
    connection.close()


@pytest.mark.parametrize("new", [REMINDER, INVOICE])
def test_the_same_message_is_there_once(store: sqlite3.Connection, new: NewMessage) -> None:
    numbers = {outbox.put(store, replace(new, body=f"text {again}"), NOW, ("cancelled",)) for again in range(100)}
    assert numbers == {1}
    assert [row.body for row in messages(store)] == ["text 0"]
    others = [
        replace(new, recipient="else"),
        replace(new, resend_sequence=1),
        replace(new, kind="cancellation" if new is REMINDER else "payment-reminder"),
        replace(new, starts_at="2026-11-27T07:00:00Z") if new is REMINDER else replace(new, invoice_revision=1),
    ]
    assert len({outbox.put(store, other, NOW, ()) for other in others}) == 4


@pytest.mark.parametrize("new", [REMINDER, INVOICE])
def test_the_database_itself_refuses_a_second_one(store: sqlite3.Connection, new: NewMessage) -> None:
    outbox.put(store, new, NOW, ())
    same = [row[1] for row in store.execute("PRAGMA table_info(outbox_message)") if row[1] != "id"]
    values = ", ".join("idempotency_key || 'x'" if name == "idempotency_key" else name for name in same)
    with pytest.raises(sqlite3.IntegrityError):
        store.execute(f"INSERT INTO outbox_message ({', '.join(same)}) SELECT {values} FROM outbox_message")


def test_one_that_never_left_takes_on_the_new_text(store: sqlite3.Connection) -> None:
    number = outbox.put(store, REMINDER, NOW, ())
    outbox.withdraw_appointment(store, 7, NOW, "moved", 1)
    assert outbox.put(store, replace(REMINDER, body="new"), LATER, ("cancelled",)) == number
    found = message(store, number)
    assert found is not None and (found.state, found.body, found.reason) == ("queued", "new", "")


def test_one_that_has_left_is_never_touched(store: sqlite3.Connection) -> None:
    number = outbox.put(store, REMINDER, NOW, ())
    (claimed,) = sending.claim(store, "a", NOW, LATER, ["sms"])
    assert sending.start_sending(store, claimed, "a", NOW, "+27825550101", "Sarah", "", "Hi") == REMINDER.key
    assert outbox.withdraw_appointment(store, 7, NOW, "moved", None) == 0
    assert not outbox.withdraw_one(store, number, NOW)
    sending.settle(store, number, NOW, "sent", provider_id="p")
    outbox.put(store, replace(REMINDER, body="again"), LATER, ("cancelled", "blocked", "failed"))
    found = message(store, number)
    assert found is not None and (found.state, found.body) == ("sent", "Hi")


def test_a_claim_that_was_withdrawn_is_not_sent(store: sqlite3.Connection) -> None:
    outbox.put(store, REMINDER, NOW, ())
    (claimed,) = sending.claim(store, "a", NOW, LATER, ["sms"])
    assert sending.claim(store, "b", NOW, LATER, ["sms"]) == []
    outbox.withdraw_appointment(store, 7, NOW, "moved", "")
    assert sending.start_sending(store, claimed, "a", NOW, "+27825550101", "Sarah", "", "Hi") is None
    assert not sending.set_aside(store, claimed, "a", NOW, "queued", "")
    assert messages(store)[0].state == "cancelled"


def test_claims_from_many_threads_never_overlap(tmp_path: Path, store: sqlite3.Connection) -> None:
    for number in range(30):
        outbox.put(store, replace(REMINDER, appointment_id=number), NOW, ())
    taken: list[int] = []

    def work(owner: str) -> None:
        connection = connect(tmp_path / "practice.db")
        while True:
            with transaction(connection):
                claimed = sending.claim(connection, owner, NOW, LATER, ["sms"], limit=2)
            if not claimed:
                break
            taken.extend(message.id for message in claimed)
        connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == list(range(1, 31))


def test_what_waits_is_found_without_reading_what_has_left(store: sqlite3.Connection) -> None:
    plan = store.execute(
        f"EXPLAIN QUERY PLAN SELECT count(*) FROM outbox_message WHERE {outbox.UNSENT} AND not_before <= ?", (NOW,)
    )
    assert [row[3].startswith("SEARCH outbox_message USING INDEX") for row in plan] == [True]


def test_the_lock_is_private_names_its_holder_and_outlives_no_process(tmp_path: Path) -> None:
    lock = SenderLock(tmp_path, "app")
    lock.acquire(NOW)
    assert (tmp_path / "sender.lock").stat().st_mode & 0o777 == 0o600
    found = holder(tmp_path)
    assert found is not None and (found.pid, found.who, found.since) == (os.getpid(), "app", NOW)
    with pytest.raises(TryAgain, match=rf"^The app \(process {os.getpid()}\) is sending"):
        SenderLock(tmp_path, "remind").acquire(NOW)
    lock.release()
    assert holder(tmp_path) is None
    (tmp_path / "sender.lock").write_text('{"pid": 999999999, "who": "daemon", "since": ""}')
    assert holder(tmp_path) is None
    with SenderLock(tmp_path, "remind") as other:
        other.acquire(NOW)
        assert other.held


def test_a_lock_file_with_nonsense_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / "sender.lock").write_text("{[")
    assert holder(tmp_path) is None
    SenderLock(tmp_path, "remind").acquire(NOW)


def test_what_an_action_queued_is_found_without_reading_every_message(store: sqlite3.Connection) -> None:
    asked: list[str] = []
    store.set_trace_callback(asked.append)
    with transaction(store):
        action = changelog.begin_action(store, "send", at=datetime(2026, 11, 25, 8, tzinfo=UTC))
        outbox.put(store, replace(REMINDER, action_id=action), NOW, ())
        changelog.end_action(store, action, "Sent")
        outbox.withdraw_action(store, action, NOW, "undone", "")
        gone_for_action(store, action)
    store.set_trace_callback(None)
    about = [statement for statement in asked if "action_id = " in statement and "outbox_message" in statement]
    assert len(about) == 3
    for statement in about:
        plan = " / ".join(row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "ix_outbox_message_action" in plan and "SCAN" not in plan, statement
