"""One run of the sender: take the lock, take up what a dead run left, plan the reminders, send what is due, report.

Whoever starts it - a command, cron, the daemon, the app - runs this, one at a time. The order of commits is what
keeps a message from going twice: `sending` is committed before the first byte leaves, the result after the last.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.practice import CHANNELS
from guru_tui.errors import GuruError, TryAgain
from guru_tui.jobs.run_report import RunReport, ended_row, planned_row
from guru_tui.services.reminders import REVIVED, Plan, plan
from guru_tui.settings import Settings
from guru_tui.store import outbox, sending
from guru_tui.store.connection import transaction, translated
from guru_tui.store.queries.settings import practice as practice_settings
from guru_tui.store.sender_lock import Holder, SenderLock, holder

if TYPE_CHECKING:
    from guru_tui.channels.base import Result, Session
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.services.last_check import Ready

_BATCH = 20
_LEASE = timedelta(minutes=15)
_FIRST_RETRY = timedelta(seconds=60)
_LONGEST_RETRY = timedelta(hours=1)
# A note that a run found nothing is written once a minute at most: each write wakes every open screen.
_NOTE_EVERY = timedelta(seconds=60)


class _Run:
    """The tally of a run in progress."""

    def __init__(self) -> None:
        self.planned = self.sent = self.tried = 0
        self.touched: dict[int, None] = {}
        self.failed: set[int] = set()
        self.unknown: set[int] = set()
        self.missed: set[int] = set()
        self.retried: set[int] = set()
        self.down: dict[str, str] = {}
        self.refused: dict[str, str] = {}

    def touch(self, *ids: int) -> None:
        """Note messages that the report will list."""
        self.touched.update(dict.fromkeys(ids))


class Delivery:
    """The sender of one practice; `who` is `remind`, `daemon` or `app`."""

    def __init__(
        self,
        settings: Settings,
        connection: sqlite3.Connection,
        clock: Clock,
        *,
        who: str,
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._clock = clock
        self._who = who
        self._owner = f"{who}:{os.getpid()}"
        self._lock = SenderLock(settings.home, who)
        self._unrecorded: list[tuple[int, str]] = []
        self._noted = ("", "")

    def acquire(self) -> None:
        """Keep the sender lock for longer than one run; raises `TryAgain` naming who has it."""
        if not self._lock.held:
            self._lock.acquire(self._now())

    def release(self) -> None:
        """Give the sender lock back, if it is held."""
        self._lock.release()

    def holder(self) -> Holder | None:
        """Who sends at the moment; None where nobody does."""
        return holder(self._settings.home)

    def run_once(self, limit: int | None = None, stop: Callable[[], bool] | None = None) -> RunReport:
        """Send everything that is due, `limit` messages at most, asking `stop` before each.

        Raises `TryAgain` where another sender has the lock, the store stays busy or the disk is full.
        """
        kept = self._lock.held
        self.acquire()
        try:
            return self._run(limit, stop or _never)
        finally:
            if not kept:
                self.release()

    def plan(self, at: datetime) -> RunReport:
        """What a run at the instant `at` would find, from the store as it is; writes nothing and takes no lock."""
        from guru_tui.store.queries.outbox import waiting

        practice = practice_settings(self._connection)
        found = plan(self._connection, self._settings, practice, at, sending.last_run(self._connection))
        rows = waiting(self._connection, utc_text(at))
        late = [row for row in rows if row.expires_at is not None and row.expires_at <= at]
        due = [row for row in rows if row not in late]
        planned = [planned_row(message, at) for message in found.due]
        missed = [planned_row(message, at) for message in found.missed] + [ended_row(row) for row in late]
        return RunReport(
            planned=sum(row.state == "queued" for row in planned),
            missed=len(missed),
            held=outbox.held(self._connection),
            messages=(*due, *planned, *missed),
        )

    def _run(self, limit: int | None, stop: Callable[[], bool]) -> RunReport:
        run = _Run()
        with translated():
            self._record_late()
            practice = practice_settings(self._connection)
            self._take_up(run)
            self._plan(run, practice)
            if outbox.due(self._connection, self._now(), CHANNELS):
                self._send_all(run, practice, limit, stop)
            report = self._report(run)
            self._note(report)
        return report

    def _now(self) -> str:
        return utc_text(self._clock.now())

    def _take_up(self, run: _Run) -> None:
        if not sending.stale(self._connection, self._now()):
            return
        with transaction(self._connection) as connection:
            ended = sending.recover(connection, self._now())
            missed = sending.expire(connection, self._now())
        from guru_tui.store.queries.outbox import messages_by_id

        for row in messages_by_id(self._connection, ended):
            (run.failed if row.state == "failed" else run.unknown).add(row.id)
        run.missed.update(missed)
        run.touch(*ended, *missed)

    def _plan(self, run: _Run, practice: Practice) -> None:
        now = self._clock.now()
        found = plan(self._connection, self._settings, practice, now, sending.last_run(self._connection))
        if not found.due and not found.missed:
            return
        with transaction(self._connection) as connection:
            self._put(connection, run, found, utc_text(now))

    def _put(self, connection: sqlite3.Connection, run: _Run, found: Plan, now: str) -> None:
        for message in found.due:
            if message.state == "queued":
                outbox.drop_blocked(connection, message, now)
                run.planned += 1
            run.touch(outbox.put(connection, message, now, REVIVED))
        for message in found.missed:
            number = outbox.put(connection, message, now, REVIVED)
            run.missed.add(number)
            run.touch(number)

    def _send_all(self, run: _Run, practice: Practice, limit: int | None, stop: Callable[[], bool]) -> None:
        from guru_tui.channels.build import build

        channels = build(self._settings, practice)
        sessions: dict[str, Session] = {}
        claimed: deque[Claimed] = deque()
        with ExitStack() as stack, self._tidied():
            while (limit is None or run.tried < limit) and not stop():
                if not claimed:
                    usable = [name for name in channels if name not in run.down and name not in run.refused]
                    claimed.extend(self._claim(usable, _BATCH if limit is None else min(_BATCH, limit - run.tried)))
                if not claimed:
                    break
                message = claimed.popleft()
                if message.channel in run.down or message.channel in run.refused:
                    continue
                run.touch(message.id)
                ready = self._ready(run, practice, message)
                if ready is None:
                    continue
                if message.channel not in sessions:
                    sessions[message.channel] = stack.enter_context(channels[message.channel].session())
                run.tried += 1
                self._send(run, sessions[message.channel], message, ready)

    @contextmanager
    def _tidied(self) -> Iterator[None]:
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
            self._record_late()
        self._let_go()

    def _let_go(self) -> None:
        with translated(), transaction(self._connection) as connection:
            sending.let_go(connection, self._owner, self._now())

    def _claim(self, usable: list[str], most: int) -> list[Claimed]:
        now = self._clock.now()
        if not usable or not outbox.due(self._connection, utc_text(now), usable):
            return []
        with transaction(self._connection) as connection:
            return sending.claim(connection, self._owner, utc_text(now), utc_text(now + _LEASE), usable, most)

    def _ready(self, run: _Run, practice: Practice, message: Claimed) -> tuple[str, Ready] | None:
        """Commit the message as `sending`, with the result of the one before; None where it does not go now."""
        with self._recording() as connection:
            return self._start(connection, run, practice, message)

    def _start(
        self, connection: sqlite3.Connection, run: _Run, practice: Practice, message: Claimed
    ) -> tuple[str, Ready] | None:
        from guru_tui.services.last_check import Aside, last_check

        now = self._clock.now()
        found = last_check(connection, practice, message, now)
        if isinstance(found, Aside):
            mine = sending.set_aside(
                connection, message, self._owner, utc_text(now), found.state, found.reason, found.not_before
            )
            if mine and found.state in ("missed", "expired"):
                run.missed.add(message.id)
            return None
        try:
            key = sending.start_sending(
                connection, message, self._owner, utc_text(now),
                found.recipient, found.recipient_name, found.subject, found.body,
            )  # fmt: skip
        except sqlite3.IntegrityError:
            reason = "the client's new address has had this message already"
            sending.set_aside(connection, message, self._owner, utc_text(now), "cancelled", reason)
            return None
        return (key, found) if key is not None else None

    def _send(self, run: _Run, session: Session, message: Claimed, ready: tuple[str, Ready]) -> None:
        from guru_tui.channels.base import Attachment, OutgoingMessage, Unknown

        key, found = ready
        attachments = (
            (Attachment(found.attachment[0], "application/pdf", found.attachment[1]),) if found.attachment else ()
        )
        outgoing = OutgoingMessage(
            message.id, message.kind, message.channel, found.recipient, found.recipient_name, found.subject, found.body,
            key, self._clock.now(), attachments,
        )  # fmt: skip
        result: Result
        try:
            result = session.send(outgoing)
        except Exception as error:  # a channel promises not to raise; if it does, nobody knows how far it came
            result = Unknown(f"guru failed while sending ({type(error).__name__})")
            run.down[message.channel] = result.reason
        self._settle(run, message, result)

    def _settle(self, run: _Run, message: Claimed, result: Result) -> None:
        from guru_tui.channels.base import Accepted, Misconfigured, Permanent, Transient

        now = self._clock.now()
        if isinstance(result, Accepted):
            self._unrecorded.append((message.id, result.provider_id))
            run.sent += 1
            return
        state, not_before = "queued", ""
        if isinstance(result, Transient) and result.connection_lost:
            run.down[message.channel] = result.reason
        elif isinstance(result, Transient):
            not_before = utc_text(now + _backoff(message.attempts))
            run.retried.add(message.id)
        elif isinstance(result, Misconfigured):
            run.refused[message.channel] = result.reason
        elif isinstance(result, Permanent):
            state = "failed"
            run.failed.add(message.id)
        else:
            state = "unknown"
            run.unknown.add(message.id)
        with self._recording() as connection:
            sending.settle(connection, message.id, utc_text(now), state, result.reason, not_before=not_before)
            if isinstance(result, Permanent) and result.opted_out:
                self._opt_out(connection, message, now)

    def _opt_out(self, connection: sqlite3.Connection, message: Claimed, now: datetime) -> None:
        """The client told the provider to stop: that holds for every later text message too."""
        from guru_tui.store.opt_out import opt_out

        opt_out(connection, message.id, now, origin=self._who)

    def _record_late(self) -> None:
        """Record what providers have accepted, if anything is not recorded yet."""
        if self._unrecorded:
            with self._recording():
                pass

    @contextmanager
    def _recording(self) -> Iterator[sqlite3.Connection]:
        """A transaction that also records what providers have accepted before it.

        What a full disk keeps back stays in this process's memory and is recorded as soon as that works; it is never
        sent again.
        """
        pending = list(self._unrecorded)
        try:
            with translated(), transaction(self._connection) as connection:
                for message_id, provider_id in pending:
                    sending.settle(connection, message_id, self._now(), "sent", provider_id=provider_id)
                yield connection
        except TryAgain as error:
            if not pending:
                raise
            raise TryAgain(
                f"A message was sent but that could not be written down ({error}) "
                "Until it is, it counts as unknown; it is not sent again."
            ) from error
        del self._unrecorded[: len(pending)]

    def _report(self, run: _Run) -> RunReport:
        now = self._now()
        problems = [*run.refused.values(), *run.down.values()]
        paused = list(run.refused.values())
        rows: tuple[MessageRow, ...] = ()
        left = outbox.due(self._connection, now, CHANNELS)
        if left:
            unset = self._unset(now)
            paused += unset.values()
            problems += unset.values()
            # What a limit or a stop has left is no fault of a channel: the next run simply goes on with it.
            left = outbox.due(self._connection, now, {*run.refused, *run.down, *unset})
        if run.touched or left:
            from guru_tui.store.queries.outbox import messages_by_id, waiting

            run.touch(*(row.id for row in waiting(self._connection, now)))
            rows = tuple(messages_by_id(self._connection, run.touched))
        return RunReport(
            planned=run.planned,
            sent=run.sent,
            failed=len(run.failed),
            unknown=len(run.unknown),
            missed=len(run.missed),
            held=outbox.held(self._connection),
            waiting=left + len(run.retried),
            messages=rows,
            problems=tuple(problems),
            paused="; ".join(paused),
        )

    def _unset(self, now: str) -> dict[str, str]:
        """For each channel that has messages waiting and no backend, a sentence."""
        from guru_tui.services.addressing import configured, not_set_up

        available = configured(self._settings)
        return {
            channel: f"{not_set_up(channel, self._settings)}."
            for channel in CHANNELS
            if channel not in available and outbox.due(self._connection, now, [channel])
        }

    def _note(self, report: RunReport) -> None:
        """Tell the store that a sender has been at work: screens show it, and what is missed is counted from it."""
        now, (last, paused) = self._clock.now(), self._noted
        recent = last and abs(now - datetime.fromisoformat(last)) < _NOTE_EVERY
        if recent and report.idle and paused == report.paused:
            return
        with transaction(self._connection) as connection:
            sending.record_run(connection, self._who, utc_text(now), report.paused)
        self._noted = (utc_text(now), report.paused)


def _never() -> bool:
    return False


def _backoff(attempts: int) -> timedelta:
    """How long to wait after a failure that may pass: a minute, doubled each time up to an hour, spread by a fifth."""
    import random

    wait: timedelta = min(_FIRST_RETRY * (1 << min(attempts, 10)), _LONGEST_RETRY)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 (spreads load, guards nothing)
