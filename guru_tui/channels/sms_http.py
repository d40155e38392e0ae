"""One careful request to an SMS provider: no redirect, no proxy of the environment, a limit to every wait.

What matters is whether the request had left when something went wrong: before that the message surely has not gone,
after that only the provider knows.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from guru_tui.channels.base import Misconfigured, OutgoingMessage, Permanent, Transient, Trouble, Unknown
from guru_tui.domain import phone
from guru_tui.errors import Misconfigured as SettingRefused
from guru_tui.settings import Settings, is_loopback

if TYPE_CHECKING:
    import requests

# A server closes an idle connection when it likes. Written to at that very moment, a message's fate is unknown.
_IDLE_SECONDS = 4.0
# No answer of the provider to one message comes near this; whatever is longer is not from the provider.
_LONGEST_ANSWER = 65536
_LONGEST_WAIT = 3600.0
SLOWER = 60.0
"""Seconds to leave a provider alone that asks to go slower and does not say for how long."""


@dataclass(frozen=True)
class Provider:
    """Whom to ask: the base address without a slash at its end, the key, and the two-way number (digits or empty)."""

    url: str
    key: str = field(repr=False)
    number: str = ""

    @classmethod
    def of(cls, settings: Settings, default_url: str) -> Provider:
        """The provider the settings name; raises `Misconfigured` where something is missing or would not be safe."""
        key = settings.get("GURU_CLICKATELL_API_KEY")
        if not key:
            raise SettingRefused("The SMS provider's key is missing; set GURU_CLICKATELL_API_KEY.")
        if not re.fullmatch(r"[!-~]+", key):
            raise SettingRefused("GURU_CLICKATELL_API_KEY has characters that no key has; copy it again.")
        number = re.sub(r"[\s+()-]", "", settings.get("GURU_CLICKATELL_FROM"))
        if number and not re.fullmatch(r"[0-9]{3,15}", number):
            raise SettingRefused("GURU_CLICKATELL_FROM is not a number; write it with its country code.")
        return cls(_checked_url(settings.get("GURU_CLICKATELL_URL") or default_url), key, number)

    @property
    def host(self) -> str:
        """The host, with its port if it is not the usual one."""
        return urlsplit(self.url).netloc


def _checked_url(url: str) -> str:
    wrong = SettingRefused("GURU_CLICKATELL_URL is not a web address; write it like https://platform.clickatell.com")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc:
        raise wrong
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingRefused("GURU_CLICKATELL_URL must begin with https:// because the key and the texts go there.")
    return url.rstrip("/")


def unsendable(message: OutgoingMessage) -> Permanent | None:
    """Why no SMS provider needs to be asked about `message`; None for one that can go."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", message.recipient) or not phone.takes_sms(message.recipient):
        return Permanent("The number is not one that can receive an SMS.")
    if not message.body.strip():
        return Permanent("The text is empty.")
    return None


@dataclass(frozen=True)
class Reply:
    """What the provider said: the HTTP status and the JSON in the body (None where there is none).

    `wait`: the seconds it asks to be left alone for, 0 where it does not.
    """

    status: int
    data: Any
    wait: float = 0.0


class Line:
    """One connection to the provider for a whole run, which gives up for the run where going on is no use."""

    def __init__(self, timeout: tuple[float, float]) -> None:
        self._timeout = timeout
        self._http: requests.Session | None = None
        self._used = 0.0
        self._lost = False
        self.broken: Trouble | None = None

    def close(self) -> None:
        """Give the connection back."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def give_up(self, trouble: Trouble) -> Trouble:
        """Answer `trouble` from now on, without asking."""
        self.broken = trouble
        return trouble

    def ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: Any = None,
        *,
        timeout: tuple[float, float] | None = None,
    ) -> Reply | Trouble | Unknown:
        """One request with `body` as JSON; never raises for what a network or a server does."""
        import requests
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        content = _Body(b"" if body is None else json.dumps(body).encode("ascii"))
        timeout = timeout or self._timeout
        try:
            answer = self._session().request(
                method,
                url,
                headers={"Content-Type": "application/json", "Accept": "application/json", **headers},
                data=content if body is not None else None,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            )
            said = self._read(answer, timeout[1])
        except (requests.Timeout, ReadTimeoutError):
            return self._failed(content, timed_out=True)
        except (requests.RequestException, HTTPError, OSError) as error:
            self.close()
            if isinstance(error, requests.exceptions.SSLError) and not content.left:
                return self.give_up(Transient("The SMS provider's certificate cannot be verified.", True))
            return self._failed(content, timed_out=False)
        self._used = time.monotonic()
        self._lost = False
        return Reply(answer.status_code, _json(said), _wait(answer.headers.get("Retry-After", "")))

    def _read(self, answer: requests.Response, seconds: float) -> bytes:
        """The whole body. The library's timeout is for each packet, so one that trickles in would hold us for ever."""
        import requests

        end = time.monotonic() + seconds
        content = b""
        while piece := answer.raw.read1(4096, decode_content=True):
            content += piece
            if len(content) > _LONGEST_ANSWER:
                self.close()
                return b""
            if time.monotonic() > end:
                raise requests.Timeout
        return content

    def _session(self) -> requests.Session:
        import requests

        if self._http is not None and time.monotonic() - self._used > _IDLE_SECONDS:
            self.close()
        if self._http is None:
            self._http = requests.Session()
            self._http.trust_env = False  # neither a proxy nor a ~/.netrc of the machine decides where the key goes
        return self._http

    def _failed(self, content: _Body, *, timed_out: bool) -> Transient | Unknown:
        self.close()
        if not content.left:
            trouble = Transient("The SMS provider cannot be reached.", connection_lost=True)
            self.broken = trouble
            return trouble
        if timed_out or self._lost:
            # Every further message would wait as long and end as uncertain.
            self.broken = Transient("The SMS provider stopped answering; the rest waits.", connection_lost=True)
        self._lost = True
        if timed_out:
            return Unknown("The SMS provider was given the message and did not answer in time.")
        return Unknown("The connection was lost after the message, before the SMS provider answered.")


class _Body:
    """A request's body that knows whether it has been taken to be sent, which is after its headers were."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._length = len(content)
        self.left = False

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes."""
        self.left = True
        end = len(self._content) if size < 0 else size
        chunk, self._content = self._content[:end], self._content[end:]
        return chunk


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _wait(header: str) -> float:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3); 0 for none, and for a date, which needs the other's clock."""
    return min(float(header), _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,9}", header) else 0.0


def by_status(status: int) -> Trouble | Permanent | Unknown:
    """What an HTTP status comes to where the body does not say (RFC 9110, 15)."""
    if status in (401, 403, 407):
        return Misconfigured(f"The SMS provider refused the key ({status}); check GURU_CLICKATELL_API_KEY.")
    if status == 402:
        return Misconfigured("The SMS account has no credit left (402); top it up with the provider.")
    if status in (301, 302, 307, 308, 404, 405):
        return Misconfigured(f"That is not the SMS provider's address ({status}); check GURU_CLICKATELL_URL.")
    if status == 429:
        return Transient("The SMS provider asks to go slower (429).", wait=SLOWER)
    if status in (408, 503):
        return Transient(f"The SMS provider is too busy ({status}).")
    if 400 <= status < 500:
        return Permanent(f"The SMS provider refused the message ({status}).")
    return Unknown(f"The SMS provider gave no clear answer ({status}).")
