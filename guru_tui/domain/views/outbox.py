"""What the Outbox screen and the to-dos show besides the messages themselves."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

PARTS = ("all", "needs", "waiting", "sent")
"""The parts into which the outbox is split: everything, what needs a person, what has not left, what has gone."""


class OutboxCounts(NamedTuple):
    """How many messages stand in each part (see `PARTS`)."""

    all: int
    needs: int
    waiting: int
    sent: int


class Need(NamedTuple):
    """So many messages of a state and channel have ended badly and nobody has dealt with them."""

    state: str
    channel: str
    messages: int


_SPOKEN = {"app": "the app", "terminal": "a terminal"}


class SenderRow(NamedTuple):
    """When a kind of sender (`remind`, `daemon`, `app`) last worked, where, and why a channel was paused then."""

    who: str
    last_at: datetime
    paused: str
    place: str

    @property
    def by(self) -> str:
        """`cron on desk`, `the app on desk`: what had started it, for a sentence."""
        starter, on, machine = self.place.rpartition(" on ")
        if not on:
            return {"app": "the app", "daemon": "guru daemon"}.get(self.who, "guru remind")
        return f"{_SPOKEN.get(starter, starter)} on {machine}"

    @property
    def by_hand(self) -> bool:
        """Whether somebody had to be at the keyboard for it: such a run says nothing about the next reminder."""
        return self.who == "app" or (self.who == "remind" and self.place.startswith(("terminal ", "a script ")))


class FilterWord(NamedTuple):
    """One word of a filter: the text itself, and the kinds, states and channels that a person names with it."""

    text: str
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
