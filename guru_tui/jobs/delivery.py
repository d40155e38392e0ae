"""One run of the sender: take the lock, take up what a dead run left, plan what is due, send, ask and read, report.

Whoever starts it - a command, cron, the daemon, the app - runs this, one at a time. How a message leaves stands in
`jobs.dispatch`. Each step costs an idle run one cheap question and imports what it needs only where there is work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.practice import CHANNELS
from guru_tui.jobs.run_report import RunReport, Tally, ended_row, planned_row
from guru_tui.services.reminders import REVIVED, Plan, plan
from guru_tui.services.sender_place import place
from guru_tui.settings import Settings
from guru_tui.store import outbox, sending
from guru_tui.store.connection import transaction, translated
from guru_tui.store.queries.settings import practice as practice_settings
from guru_tui.store.sender_lock import Holder, SenderBusy, SenderLock, holder

if TYPE_CHECKING:
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.message import NewMessage
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.jobs.dispatch import Dispatch

# A note that a run found nothing is written once a minute at most: each write wakes every open screen.
_NOTE_EVERY = timedelta(seconds=60)
# A server that does not answer is a trouble that passes, until it has lasted so long.
_LONG = timedelta(hours=1)
SWITCHED_OFF = "sending is switched off; turn it on with: guru settings set sending yes"


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
        self._lock = SenderLock(settings.home, who)
        self._dispatch: Dispatch | None = None
        self._noted = ("", "")
        self._sure = False

    def use(self, settings: Settings) -> None:
        """Go on with settings that were read anew, of the same data directory."""
        self._settings = settings

    def acquire(self) -> None:
        """Keep the sender lock for longer than one run; raises `TryAgain` naming who has it and since when."""
        if self._lock.held:
            return
        try:
            self._lock.acquire(self._now())
        except SenderBusy as busy:
            if busy.holder is None:
                raise
            with translated():
                zone = practice_settings(self._connection).zone
            raise SenderBusy(busy.holder, since=_told(busy.holder.since, zone)) from None

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
            return self._run(limit, _Heard(stop) if stop is not None else _never)
        finally:
            if not kept:
                self.release()

    def plan(self, at: datetime) -> RunReport:
        """What a run at the instant `at` would find, from the store as it is; writes nothing and takes no lock."""
        from guru_tui.store.queries.outbox import waiting

        practice = practice_settings(self._connection)
        found = plan(self._connection, self._settings, practice, at, sending.last_run(self._connection, utc_text(at)))
        rows = waiting(self._connection, utc_text(at))
        late = [row for row in rows if row.expires_at is not None and row.expires_at <= at]
        due = [row for row in rows if row not in late]
        planned = [planned_row(message, at) for message in found.due]
        missed = [planned_row(message, at) for message in found.missed] + [ended_row(row) for row in late]
        paused = "" if practice.sending else SWITCHED_OFF
        return RunReport(
            planned=sum(row.state == "queued" for row in planned),
            missed=len(missed),
            held=outbox.held(self._connection),
            messages=(*due, *planned, *missed),
            problems=(paused,) if paused else (),
            paused=paused,
        )

    def _run(self, limit: int | None, stop: Callable[[], bool]) -> RunReport:
        run = Tally()
        self._sure = False
        with translated():
            if self._dispatch is not None:
                self._dispatch.record_late()
            practice = practice_settings(self._connection)
            self._take_up(run)
            self._plan(run, practice)
            self._plan_own_mail(run, practice)
            self._send(run, practice, limit, stop)
            if not stop():
                self._ask_providers(run, practice, stop)
                self._read_replies(run, practice)
                # What has just failed is told in the same run.
                if self._plan_own_mail(run, practice):
                    self._send(run, practice, limit, stop)
            report = self._report(run, practice)
            self._note(report)
        return report

    def _now(self) -> str:
        return utc_text(self._clock.now())

    def _take_up(self, run: Tally) -> None:
        if sending.ran_ahead(self._connection, self._now()):
            with transaction(self._connection) as connection:
                sending.set_right(connection, self._now())
        if not sending.stale(self._connection, self._now()):
            return
        with transaction(self._connection) as connection:
            ended = sending.recover(connection, self._now())
            missed = sending.expire(connection, self._now())
        self._tell(run, (*ended, *missed))

    def _tell(self, run: Tally, ids: Iterable[int]) -> None:
        """Count what has come to an end otherwise than by being sent in this run."""
        from guru_tui.store.queries.outbox import messages_by_id

        for row in messages_by_id(self._connection, ids):
            run.touch(row.id)
            if row.state != "sent":
                run.count(row.id, row.kind, row.state)

    def _plan(self, run: Tally, practice: Practice) -> None:
        now = self._clock.now()
        found = plan(self._connection, self._settings, practice, now, sending.last_run(self._connection, utc_text(now)))
        if not found.due and not found.missed:
            return
        self._be_sure()
        with transaction(self._connection) as connection:
            self._put(connection, run, found, utc_text(now))

    def _put(self, connection: sqlite3.Connection, run: Tally, found: Plan, now: str) -> None:
        for message in found.due:
            if message.state == "queued":
                outbox.drop_blocked(connection, message, now)
                run.planned += 1
            run.touch(outbox.put(connection, message, now, REVIVED))
        for message in found.missed:
            run.count(outbox.put(connection, message, now, REVIVED), message.kind, "missed")

    def _plan_own_mail(self, run: Tally, practice: Practice) -> bool:
        """Queue the mails to the practitioner that are due; whether there are any."""
        if practice["agenda_channels"] == "off" and practice["alert_channels"] == "off":
            return False
        from guru_tui.services.practitioner_mail import plan as own_mail

        found: tuple[NewMessage, ...] = own_mail(self._connection, self._settings, practice, self._clock.now())
        if not found:
            return False
        with transaction(self._connection) as connection:
            for message in found:
                run.touch(outbox.put(connection, message, self._now(), ()))
        return True

    def _send(self, run: Tally, practice: Practice, limit: int | None, stop: Callable[[], bool]) -> None:
        if not practice.sending or not outbox.due(self._connection, self._now(), CHANNELS):
            return
        self._be_sure()
        self._reroute(run, practice)
        if self._dispatch is None:
            from guru_tui.jobs.dispatch import Dispatch

            self._dispatch = Dispatch(self._connection, self._clock, self._who)
        self._dispatch.send_all(run, self._settings, practice, limit, stop)

    def _be_sure(self) -> None:
        """Refuse a damaged store before anything is queued or leaves, once a run."""
        if not self._sure:
            from guru_tui.store.soundness import refuse_damaged

            refuse_damaged(self._connection)
            self._sure = True

    def _reroute(self, run: Tally, practice: Practice) -> None:
        """Move what waits for a channel without a backend to the other one, where the rules allow that."""
        unset = self._unset(self._now())
        if not unset or len(unset) == len(CHANNELS):
            return
        from guru_tui.services.rerouting import reroute

        with transaction(self._connection) as connection:
            run.touch(*reroute(connection, self._settings, practice, tuple(unset), self._clock.now()))

    def _ask_providers(self, run: Tally, practice: Practice, stop: Callable[[], bool]) -> None:
        from guru_tui.store import tracing

        if not tracing.due(self._connection, self._now()):
            return
        from guru_tui.channels.build import build
        from guru_tui.jobs.polling import poll

        channels = build(self._settings, practice)
        self._tell(run, poll(self._connection, channels, self._clock.now(), stop=stop))

    def _read_replies(self, run: Tally, practice: Practice) -> None:
        if not self._settings.get("GURU_IMAP_HOST"):
            return
        from guru_tui.jobs import inbound

        if inbound.due(self._connection, self._settings, self._clock.now()):
            trouble = inbound.read(self._connection, self._settings, practice, self._clock, self._who)
            run.troubles += [trouble] if trouble else []

    def _report(self, run: Tally, practice: Practice) -> RunReport:
        now = self._now()
        problems = [*run.refused.values(), *run.down.values(), *run.troubles]
        paused = list(run.refused.values())
        rows: tuple[MessageRow, ...] = ()
        left = outbox.due(self._connection, now, CHANNELS)
        if not practice.sending:
            paused = [SWITCHED_OFF]
            problems += paused if left else []
        elif left:
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
            stuck=" ".join(run.down.values()) if self._waits_long(run) else "",
        )

    def _waits_long(self, run: Tally) -> bool:
        """Whether a channel that is down keeps messages back whose time came long ago."""
        since = outbox.oldest(self._connection, run.down) if run.down else ""
        return bool(since) and since < utc_text(self._clock.now() - _LONG)

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
        # Her own switch is no news to the practitioner.
        trouble = "" if report.paused == SWITCHED_OFF else report.paused or report.stuck
        if recent and report.idle and paused == trouble:
            return
        with transaction(self._connection) as connection:
            sending.record_run(connection, self._who, utc_text(now), trouble, place(self._who))
        self._noted = (utc_text(now), trouble)


def _never() -> bool:
    return False


class _Heard:
    """A wish to stop, which holds once it was heard."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._heard = False

    def __call__(self) -> bool:
        self._heard = self._heard or self._stop()
        return self._heard


def _told(since: str, zone: str) -> str:
    """`Wed 25 Nov 10:00` in the practice's zone; empty for what is no instant."""
    from guru_tui.domain.local_time import short_date, to_local

    try:
        there = to_local(from_utc_text(since), zone)
    except ValueError:
        return ""
    return f"{short_date(there.date())} {there:%H:%M}"
