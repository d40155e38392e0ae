"""A practice of the first version, with messages of every kind of past, brought up to date without losing any of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from guru_tui.domain.clock import SystemClock
from guru_tui.store import migrate, schema
from guru_tui.store.connection import APPLICATION_ID

MESSAGE = {
    "kind": "reminder", "channel": "sms", "client_id": 1, "recipient": "+27825550101", "recipient_name": "Sarah Botha",
    "subject": "", "body": "Hi Sarah", "appointment_id": 7, "starts_at": "2026-11-26T07:00:00Z", "invoice_revision": 0,
    "resend_sequence": 0, "reason": "", "not_before": "2026-11-25T08:00:00Z", "expires_at": "2026-11-26T07:00:00Z",
    "attempts": 1, "lease_owner": "", "lease_until": "", "provider_id": "", "created_at": "2026-11-25T08:00:00Z",
    "updated_at": "2026-11-25T08:00:00Z", "sent_at": "",
}  # fmt: skip


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """One row."""
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


@pytest.fixture
def first_store(tmp_path: Path) -> Path:
    """A store as the first version left it."""
    path = tmp_path / "home" / "practice.db"
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with engine.connect() as bound:
        bound.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        bound.exec_driver_sql("PRAGMA journal_mode=WAL")
        command.upgrade(migrate.config(bound), "0001")
    engine.dispose()
    connection = connect()
    states = ("sent", "queued", "cancelled", "unknown", "held")
    for number, state in enumerate(states, 1):
        lease = "action 5" if state == "cancelled" else ""
        values = {**MESSAGE, "appointment_id": number, "state": state, "lease_owner": lease, "action_id": 5}
        insert(connection, "outbox_message", idempotency_key=f"key {number}", **values)
        insert(connection, "outbox_attempt", message_id=number, started_at="2026-11-25T08:00:00Z", ended_at="",
               result=state, reason="")  # fmt: skip
    insert(connection, "sender_run", who="remind", last_at="2026-11-25T08:00:00Z", paused="")
    connection.close()
    return path


def test_messages_tries_and_runs_stay_as_they_are(first_store: Path) -> None:
    connection = schema.open_current(first_store, SystemClock())
    assert schema.revision(connection) == schema.HEAD
    rows = connection.execute(
        "SELECT id, state, lease_owner, withdrawn_by, rule_id, edited, action_id, body FROM outbox_message ORDER BY id"
    ).fetchall()
    assert rows == [
        (number, state, "", 5 if state == "cancelled" else None, 0, 0, 5, "Hi Sarah")
        for number, state in enumerate(("sent", "queued", "cancelled", "unknown", "held"), 1)
    ]
    joined = connection.execute(
        "SELECT count(*) FROM outbox_attempt a JOIN outbox_message m ON m.id = a.message_id AND m.state = a.result"
    ).fetchone()
    assert joined == (5,)
    assert connection.execute("SELECT who, last_at, place FROM sender_run").fetchall() == [
        ("remind", "2026-11-25T08:00:00Z", "")
    ]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_ids_go_on_and_the_key_is_still_unique(first_store: Path) -> None:
    connection = schema.open_current(first_store, SystemClock())
    columns = [row[1] for row in connection.execute("PRAGMA table_info(outbox_message)") if row[1] != "id"]
    copied = ", ".join("'key 6'" if name in ("idempotency_key", "recipient") else name for name in columns)
    same = ", ".join("'key 7'" if name == "recipient" else name for name in columns)
    connection.execute(
        f"INSERT INTO outbox_message ({', '.join(columns)}) SELECT {copied} FROM outbox_message WHERE id = 5"
    )
    assert connection.execute("SELECT max(id) FROM outbox_message").fetchone() == (6,)
    with pytest.raises(sqlite3.IntegrityError, match="idempotency_key"):
        connection.execute(
            f"INSERT INTO outbox_message ({', '.join(columns)}) SELECT {same} FROM outbox_message WHERE id = 5"
        )
    connection.close()
