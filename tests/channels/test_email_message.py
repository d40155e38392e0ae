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
from guru_tui.channels.email_message import Sender, build_mail, message_id, sender_of
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
    return cast(EmailMessage, email.message_from_bytes(build_mail(message, sender).wire, policy=modern))


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
    raw = email.message_from_bytes(build_mail(replace(MESSAGE, subject=subject), SENDER).wire)["Subject"]
    assert str(make_header(decode_header(raw.replace("\r\n", "")))) == subject


@settings(deadline=None)
@given(name=st.text(max_size=250), local=st.integers(1, 64), host=st.integers(1, 180))
def test_no_line_is_too_long_for_a_server(name: str, local: int, host: int) -> None:
    address = f"{'a' * local}@{'b' * host}.example"
    wire = build_mail(replace(MESSAGE, recipient_name=name, recipient=address), SENDER).wire
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
    wire = build_mail(replace(MESSAGE, body="ß" * 3000 + "\nx" * 3 + "y" * 3000), SENDER).wire
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
    raw = email.message_from_bytes(build_mail(replace(MESSAGE, recipient_name=name), SENDER).wire)["To"]
    [(shown, _)] = getaddresses([raw])
    assert str(make_header(decode_header(shown))) == name


def test_attachments_keep_name_type_and_content() -> None:
    ics = Attachment("afspraak é.ics", 'text/calendar; method=REQUEST; charset="utf-8"', "SUMMARY:é\r\n".encode())
    pdf = Attachment("../in\\voice.pdf", "application/pdf", bytes(range(256)))
    mail = parsed(replace(MESSAGE, attachments=(ics, pdf)))
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content_type()) == ("afspraak é.ics", "application/ics")
    assert first.get_content() == "SUMMARY:é\r\n".encode()
    assert (second.get_filename(), second.get_content_type()) == ("..-in-voice.pdf", "application/pdf")
    assert second.get_content() == bytes(range(256))
    assert all(part.get_content_disposition() == "attachment" for part in (first, second))


def shape(mail: EmailMessage) -> str:
    """The parts of a mail, as `mixed(alternative(text/plain text/html) application/pdf)`."""
    if not mail.is_multipart():
        return mail.get_content_type()
    inside = " ".join(shape(cast(EmailMessage, part)) for part in mail.iter_parts())
    return f"{mail.get_content_type().removeprefix('multipart/')}({inside})"


ICS = Attachment("invite.ics", "text/calendar; method=CANCEL; charset=utf-8", "BEGIN:VCALENDAR é\r\n".encode())
SEVERAL = replace(ICS, file_name="appointments.ics", mime_type="text/calendar; method=PUBLISH; charset=utf-8")
PDF = Attachment("invoice.pdf", "application/pdf", b"%PDF")


@pytest.mark.parametrize(
    ("html", "attachments", "expected"),
    [
        ("", (), "text/plain"),
        ("<p>Hi</p>", (), "alternative(text/plain text/html)"),
        ("", (PDF,), "mixed(text/plain application/pdf)"),
        ("<p>Hi</p>", (PDF,), "mixed(alternative(text/plain text/html) application/pdf)"),
        ("<p>Hi</p>", (ICS,), "mixed(alternative(text/plain text/html text/calendar) application/ics)"),
        ("", (ICS, PDF), "mixed(alternative(text/plain text/calendar) application/ics application/pdf)"),
        ("<p>Hi</p>", (SEVERAL,), "mixed(alternative(text/plain text/html) text/calendar)"),
    ],
)
def test_forms_of_the_text_stand_together_and_files_beside_them(
    html: str, attachments: tuple[Attachment, ...], expected: str
) -> None:
    mail = parsed(replace(MESSAGE, html=html, attachments=attachments))
    assert shape(mail) == expected
    assert text_of(mail) == MESSAGE.body
    assert not any(part.defects for part in mail.walk())


def test_calendars_see_the_entry_as_a_form_of_the_mail() -> None:
    mail = parsed(replace(MESSAGE, html="<p>Ä</p>\n", attachments=(ICS,)))
    [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("CANCEL", "utf-8")
    assert calendar.get_content_disposition() is None
    assert calendar.get_payload(decode=True) == ICS.content
    page = mail.get_body(("html",))
    assert page is not None and page.get_content().replace("\r\n", "\n") == "<p>Ä</p>\n"


@settings(deadline=None)
@given(
    body=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n\r. -=_\tFro m")), max_size=300),
    html=st.text(max_size=200),
)
def test_no_text_leaves_its_part(body: str, html: str) -> None:
    mail = parsed(replace(MESSAGE, body=body, html=html, attachments=(ICS, PDF)))
    assert shape(mail).endswith("text/calendar) application/ics application/pdf)")
    wanted = body.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(mail).rstrip("\n") == wanted.rstrip("\n")
    assert set(mail.keys()) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip


def test_a_body_like_a_boundary_or_a_header_is_a_body() -> None:
    wire = build_mail(replace(MESSAGE, html="<p>", attachments=(PDF,)), SENDER).wire
    boundaries = [line for line in wire.decode("latin-1").split("\r\n") if line.startswith("--")]
    body = "\n".join([*boundaries, "Bcc: everyone@example.com", ".", "..", "From me", "=_a", "--", ""])
    mail = parsed(replace(MESSAGE, idempotency_key="other", body=body, html="<p>", attachments=(PDF,)))
    assert text_of(mail) == body
    assert shape(mail) == "mixed(alternative(text/plain text/html) application/pdf)"


def test_a_body_that_names_a_file_or_has_braces_is_sent_as_it_stands(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    for body in (str(secret), "{0} {name} {{client.first_name}} %s", "file:///etc/passwd"):
        wire = build_mail(replace(MESSAGE, body=body, subject=body[:60], recipient_name=body[:60]), SENDER).wire
        mail = cast(EmailMessage, email.message_from_bytes(wire, policy=modern))
        assert text_of(mail).strip() == body
        assert b"the secret" not in wire and shape(mail) == "text/plain"


@pytest.mark.parametrize(
    "kind", ["text/html\r\nBcc: x@y.example", "nonsense", "text/calendar\r\nX: y", 'a/b; c="d\r\n"']
)
def test_a_type_that_is_none_is_only_bytes(kind: str) -> None:
    mail = parsed(replace(MESSAGE, attachments=(Attachment("a.bin", kind, b"x"),)))
    assert mail["Bcc"] is None and mail["X"] is None
    assert all(part["Bcc"] is None and part["X"] is None for part in mail.walk())


@settings(deadline=None)
@given(name=st.text(max_size=300))
def test_any_file_name_makes_one_header(name: str) -> None:
    wire = build_mail(replace(MESSAGE, attachments=(Attachment(name, "application/pdf", b"x"),)), SENDER).wire
    mail = cast(EmailMessage, email.message_from_bytes(wire, policy=modern))
    [part] = mail.iter_attachments()
    assert part.get_content() == b"x" and part.get_filename()
    assert max(map(len, wire.split(b"\r\n"))) <= 998


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
