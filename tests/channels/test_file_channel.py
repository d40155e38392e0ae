"""Messages into files: whole, private, and never one over another."""

from __future__ import annotations

import email
import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default as modern
from pathlib import Path

import pytest

from guru_tui.channels import file as file_channel
from guru_tui.channels.base import Accepted, Misconfigured, OutgoingMessage, Permanent, Transient
from guru_tui.channels.email_message import Sender
from guru_tui.channels.file import FileChannel

SENDER = Sender("Sea Point Physio", "hello@seapointphysio.example")
MAIL = OutgoingMessage(
    id=12,
    kind="reminder",
    channel="email",
    recipient="lindiwe@example.com",
    recipient_name="Lindiwe Dube",
    subject="Tomorrow",
    body="See you tomorrow.\n",
    idempotency_key="key",
    created_at=datetime(2026, 11, 25, 8, 0, 5, tzinfo=UTC),
)
SMS = replace(MAIL, channel="sms", recipient="+27825550134", body="Môre 09:00 – €450")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_mail_becomes_an_eml_that_only_the_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "outbox"
    with FileChannel.for_email(folder, SENDER).session() as session:
        result = session.send(MAIL)
    [file] = folder.iterdir()
    assert file.name == "20261125T080005Z-email-reminder-12.eml"
    assert result == Accepted(file.name)
    assert (mode(folder), mode(file)) == (0o700, 0o600)
    mail = email.message_from_bytes(file.read_bytes(), policy=modern)
    assert (mail["To"], mail["Subject"]) == ("Lindiwe Dube <lindiwe@example.com>", "Tomorrow")


def test_an_sms_becomes_the_request_the_provider_would_get(tmp_path: Path) -> None:
    with FileChannel.for_sms(tmp_path, "27820000000").session() as session:
        assert session.send(SMS) == Accepted("20261125T080005Z-sms-reminder-12.sms.json")
    [file] = tmp_path.iterdir()
    entry = {"channel": "sms", "to": "27825550134", "content": SMS.body, "from": "27820000000"}
    assert json.loads(file.read_text("utf-8")) == {"messages": [entry]}


def test_the_same_message_again_overwrites_nothing(tmp_path: Path) -> None:
    with FileChannel.for_sms(tmp_path).session() as session:
        for text in ("one", "two", "three"):
            assert isinstance(session.send(replace(SMS, body=text)), Accepted)
    texts = [json.loads(path.read_text())["messages"][0]["content"] for path in sorted(tmp_path.iterdir())]
    assert sorted(texts) == ["one", "three", "two"]
    assert all(path.name.startswith("20261125T080005Z-sms-reminder-12") for path in tmp_path.iterdir())


def test_a_disk_without_links_gets_the_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(file_channel.os, "link", no_links)
    with FileChannel.for_sms(tmp_path).session() as session:
        results = [session.send(replace(SMS, body=text)) for text in ("one", "two")]
    assert all(isinstance(result, Accepted) for result in results)
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
    assert {json.loads(path.read_text())["messages"][0]["content"] for path in tmp_path.iterdir()} == {"one", "two"}


def test_what_no_provider_would_take_is_not_written(tmp_path: Path) -> None:
    assert isinstance(FileChannel.for_sms(tmp_path).send(replace(SMS, recipient="+27215550100")), Permanent)
    assert isinstance(FileChannel.for_email(tmp_path, SENDER).send(replace(MAIL, recipient="nobody")), Permanent)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_for_a_person(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    for folder in (blocker, blocker / "below"):
        channel = FileChannel.for_sms(folder)
        assert isinstance(channel.send(SMS), Misconfigured)
        assert isinstance(channel.check(), Misconfigured)


def test_a_full_disk_leaves_the_message_and_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = FileChannel.for_sms(tmp_path).send(SMS)
    assert isinstance(result, Transient)
    assert list(tmp_path.iterdir()) == []


def test_check_leaves_no_trace(tmp_path: Path) -> None:
    assert FileChannel.for_sms(tmp_path / "new").check() is None
    assert list((tmp_path / "new").iterdir()) == []
