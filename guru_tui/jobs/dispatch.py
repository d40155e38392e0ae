"""Letting messages leave, one at a time: claimed, checked once more, committed as `sending`, sent, settled.

`sending` is committed before the first byte leaves, and the result after the last one, together with the next
message's `sending`. What cannot be written down stays in memory and is written as soon as that works.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.errors import GuruError, TryAgain
from guru_tui.jobs.run_report import Tally
from guru_tui.settings import Settings
from guru_tui.store import outbox, sending
from guru_tui.store.connection import transaction, translated

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.channels.base import Accepted, OutgoingMessage, Result, Session
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.jobs.checking import Checks
    from guru_tui.jobs.look_ahead import LookAhead
    from guru_tui.services.last_check import Ready
    from guru_tui.services.mail_parts import Parts

# Claimed at once: each time costs a commit that nothing hides.
_BATCH = 100
_LEASE = timedelta(minutes=15)
_FIRST_RETRY = timedelta(seconds=60)
_LONGEST_RETRY = timedelta(hours=1)
_FIRST_REST, _LONGEST_REST = 300.0, 1800.0
"""Seconds for which a channel that was refused is left alone by a sender that goes on running."""
# A provider knows of a message's fate after a moment, not at once.
_FIRST_QUESTION = timedelta(minutes=1)


class _Ended(NamedTuple):
    """How a try ended, where the store does not know yet; times are UTC text, empty for none."""

    message_id: int
    at: str
    state: str
    reason: str = ""
    provider_id: str = ""
    not_before: str = ""
    poll_at: str = ""
    opted_out: bool = False


class _Rest(NamedTuple):
    """A channel that is left alone `until` then (seconds of the monotonic clock), since it was refused by settings."""

    until: float
    wait: float
    by: Settings
    reason: str


class Dispatch:
    """The sending half of the runs over one connection; `who` is `remind`, `daemon` or `app`."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, who: str) -> None:
        self._connection = connection
        self._clock = clock
        self._who = who
        # Process numbers come again, on this machine and on another one that shares the folder.
        self._owner = f"{who}:{os.getpid()}:{os.urandom(4).hex()}"
        self._unrecorded: list[_Ended] = []
        self._resting: dict[str, _Rest] = {}

    def _now(self) -> str:
        return utc_text(self._clock.now())

    def send_all(
        self, run: Tally, settings: Settings, practice: Practice, limit: int | None, stop: Callable[[], bool]
    ) -> None:
        """Send what is due, those that have waited longest first, `limit` messages in this run at most."""
        from guru_tui.channels.build import build
        from guru_tui.jobs.checking import Checks
        from guru_tui.jobs.look_ahead import LookAhead

        channels = build(settings, practice)
        checks = Checks(self._connection, settings, practice)
        ahead = LookAhead(self._connection, self._clock, self._record_accepted, partial(self._begin, checks))
        sessions: dict[str, Session] = {}
        claimed: deque[Claimed] = deque()
        run.refused.update(self._still_resting(settings))
        with ExitStack() as stack, self._tidied(ahead):
            while (limit is None or run.tried < limit) and not stop() and checks.practice.sending:
                if not claimed:
                    usable = [name for name in channels if name not in run.down and name not in run.refused]
                    claimed.extend(self._claim(usable, _BATCH if limit is None else min(_BATCH, limit - run.tried)))
                if not claimed:
                    break
                message = claimed.popleft()
                if message.channel in run.down or message.channel in run.refused:
                    self._put_back(message)
                    continue
                run.touch(message.id)
                ready = self._taken(ahead, message) or self._ready(run, checks, message)
                if ready is None:
                    continue
                if message.channel not in sessions:
                    sessions[message.channel] = stack.enter_context(channels[message.channel].session())
                run.tried += 1
                between = ahead.between(message, claimed[0]) if claimed else None
                self._send(run, sessions[message.channel], message, ready, between)
        self._let_rest(run, settings)

    def _still_resting(self, settings: Settings) -> dict[str, str]:
        """The channels that were refused a while ago with these very settings, and why: a wrong password that is tried
        every half minute locks an account."""
        now = time.monotonic()
        return {name: rest.reason for name, rest in self._resting.items() if now < rest.until and settings == rest.by}

    def _let_rest(self, run: Tally, settings: Settings) -> None:
        now = time.monotonic()
        for name in [name for name in self._resting if name not in run.refused]:
            del self._resting[name]
        for name, reason in run.refused.items():
            last = self._resting.get(name)
            if last is None or now >= last.until or settings != last.by:
                wait = min(last.wait * 2, _LONGEST_REST) if last is not None and settings == last.by else _FIRST_REST
                self._resting[name] = _Rest(now + wait, wait, settings, reason)

    @contextmanager
    def _tidied(self, ahead: LookAhead) -> Iterator[None]:
        """Write down at the end what was accepted last, and let go of what was claimed and not come to.

        After a defect of the program the claims stay: two runs that end over the same message make it failed.
        """
        try:
            yield
        except GuruError:
            with suppress(GuruError):
                self._let_go()
            raise
        finally:
            ahead.drop()
            self.record_late()
        self._let_go()

    def _put_back(self, message: Claimed) -> None:
        """Queue a claimed message again whose channel is of no use in this run: a crash later is not its fault."""
        with self._recording() as connection:
            sending.set_aside(connection, message, self._owner, self._now(), "queued", "", message.not_before)

    def _let_go(self) -> None:
        with translated(), transaction(self._connection) as connection:
            sending.let_go(connection, self._owner, self._now())

    def _claim(self, usable: list[str], most: int) -> list[Claimed]:
        now = self._clock.now()
        if not usable or not outbox.due(self._connection, utc_text(now), usable):
            return []
        with transaction(self._connection) as connection:
            return sending.claim(connection, self._owner, utc_text(now), utc_text(now + _LEASE), usable, most)

    def _taken(self, ahead: LookAhead, message: Claimed) -> OutgoingMessage | None:
        """Commit the message as `sending` where that was begun ahead, with the result of the one before."""
        outgoing = ahead.take(message)
        if outgoing is not None:
            self._unrecorded.clear()
        return outgoing

    def _ready(self, run: Tally, checks: Checks, message: Claimed) -> OutgoingMessage | None:
        """Commit the message as `sending`, with the result of the one before; None where it does not go now."""
        from guru_tui.services.last_check import Aside

        with self._recording() as connection:
            now = self._clock.now()
            checked = checks.check(message, now)
            if not isinstance(checked.found, Aside):
                try:
                    return self._start(message, checked.found, checked.parts, now)
                except sqlite3.IntegrityError:
                    reason = "the client's new address has had this message already"
                    sending.set_aside(connection, message, self._owner, utc_text(now), "cancelled", reason)
                    return None
            state, reason, not_before = checked.found.state, checked.found.reason, checked.found.not_before
            if sending.set_aside(connection, message, self._owner, utc_text(now), state, reason, not_before):
                run.count(message.id, message.kind, state)
            return None

    def _begin(self, checks: Checks, message: Claimed) -> OutgoingMessage | None:
        """Make the message `sending` in the open transaction; None where it does not go as it is."""
        from guru_tui.services.last_check import Aside

        now = self._clock.now()
        checked = checks.check(message, now)
        return None if isinstance(checked.found, Aside) else self._start(message, checked.found, checked.parts, now)

    def _start(self, message: Claimed, ready: Ready, parts: Parts, now: datetime) -> OutgoingMessage | None:
        from guru_tui.channels.base import OutgoingMessage

        key = sending.start_sending(
            self._connection, message, self._owner, utc_text(now),
            ready.recipient, ready.recipient_name, ready.subject, ready.body,
            parts.calendar_sequence, parts.calendar_facts,
        )  # fmt: skip
        if key is None:
            return None
        return OutgoingMessage(
            message.id, message.kind, message.channel, ready.recipient, ready.recipient_name, ready.subject, ready.body,
            key, now, parts.attachments, parts.html,
        )  # fmt: skip

    def _send(
        self,
        run: Tally,
        session: Session,
        message: Claimed,
        outgoing: OutgoingMessage,
        ahead: LookAhead | None,
    ) -> None:
        from guru_tui.channels.base import Overlapping, Unknown

        result: Result
        try:
            if ahead is not None and isinstance(session, Overlapping):
                result = session.send_meanwhile(outgoing, ahead)
            else:
                result = session.send(outgoing)
        except Exception as error:  # a channel promises not to raise; if it does, nobody knows how far it came
            result = Unknown(f"guru failed while sending ({type(error).__name__})")
            run.down[message.channel] = result.reason
        if ahead is not None:
            ahead.heard(result)
        self._settle(run, message, result)

    def _settle(self, run: Tally, message: Claimed, result: Result) -> None:
        from guru_tui.channels.base import Accepted, Misconfigured, Permanent, Transient

        now = self._clock.now()
        ended = _Ended(message.id, utc_text(now), "queued")
        if isinstance(result, Accepted):
            # Written down together with the next message's `sending`: one commit a message, not two.
            self._unrecorded.append(self._accepted(message, result))
            run.count(message.id, message.kind, "sent")
            return
        ended = ended._replace(reason=result.reason)
        if isinstance(result, Transient) and result.connection_lost:
            run.down[message.channel] = result.reason
        elif isinstance(result, Transient):
            wait = max(_backoff(message.attempts), timedelta(seconds=result.wait))
            if message.expires_at:  # while it is of use there is always another try
                wait = min(wait, max((from_utc_text(message.expires_at) - now) / 2, _FIRST_RETRY))
            ended = ended._replace(not_before=utc_text(now + wait))
            run.retried.add(message.id)
        elif isinstance(result, Misconfigured):
            run.refused[message.channel] = result.reason
        elif isinstance(result, Permanent):
            ended = ended._replace(state="failed", opted_out=result.opted_out)
        else:
            asked = utc_text(now + _FIRST_QUESTION) if result.provider_id else ""
            ended = ended._replace(state="unknown", provider_id=result.provider_id, poll_at=asked)
        run.count(message.id, message.kind, ended.state)
        self._unrecorded.append(ended)
        self.record_late()

    def _accepted(self, message: Claimed, result: Accepted) -> _Ended:
        now = self._clock.now()
        asked = utc_text(now + _FIRST_QUESTION) if result.traceable else ""
        return _Ended(message.id, utc_text(now), "sent", provider_id=result.provider_id, poll_at=asked)

    def _record_accepted(self, message: Claimed, result: Accepted) -> None:
        self._record(self._connection, self._accepted(message, result))

    def record_late(self) -> None:
        """Record how tries have ended, if any of that is not recorded yet."""
        if self._unrecorded:
            with self._recording():
                pass

    @contextmanager
    def _recording(self) -> Iterator[sqlite3.Connection]:
        """A transaction that also records how the tries before it have ended.

        What a full disk keeps back stays in this process's memory and is recorded as soon as that works; it is never
        sent again.
        """
        pending = list(self._unrecorded)
        try:
            with translated(), transaction(self._connection) as connection:
                for ended in pending:
                    self._record(connection, ended)
                yield connection
        except TryAgain as error:
            if not any(ended.state == "sent" for ended in pending):
                raise
            raise TryAgain(
                f"A message was sent but that could not be written down ({error}) "
                "Until it is, it counts as unknown; it is not sent again."
            ) from error
        del self._unrecorded[: len(pending)]

    def _record(self, connection: sqlite3.Connection, ended: _Ended) -> None:
        sending.settle(
            connection, ended.message_id, ended.at, ended.state, ended.reason,
            provider_id=ended.provider_id, not_before=ended.not_before, poll_at=ended.poll_at,
        )  # fmt: skip
        if ended.opted_out:
            # The client told the provider to stop: that holds for every later text message too.
            from guru_tui.store.opt_out import opt_out

            opt_out(connection, ended.message_id, self._clock.now(), origin=self._who)


def _backoff(attempts: int) -> timedelta:
    """How long to wait after a failure that may pass: a minute, doubled each time up to an hour, spread by a fifth."""
    import random

    wait: timedelta = min(_FIRST_RETRY * (1 << min(attempts, 10)), _LONGEST_RETRY)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 (spreads load, guards nothing)
