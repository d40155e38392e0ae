"""What every channel takes and answers.

A channel is used in a session, one for a whole run, and sends one message at a time::

    with channel.session() as session:
        result = session.send(message)

Entering a session does no I/O and never fails. The first `send` connects. Where that is impossible it returns
`Transient(connection_lost=True)` or `Misconfigured`, and so does every later `send` of that session, at once.
`send` never raises for anything a network, a server or a setting can do, and never sends a message twice.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, TypeAlias, runtime_checkable


@dataclass(frozen=True)
class Attachment:
    """One file that travels with a mail. `mime_type` may carry parameters: `text/calendar; method=REQUEST`."""

    file_name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class OutgoingMessage:
    """One message, rendered, ready to leave.

    `recipient` is a mail address or an E.164 number. `created_at` (aware) is the instant the recipient reads as the
    mail's date, so it is when the message is sent, not when it was planned. `html` is the mail's other form, empty for
    none; an attachment of type `text/calendar` also becomes one, so that calendars see it. `idempotency_key` becomes
    the mail's Message-ID: the same key gives the same one, which lets mail programs fold a repeated message into one.
    """

    id: int
    kind: str
    channel: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    idempotency_key: str
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()
    html: str = ""


@dataclass(frozen=True)
class Accepted:
    """The provider has taken the message over; `provider_id` is what to ask it by.

    `traceable`: the provider can be asked later what became of it (`Tracing.fate`).
    """

    provider_id: str
    traceable: bool = False


@dataclass(frozen=True)
class Transient:
    """It surely has not gone and may go later. `connection_lost`: the way there is down, not this one message.

    `wait`: the seconds after which the provider asks to be asked again, 0 where it does not say.
    """

    reason: str
    connection_lost: bool = False
    wait: float = 0.0


@dataclass(frozen=True)
class Permanent:
    """It surely has not gone and never will as it is. `opted_out`: the recipient told the provider to stop."""

    reason: str
    opted_out: bool = False


@dataclass(frozen=True)
class Misconfigured:
    """It surely has not gone, nor will any other until a person changes a setting or the account."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may or may not have gone: only a person can tell, so it must not be tried again by itself.

    `provider_id`: what the provider can be asked by later (`Tracing.fate`), empty where there is nothing to ask by.
    """

    reason: str
    provider_id: str = ""


Result: TypeAlias = Accepted | Transient | Permanent | Misconfigured | Unknown
Trouble: TypeAlias = Transient | Misconfigured


@dataclass(frozen=True)
class Fate:
    """What a provider says has become of a message: `delivered`, `undelivered`, or `underway`.

    `reason` is why it was not delivered; `at` (aware) when the provider says it came to that.
    """

    state: str
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Balance:
    """What the account with the provider still holds: a decimal number, and a currency or `SMS` where it says so."""

    amount: str
    currency: str = ""


@runtime_checkable
class Tracing(Protocol):
    """What a channel can do whose provider answers questions; a session of such a channel has these too.

    Trouble says nothing about the message: `Transient` without `connection_lost` is about this question only, any
    other trouble would meet every further question of the session as well.
    """

    def fate(self, provider_id: str) -> Fate | Trouble:
        """What became of a message that it has accepted."""
        ...

    def balance(self) -> Balance | Trouble:
        """What the account still holds."""
        ...


class Session(Protocol):
    """One run over one channel."""

    def send(self, message: OutgoingMessage) -> Result:
        """Try to send `message` once and tell what became of it; reasons never quote the message."""
        ...


class Meanwhile(Protocol):
    """What is done while a provider thinks about a message; none of it raises."""

    def underway(self, accepted: Accepted) -> bool:
        """The message is on its way, and `accepted` is what a yes will come to; whether another follows at once."""
        ...

    def slow(self) -> None:
        """The answer does not come at once."""
        ...


@runtime_checkable
class Overlapping(Protocol):
    """What a session can do whose provider takes its time over each message."""

    def send_meanwhile(self, message: OutgoingMessage, meanwhile: Meanwhile) -> Result:
        """`send`, telling `meanwhile` once the message is on its way, and again where its fate is long in coming."""
        ...


class Channel(Protocol):
    """One way for messages to leave, under the name `email` or `sms`."""

    @property
    def name(self) -> str:
        """`email` or `sms`."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """The context of a run: gives its connection back at the end."""
        ...

    def check(self) -> Trouble | None:
        """Connect and log in without sending anything; None where that works."""
        ...

    def describe(self) -> str:
        """Where messages go, for a person: `smtp mail.example.com:587 (starttls)`."""
        ...


class RefusedChannel:
    """A channel whose settings cannot be used: every message of it waits for a person, the other channels work on."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._answer = Misconfigured(reason)

    def session(self) -> RefusedChannel:
        """Itself: it holds nothing."""
        return self

    def __enter__(self) -> RefusedChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, message: OutgoingMessage) -> Result:
        """The reason why nothing goes this way."""
        return self._answer

    def check(self) -> Trouble | None:
        """The reason why nothing goes this way."""
        return self._answer

    def describe(self) -> str:
        """That it cannot be used, and why."""
        return f"cannot be used: {self._answer.reason}"
