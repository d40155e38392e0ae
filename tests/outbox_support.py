"""Small words for tests about messages: book, move, read the outbox, run the sender."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.views.messages import MessageRow
from guru_tui.jobs.run_report import RunReport


def client(guru: Guru, first: str = "Sarah", last: str = "Botha", **fields: str) -> int:
    """A client reachable both ways unless `fields` say otherwise."""
    given = {"mobile": "082 555 0101", "email": f"{first.lower()}@example.com", **fields}
    return guru.clients.add(first, last, given.pop("mobile"), given.pop("email"), **given)


def book(guru: Guru, client_id: int, start: str, *, notify: bool = False) -> int:
    """An appointment at naive local `start`."""
    request = BookingRequest(client_id, datetime.fromisoformat(start), 60, 1, 1, "Follow-up", 45000)
    return guru.booking.book(request, force=True, notify=notify).appointment_id


def run(guru: Guru, limit: int | None = None) -> RunReport:
    """One run of the sender."""
    return guru.delivery("remind").run_once(limit)


def outbox(guru: Guru) -> list[MessageRow]:
    """Every message, oldest first."""
    return guru.reads.messages()[::-1]


def states(guru: Guru) -> list[tuple[str, str, str]]:
    """Kind, channel and state of every message, oldest first."""
    return [(row.kind, row.channel, row.state) for row in outbox(guru)]


def files(home: Path) -> list[str]:
    """What the file channels have written, names only."""
    folder = home / "outbox"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def texts(home: Path) -> list[str]:
    """The bodies of all messages the file channels have written."""
    found = []
    for path in sorted((home / "outbox").iterdir()):
        if path.suffix == ".json":
            found.append(json.loads(path.read_text("utf-8"))["messages"][0]["content"])
        else:
            mail = message_from_bytes(path.read_bytes(), policy=modern)
            body = mail.get_body(("plain",))
            assert body is not None
            found.append(str(body.get_content()))
    return found


def setting(guru: Guru, key: str, value: str) -> None:
    """Change one setting of the practice."""
    guru.practice.set(key, value)


def sql(guru: Guru, statement: str, *values: object) -> sqlite3.Cursor:
    """Raw SQL on the store."""
    return guru.connection.execute(statement, values)
