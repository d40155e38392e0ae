"""Which channels the settings give, and that a mistake in them is said once, clearly, and silences nothing else."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guru_tui.channels.base import Accepted, Misconfigured, OutgoingMessage
from guru_tui.channels.build import build, describe
from guru_tui.channels.email import EmailChannel
from guru_tui.channels.file import FileChannel
from guru_tui.channels.sms import ClickatellChannel
from guru_tui.channels.sms_legacy import LegacyClickatellChannel
from guru_tui.domain.practice import Practice
from guru_tui.settings import Settings

PRACTICE = Practice.of({"practice_name": "Sea Point Physio", "email": "hello@seapointphysio.example"})
SMTP = {"GURU_SMTP_HOST": "mail.example.com"}
KEY = {"GURU_CLICKATELL_API_KEY": "key=="}
MESSAGE = OutgoingMessage(
    1, "reminder", "sms", "+27825550134", "Lindiwe", "", "Hello", "key", datetime(2026, 11, 25, tzinfo=UTC)
)


def described(tmp_path: Path, practice: Practice = PRACTICE, **values: str) -> dict[str, str]:
    return describe(Settings(tmp_path, values), practice)


def test_nothing_is_set_nothing_is_built(tmp_path: Path) -> None:
    assert build(Settings(tmp_path), PRACTICE) == {}
    assert described(tmp_path) == {"email": "off", "sms": "off"}


def test_a_host_and_a_key_are_enough(tmp_path: Path) -> None:
    channels = build(Settings(tmp_path, {**SMTP, **KEY}), PRACTICE)
    assert isinstance(channels["email"], EmailChannel) and isinstance(channels["sms"], ClickatellChannel)
    assert [channel.name for channel in channels.values()] == ["email", "sms"]
    assert described(tmp_path, **SMTP, **KEY) == {
        "email": "smtp mail.example.com:587 (starttls)",
        "sms": "clickatell platform.clickatell.com",
    }


def test_the_other_backends(tmp_path: Path) -> None:
    channels = build(Settings(tmp_path, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}), PRACTICE)
    assert all(isinstance(channel, FileChannel) for channel in channels.values())
    assert (
        described(tmp_path, GURU_SMS_BACKEND="file", GURU_OUTBOX_DIR=str(tmp_path / "o"))["sms"]
        == f"file {tmp_path / 'o'}"
    )
    legacy = build(Settings(tmp_path, {**KEY, "GURU_SMS_BACKEND": "clickatell-legacy"}), PRACTICE)["sms"]
    assert isinstance(legacy, LegacyClickatellChannel)
    assert legacy.describe() == "clickatell-legacy api.clickatell.com"
    assert described(tmp_path, **SMTP, GURU_SMTP_SECURITY="ssl")["email"] == "smtp mail.example.com:465 (ssl)"
    assert build(Settings(tmp_path, {**SMTP, "GURU_EMAIL_BACKEND": "none"}), PRACTICE) == {}


@pytest.mark.parametrize(
    ("values", "channel", "names"),
    [
        ({"GURU_EMAIL_BACKEND": "pigeon"}, "email", "GURU_EMAIL_BACKEND"),
        ({"GURU_EMAIL_BACKEND": "smtp"}, "email", "GURU_SMTP_HOST"),
        ({**SMTP, "GURU_SMTP_SECURITY": "none"}, "email", "GURU_SMTP_SECURITY"),
        ({"GURU_SMTP_HOST": "127.evil.example", "GURU_SMTP_SECURITY": "none"}, "email", "GURU_SMTP_SECURITY"),
        ({**SMTP, "GURU_SMTP_SECURITY": "tls"}, "email", "GURU_SMTP_SECURITY"),
        ({**SMTP, "GURU_SMTP_PORT": "smtp"}, "email", "GURU_SMTP_PORT"),
        ({**SMTP, "GURU_SMTP_USER": "naledi"}, "email", "GURU_SMTP_PASSWORD"),
        ({**SMTP, "GURU_SMTP_USER": "naledi", "GURU_SMTP_PASSWORD": "geheimnüß"}, "email", "GURU_SMTP_PASSWORD"),
        ({**SMTP, "GURU_SMTP_CA_FILE": "/nowhere/ca.pem"}, "email", "GURU_SMTP_CA_FILE"),
        ({**SMTP, "GURU_MAIL_FROM": "Naledi"}, "email", "GURU_MAIL_FROM"),
        ({"GURU_SMS_BACKEND": "clickatell"}, "sms", "GURU_CLICKATELL_API_KEY"),
        ({"GURU_SMS_BACKEND": "clickatell-legacy"}, "sms", "GURU_CLICKATELL_API_KEY"),
        ({"GURU_CLICKATELL_API_KEY": "two words"}, "sms", "GURU_CLICKATELL_API_KEY"),
        ({**KEY, "GURU_CLICKATELL_URL": "http://platform.clickatell.com"}, "sms", "GURU_CLICKATELL_URL"),
        ({**KEY, "GURU_CLICKATELL_URL": "http://127.0.0.1.evil.example"}, "sms", "GURU_CLICKATELL_URL"),
        ({**KEY, "GURU_CLICKATELL_URL": "http://localhost@evil.example"}, "sms", "GURU_CLICKATELL_URL"),
        ({**KEY, "GURU_CLICKATELL_URL": "ftp://localhost"}, "sms", "GURU_CLICKATELL_URL"),
        ({**KEY, "GURU_CLICKATELL_URL": "https://[::1"}, "sms", "GURU_CLICKATELL_URL"),
        ({**KEY, "GURU_CLICKATELL_FROM": "SeaPoint"}, "sms", "GURU_CLICKATELL_FROM"),
    ],
)
def test_a_wrong_setting_is_named_and_its_messages_wait(
    tmp_path: Path, values: dict[str, str], channel: str, names: str
) -> None:
    refused = build(Settings(tmp_path, values), PRACTICE)[channel]
    with refused.session() as session:
        result = session.send(MESSAGE)
    assert isinstance(result, Misconfigured) and names in result.reason
    assert refused.check() == result
    assert refused.describe() == f"cannot be used: {result.reason}"


def test_a_sender_is_needed_from_the_setting_or_the_practice(tmp_path: Path) -> None:
    nameless = Practice.of({})
    assert "GURU_MAIL_FROM" in described(tmp_path, nameless, **SMTP)["email"]
    with_setting = described(tmp_path, nameless, **SMTP, GURU_MAIL_FROM="N <n@example.com>")
    assert with_setting["email"].startswith("smtp")


def test_a_mistake_in_one_channel_leaves_the_other_working(tmp_path: Path) -> None:
    settings = Settings(tmp_path, {"GURU_EMAIL_BACKEND": "smtp", "GURU_SMS_BACKEND": "file"})
    with build(settings, PRACTICE)["sms"].session() as session:
        assert isinstance(session.send(MESSAGE), Accepted)


def test_a_password_is_not_in_what_is_shown(tmp_path: Path) -> None:
    values = {**SMTP, "GURU_SMTP_USER": "naledi", "GURU_SMTP_PASSWORD": "hunter2"}
    channel = build(Settings(tmp_path, values), PRACTICE)["email"]
    assert isinstance(channel, EmailChannel)
    assert "hunter2" not in repr(channel.account) + channel.describe()


def test_importing_the_channels_loads_no_mail_or_http_library() -> None:
    code = (
        "import sys, guru_tui.channels.build, guru_tui.channels.email, guru_tui.channels.sms, "
        "guru_tui.channels.sms_legacy, guru_tui.channels.file\n"
        "print(sorted({'yagmail', 'requests', 'clickatell', 'phonenumbers', 'sqlmodel'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
