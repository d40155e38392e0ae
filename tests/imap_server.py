"""IMAP servers on loopback for the tests: Twisted's, which misbehaves on cue, and Dovecot where it is installed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import warnings
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import protocol, ssl
from twisted.mail import imap4
from zope.interface import implementer

from tests.servers import DROP, HOST, STALL, Certificates

USER, PASSWORD = "naledi@example.com", "pass (word) {5} %"
TRICKY = 'se "cr\\et'  # what has to be escaped in a quoted string; Twisted's server reads no such thing
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NOON = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


@implementer(imap4.IMessage, imap4.IMessageFile)
class _Part:
    """A mail, or a part of one, as Twisted reads it."""

    def __init__(self, message: Message, uid: int = 0, raw: bytes = b"", at: datetime = NOON) -> None:
        self.message = message
        self.uid = uid
        self.raw = raw
        self.at = at
        self.flags: list[str] = []

    def getUID(self) -> int:
        return self.uid

    def getFlags(self) -> list[str]:
        return self.flags

    def getInternalDate(self) -> bytes:
        return format_datetime(self.at).encode()

    def getHeaders(self, negate: bool, *names: Any) -> dict[str, str]:
        wanted = {(name.decode() if isinstance(name, bytes) else name).lower() for name in names}
        return {
            name.lower(): str(value).encode("ascii", "replace").decode()
            for name, value in self.message.items()
            if (name.lower() in wanted) != bool(negate)
        }

    def getBodyFile(self) -> BytesIO:
        payload = self.message.get_payload(decode=False)
        return BytesIO(str(payload).encode("utf-8", "replace"))

    def getSize(self) -> int:
        return len(self.raw) or len(self.message.as_bytes())

    def isMultipart(self) -> bool:
        return self.message.is_multipart() and self.message.get_content_maintype() == "multipart"

    def getSubPart(self, part: int) -> _Part:
        payload = self.message.get_payload()
        if not isinstance(payload, list) or part >= len(payload):
            raise IndexError(part)
        return _Part(payload[part])

    def open(self) -> BytesIO:
        return BytesIO(self.raw)


@implementer(imap4.IMailbox, imap4.ISearchableMailbox)
class _Folder:
    """The folder: mails in the order of their numbers."""

    def __init__(self) -> None:
        self.validity = 7
        self.next_uid = 1
        self.mails: list[_Part] = []

    def getUIDValidity(self) -> int:
        return self.validity

    def getUIDNext(self) -> int:
        return self.next_uid

    def getUID(self, message: int) -> int:
        return self.mails[message - 1].uid

    def getMessageCount(self) -> int:
        return len(self.mails)

    def getRecentCount(self) -> int:
        return 0

    def getUnseenCount(self) -> int:
        return len(self.mails)

    def isWriteable(self) -> bool:
        return True

    def getFlags(self) -> list[str]:
        return ["\\Seen", "\\Deleted"]

    def getHierarchicalDelimiter(self) -> str:
        return "/"

    def addListener(self, listener: object) -> None:
        pass

    def removeListener(self, listener: object) -> None:
        pass

    def fetch(self, messages: Any, uid: bool) -> list[tuple[int, _Part]]:
        last = (self.mails[-1].uid if uid else len(self.mails)) if self.mails else 0
        with contextlib.suppress(ValueError):  # it is set already
            messages.last = last
        numbered = enumerate(self.mails, 1)
        return [(number, mail) for number, mail in numbered if (mail.uid if uid else number) in messages]

    def search(self, query: list[bytes], uid: bool) -> list[int]:
        """By number or by day; here because Twisted's own search does not know days under Python 3."""
        assert uid
        words = [word.decode() for word in query]
        last = self.mails[-1].uid if self.mails else 0
        if words[0] == "UID":
            first, _, end = words[1].partition(":")
            # A range is one whichever end is the larger (RFC 3501, 9, seq-range).
            ends = sorted(last if one == "*" else int(one) for one in (first, end or first))
            return [mail.uid for mail in self.mails if ends[0] <= mail.uid <= ends[1]]
        assert words[0] == "SINCE"
        day, month, year = words[1].split("-")
        since = datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
        return [mail.uid for mail in self.mails if mail.at >= since]

    def store(self, messages: Any, flags: list[str], mode: int, uid: bool) -> dict[int, list[str]]:
        changed = self.fetch(messages, uid)
        for _, mail in changed:
            mail.flags = [*mail.flags, *flags]
        return {number: mail.flags for number, mail in changed}


