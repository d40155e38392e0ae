"""What the SMS provider's two APIs have in common: one connection a run, and when a run gives up."""

from __future__ import annotations

import re
from types import TracebackType
from typing import ClassVar, Self, TypeGuard

from guru_tui.channels.base import Balance, Fate, Misconfigured, OutgoingMessage, Result, Transient, Trouble, Unknown
from guru_tui.channels.sms_http import Line, Provider, Reply, unsendable
from guru_tui.settings import Settings

# To ask what became of a message may take less long than to hand one over: nothing depends on the answer.
_PATIENCE = (5.0, 10.0)


class ProviderSession:
    """One run of either API over one connection. Not for more than one thread."""

    def __init__(self, provider: Provider, timeout: tuple[float, float]) -> None:
        self._provider = provider
        self._timeout = timeout
        self._line = Line(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def send(self, message: OutgoingMessage) -> Result:
        """Hand one message to the provider; told at once where the run has given up or no provider would take it."""
        refusal = self._line.broken or unsendable(message)
        if refusal is not None:
            return refusal
        result = self._hand_over(message)
        if isinstance(result, Transient) and result.wait:
            self._line.give_up(Transient("The SMS provider asks to go slower; the rest waits.", connection_lost=True))
        return self._line.give_up(result) if isinstance(result, Misconfigured) else result

    def check(self) -> Trouble | None:
        """Whether the provider takes the key; nothing is sent."""
        raise NotImplementedError

    def fate(self, provider_id: str) -> Fate | Trouble:
        """What became of a message that the provider has accepted, as far as it knows."""
        found = self._line.broken or (self._fate(provider_id) if is_id(provider_id) else no_such())
        return self._line.give_up(found) if _ends_questions(found) else found

    def balance(self) -> Balance | Trouble:
        """What the account still holds."""
        found = self._line.broken or self._balance()
        return self._line.give_up(found) if _ends_questions(found) else found

    def _question(self, path: str, headers: dict[str, str]) -> Reply | Trouble:
        """The answer to a request that changes nothing at the provider."""
        patience = (min(_PATIENCE[0], self._timeout[0]), min(_PATIENCE[1], self._timeout[1]))
        answer = self._line.ask("GET", f"{self._provider.url}{path}", headers, timeout=patience)
        if isinstance(answer, Unknown):
            return Transient("The SMS provider did not answer.", connection_lost=True)
        return answer

    def _hand_over(self, message: OutgoingMessage) -> Result:
        raise NotImplementedError

    def _fate(self, provider_id: str) -> Fate | Trouble:
        raise NotImplementedError

    def _balance(self) -> Balance | Trouble:
        raise NotImplementedError


def is_id(text: str) -> bool:
    """Whether `text` can be an id that a provider gives a message; it becomes part of an address."""
    return bool(re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", text))


def amount(value: object) -> str:
    """A number in a provider's answer as decimal text without trailing zeros; empty for anything else."""
    from decimal import Decimal, InvalidOperation

    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ""
    if not number.is_finite() or abs(number.adjusted()) > 15:
        return ""
    return f"{number.quantize(Decimal('0.0001')).normalize():f}"


def unclear() -> Transient:
    """The answer to a question says nothing."""
    return Transient("The SMS provider gave no clear answer.")


def no_such() -> Transient:
    """The provider has never heard of the message, or not yet."""
    return Transient("The SMS provider does not know the message.")


def _ends_questions(found: Fate | Balance | Trouble) -> TypeGuard[Trouble]:
    return isinstance(found, Misconfigured) or (isinstance(found, Transient) and found.connection_lost)


class ProviderChannel:
    """SMS through a provider that is spoken to over HTTPS; a subclass names the API.

    `patience`: seconds to connect, and to wait for the answer once the request is out.
    """

    name = "sms"
    patience: ClassVar[tuple[float, float]] = (5.0, 30.0)
    backend: ClassVar[str]
    default_url: ClassVar[str]
    opened: ClassVar[type[ProviderSession]]

    def __init__(self, provider: Provider, patience: tuple[float, float] | None = None) -> None:
        self._provider = provider
        self._timeout = patience or self.patience

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The channel the settings describe; raises `Misconfigured`."""
        return cls(Provider.of(settings, cls.default_url))

    def session(self) -> ProviderSession:
        """One HTTP connection for a whole run."""
        return self.opened(self._provider, self._timeout)

    def check(self) -> Trouble | None:
        """Ask what needs the key and sends nothing."""
        with self.session() as session:
            return session.check()

    def describe(self) -> str:
        """The API and the provider's host."""
        return f"{self.backend} {self._provider.host}"
