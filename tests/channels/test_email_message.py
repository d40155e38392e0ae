"""The mail that is built: it survives every name and text, and a header never becomes two."""

from __future__ import annotations

import email
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import getaddresses
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guru_tui.channels.base import Attachment, OutgoingMessage
from guru_tui.channels.email_message import Sender, build_mail, message_id, sender_of, to_bytes
from guru_tui.domain.practice import Practice
from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings

SENDER = Sender("Łucja’s Practice", "hello@practice.example", "desk@practice.example")
MESSAGE = OutgoingMessage(
    id=7,
    kind="invoice",
    channel="email",
    recipient="naledi@example.com",
    recipient_name="Łucja O’Brien",
    subject="Invoice 12 – €450,00",
    body="Dear Łucja,\n\nthe total is €450,00.\n",
    idempotency_key="invoice:12",
    created_at=datetime(2026, 11, 25, 22, 30, tzinfo=UTC),
)


def parsed(message: OutgoingMessage, sender: Sender = SENDER) -> EmailMessage:
    """The mail as a mail program reads it from the wire."""
    return cast(EmailMessage, email.message_from_bytes(to_bytes(build_mail(message, sender)), policy=modern))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@settings(deadline=None)
@given(
    subject=st.lists(
        st.sampled_from(["Your", "appointment", "Môre", "Łucja’s", "09:00", "–", "€450", "李", "=?utf-8?q?x?="]),
        max_size=30,
    ).map(" ".join)
)
def test_a_subject_keeps_its_words_apart(subject: str) -> None:
    raw = email.message_from_bytes(to_bytes(build_mail(replace(MESSAGE, subject=subject), SENDER)))["Subject"]
    assert str(make_header(decode_header(raw.replace("\r\n", "")))) == subject


@settings(deadline=None)
@given(name=st.text(max_size=250), local=st.integers(1, 64), host=st.integers(1, 180))
def test_no_line_is_too_long_for_a_server(name: str, local: int, host: int) -> None:
    address = f"{'a' * local}@{'b' * host}.example"
    wire = to_bytes(build_mail(replace(MESSAGE, recipient_name=name, recipient=address), SENDER))
    head = wire.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 or b"<" + address.encode() in line or line.endswith(address.encode()) for line in head)
    assert all(line and not line.isspace() for line in head)
    assert [found for _, found in getaddresses([email.message_from_bytes(wire)["To"]])] == [address]


def _visible(text: str) -> str:
    return "".join(
        character
        for character in text
        if not character.isspace() and unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
    )


def test_names_subjects_and_texts_of_any_language_arrive() -> None:
    mail = parsed(MESSAGE)
    assert mail["To"].addresses[0].display_name == "Łucja O’Brien"
    assert mail["From"].addresses[0].display_name == "Łucja’s Practice"
    assert mail["Reply-To"].addresses[0].addr_spec == "desk@practice.example"
    assert mail["Subject"] == "Invoice 12 – €450,00"
    assert text_of(mail) == MESSAGE.body
    assert mail["Date"].datetime == MESSAGE.created_at