class _Conversation(imap4.IMAP4Server):
    """One connection, which misbehaves as planned."""

    server: ImapServer

    def connectionMade(self) -> None:
        self.server.connections += 1
        planned = self.server.next("connect")
        if planned == DROP:
            self.transport.abortConnection()
        elif planned == STALL:
            self.tags = {}
        elif planned:
            self.tags = {}
            self.sendLine(planned.encode())
        else:
            super().connectionMade()

    def dispatchCommand(self, tag: bytes, cmd: bytes, rest: bytes | None, uid: object = None) -> None:
        if cmd != b"UID":
            self.server.commands.append(b" ".join(filter(None, (cmd, rest))).decode())
            phase = "content" if cmd == b"FETCH" and b"BODY.PEEK[]" in (rest or b"") else cmd.decode().lower()
            planned = self.server.next(phase)
            if planned is not None:
                self._misbehave(tag, phase, planned)
                return
        super().dispatchCommand(tag, cmd, rest, uid)

    def _misbehave(self, tag: bytes, phase: str, planned: str) -> None:
        if planned == DROP:
            if phase == "content":  # in the middle of the mail
                self.transport.write(b"* 1 FETCH (UID 1 BODY[]<0> {100000}\r\nFrom: ")
            self.transport.loseConnection()
        elif planned != STALL:
            self.sendLine(tag + b" " + planned.encode())

    def authenticateLogin(self, user: bytes, passwd: bytes) -> object:
        if self.server.users.get(user.decode()) != passwd.decode():
            raise UnauthorizedLogin
        return imap4.IAccount, self.server.account, lambda: None


class _Account(imap4.MemoryAccount):
    """Folders by their exact names; an unknown one is refused."""

    def select(self, name: str, readwrite: int = 1) -> object:
        return self.mailboxes.get(name) or self.mailboxes.get(name.upper())


class ImapServer:
    """Twisted's IMAP server in a thread, with one account.

    `plan(phase, ...)` queues what happens at the next occurrences of a phase, one each: a reply such as
    `"NO [UNAVAILABLE] later"`, `DROP` or `STALL`; None lets one pass. Phases are `connect`, the commands in lower
    case (`capability`, `starttls`, `login`, `examine`, `search`, `fetch`, `logout`), and `content`: a whole mail.
    """

    def __init__(
        self,
        certificates: Certificates,
        *,
        security: str = "ssl",
        names: tuple[str, ...] = (),
        folder: str = "INBOX",
        offer_tls: bool = True,
    ) -> None:
        self.security = security
        self.users = {USER: PASSWORD}
        self.ca_file = certificates.ca_file
        self.folder = _Folder()
        self.folder_name = folder
        self.account = _Account("naledi")
        self.account.mailboxes[folder] = self.folder
        self.commands: list[str] = []
        self.connections = 0
        self._plans: dict[str, deque[str | None]] = defaultdict(deque)
        leaf = certificates.leaf(*names)
        pem = leaf.private_key_pem.bytes() + b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        context = ssl.PrivateCertificate.loadPEM(pem).options()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Twisted's, about how it hands over a certificate
            context.getContext()
        factory = protocol.ServerFactory()

        def build(_address: object) -> _Conversation:
            conversation = _Conversation(contextFactory=context if security == "starttls" and offer_tls else None)
            conversation.server = self
            return conversation

        factory.buildProtocol = build  # type: ignore[method-assign]
        self._listener = _in_reactor(lambda reactor: self._listen(reactor, factory, context))
        self.port = self._listener.getHost().port

    def _listen(self, reactor: Any, factory: Any, context: Any) -> Any:
        if self.security == "ssl":
            return reactor.listenSSL(0, factory, context, interface=HOST)
        return reactor.listenTCP(0, factory, interface=HOST)

    def plan(self, phase: str, *replies: str | None) -> None:
        """Queue what happens at the next occurrences of `phase`."""
        self._plans[phase].extend(replies)

    def next(self, phase: str) -> str | None:
        """What is planned for this occurrence of `phase`."""
        plan = self._plans[phase]
        return plan.popleft() if plan else None

    def variables(self, **others: str) -> dict[str, str]:
        """The settings with which a practice reads this mailbox."""
        return {
            "GURU_IMAP_HOST": HOST,
            "GURU_IMAP_PORT": str(self.port),
            "GURU_IMAP_USER": USER,
            "GURU_IMAP_PASSWORD": PASSWORD,
            "GURU_IMAP_SECURITY": self.security,
            "GURU_IMAP_CA_FILE": str(self.ca_file),
            "GURU_IMAP_FOLDER": self.folder_name,
            **others,
        }

    def deliver(self, raw: bytes, at: datetime = NOON, described: bytes = b"") -> int:
        """Put a mail into the folder, perhaps with the headers of another; returns its number."""
        uid = self.folder.next_uid
        self.folder.next_uid += 1
        self.folder.mails.append(_Part(message_from_bytes(described or raw), uid, raw, at))
        return uid

    def renumber(self) -> None:
        """Give every mail another number, as a server does whose index was lost."""
        self.folder.validity += 1
        self.folder.next_uid = len(self.folder.mails) + 1
        for number, mail in enumerate(self.folder.mails, 1):
            mail.uid = number

    def asked(self, command: str) -> list[str]:
        """The commands of that name that came, with their arguments."""
        return [line for line in self.commands if line.split()[0] == command]

    def stop(self) -> None:
        """Take no more connections."""
        _in_reactor(lambda _reactor: self._listener.stopListening())


