"""Asking providers what became of the messages they have accepted, and what the account still holds.

It comes after the sending of a run and is kept short, so that no reminder waits for it. Trouble on the way to a
provider changes no message: it is asked again later, and never twice in one run.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from guru_tui.channels.base import Balance, Channel, Fate, Misconfigured, Tracing, Transient, Trouble
from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.store import tracing
from guru_tui.store.connection import transaction
from guru_tui.store.tracing import Traced

MOST = 50
"""Messages asked about in one run."""
SECONDS = 20.0
"""After so long a run asks no more; the question under way may take ten seconds longer."""
_UNREACHABLE = timedelta(minutes=5)
_REFUSED = timedelta(hours=1)


class _Answer(NamedTuple):
    """What is known of one message now; None: no more than before."""

    message: Traced
    fate: Fate | None


class _Questions:
    """One run's questions: a session for each channel, and for how long to leave alone those that are of no use."""

    def __init__(self, channels: Mapping[str, Channel], stack: ExitStack) -> None:
        self._channels = channels
        self._stack = stack
        self._sessions: dict[str, Tracing | None] = {}
        self.stopped: dict[str, timedelta] = {}

    def fate(self, message: Traced) -> Fate | None:
        """What became of a message; None where nobody can say, which may end the questions to its channel."""
        session = self._session(message.channel)
        if session is None:
            self.stopped[message.channel] = _REFUSED
            return None
        found = _asked(lambda: session.fate(message.provider_id))
        if isinstance(found, Misconfigured):
            self.stopped[message.channel] = _REFUSED
        elif isinstance(found, Transient) and found.connection_lost:
            self.stopped[message.channel] = max(_UNREACHABLE, timedelta(seconds=found.wait))
        return found if isinstance(found, Fate) else None

    def balance(self, channel: str) -> Balance | None:
        """What the account holds; None where nobody can say."""
        session = self._session(channel)
        if session is None or channel in self.stopped:
            return None
        found = _asked(session.balance)
        return found if isinstance(found, Balance) else None

    def _session(self, channel: str) -> Tracing | None:
        if channel not in self._sessions:
            known = self._channels.get(channel)
            session = self._stack.enter_context(known.session()) if known is not None else None
            self._sessions[channel] = session if isinstance(session, Tracing) else None
        return self._sessions[channel]


_Told = TypeVar("_Told", Fate, Balance)


def _asked(question: Callable[[], _Told | Trouble]) -> _Told | Trouble:
    try:
        return question()
    except Exception as error:  # a channel promises not to raise; whatever made it do so is not asked for again soon
        return Misconfigured(f"guru failed while asking the provider ({type(error).__name__})")


def poll(
    connection: sqlite3.Connection,
    channels: Mapping[str, Channel],
    now: datetime,
    *,
    stop: Callable[[], bool] | None = None,
    most: int = MOST,
    seconds: float = SECONDS,
) -> list[int]:
    """Ask about what is due; returns the ids of the messages whose state is another one now.

    Nothing of the store is locked while a provider is asked. `now` is aware; `seconds` is elapsed time; `stop` is
    asked before each question.
    """
    answers: list[_Answer] = []
    balances: dict[str, Balance | None] = {}
    end = time.monotonic() + seconds

    def enough() -> bool:
        return time.monotonic() > end or (stop is not None and stop())

    with ExitStack() as stack:
        questions = _Questions(channels, stack)
        for message in tracing.take(connection, utc_text(now), most):
            if enough():
                break
            if message.channel not in questions.stopped:
                fate = questions.fate(message)
                if message.channel not in questions.stopped:
                    answers.append(_Answer(message, fate))
        if tracing.balance_wanted(connection, "sms", now) and not enough():
            balances["sms"] = questions.balance("sms")
        return _written(connection, now, answers, balances, questions.stopped)


def _written(
    connection: sqlite3.Connection,
    now: datetime,
    answers: list[_Answer],
    balances: Mapping[str, Balance | None],
    stopped: Mapping[str, timedelta],
) -> list[int]:
    changed = []
    with transaction(connection):
        for message, fate in answers:
            if fate is None:
                tracing.learnt_nothing(connection, message, now)
            elif tracing.record(connection, message, now, fate.state, fate.reason, _at(message, fate, now)):
                changed.append(message.id)
        for channel, wait in stopped.items():
            tracing.put_off(connection, channel, now, wait)
        for channel, balance in balances.items():
            told = (balance.amount, balance.currency) if balance else ("", "")
            tracing.record_balance(connection, channel, now, *told)
    return changed


def _at(message: Traced, fate: Fate, now: datetime) -> str:
    """Since when, as the provider says, if that can be: after it left and before now."""
    told = fate.at if fate.at is not None and from_utc_text(message.left_at) <= fate.at <= now else now
    return utc_text(told)
