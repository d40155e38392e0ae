"""The sender on a clock: APScheduler ticks, the outbox decides.

The scheduler keeps its one job in memory and in UTC. All truth is in the outbox, so nothing is lost when it stops,
and a tick that comes late simply finds more to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from guru_tui.errors import GuruError, TryAgain
from guru_tui.store.sender_lock import SenderBusy, holder

if TYPE_CHECKING:
    from guru_tui.domain.clock import Clock
    from guru_tui.jobs.delivery import Delivery
    from guru_tui.jobs.run_report import RunReport
    from guru_tui.settings import Settings

INTERVAL = 30
"""Seconds between two ticks."""

_PATIENCE = 10.0
_OPTIONS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def run_daemon(
    delivery: Delivery,
    interval: int,
    *,
    on_ready: Callable[[], None],
    on_report: Callable[[RunReport], None],
    on_trouble: Callable[[str], None],
) -> None:
    """Send every `interval` seconds until SIGTERM or SIGINT, which let the message in hand finish first.

    Holds the sender lock throughout; raises `TryAgain` where another sender keeps it.
    """
    import signal

    from apscheduler.schedulers.blocking import BlockingScheduler

    stopping = threading.Event()
    scheduler = BlockingScheduler(**_set_up())

    def tick() -> None:
        if not stopping.is_set():
            _tick(delivery, stopping, on_report, on_trouble)

    def stop(*_: object) -> None:
        if not stopping.is_set():
            stopping.set()
            # Not in the handler itself: it may have interrupted the scheduler while that holds its own lock.
            threading.Thread(target=_shut_down, args=(scheduler,), name="stop").start()

    _take_lock(delivery, stopping)
    on_ready()
    former = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        scheduler.add_job(tick, **_OPTIONS)
        scheduler.add_job(tick, "interval", seconds=interval, **_OPTIONS)
        if not stopping.is_set():
            scheduler.start()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        delivery.release()


class AppSender:
    """The sender inside the app: ticks in a thread of its own while no other sender has the lock.

    `status` says who sends, for the header. `on_report` is called in that thread after each tick that did
    something, and `on_status` when `status` has changed.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        interval: int = INTERVAL,
        on_report: Callable[[RunReport], None] | None = None,
        on_status: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._interval = interval
        self._on_report = on_report or _ignore
        self._on_status = on_status or _ignore
        self._stopping = threading.Event()
        self._scheduler: Any = None
        self._delivery: Delivery | None = None
        self._close: Callable[[], None] | None = None
        self.status = ""

    def start(self) -> None:
        """Begin to tick, the first time at once."""
        from apscheduler.schedulers.background import BackgroundScheduler

        self._stopping.clear()
        self._scheduler = BackgroundScheduler(**_set_up(), daemon=True)
        self._scheduler.add_job(self.tick, **_OPTIONS)
        self._scheduler.add_job(self.tick, "interval", seconds=self._interval, **_OPTIONS)
        self._scheduler.start()

    def stop(self) -> None:
        """Let the message in hand finish, then stop; may be called twice."""
        self._stopping.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        if self._close is not None:
            self._close()
            self._close = self._delivery = None

    def tick(self) -> None:
        """One run; another sender's lock or a passing trouble only changes `status`."""
        try:
            report = self._open().run_once(stop=self._stopping.is_set)
        except SenderBusy:
            found = holder(self._settings.home)
            self._say(f"{found} sends" if found else "another guru sends")
        except GuruError as error:
            self._say(f"paused: {error}")
        except Exception as error:
            self._say(f"paused: {_defect(error)}")
        else:
            self._say(f"paused: {report.paused}" if report.paused else "this app sends")
            if not report.idle:
                self._on_report(report)

    def _open(self) -> Delivery:
        """The delivery of this thread, on a connection that no screen uses."""
        if self._delivery is None:
            from guru_tui.jobs.delivery import Delivery
            from guru_tui.store.schema import open_current

            connection = open_current(self._settings.database, self._clock)
            self._close = connection.close
            self._delivery = Delivery(self._settings, connection, self._clock, who="app")
        return self._delivery

    def _say(self, status: str) -> None:
        if status != self.status:
            self.status = status
            self._on_status(status)


def _defect(error: Exception) -> str:
    """A defect of the program in one sentence, without its message, which may quote a client."""
    return f"a run ended with a defect of the program ({type(error).__name__}); the next one goes on"


def _set_up() -> dict[str, Any]:
    import logging
    from datetime import UTC

    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.memory import MemoryJobStore

    # A run that outlasts the interval is no trouble, and a line on standard error would tear the screen.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    return {
        "jobstores": {"default": MemoryJobStore()},
        "executors": {"default": ThreadPoolExecutor(max_workers=1)},
        "timezone": UTC,
    }


def _tick(
    delivery: Delivery,
    stopping: threading.Event,
    on_report: Callable[[RunReport], None],
    on_trouble: Callable[[str], None],
) -> None:
    try:
        report = delivery.run_once(stop=stopping.is_set)
    except GuruError as error:
        on_trouble(str(error))
    except Exception as error:
        # One defective message must not silence all others: its try is on record, and a second one ends it.
        on_trouble(_defect(error))
    else:
        if not report.idle:
            on_report(report)


def _take_lock(delivery: Delivery, stopping: threading.Event) -> None:
    """Take the lock for good; a run of cron or a tick of the app has it for moments only, so wait for those."""
    import time

    until = time.monotonic() + _PATIENCE
    while True:
        try:
            delivery.acquire()
            return
        except SenderBusy as busy:
            found = delivery.holder()
            if (found is not None and found.who == "daemon") or time.monotonic() > until:
                raise TryAgain(str(busy)) from None
            stopping.wait(0.1)


def _shut_down(scheduler: Any) -> None:
    """Stop a scheduler that may still be on its way up."""
    import time

    while not scheduler.running:
        time.sleep(0.01)
    scheduler.shutdown(wait=True)


def _ignore(_: object) -> None:
    return None
