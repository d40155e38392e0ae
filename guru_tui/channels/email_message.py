"""The mail itself, the same over SMTP and in a file: text, HTML, a calendar entry and attachments as one run of bytes.

Written out here part by part (RFC 5322, 2045 to 2047, 2183, 2231): `email.message` and its generator take longer over
one mail than a mail server does.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from binascii import b2a_qp
from dataclasses import dataclass
from email.header import Header
from email.utils import encode_rfc2231, format_datetime
from functools import lru_cache

from guru_tui.channels.base import Attachment, OutgoingMessage
from guru_tui.domain.practice import Practice, check_email
from guru_tui.errors import Invalid, Misconfigured
from guru_tui.settings import Settings

_LONGEST_NAME = 200
_LONGEST_LINE = 76
_LONGEST_FILE_NAME = 80
# What keeps one address one address, in headers and in SMTP commands; whether it exists the server knows.
_ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,;:"]{1,64}@[^\s@<>()\[\]\\,;:"]{1,255}""")
_PLAIN_NAME = re.compile(r"[\w !#$%&'*+/^`{|}~-]+", re.ASCII)
# Lines that every server carries as they are (RFC 5322, 2.1.1), with nothing at their ends that one might take off.
_PLAIN_TEXT = re.compile(r"(?:[\t\x20-\x7e]{0,77}[\x21-\x7e]\r\n|\r\n)*+")
_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:; ?[\w-]+=\"?[\w.-]+\"?)*", re.ASCII)
_MOST_NOT_ASCII = 6  # beyond a sixth, quoted-printable is longer than base64


@dataclass(frozen=True)
class Sender:
    """Whom a mail is from, and where replies go if not there (empty: there)."""

    name: str
    address: str
    reply_to: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail ready for the wire: ASCII (but for an address beyond it), every line ended by CRLF, dots not doubled yet.

    `message_id` stands without its angle brackets.
    """

    message_id: str
    wire: bytes


def sender_of(settings: Settings, practice: Practice) -> Sender:
    """`GURU_MAIL_FROM`, or the practice's name and address; raises `Misconfigured` where neither gives an address."""
    own = practice["email"]
    given = settings.get("GURU_MAIL_FROM")
    if not given:
        if not own:
            raise Misconfigured(
                "Mail has no sender; set GURU_MAIL_FROM, or the practice's address: guru settings set email ..."
            )
        return Sender(practice.name, own)
    named = re.fullmatch(r'"?([^"<>]*)"?\s*<([^<>]*)>', given)
    name, address = (named[1].strip(), named[2].strip()) if named else ("", given)
    try:
        check_email(address)
    except Invalid:
        raise Misconfigured("GURU_MAIL_FROM is not a sender; write it like: Name <name@example.com>") from None
    return Sender(name or practice.name, address, own if own.lower() != address.lower() else "")


def needs_utf8(message: OutgoingMessage) -> bool:
    """Whether the address has characters that only a server with SMTPUTF8 (RFC 6531) can carry."""
    return not message.recipient.isascii()


def is_address(recipient: str) -> bool:
    """Whether `recipient` is one mail address, whatever else somebody may have typed into it."""
    return bool(_ADDRESS.fullmatch(recipient)) and recipient.isprintable()


def build_mail(message: OutgoingMessage, sender: Sender) -> Mail:
    """The mail for `message`; raises `Invalid` where its recipient is not one mail address."""
    if not is_address(message.recipient):
        raise Invalid("The recipient is not one mail address; write it like name@example.com.")
    unique, domain = _unique(message, sender), sender.address.rpartition("@")[2].lower()
    head = (
        *_from(sender),
        f"To: {_mailbox(message.recipient_name, message.recipient)}",
        f"Subject: {_folded(_one_line(message.subject), 'Subject')}",
        f"Date: {format_datetime(message.created_at)}",
        f"Message-ID: <{unique}@{domain}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: out-of-office replies stay away
        "MIME-Version: 1.0",
    )
    top = re.sub("\r?\n", "\r\n", "\n".join(head)).encode("utf-8", "ignore")
    return Mail(f"{unique}@{domain}", b"".join((top, b"\r\n", _content(message, unique))))


def message_id(message: OutgoingMessage, sender: Sender) -> str:
    """The Message-ID (RFC 5322, 3.6.4): the same for the same key, recipient and sender, telling nothing about them."""
    return f"<{_unique(message, sender)}@{sender.address.rpartition('@')[2].lower()}>"


def _unique(message: OutgoingMessage, sender: Sender) -> str:
    told = "\n".join((message.idempotency_key, message.recipient, sender.address))
    return hashlib.sha256(told.encode("utf-8", "ignore")).hexdigest()[:32]


