"""`guru templates`, by the contract: round trip through a file, statuses, sentences, JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from guru_tui.domain.clock import SystemClock
from guru_tui.domain.practice import CHANNELS, CLIENT_KINDS, LANGUAGES
from tests.conftest import NOW
from tests.outbox_support import book, client

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def templates(
    guru: Guru, home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """`guru templates ...` in this process, at the practice's moment: status, standard output, standard error."""
    monkeypatch.setenv("GURU_HOME", str(home))
    monkeypatch.setattr(SystemClock, "now", lambda _clock: NOW)

    def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = main(["templates", *arguments])
        told = capsysbinary.readouterr()
        assert b"Traceback" not in told.out + told.err
        return status, told.out.decode(), told.err.decode()

    return run


def parsed(answer: tuple[int, str, str]) -> Any:
    assert answer[0] == 0 and answer[2] == ""
    return json.loads(answer[1])


def test_the_list_holds_every_kind_on_every_channel(templates: Command) -> None:
    rows = parsed(templates("list", "--json"))["templates"]
    assert [(row["kind"], row["channel"]) for row in rows] == [(k, c) for k in CLIENT_KINDS for c in CHANNELS]
    assert {(row["language"], row["on"], row["own"]) for row in rows} == {("en", True, False)}
    assert set(rows[0]) == {"kind", "channel", "language", "on", "own", "subject", "body"}
    assert "Herinnering: jou afspraak" in templates("list", "--language", "af")[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_what_show_prints_set_takes(templates: Command, tmp_path: Path, channel: str, language: str) -> None:
    file = tmp_path / "text.txt"
    which = ("reminder", channel)
    _, shown, _ = templates("show", *which, "--language", language)
    file.write_text(shown, "utf-8")
    assert "nothing to keep" in templates("set", *which, str(file), "--language", language)[1]
    file.write_bytes(b"\xef\xbb\xbf" + shown.replace("\n", "\r\n").encode() + "Môre!\r\n".encode())
    status, told, _ = templates("set", *which, str(file), "--language", language)
    assert status == 0 and f"in {LANGUAGES[language]}: kept" in told
    assert templates("show", *which, "--language", language)[1] == shown + "Môre!\n"
    if channel == "sms":
        assert "“ô” is not in the SMS alphabet: write “o” instead" in told
    row = parsed(templates("set", *which, "-", "--language", language, "--json", stdin=shown.encode()))
    assert row["own"] is False
    assert parsed(templates("show", *which, "--language", language, "--json"))["body"] == row["body"]


def test_a_subject_can_be_given_apart(templates: Command) -> None:
    assert templates("set", "reminder", "email", "-", stdin=b"Just this")[0] == 1
    done = templates("set", "reminder", "email", "-", "--subject", "Soon", stdin=b"Just this")
    assert done[0] == 0
    assert templates("show", "reminder", "email")[1] == "Subject: Soon\n\nJust this\n"
    assert "reset" not in templates("reset", "reminder", "email")[2]
    assert "holds already" in templates("reset", "reminder", "email")[1]


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "said"),
    [
        (("set", "reminder", "sms", "-"), b"Hi {{client.firstname}}", 1, "did you mean client.first_name"),
        (("set", "reminder", "sms", "-"), b"Subject: x\n\ny", 1, "An SMS has no subject"),
        (("set", "reminder", "sms", "-"), b"\xff\xfe", 1, "not a text in UTF-8"),
        (("set", "reminder", "sms", "-"), b"", 1, "The text is empty"),
        (("set", "reminder", "sms", "/nowhere/x.txt"), b"", 1, "cannot be read"),
        (("set", "reminder", "sms", "/"), b"", 1, "cannot be read"),
        (("show", "agenda", "email"), b"", 2, "invalid choice"),
        (("show", "reminder", "sms", "--language", "zu"), b"", 2, "invalid choice"),
        (("preview", "reminder", "sms", "--appointment", "99"), b"", 1, "no appointment 99"),
        (("preview", "reminder", "sms", "--invoice", "1"), b"", 2, "--appointment ID"),
        (("preview", "invoice", "sms", "--appointment", "1"), b"", 2, "--invoice NUMBER"),
        (("preview", "reminder", "sms", "--file", "-"), b"{{foo}}", 1, "no tag {{foo}}"),
        (("test", "reminder", "sms"), b"", 1, "takes no SMS"),
    ],
)
def test_mistakes_are_one_sentence(
    templates: Command, arguments: tuple[str, ...], stdin: bytes, status: int, said: str
) -> None:
    found, out, error = templates(*arguments, stdin=stdin)
    assert (found, out) == (status, "")
    assert said in error and error.startswith("guru: ") and error.count("\n") == 1


def test_on_off_preview_tags_and_a_test(templates: Command, guru: Guru) -> None:
    assert templates("off", "reminder", "sms")[1] == "Reminder by SMS is off.\n"
    assert templates("off", "reminder", "sms")[1] == "Reminder by SMS is already off.\n"
    assert parsed(templates("on", "reminder", "sms", "--json")) == {"kind": "reminder", "channel": "sms", "on": True}
    guru.practice.set("sms_price", "0.32")
    book(guru, client(guru, "Annelie"), "2026-11-26T09:00")
    _, told, _ = templates("preview", "reminder", "sms", "--language", "af")
    assert "To Annelie Botha, Thu 26 Nov 09:00:" in told and "1 SMS, R0.32" in told
    shown = parsed(templates("preview", "reminder", "sms", "--file", "-", "--json", stdin="Hi – bye".encode()))
    assert shown["body"] == "Hi – bye" and shown["sms"]["offending"] == "–" and shown["appointment"] == 1
    assert shown["sms"]["advice"].endswith("write “-” instead.")
    mail = templates("preview", "confirmation", "email", "--appointment", "1")[1]
    assert "Subject: Your appointment on Thu 26 November at 09:00" in mail and "  Date:   Thu 26 November" in mail
    tags = parsed(templates("tags", "--json"))["tags"]
    assert {"tag": "invoice.number", "meaning": "the invoice's number",
            "kinds": ["invoice", "payment-reminder", "payment-receipt"]} in tags  # fmt: skip
    assert "{{client.first_name}}" in templates("tags")[1]
    assert "Message 1 to hello@seapointphysio.example leaves" in templates("test", "reminder", "email")[1]
    sent = parsed(templates("test", "reminder", "sms", "--to", "082 555 0199", "--json"))
    assert (sent["to"], sent["state"]) == ("+27825550199", "queued")


def test_every_command_has_help_with_an_example(templates: Command) -> None:
    for what in ("", "list", "show", "set", "reset", "on", "off", "preview", "tags", "test"):
        status, told, _ = templates(*([what] if what else []), "--help")
        assert status == 0 and "example:" in told
