"""Mail over SMTP, one phase at a time, because each phase means something else for what became of the message.

Until the dot that ends the data has left, nothing can have been delivered (RFC 5321, 4.1.1.4 and 6.1), so a lost
connection is worth another try. After it only the server knows, so a lost connection is never tried again.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from guru_tui.channels import base
from guru_tui.channels.base import Accepted, Meanwhile, OutgoingMessage, Permanent, Result, Transient, Trouble, Unknown
from guru_tui.channels.email_message import Sender, build_mail, is_address, needs_utf8, sender_of
from guru_tui.channels.smtp_account import Account, Connection, codes, explain, login_wanted
from guru_tui.domain.practice import Practice
from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings

# What a server answers, in any phase, when it is the login that it misses (RFC 4954, 4 and 6).
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_DOT = b".\r\n"
# A second connection lost in a row is not worth a third: this run gives up and the next one tries again.
_LOSSES_TO_GIVE_UP = 2


@dataclass(frozen=True)
class Patience:
    """Seconds to wait: to connect and log in, for a reply, for the reply to the final dot, for the goodbye.

    RFC 5321, 4.5.3.2.6 would have ten minutes after the dot; servers that filter while one waits take up to two.
    `pause` is for the first message of a connection, before its dot: a server that hangs up at the sight of the data
    is then known not to have taken it, where otherwise a person would have to find out. What is done meanwhile keeps
    others waiting, so it counts on an answer within `at_once` only.
    """

    connect: float = 20.0
    command: float = 30.0
    dot: float = 120.0
    goodbye: float = 3.0
    pause: float = 0.02
    at_once: float = 0.01


class EmailChannel:
    """Mail through the practice's own mail account."""

    name = "email"

    def __init__(self, account: Account, sender: Sender, patience: Patience | None = None) -> None:
        self.account = account
        self.sender = sender
        self._patience = patience or Patience()

    @classmethod
    def of(cls, settings: Settings, practice: Practice) -> EmailChannel:
        """The channel the settings describe; raises `Misconfigured`."""
        return cls(Account.of(settings), sender_of(settings, practice))

    def session(self) -> EmailSession:
        """One connection for a whole run, made by the first message."""
        return EmailSession(self.account, self.sender, self._patience)

    def check(self) -> Trouble | None:
        """Connect, secure the line, log in, and leave."""
        with self.session() as session:
            return session.connect()

    def describe(self) -> str:
        """The mail server, its port and how the line is secured."""
        return f"smtp {self.account.host}:{self.account.port} ({self.account.security})"


class _Lost(Exception):
    """The connection is gone, in a phase in which nothing can have been delivered."""