_started = threading.Lock()


def _in_reactor(work: Any) -> Any:
    """Run `work` in Twisted's reactor, of which a process has one: it is started when first needed."""
    from twisted.internet import reactor, threads

    with _started:
        if not reactor.running:
            ready = threading.Event()
            reactor.callWhenRunning(ready.set)
            threading.Thread(target=reactor.run, args=(False,), name="reactor", daemon=True).start()
            assert ready.wait(10)
    return threads.blockingCallFromThread(reactor, work, reactor)


_CONFIG = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {owner}
default_internal_group = {group_name}
default_login_user = {owner}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class DovecotServer:
    """Dovecot over TLS on a Maildir of the test's own."""

    home: Path
    port: int
    ca_file: Path
    process: subprocess.Popen[bytes]
    delivered: int = field(default=0)

    @classmethod
    def start(cls, certificates: Certificates) -> DovecotServer:
        """Start it; skips the test where it is not installed."""
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if program is None:
            pytest.skip("dovecot is not installed")
        # Short, because the names of its sockets are limited; and reachable for the user that it runs as.
        home = Path(tempfile.mkdtemp(prefix="dovecot-"))
        account = pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        leaf = certificates.leaf()
        leaf.private_key_pem.write_to_path(home / "key.pem")
        leaf.cert_chain_pems[0].write_to_path(home / "cert.pem")
        for folder in ("cur", "new", "tmp"):
            (home / "mail" / folder).mkdir(parents=True)
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        import grp

        (home / "dovecot.conf").write_text(
            _CONFIG.format(
                home=home, port=port, owner=account.pw_name, group=account.pw_gid,
                group_name=grp.getgrgid(account.pw_gid).gr_name,
            )
        )  # fmt: skip
        (home / "users").write_text(f"{USER}:{TRICKY}::::::\n")
        for path in (home, *home.rglob("*")):
            shutil.chown(path, account.pw_uid, account.pw_gid)
        process = subprocess.Popen([program, "-F", "-c", str(home / "dovecot.conf")], stderr=subprocess.DEVNULL)
        server = cls(home, port, certificates.ca_file, process)
        server._wait()
        return server

    def _wait(self) -> None:
        until = time.monotonic() + 15
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
                return
            time.sleep(0.05)
        self.stop()
        pytest.skip("dovecot does not start here")

    def variables(self) -> dict[str, str]:
        """The settings with which a practice reads this mailbox."""
        return {
            "GURU_IMAP_HOST": HOST,
            "GURU_IMAP_PORT": str(self.port),
            "GURU_IMAP_USER": USER,
            "GURU_IMAP_PASSWORD": TRICKY,
            "GURU_IMAP_CA_FILE": str(self.ca_file),
        }

    def deliver(self, raw: bytes, at: datetime = NOON) -> None:
        """Put a mail into the folder, as the mail server beside it does."""
        self.delivered += 1
        path = self.home / "mail" / "tmp" / f"{int(at.timestamp())}.{self.delivered:06d}.test"
        path.write_bytes(raw)
        os.utime(path, (at.timestamp(), at.timestamp()))
        if os.geteuid() == 0:
            owner = (self.home / "mail").stat()
            os.chown(path, owner.st_uid, owner.st_gid)
        path.rename(self.home / "mail" / "new" / path.name)

    def forget(self) -> None:
        """Lose the index, so that every mail gets another number."""
        for path in (self.home / "mail").glob("dovecot*"):
            path.unlink()

    def seen(self) -> list[str]:
        """The mails that are marked as read (a Maildir says so in the file's name)."""
        names = [path.name for folder in ("new", "cur") for path in (self.home / "mail" / folder).iterdir()]
        assert len(names) == self.delivered
        return [name for name in names if "S" in name.partition(":2,")[2]]

    def stop(self) -> None:
        """Stop it and remove its mails."""
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)
