"""`guru remind` and `guru outbox` to the letter of their contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from tests.outbox_support import book, client
from tests.shell import Shell

THURSDAY = "2026-11-26T09:00"


@pytest.fixture
def installed(guru: Guru, home: Path) -> Shell:
    """The installed program over the fixture's practice."""
    return Shell(home, env={"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})


def test_the_json_of_a_run(guru: Guru, installed: Shell) -> None:
    appointment = book(guru, client(guru), THURSDAY)
    document = installed.json("remind")
    messages = document.pop("messages")
    assert document == {"planned": 2, "sent": 2, "failed": 0, "unknown": 0, "missed": 0, "held": 0}
    assert messages[0] == {
        "id": 1, "kind": "reminder", "channel": "sms", "to": "+27825550101", "state": "sent", "reason": "",
        "appointment": appointment, "not_before": "2026-11-25T10:00:00+02:00",
    }  # fmt: skip
    assert installed.json("remind")["messages"] == []
    assert installed.run("remind").stdout == "Nothing to send.\n"


def test_a_plan_for_another_time(guru: Guru, installed: Shell) -> None:
    book(guru, client(guru), "2026-11-27T09:00")
    assert installed.json("remind", "--dry-run")["planned"] == 0
    planned = installed.json("remind", "--at", "tomorrow 10:00", "--dry-run")
    assert (planned["planned"], planned["sent"]) == (2, 0)
    assert [(one["id"], one["state"]) for one in planned["messages"]] == [(None, "queued")] * 2
    assert installed.json("remind", "--at", "2026-11-26T07:59:59Z", "--dry-run")["planned"] == 0
    over = installed.json("remind", "--at", "fri 09:01", "--dry-run")
    assert (over["planned"], over["missed"]) == (0, 1)
    assert "2 would be sent" in installed.run("remind", "--at", "thu 10:00", "--dry-run").stdout
    assert installed.json("outbox", "list") == {"messages": []}


def test_wrong_usage(installed: Shell) -> None:
    assert "give it together with --dry-run" in installed.run("remind", "--at", "10:00", status=2).stderr
    assert "--limit" in installed.run("remind", "--limit", "0", status=2).stderr
    assert "write it like" in installed.run("remind", "--at", "soon", "--dry-run", status=1).stderr
    assert "example: guru remind" in installed.run("remind", "--help").stdout
    assert "example: guru outbox" in installed.run("outbox", "--help").stdout


def test_status_78_names_the_settings_and_the_file(guru: Guru, home: Path, installed: Shell) -> None:
    book(guru, client(guru), THURSDAY)
    installed.env = {}
    done = installed.run("remind", status=78)
    assert f"put GURU_SMTP_HOST into {home / '.env'}" in done.stderr
    assert installed.json("outbox", "list", "--state", "queued")["messages"][0]["channel"] == "email"


def test_status_3_when_one_was_missed(guru: Guru, installed: Shell) -> None:
    book(guru, client(guru), THURSDAY)
    installed.now = "2026-11-26T12:00:00+02:00"
    document = installed.json("remind", status=3)
    assert (document["missed"], document["messages"][0]["state"]) == (1, "missed")
    assert installed.json("remind")["missed"] == 0


def test_status_75_when_the_server_is_down(guru: Guru, installed: Shell) -> None:
    book(guru, client(guru, mobile=""), THURSDAY)
    installed.env = {"GURU_SMTP_HOST": "127.0.0.1", "GURU_SMTP_PORT": "9", "GURU_SMTP_SECURITY": "none"}
    document = installed.json("remind", status=75)
    assert (document["planned"], document["messages"][0]["state"]) == (1, "queued")
    installed.env = {"GURU_EMAIL_BACKEND": "file"}
    assert installed.json("remind")["sent"] == 1


def test_no_practice_is_status_78(tmp_path: Path) -> None:
    assert "guru init" in Shell(tmp_path / "none").run("remind", status=78).stderr


def test_the_outbox_lists_shows_and_withdraws(guru: Guru, installed: Shell) -> None:
    book(guru, client(guru), "2026-12-04T09:00", notify=True)
    (row,) = installed.json("outbox", "list")["messages"]
    assert row == {
        "id": 1, "kind": "confirmation", "channel": "email", "to": "sarah@example.com", "state": "held", "attempts": 0,
        "reason": "", "not_before": "2026-11-25T10:03:00+02:00", "sent_at": None, "provider_id": "",
        "subject": "Your appointment on Fri 4 December at 09:00",
        "client": {"id": 1, "name": "Sarah Botha"}, "edited": False, "done": False,
    }  # fmt: skip
    assert installed.json("outbox", "list", "--state", "failed") == {"messages": []}
    assert "confirmation by email" in installed.run("outbox", "list").stdout
    shown = installed.json("outbox", "show", "1")
    assert shown["body"].startswith("Dear Sarah,") and shown["tries"] == []
    assert "Dear Sarah," in installed.run("outbox", "show", "1").stdout
    assert installed.json("outbox", "withdraw", "1")["state"] == "cancelled"
    assert "only one that waits" in installed.run("outbox", "withdraw", "1", status=1).stderr
    assert "There is no message 99" in installed.run("outbox", "show", "99", status=1).stderr