@lru_cache(maxsize=4)
def _from(sender: Sender) -> tuple[str, ...]:
    own = (f"From: {_mailbox(sender.name, sender.address)}",)
    return (*own, f"Reply-To: {_mailbox(sender.name, sender.reply_to)}") if sender.reply_to else own


def _mailbox(name: str, address: str) -> str:
    """Name and address as one mailbox (RFC 5322, 3.4), folded.

    Written here because `email.headerregistry`, when it folds a long quoted name, loses the quotes, and then a comma
    in a name makes two recipients of one.
    """
    name = _one_line(name)[:_LONGEST_NAME]
    if not name:
        return address
    if not name.isascii() or len(name) > _LONGEST_LINE - len("Reply-To: "):
        phrase = _folded(name, "Reply-To")
    elif _PLAIN_NAME.fullmatch(name):
        phrase = name
    else:
        phrase = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    blank = " " if len(f"Reply-To: {phrase} <{address}>") <= _LONGEST_LINE else "\n "
    return f"{phrase}{blank}<{address}>"


def _folded(text: str, header: str) -> str:
    """`text` in short lines, as encoded words (RFC 2047) if need be.

    By the older of the standard library's two ways: the newer one loses blanks between encoded words.
    """
    plain = header == "Subject" and text.isascii() and "=?" not in text
    if plain and len(text) < _LONGEST_LINE - len("Subject: "):
        return text
    return Header(text, "us-ascii" if plain else "utf-8", maxlinelen=_LONGEST_LINE, header_name=header).encode()


def _one_line(text: str) -> str:
    """`text` without line breaks and control characters: a header must not become two."""
    if not (text.isascii() and text.isprintable()):
        shown = (" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text)
        text = "".join(shown).encode("utf-8", "ignore").decode("utf-8")
    return " ".join(text.split())


def _content(message: OutgoingMessage, unique: str) -> bytes:
    """The mail from its Content-Type on: multipart/mixed around multipart/alternative, each only where needed."""
    forms = [_text("plain", message.body)]
    if message.html:
        forms.append(_text("html", message.html))
    files = []
    for attachment in message.attachments:
        if attachment.mime_type.startswith("text/calendar") and "method=PUBLISH" not in attachment.mime_type:
            # Calendars read the form beside the text; the file, as the large calendar services send it, is for people.
            forms.append(_part(attachment.mime_type, "base64", _base64(attachment.content)))
            files.append(_attached(Attachment(attachment.file_name, "application/ics", attachment.content)))
        else:
            files.append(_attached(attachment))
    content = forms[0] if len(forms) == 1 else _multipart("alternative", f"=_a{unique}", forms)
    return _multipart("mixed", f"=_m{unique}", [content, *files]) if files else content


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    # No encoded text has "=_" in it, and no plain one this mail's own number.
    line = f"--{boundary}".encode()
    pieces = [f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()]
    for part in parts:
        pieces += line, b"\r\n", part, b"\r\n"
    return b"".join((*pieces, line, b"--\r\n"))


def _part(kind: str, encoding: str, content: bytes, disposition: str = "") -> bytes:
    checked = kind if _MIME_TYPE.fullmatch(kind) else "application/octet-stream"
    head = f"Content-Type: {checked}\r\nContent-Transfer-Encoding: {encoding}\r\n{disposition}\r\n"
    return b"".join((head.encode(), content))


def _text(subtype: str, text: str) -> bytes:
    """Text with every line ended, encoded only where it must be: not every server takes 8-bit bodies (RFC 6152)."""
    kind = f"text/{subtype}; charset=utf-8"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").replace("\n", "\r\n") + "\r\n"
    content = lines.encode("utf-8", "ignore")
    if subtype == "plain" and _PLAIN_TEXT.fullmatch(lines):
        return _part(kind, "7bit", content)
    if len(content) - len(lines) > len(lines) // _MOST_NOT_ASCII:
        return _part(kind, "base64", _base64(content))
    return _part(kind, "quoted-printable", b2a_qp(content, istext=True))


def _base64(content: bytes) -> bytes:
    from base64 import encodebytes

    return encodebytes(content).replace(b"\n", b"\r\n")


def _attached(attachment: Attachment) -> bytes:
    name = re.sub(r'[/\\"]', "-", _one_line(attachment.file_name)) or "attachment"
    if len(name) > _LONGEST_FILE_NAME:
        stem, dot, suffix = name.rpartition(".")
        name = (stem or suffix)[: _LONGEST_FILE_NAME - 10] + dot + suffix[:9] if dot else name[:_LONGEST_FILE_NAME]
    given = f'filename="{name}"' if name.isascii() else f"filename*={encode_rfc2231(name, 'utf-8')}"
    disposition = f"Content-Disposition: attachment;\r\n {given}\r\n"
    return _part(attachment.mime_type, "base64", _base64(attachment.content), disposition)