def test_the_wire_is_ascii_with_crlf_and_short_lines() -> None:
    wire = to_bytes(build_mail(replace(MESSAGE, body="ß" * 3000 + "\nx" * 3 + "y" * 3000), SENDER))
    assert wire.isascii()
    assert wire.count(b"\n") == wire.count(b"\r\n") == wire.count(b"\r")
    assert max(map(len, wire.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "lines", ["\r\nBcc: everyone@example.com", "\nBcc: everyone@example.com", "\r\n\r\nNew body", "\x0b\x85\u2028x"]
)
def test_line_breaks_in_names_and_subjects_are_harmless(lines: str) -> None:
    mail = parsed(
        replace(
            MESSAGE,
            recipient_name="Naledi" + lines,
            subject="Hello" + lines,
            attachments=(Attachment("a.pdf" + lines, "application/pdf", b"%PDF"),),
        ),
        replace(SENDER, name="Practice" + lines),
    )
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["naledi@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["hello@practice.example"]
    assert mail["Subject"].startswith("Hello")
    assert text_of(mail) == MESSAGE.body


@settings(deadline=None)
@given(name=st.text(max_size=120), subject=st.text(max_size=200), body=st.text(max_size=400))
def test_no_text_breaks_a_mail(name: str, subject: str, body: str) -> None:
    mail = parsed(replace(MESSAGE, recipient_name=name, subject=subject, body=body), replace(SENDER, name=name))
    assert [address.addr_spec for address in mail["To"].addresses] == ["naledi@example.com"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["hello@practice.example"]
    assert set(mail.keys()) <= {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    assert "".join(mail["Subject"].split()) == _visible(subject)
    wanted = body.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(mail).rstrip("\n") == wanted.rstrip("\n")


@settings(deadline=None)
@given(
    name=st.lists(
        st.sampled_from(
            [
                "Łucja",
                "O’Brien",
                "Dr.",
                "van der Merwe,",
                '"Zoë"',
                "(née",
                "Nkosi)",
                "<x@y.example>",
                "@",
                "李",
                "Müller-Lüdenscheidt;",
            ]
        ),
        min_size=1,
        max_size=12,
    ).map(" ".join)
)
def test_a_name_is_never_taken_for_an_address(name: str) -> None:
    mail = parsed(replace(MESSAGE, recipient_name=name))
    [address] = mail["To"].addresses
    assert address.addr_spec == "naledi@example.com"
    # Read as RFC 2047 has it: the newer parser puts a blank between the parts of a folded name.
    raw = email.message_from_bytes(to_bytes(build_mail(replace(MESSAGE, recipient_name=name), SENDER)))["To"]
    [(shown, _)] = getaddresses([raw])
    assert str(make_header(decode_header(shown))) == name


def test_attachments_keep_name_type_and_content() -> None:
    ics = Attachment("afspraak é.ics", 'text/calendar; method=REQUEST; charset="utf-8"', "SUMMARY:é\r\n".encode())
    pdf = Attachment("../in\\voice.pdf", "application/pdf", bytes(range(256)))
    mail = parsed(replace(MESSAGE, attachments=(ics, pdf)))
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content_type(), first.get_param("method")) == (
        "afspraak é.ics",
        "text/calendar",
        "REQUEST",
    )
    assert first.get_content() == "SUMMARY:é\r\n"
    assert second.get_filename() == "..-in-voice.pdf"
    assert second.get_content() == bytes(range(256))


def test_the_message_id_is_the_same_for_the_same_key_only_and_tells_nothing() -> None:
    first = message_id(MESSAGE, SENDER)
    assert first == message_id(replace(MESSAGE, body="other", created_at=datetime(2027, 1, 1, tzinfo=UTC)), SENDER)
    assert first != message_id(replace(MESSAGE, idempotency_key="invoice:13"), SENDER)
    assert first.endswith("@practice.example>") and "naledi" not in first and "invoice" not in first


def of(tmp_path: Path, mail_from: str, **practice: str) -> Sender:
    return sender_of(Settings(tmp_path, {"GURU_MAIL_FROM": mail_from}), Practice.of(practice))


def test_the_sender_is_the_setting_or_else_the_practice(tmp_path: Path) -> None:
    own = {"practice_name": "Sea Point Physio", "email": "hello@spp.example"}
    assert of(tmp_path, "", **own) == Sender("Sea Point Physio", "hello@spp.example")
    assert of(tmp_path, "Naledi <n@mail.example>", **own) == Sender("Naledi", "n@mail.example", "hello@spp.example")
    assert of(tmp_path, "n@mail.example", practice_name="Sea Point") == Sender("Sea Point", "n@mail.example")
    assert of(tmp_path, '"Khumalo, Naledi" <n@mail.example>') == Sender("Khumalo, Naledi", "n@mail.example")
    assert of(tmp_path, "Khumalo, Naledi <n@mail.example>") == Sender("Khumalo, Naledi", "n@mail.example")
    assert of(tmp_path, "Desk <Hello@SPP.example>", **own) == Sender("Desk", "Hello@SPP.example")


@pytest.mark.parametrize(
    "given_sender", ["", "Naledi", "Naledi <naledi>", "a@b.example, c@d.example", "<a@b.example> <c@d.example>"]
)
def test_a_sender_that_is_none_names_the_variable(tmp_path: Path, given_sender: str) -> None:
    with pytest.raises(Misconfigured, match="GURU_MAIL_FROM"):
        of(tmp_path, given_sender)
