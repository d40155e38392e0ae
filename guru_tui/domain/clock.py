"""Where "now" comes from: every rule that needs it is handed a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, to the second: the store keeps no finer times."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC, without microseconds."""
        return datetime.now(UTC).replace(microsecond=0)


class FixedClock:
    """A clock that stands still until it is moved, for tests and for `--at`."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self.instant.astimezone(UTC)

    def advance(self, **delta: float) -> None:
        """Move forward by the keyword arguments of `datetime.timedelta`."""
        self.instant += timedelta(**delta)
