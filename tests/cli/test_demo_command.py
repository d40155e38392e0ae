"""`guru demo` without a terminal: the main job in plain text, files to look at, and nothing that could leave."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import signal
import stat
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pypdfium2
import pytest

from tests.bench.terminal import seconds_to_paint
from tests.shell import GURU, Shell

REAL = {
    "GURU_SMTP_HOST": "smtp.example.com",
    "GURU_EMAIL_BACKEND": "smtp",
    "GURU_SMS_BACKEND": "clickatell",
    "GURU_CLICKATELL_API_KEY": "never-used",
    "GURU_OUTBOX_DIR": "/nonexistent/outbox",
}


@pytest.fixture
def temporary(shell: Shell, tmp_path: Path) -> Iterator[Path]:
    """Where the demo makes its folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    shell.env["TMPDIR"] = str(folder)
    yield folder
    shutil.rmtree(folder)


def the_home(temporary: Path) -> Path:
    """The one folder the demo has kept."""
    (home,) = temporary.iterdir()
    return home


@pytest.mark.parametrize(
    "now",
    [
        "2026-11-25T14:32:00+02:00",
        "2026-11-25T03:00:00+02:00",
        "2026-11-28T23:30:00+02:00",
        "2026-11-29T09:59:00+02:00",
    ],
)
def test_without_a_terminal_it_shows_the_main_job(shell: Shell, temporary: Path, now: str) -> None:
    shell.now, shell.env = now, {**shell.env, **REAL}
    text = shell.run("demo", "--days", "90", "--clients", "120").stdout
    home = the_home(temporary)

    assert "Sea Point Physio" in text
    for client in ("Thandi Nkosi", "Zoë van der Merwe", "Lerato Mokoena", "王小明", "Lunch"):
        assert client in text
    files = sorted(path.name for path in (home / "outbox").iterdir())
    reminders = [name for name in files if "-reminder-" in name]
    assert len(reminders) >= 3
    assert {name.rpartition(".")[2] for name in reminders} == {"eml", "json"}  # neither channel was the environment's
    assert all(name in text for name in reminders)
    assert f"into files: {len(reminders)}" in text

    number = re.search(r"Invoice (\d+) made for (.+): ([\d.]+) ZAR", text)
    assert number
    (document,) = home.glob("*.pdf")
    assert str(document) in text
    page = pypdfium2.PdfDocument(document)[0].get_textpage().get_text_range()
    assert number.group(1) in page
    assert "Sea Point Physio" in page
    assert f"rm -r {home}" in text


def test_what_it_leaves_is_private_and_a_whole_practice(shell: Shell, temporary: Path) -> None:
    shell.run("demo", "--days", "60", "--clients", "80")
    home = the_home(temporary)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for folder, _, names in os.walk(home):
        for name in names:
            assert stat.S_IMODE((Path(folder) / name).stat().st_mode) == 0o600, name
    shell.home = home
    for name in ("GURU_EMAIL_BACKEND", "GURU_SMS_BACKEND"):
        assert name not in shell.environment()
    assert shell.json("agenda")["days"][0]["entries"]
    assert shell.json("remind")["failed"] == 0  # it goes into files here too


def test_its_messages_are_what_would_have_gone_out(shell: Shell, temporary: Path) -> None:
    found = shell.json("demo", "--days", "60", "--clients", "80")
    assert the_home(temporary) == Path(found["home"])
    assert len(found["agenda"]) == 10
    for reminder in found["reminders"]:
        content = Path(reminder["file"]).read_bytes()
        if reminder["channel"] == "email":
            mail = email.message_from_bytes(content, policy=default)
            assert reminder["to"] in mail["To"]
            assert "Sea Point Physio" in mail["From"]
            assert reminder["to"].endswith("@example.com")
        else:
            assert json.loads(content)["messages"][0]["to"].startswith("27")
    assert found["invoice"]["total"]["currency"] == "ZAR"
    assert Path(found["invoice"]["file"]).read_bytes().startswith(b"%PDF")


def test_it_never_touches_the_practice_of_the_machine(shell: Shell, temporary: Path) -> None:
    shell.run("demo", "--days", "30", "--clients", "40")
    assert not shell.home.exists()


@pytest.mark.parametrize("ended_by", [None, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_in_a_terminal_it_is_the_app_and_leaves_nothing_behind(
    shell: Shell, temporary: Path, ended_by: signal.Signals | None
) -> None:
    shell.env = {**shell.env, **REAL}
    seconds_to_paint(
        [str(GURU), "demo", "--days", "60", "--clients", "80"],
        [re.compile("Today"), re.compile("Lerato Mokoena")],
        {**shell.environment(), "TERM": "xterm-256color"},
        ended_by=ended_by,
    )
    assert list(temporary.iterdir()) == []
    assert not shell.home.exists()


@pytest.mark.parametrize(("option", "value"), [("--days", "0"), ("--clients", "2"), ("--clients", "1000000")])
def test_a_wrong_number_is_one_sentence_and_leaves_nothing(
    shell: Shell, temporary: Path, option: str, value: str
) -> None:
    done = shell.run("demo", option, value, status=1)
    assert done.stdout == ""
    assert done.stderr.startswith("guru: A sample practice ")
    assert list(temporary.iterdir()) == []