class _Refused(Exception):
    """There is a definite answer, and it is not yes."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class EmailSession:
    """One run's connection. Not for more than one thread."""

    def __init__(self, account: Account, sender: Sender, patience: Patience) -> None:
        self._account = account
        self._sender = sender
        self._patience = patience
        self._connection: Connection | None = None
        self._broken: Trouble | None = None
        self._losses = 0
        self._proven = False  # whether this connection has carried a message
        self._announced = False  # whether MAIL has been said and its answer not been read

    def __enter__(self) -> EmailSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget(goodbye=self._patience.goodbye if kind is None else 0.0)

    def connect(self) -> Trouble | None:
        """Connect and log in, unless that is done; what stands in the way is remembered and given again at once."""
        if self._broken is None and self._connection is None:
            try:
                self._connection = Connection(self._account, patience=self._patience.connect)
                self._connection.wait(self._patience.command)
            except Misconfigured as error:
                self._broken = base.Misconfigured(str(error))
            except OSError as error:  # what smtplib and ssl raise is an OSError too
                self._broken = explain(error)
            except UnicodeError:  # a name with an empty part, or one of over 63 letters
                self._broken = base.Misconfigured("GURU_SMTP_HOST is no name of a server; check it.")
        return self._broken

    def send(self, message: OutgoingMessage) -> Result:
        """Send `message` once. A connection that the server has closed since the last message is replaced first."""
        return self.send_meanwhile(message, _Idle())

    def send_meanwhile(self, message: OutgoingMessage, meanwhile: Meanwhile) -> Result:
        """Send `message` once, and tell `meanwhile` while the server thinks about it.

        Where that says that more is to come, the next MAIL is said at once, which names the practice and nothing of a
        message, and its answer is read when the next message is there.
        """
        if self._broken is not None:
            return self._broken
        if not is_address(message.recipient):
            return Permanent("The address is not a mail address.")
        try:
            result = self._transmit(message, meanwhile)
        except _Refused as refusal:
            return self._after_refusal(refusal.result)
        except _Lost:
            return self._after_loss(Transient("The mail server closed the connection or did not answer.", True))
        if isinstance(result, Unknown):
            return self._after_loss(result)
        self._losses = 0
        return result

    def _transmit(self, message: OutgoingMessage, meanwhile: Meanwhile) -> Accepted | Unknown:
        connection = self._begin(message)
        smtp = connection.smtp
        _say(smtp, f"RCPT TO:<{message.recipient}>")
        mail = build_mail(message, self._sender)  # while the server looks the recipient up
        _expect(smtp.getreply, "the recipient", (250, 251))
        limit = smtp.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(mail.wire):
            raise _Refused(Permanent("The message is larger than the mail server takes."))
        _expect(lambda: smtp.docmd("DATA"), "the message", (354,))
        self._hand_over(connection, mail.wire)
        accepted = Accepted(mail.message_id)
        return self._finish(connection, accepted, meanwhile) or accepted

    def _begin(self, message: OutgoingMessage) -> Connection:
        """MAIL FROM on a living connection: an idle one may have been closed meanwhile, so it gets a second chance."""
        if self._connection is not None:
            announced, self._announced = self._announced, False
            try:
                if announced and not needs_utf8(message):
                    _expect(self._connection.smtp.getreply, "the sender", (250,))
                    return self._connection
                if announced:
                    _expect(self._connection.smtp.getreply, "the sender", (250,))
                    _expect(self._connection.smtp.rset, "the sender", (250,))
                if not self._connection.hung_up():
                    return self._mail_from(message)
            except _Lost:
                pass
            except _Refused as refusal:
                if not _is_loss(refusal.result):
                    raise
            self._forget()
        return self._mail_from(message)

    def _mail_from(self, message: OutgoingMessage) -> Connection:
        trouble = self.connect()
        if trouble is not None or self._connection is None:
            raise _Refused(trouble or Transient("The mail server cannot be reached.", connection_lost=True))
        smtp = self._connection.smtp
        options = ""
        if needs_utf8(message):
            if not smtp.has_extn("smtputf8"):
                raise _Refused(Permanent("The mail server takes plain (ASCII) addresses only, and this one is not."))
            options, smtp.command_encoding = " SMTPUTF8 BODY=8BITMIME", "utf-8"
        _expect(lambda: smtp.docmd("MAIL", f"FROM:<{self._sender.address}>{options}"), "the sender", (250,))
        return self._connection

    def _hand_over(self, connection: Connection, wire: bytes) -> None:
        """The message up to its dot; on a connection that has carried one before, with the dot.

        Where sending fails the last byte has not left, and without the dot nothing is delivered.
        """
        stuffed = wire.replace(b"\r\n.", b"\r\n..")  # RFC 5321, 4.5.2; a mail begins with a header, never a dot
        try:
            if self._proven:
                connection.smtp.send(stuffed + _DOT)
                return
            connection.smtp.send(stuffed)
            if connection.hung_up(wait=self._patience.pause):
                raise _Lost
        except OSError:
            raise _Lost from None

    def _finish(self, connection: Connection, accepted: Accepted, meanwhile: Meanwhile) -> Unknown | None:
        """What the server says to the dot: None for yes; only what it says for certain is certain."""
        smtp = connection.smtp
        try:
            if not self._proven:
                smtp.send(_DOT)
            self._proven = True
            more = meanwhile.underway(accepted)
            if not connection.answered(within=self._patience.at_once):
                meanwhile.slow()
            connection.wait(self._patience.dot)
            code, reply = smtp.getreply()
        except OSError as error:
            if isinstance(error.__context__, TimeoutError):
                # Every further message would wait as long and end as uncertain.
                self._broken = Transient("The mail server stopped answering; the rest waits for the next run.", True)
                return Unknown("The mail server was given the message and did not answer in time.")
            return Unknown("The connection was lost after the message, before the mail server answered.")
        connection.wait(self._patience.command)
        if 200 <= code < 300:
            self._announce(smtp, more)
            return None
        if not 400 <= code < 600:
            return Unknown("The mail server gave no clear answer to the message.")
        raise _Refused(_verdict(code, reply, "the message"))

    def _announce(self, smtp: smtplib.SMTP, more: bool) -> None:
        """Begin the next message's conversation, where there is one: whoever has closed the line is found out later."""
        if more:
            with suppress(OSError):
                smtp.putcmd("MAIL", f"FROM:<{self._sender.address}>")
                self._announced = True

    def _after_refusal(self, result: Result) -> Result:
        if isinstance(result, base.Misconfigured):
            self._broken = result
        if self._broken is not None:
            return result
        if _is_loss(result):
            return self._after_loss(result)
        self._losses = 0
        if self._connection is not None:
            try:
                self._connection.smtp.rset()
            except OSError:
                self._forget()
        return result

    def _after_loss(self, result: Result) -> Result:
        self._forget()
        self._losses += 1
        if self._losses >= _LOSSES_TO_GIVE_UP and self._broken is None:
            self._broken = Transient("The mail server keeps closing the connection; the rest waits.", True)
        return result

    def _forget(self, *, goodbye: float = 0.0) -> None:
        connection, self._connection = self._connection, None
        self._proven = self._announced = False
        if connection is not None:
            connection.close(goodbye=goodbye)


class _Idle:
    """Nothing to be done meanwhile."""

    def underway(self, accepted: Accepted) -> bool:
        """Nothing follows."""
        return False

    def slow(self) -> None:
        """Nobody waits for it."""


def _say(smtp: smtplib.SMTP, line: str) -> None:
    """Say one command without waiting for the answer."""
    try:
        smtp.putcmd(line)
    except OSError:
        raise _Lost from None


def _expect(command: Callable[[], tuple[int, bytes]], what: str, wanted: tuple[int, ...]) -> None:
    """Run one command of a phase before the dot; raises `_Lost` or `_Refused` unless the reply is `wanted`."""
    try:
        code, reply = command()
    except OSError:
        raise _Lost from None
    if not 200 <= code < 600:
        raise _Lost  # no SMTP any more: what follows would be read as the answer to something else
    if code not in wanted:
        raise _Refused(_verdict(code, reply, what))


def _verdict(code: int, reply: bytes, what: str) -> Result:
    """What a reply's class means (RFC 5321, 4.2.1) for the message."""
    said = codes(code, reply)
    if code in _LOGIN_WANTED:
        return login_wanted(said)
    if code >= 500:
        return Permanent(f"The mail server refused {what}{said}.")
    return Transient(f"The mail server put {what} off{said}.", connection_lost=code == 421)


def _is_loss(result: Result) -> bool:
    return isinstance(result, Transient) and result.connection_lost
