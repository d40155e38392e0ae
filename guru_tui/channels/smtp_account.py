"""The practice's mail account: which server, how the line is secured, and logging in there through yagmail.

Only yagmail's connection and login are used. Its `send` repeats a message whose connection dropped, and it builds
another mail than the one it was given.
"""

from __future__ import annotations

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Mapping
from typing import Any, ClassVar

from guru_tui.channels import base
from guru_tui.channels.base import Transient, Trouble
from guru_tui.channels.server_account import ServerAccount
from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings

_CHECK_LOGIN = "check GURU_SMTP_USER and GURU_SMTP_PASSWORD."
_CHECK_SERVER = "check GURU_SMTP_HOST, GURU_SMTP_PORT and GURU_SMTP_SECURITY."


class Account(ServerAccount):
    """The mail server, and who logs in there (`user` empty: nobody)."""

    PREFIX = "GURU_SMTP"
    WHAT = "mail server"
    PORTS: ClassVar[Mapping[str, int]] = {"starttls": 587, "ssl": 465, "none": 25}

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """The account the settings name; raises `Misconfigured` for one that cannot be used or would not be safe."""
        account = cls.read(settings)
        if account.user and not account.password:
            raise Misconfigured("GURU_SMTP_USER is set without its password; set GURU_SMTP_PASSWORD.")
        return account


class Connection:
    """A connection to `account` with the login done; raises `Misconfigured` and, for the network, OSError."""

    def __init__(self, account: Account, *, patience: float) -> None:
        self._client = _client(account, patience)
        try:
            self._client.login()
            self._client.smtp.ehlo_or_helo_if_needed()
            # A mail is several small writes: without this each waits for the other side's delayed acknowledgement.
            self._client.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except smtplib.SMTPNotSupportedError:
            sentence = self._not_supported(account)
            self.close()
            if sentence is None:
                raise
            raise Misconfigured(sentence) from None
        except BaseException:
            self.close()
            raise

    @property
    def smtp(self) -> smtplib.SMTP:
        """The connection itself."""
        smtp: smtplib.SMTP = self._client.smtp
        return smtp

    def _not_supported(self, account: Account) -> str | None:
        """What the server does not offer; None where it never said what it offers."""
        if not self.smtp.does_esmtp:
            return None
        if account.security == "starttls" and not isinstance(self.smtp.sock, ssl.SSLSocket):
            return f"The mail server does not offer STARTTLS, so nothing was sent; {_CHECK_SERVER}"
        return f"The mail server takes no login there; {_CHECK_SERVER}"

    def wait(self, seconds: float) -> None:
        """Wait up to `seconds` for whatever comes next."""
        self.smtp.timeout = seconds
        if self.smtp.sock is not None:
            self.smtp.sock.settimeout(seconds)

    def hung_up(self, *, wait: float = 0.0) -> bool:
        """Whether the server closes the connection within `wait` seconds, or says something unasked, its goodbye."""
        sock = self.smtp.sock
        if sock is None:
            return True
        try:
            sock.settimeout(wait)
            sock.recv(1)
        except (BlockingIOError, TimeoutError, ssl.SSLWantReadError):
            sock.settimeout(self.smtp.timeout)
            return False
        except OSError:
            return True
        return True

    def answered(self, *, within: float) -> bool:
        """Whether the whole answer is there within so many seconds; it stays to be read, and so does a failure."""
        sock, file = self.smtp.sock, self.smtp.file
        if sock is None or file is None:
            return False
        try:
            if not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                select.select([sock], [], [], within)
            sock.settimeout(0)
            said: bytes = file.peek()
            sock.settimeout(self.smtp.timeout)
        except OSError:
            return False
        last = said.rstrip().rpartition(b"\n")[2]
        return said.endswith(b"\n") and last[3:4] != b"-"  # RFC 5321, 4.2.1: a hyphen promises another line

    def close(self, *, goodbye: float = 0.0) -> None:
        """Close it, saying goodbye first if there are seconds to wait for the answer."""
        self._client.is_closed = True  # else its __del__ speaks to the server, whenever that happens to run
        if self._client.smtp is None:
            return
        try:
            if goodbye and self.smtp.sock is not None:
                self.wait(goodbye)
                self.smtp.quit()
        except OSError:
            pass  # whether the server hears the goodbye changes nothing
        finally:
            self.smtp.close()


def _client(account: Account, patience: float) -> Any:
    """A yagmail client that asks nobody, reads no file of its own, and writes nothing to the terminal."""
    import yagmail

    options: dict[str, Any] = {"smtp_ssl": account.security == "ssl", "smtp_starttls": False}
    if account.security == "ssl":
        options["context"] = account.tls()
    elif account.security == "starttls":
        options["smtp_starttls"] = {"context": account.tls()}
    client = yagmail.SMTP(
        user=account.user,
        password=account.password,
        host=account.host,
        port=account.port,
        smtp_skip_login=not account.user,
        soft_email_validation=False,
        timeout=patience,
        local_hostname="[127.0.0.1]",  # smtplib's default asks a name server for this machine's name, and tells it
        **options,
    )
    client.set_logging(None)
    client.user = client.useralias = account.user  # a user without @ was taken for one of gmail.com
    return client


def explain(error: OSError) -> Trouble:
    """What a failure to connect or to log in comes to."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return base.Misconfigured(
            "The mail server's certificate cannot be verified; check GURU_SMTP_HOST, "
            "or name the server's own authority in GURU_SMTP_CA_FILE."
        )
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return base.Misconfigured(f"The mail server speaks no TLS there; {_CHECK_SERVER}")
    if isinstance(error, smtplib.SMTPResponseException):
        said = codes(error.smtp_code, error.smtp_error)
        if error.smtp_code < 500:
            return Transient(f"The mail server is not ready{said}.", connection_lost=True)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return base.Misconfigured(f"The mail server refused the login{said}; {_CHECK_LOGIN}")
        return base.Misconfigured(f"The mail server refuses to talk to this machine{said}; {_CHECK_SERVER}")
    if type(error) is smtplib.SMTPException:  # smtplib's one use of it: no way to log in that both know
        return base.Misconfigured(f"The mail server takes no password; {_CHECK_SERVER}")
    return Transient("The mail server cannot be reached.", connection_lost=True)


def login_wanted(said: str) -> base.Misconfigured:
    """The server answers a message by asking who we are."""
    return base.Misconfigured(f"The mail server wants another login{said}; {_CHECK_LOGIN}")


def codes(code: int, reply: bytes | str) -> str:
    """The codes of a reply (RFC 5321 and perhaps RFC 3463), without its words: they quote addresses."""
    text = reply if isinstance(reply, str) else reply.decode("ascii", "replace")
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}(?!\d)", text)
    return f" ({code} {enhanced.group()})" if enhanced else f" ({code})"
