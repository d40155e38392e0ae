"""A mail as it comes in: whom it is from, which mail of ours it answers, and what kind of mail it is.

Read with the standard library's older policy: it takes whatever people and machines put into headers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from guru_tui.domain.calendar_reply import CalendarReply, read_calendar
from guru_tui.domain.reply_text import html_text, own_words
from guru_tui.domain.text import printable

HEADERS = (
    "Message-ID", "In-Reply-To", "References", "From", "Subject", "Content-Type", "Auto-Submitted", "Precedence",
    "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Failed-Recipients", "List-Id", "Date",
)  # fmt: skip
"""The headers that `read_head` reads."""

_LONGEST_ID = 250
_LONGEST_SUBJECT = 200
_LONGEST_FROM = 1000
_LONGEST_BODY = 4000
_MOST_REFERENCES = 30
_ID = re.compile(r"<\s*([^<>\s]{3,250})\s*>")
_ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,;:"]{1,64}@[^\s@<>()\[\]\\,;:"]{1,255}""")
_ROBOT = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@.*|.*@mailer-daemon\..*")
# Names of encodings of text: some that Python knows besides run code paths that are slow or no encodings of text.
_CHARSET = re.compile(
    r"us-ascii|ascii|utf[-_]?(?:7|8|16|32)(?:[-_]?(?:le|be))?|iso[-_]?8859[-_]\d{1,2}|latin-?1|(?:windows|cp)[-_]?\d{3,4}"
    r"|gb2312|gbk|gb18030|hz-gb-2312|big5(?:-hkscs)?|euc-(?:jp|kr|tw)|shift[-_]jis|iso-2022-(?:jp|kr)(?:-\d)?"
    r"|ks_c_5601-1987|koi8-[ru]|macintosh|mac-roman|tis-620"
)
_AWAY = re.compile(
    r"(?:re: ?)?(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|outomatiese "
    r"(?:antwoord|boodskap)|buite kantoor|uit die kantoor)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What a mail's headers say. `references`: the ids it answers, without brackets, the likeliest first.

    `sender` is the one address it is from, in lower case, empty where that is not one; `report`: it may tell what
    became of a mail (RFC 3464); `automatic`: no person wrote it.
    """

    mail_id: str
    references: tuple[str, ...]
    sender: str
    subject: str
    automatic: bool
    report: bool


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail could not be delivered: the enhanced status code (RFC 3463), empty where there is none."""

    status: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail with its content. `text` is what its writer has written, without what is quoted.

    `original`: the Message-ID of the mail that a report is about.
    """

    head: Head
    text: str
    bounce: Bounce | None = None
    report: bool = False
    original: str = ""
    calendar: CalendarReply | None = None


def read_head(raw: bytes) -> Head:
    """What the header fields in `raw` say."""
    return _head(message_from_bytes(raw), raw)


def read_mail(raw: bytes, head: Head) -> IncomingMail:
    """What the mail in `raw` says, which may be cut off somewhere; `head` is what its headers said."""
    mail = message_from_bytes(raw)
    calendar = None
    plain, html = [], []
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind in ("text/calendar", "application/ics") and calendar is None:
            calendar = read_calendar(_content(part))
        elif kind == "text/plain" and not _attached(part):
            plain.append(_content(part))
        elif kind == "text/html" and not _attached(part):
            html.append(_content(part))
    text = own_words("\n".join(plain)) or own_words("\n".join(html_text(one) for one in html))
    is_report, bounce, original = _report(mail)
    shown = printable(text)[:_LONGEST_BODY].strip()
    return IncomingMail(head, shown, bounce, is_report, original, calendar)


def _head(mail: Message, raw: bytes) -> Head:
    own = _ID.findall(_header(mail, "Message-ID"))
    mail_id = own[0] if own and len(own[0]) <= _LONGEST_ID else ""
    sender = _sender(mail)
    auto = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    subject = _shown(_header(mail, "Subject"))
    automatic = (
        auto not in ("", "no")  # RFC 3834, 5
        or any(_header(mail, name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"))
        or _header(mail, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or _AWAY.fullmatch(subject) is not None
    )
    report = (
        mail.get_content_type() == "multipart/report"
        or bool(_header(mail, "X-Failed-Recipients"))
        or _ROBOT.fullmatch(sender) is not None
    )
    # Without an id of its own a mail is known by its headers.
    known_by = mail_id or f"no-id-{hashlib.sha256(raw).hexdigest()[:32]}"
    return Head(known_by, _references(mail), sender, subject, automatic, report)


def _references(mail: Message) -> tuple[str, ...]:
    direct = _ID.findall(_header(mail, "In-Reply-To"))
    thread = _ID.findall(_header(mail, "References"))[::-1]
    ids = [*direct[:_MOST_REFERENCES], *thread[:_MOST_REFERENCES], *thread[-_MOST_REFERENCES:]]
    return tuple(dict.fromkeys(ids))


def _sender(mail: Message) -> str:
    """The address in From, taken only where nothing about it can be read in two ways."""
    fields = mail.get_all("From") or []
    if len(fields) != 1 or len(str(fields[0])) > _LONGEST_FROM:
        return ""
    written = " ".join(str(fields[0]).split())
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", written)  # a quoted name may look like an address
    found = re.fullmatch(r"[^<>]*<([^<>]*)>", bare)
    address = (found[1] if found else bare).strip()
    return address.lower() if _ADDRESS.fullmatch(address) and address.isprintable() else ""


def _report(mail: Message) -> tuple[bool, Bounce | None, str]:
    """Whether it is a report about a mail's delivery, how that failed if it did, and which mail it is about."""
    bounce, original, found = None, "", False
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            found = True
            bounce = bounce or _failure(part)
        elif kind == "text/rfc822-headers" and not original:
            original = _message_id(message_from_bytes(_bytes(part)))
        elif kind == "message/rfc822" and not original:
            original = next((_message_id(inner) for inner in _inside(part)), "")
    return found, bounce, original if found else ""


def _failure(part: Message) -> Bounce | None:
    """The first recipient that was given up on (RFC 3464, 2.3.3); one that is only late is none."""
    for block in _inside(part) or [message_from_bytes(_bytes(part))]:
        found = re.search(r"\b([245]\.\d{1,3}\.\d{1,3})\b", _header(block, "Status"))
        status = found[1] if found else ""
        action = _header(block, "Action").strip().lower()
        if action == "failed" or (not action and status.startswith("5")):
            recipient = _header(block, "Final-Recipient").rpartition(";")[2].strip().lower()
            return Bounce(status, recipient)
    return None


def _message_id(mail: Message) -> str:
    found = _ID.findall(_header(mail, "Message-ID"))
    return found[0] if found else ""


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of the mail itself, not those of mails that travel in it."""
    if mail.get_content_maintype() == "message":
        return
    if not mail.is_multipart():
        yield mail
    for part in _inside(mail):
        yield from _parts(part)


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _content(part: Message) -> str:
    """A part's text; where its encoding is not said, or not truly, the likeliest."""
    return _decoded(_bytes(part), str(part.get_content_charset("") or ""))


def _decoded(content: bytes, charset: str) -> str:
    charset = charset.lower()
    if charset in ("iso-8859-1", "us-ascii", "ascii", "gb2312"):  # what programs mean that say so
        charset = "gb18030" if charset == "gb2312" else "cp1252" if charset == "iso-8859-1" else "utf-8"
    for name in (charset, "utf-8", "cp1252"):
        if _CHARSET.fullmatch(name):
            try:
                return content.decode(name)
            except (LookupError, UnicodeError):
                continue
    return content.decode("latin-1")


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, ""))


def _shown(value: str) -> str:
    """A header for a person: decoded (RFC 2047), on one line, at most 200 characters."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        pieces = [(value, None)]
    text = "".join(_decoded(piece, charset or "") if isinstance(piece, bytes) else piece for piece, charset in pieces)
    return " ".join(printable(" ".join(text.split())).split())[:_LONGEST_SUBJECT]
