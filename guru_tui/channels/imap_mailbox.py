"""The practice's mailbox (IMAP, RFC 3501): looked into, never changed. Nothing is marked as read, moved or deleted.

The folder is opened with EXAMINE, so that the server itself lets nothing be changed, and read with BODY.PEEK. Headers
first, then the beginning of the few mails that matter: an attachment of ten megabytes stays where it is.
"""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar, TypeVar

from guru_tui.channels.base import Misconfigured as Refused
from guru_tui.channels.base import Transient, Trouble
from guru_tui.channels.server_account import ServerAccount
from guru_tui.domain.incoming_mail import HEADERS
from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings

_CHECK_LOGIN = "check GURU_IMAP_USER and GURU_IMAP_PASSWORD."
_CHECK_SERVER = "check GURU_IMAP_HOST, GURU_IMAP_PORT and GURU_IMAP_SECURITY."
_PATIENCE = 10.0
BUDGET = 20.0
"""Seconds that reading the mailbox may take in all: the messages that are to leave wait meanwhile."""

_LARGEST_HEAD = 32_768
_LARGEST_MAIL = 262_144
# What is kept of one piece that a server sends; it is asked for less.
_LARGEST_ANSWER = 1_000_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A login that fails for a while only (RFC 5530, 3); any other refusal is for a person.
_PASSING = re.compile(rb"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)
_DATE = re.compile(
    rb'INTERNALDATE "([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)

_T = TypeVar("_T")


class Unreadable(Exception):
    """The mailbox cannot be read now; `trouble` says why and whether that may pass."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble


@dataclass(frozen=True)
class MailboxAccount(ServerAccount):
    """A mailbox: the server, who logs in there, and the folder that is read."""

    folder: str = "INBOX"

    PREFIX = "GURU_IMAP"
    WHAT = "mailbox"
    PORTS: ClassVar[Mapping[str, int]] = {"ssl": 993, "starttls": 143, "none": 143}

    @classmethod
    def of(cls, settings: Settings) -> MailboxAccount:
        """The mailbox the settings name; raises `Misconfigured` for one that cannot be used or would not be safe."""
        account = cls.read(settings)
        if not account.user or not account.password:
            raise Misconfigured("The mailbox has no login; set GURU_IMAP_USER and GURU_IMAP_PASSWORD.")
        folder = settings.get("GURU_IMAP_FOLDER", "INBOX")
        if not folder.isprintable():
            raise Misconfigured("GURU_IMAP_FOLDER is not a folder's name; set it to one such as INBOX.")
        return replace(account, folder=folder)

    def describe(self) -> str:
        """Which mailbox it is, for a person."""
        return f"imap {self.host}:{self.port} ({self.security}), folder {self.folder}"


@dataclass(frozen=True)
class MailHead:
    """A mail's header fields as they are; `calendar`: some part of it is a calendar entry."""

    uid: int
    received: datetime | None
    raw: bytes
    calendar: bool


class ImapMailbox:
    """One folder, opened read-only; every method raises `Unreadable` where the server or the network fails."""

    def __init__(self, client: imaplib.IMAP4, folder: str) -> None:
        self._client = client
        self.uid_validity = _tried(lambda: self._examine(folder))

    def _examine(self, folder: str) -> int:
        answer, _ = self._client.select(_quoted(folder), readonly=True)
        if answer != "OK":
            raise Unreadable(Refused(f"There is no folder {folder} in the mailbox; check GURU_IMAP_FOLDER."))
        _, told = self._client.response("UIDVALIDITY")
        found = re.match(rb"\d{1,10}", told[-1] or b"")
        if found is None:
            raise Unreadable(Refused("The mailbox gives its mails no lasting numbers (UIDVALIDITY); use another one."))
        return int(found.group())

    def above(self, uid: int) -> list[int]:
        """The numbers above `uid`, in order: of the mails that have come since."""
        # `n:*` names the newest mail even where its number is below n (RFC 3501, 6.4.8).
        return [one for one in self._search(f"UID {uid + 1}:*") if one > uid]

    def since(self, day: date) -> list[int]:
        """The numbers of the mails that came on `day` or later, in order."""
        month = _MONTHS[day.month - 1].capitalize()
        return self._search(f"SINCE {day.day:02d}-{month}-{day.year:04d}")

    def newest(self) -> int:
        """The number of the mail that came last; 0 in an empty folder."""
        return max(self._search("UID *"), default=0)

    def _search(self, what: str) -> list[int]:
        answers = _tried(lambda: self._ask("SEARCH", what))
        numbers = b" ".join(answer for answer in answers if isinstance(answer, bytes)).split()
        return sorted({int(number) for number in numbers if number.isdigit()})

    def heads(self, uids: Sequence[int]) -> list[MailHead]:
        """The header fields of these mails, as far as they are still there."""
        listed = ",".join(map(str, uids))
        wanted = f"(UID INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS ({' '.join(HEADERS)})]<0.{_LARGEST_HEAD}>)"
        found = {}
        for told, literals in _tried(lambda: _mails(self._ask("FETCH", listed, wanted))):
            uid = re.search(rb"\bUID (\d{1,10})\b", told)
            if uid is not None and literals:
                calendar = re.search(rb'"calendar"', told, re.IGNORECASE) is not None
                found[int(uid[1])] = MailHead(int(uid[1]), _received(told), literals[-1], calendar)
        return [found[uid] for uid in uids if uid in found]

    def content(self, uid: int) -> bytes:
        """The beginning of a mail, 256 kB at most; empty where it is gone."""
        answers = _tried(lambda: _mails(self._ask("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{_LARGEST_MAIL}>)")))
        return next((literals[-1] for _, literals in answers if literals), b"")

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        answer, data = self._client.uid(command, *arguments)
        if answer != "OK":
            raise imaplib.IMAP4.abort("the server refused to read the folder")
        return data


@contextmanager
def opened(account: MailboxAccount, budget: float = BUDGET) -> Iterator[ImapMailbox]:
    """The mailbox, for at most `budget` seconds; raises `Unreadable`."""
    client = _tried(lambda: _connected(account, budget))
    try:
        yield ImapMailbox(client, account.folder)
        with suppress(OSError, imaplib.IMAP4.error, ValueError):  # whether the server hears the goodbye changes nothing
            client.sock.settimeout(2.0)
            client.logout()
    finally:
        with suppress(OSError):
            client.shutdown()


class _Bounded:
    """What both of imaplib's classes lack: an end to the whole conversation, and a limit to what is kept."""

    def __init__(self, budget: float, *args: Any, **options: Any) -> None:
        self._end = threading.Timer(budget, self._cut)
        self._end.daemon = True
        super().__init__(*args, **options)

    def open(self, *args: Any, **options: Any) -> None:
        """Connect, and let the time run."""
        super().open(*args, **options)  # type: ignore[misc]
        self._end.start()

    def read(self, size: int) -> bytes:
        """A literal of `size` bytes; of one that is larger than any that was asked for only the beginning is kept."""
        data: bytes = super().read(min(size, _LARGEST_ANSWER))  # type: ignore[misc]
        rest = size - _LARGEST_ANSWER
        while rest > 0 and (piece := super().read(min(rest, _LARGEST_ANSWER))):  # type: ignore[misc]
            rest -= len(piece)
        return data

    def shutdown(self) -> None:
        """Give the connection back."""
        self._end.cancel()
        super().shutdown()  # type: ignore[misc]

    def _cut(self) -> None:
        # The plain socket's own: an SSL socket's forgets its TLS state under the thread that reads from it.
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # type: ignore[attr-defined]


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _Tls(_Bounded, imaplib.IMAP4_SSL):
    pass


def _connected(account: MailboxAccount, budget: float) -> imaplib.IMAP4:
    client: imaplib.IMAP4
    if account.security == "ssl":
        client = _Tls(budget, account.host, account.port, ssl_context=account.tls(), timeout=_PATIENCE)
    else:
        client = _Plain(budget, account.host, account.port, timeout=_PATIENCE)
    try:
        if account.security == "starttls":
            if "STARTTLS" not in client.capabilities or client.state != "NONAUTH":
                raise Unreadable(Refused(f"The mailbox's server does not offer STARTTLS; {_CHECK_SERVER}"))
            client.starttls(account.tls())
        _log_in(client, account)
    except BaseException:
        with suppress(OSError):
            client.shutdown()
        raise
    return client


def _log_in(client: imaplib.IMAP4, account: MailboxAccount) -> None:
    if "LOGINDISABLED" in client.capabilities:
        raise Unreadable(Refused(f"The mailbox's server takes no password there; {_CHECK_SERVER}"))
    try:
        # imaplib quotes the password, and the name not everywhere; as an atom (RFC 3501, 9) it needs no quotes.
        atom = re.fullmatch(r"[A-Za-z0-9@._+=-]+", account.user)
        client.login(account.user if atom else f'"{_escaped(account.user)}"', account.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
        if _PASSING.search(said):
            raise Unreadable(Transient("The mailbox takes no login just now.")) from None
        raise Unreadable(Refused(f"The mailbox refused the login; {_CHECK_LOGIN}")) from None


def _tried(work: Callable[[], _T]) -> _T:
    """What `work` gives, its failures as `Unreadable`."""
    try:
        return work()
    except Misconfigured as error:
        raise Unreadable(Refused(str(error))) from None
    except ssl.SSLCertVerificationError:
        raise Unreadable(
            Refused(
                "The certificate of the mailbox's server cannot be verified; check GURU_IMAP_HOST, "
                "or name the server's own authority in GURU_IMAP_CA_FILE."
            )
        ) from None
    except ssl.SSLError as error:
        if error.reason == "WRONG_VERSION_NUMBER":
            raise Unreadable(Refused(f"The mailbox's server speaks no TLS there; {_CHECK_SERVER}")) from None
        raise Unreadable(_unreachable()) from None
    except (OSError, EOFError, imaplib.IMAP4.error, ValueError):  # imaplib stumbles over odd answers with ValueError
        raise Unreadable(_unreachable()) from None


def _unreachable() -> Transient:
    return Transient("The mailbox cannot be reached.", connection_lost=True)


def _mails(answers: list[Any]) -> list[tuple[bytes, list[bytes]]]:
    """imaplib's pieces of a FETCH answer, put together: of each mail what was told, and its literals in order."""
    mails: list[tuple[bytes, list[bytes]]] = []
    told, literals = b"", []
    for piece in answers:
        if isinstance(piece, tuple):
            told += piece[0] + b" "
            literals.append(piece[1])
        elif isinstance(piece, bytes):
            mails.append((told + piece, literals))
            told, literals = b"", []
    return mails


def _received(told: bytes) -> datetime | None:
    """When the server took the mail in; by hand, because `strptime` reads months in the machine's language."""
    found = _DATE.search(told)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (part.decode() for part in found.groups())
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == "-" else 1)
    try:
        at = datetime(
            int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second),
            tzinfo=timezone(offset),
        )  # fmt: skip
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _quoted(folder: str) -> str:
    """A folder's name for the wire: in modified UTF-7 (RFC 3501, 5.1.3) and in quotes, which imaplib leaves out."""

    def shifted(found: re.Match[str]) -> str:
        coded = base64.b64encode(found.group().encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{coded.decode()}-"

    return f'"{_escaped(re.sub(r"[^ -~]+", shifted, folder.replace("&", "&-")))}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
