"""What the SMS provider's two APIs have in common: one connection a run, and when a run gives up."""

from __future__ import annotations

from types import TracebackType
from typing import ClassVar, Self

from guru_tui.channels.base import Misconfigured, OutgoingMessage, Result, Trouble
from guru_tui.channels.sms_http import Line, Provider, unsendable
from guru_tui.settings import Settings


class ProviderSession:
    """One run of either API over one connection. Not for more than one thread."""

    def __init__(self, provider: Provider, timeout: tuple[float, float]) -> None:
        self._provider = provider
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
        return self._line.give_up(result) if isinstance(result, Misconfigured) else result

    def check(self) -> Trouble | None:
        """Whether the provider takes the key; nothing is sent."""
        raise NotImplementedError

    def _hand_over(self, message: OutgoingMessage) -> Result:
        raise NotImplementedError


class ProviderChannel:
    """SMS through a provider that is spoken to over HTTPS; a subclass names the API. Timeouts in seconds."""

    name = "sms"
    backend: ClassVar[str]
    default_url: ClassVar[str]
    opened: ClassVar[type[ProviderSession]]

    def __init__(self, provider: Provider, timeout: tuple[float, float] = (5.0, 30.0)) -> None:
        self._provider = provider
        self._timeout = timeout

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
