"""The mail itself: one `email.message.EmailMessage` per outgoing message, the same over SMTP and in a file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from guru_tui.channels.base import Attachment, OutgoingMessage
from guru_tui.domain.practice import Practice, check_email
from guru_tui.errors import Invalid, Misconfigured
from guru_tui.settings import Settings

# 7bit: not every server takes 8-bit bodies (RFC 6152 is an extension), every one takes quoted-printable.
_POLICY = SMTP.clone(cte_type="7bit", refold_source="none")
_POLICY_UTF8 = _POLICY.clone(utf8=True)
_LONGEST_NAME = 200
_LONGEST_LINE = 76
# What keeps one address one address, in headers and in SMTP commands; whether it exists the server knows.
_ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,;:"]{1,64}@[^\s@<>()\[\]\\,;:"]{1,255}""")


@dataclass(frozen=True)
class Sender:
    """Whom a mail is from, and where replies go if not there (empty: there)."""

    name: str
    address: str
    reply_to: str = ""


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


def build_mail(message: OutgoingMessage, sender: Sender) -> EmailMessage:
    """The mail for `message`; raises `Invalid` where its recipient is not one mail address."""
    if not _ADDRESS.fullmatch(message.recipient) or not message.recipient.isprintable():
        raise Invalid("The recipient is not one mail address; write it like name@example.com.")
    mail = EmailMessage(policy=_POLICY_UTF8 if needs_utf8(message) else _POLICY)
    mail.set_raw("From", _mailbox(sender.name, sender.address))
    mail.set_raw("To", _mailbox(message.recipient_name, message.recipient))
    if sender.reply_to:
        mail.set_raw("Reply-To", _mailbox(sender.name, sender.reply_to))
    mail.set_raw("Subject", _folded(_one_line(message.subject), "Subject"))
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id(message, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay away
    mail.set_content(message.body.encode("utf-8", "ignore").decode("utf-8"), charset="utf-8")
    for attachment in message.attachments:
        _attach(mail, attachment)
    return mail


def message_id(message: OutgoingMessage, sender: Sender) -> str:
    """The Message-ID (RFC 5322, 3.6.4): the same for the same key, recipient and sender, telling nothing about them."""
    told = "\n".join((message.idempotency_key, message.recipient, sender.address))
    domain = sender.address.rpartition("@")[2].lower()
    unique = hashlib.sha256(told.encode("utf-8", "ignore")).hexdigest()[:32]
    return f"<{unique}@{domain}>"


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
    elif re.fullmatch(r"[\w !#$%&'*+/^`{|}~-]+", name):
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
    return Header(text, "us-ascii" if plain else "utf-8", maxlinelen=_LONGEST_LINE, header_name=header).encode()


def _one_line(text: str) -> str:
    """`text` without line breaks and control characters: a header must not become two."""
    shown = (" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text)
    return " ".join("".join(shown).encode("utf-8", "ignore").decode("utf-8").split())


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    kind, *pairs = (part.strip() for part in attachment.mime_type.split(";"))
    maintype, _, subtype = kind.partition("/")
    params = {name.strip(): value.strip().strip('"') for name, _, value in (pair.partition("=") for pair in pairs)}
    mail.add_attachment(
        attachment.content,
        maintype=maintype or "application",
        subtype=subtype or "octet-stream",
        filename=re.sub(r'[/\\"]', "-", _one_line(attachment.file_name)) or "attachment",
        params=params,
    )


def to_bytes(mail: EmailMessage) -> bytes:
    """The mail as it goes over the wire: every line ends in CRLF, the last one too; dots are not doubled yet."""
    wire = re.sub(rb"\r\n|\r|\n", b"\r\n", mail.as_bytes())
    return wire if wire.endswith(b"\r\n") else wire + b"\r\n"
