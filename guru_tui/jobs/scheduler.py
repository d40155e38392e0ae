"""The sender on a clock: APScheduler ticks, the outbox decides.

The scheduler keeps its one job in memory and in UTC. All truth is in the outbox, so nothing is lost when it stops,
and a tick that comes late simply finds more to do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from guru_tui.errors import GuruError, TryAgain
from guru_tui.store.sender_lock import SenderBusy, holder

if TYPE_CHECKING:
    from guru_tui.domain.clock import Clock
    from guru_tui.jobs.delivery import Delivery
    from guru_tui.jobs.run_report import RunReport
    from guru_tui.jobs.station import Outdated, Station
    from guru_tui.settings import Settings

INTERVAL = 30
"""Seconds between two ticks."""

_PATIENCE = 10.0
_SAY_AGAIN = 3600.0


def run_daemon(
    station: Station,
    interval: int,
    *,
    on_ready: Callable[[], None],
    on_report: Callable[[RunReport], None],
    on_trouble: Callable[[str], None],
) -> None:
    """Send every `interval` seconds until SIGTERM, SIGINT or SIGHUP, which let the message in hand finish first.

    Holds the sender lock throughout; raises `TryAgain` where another sender keeps it, and `Outdated` once a newer guru
    has taken the store over. Any other trouble is told, once while it lasts or once an hour, and tried again.
    After each tick the calendar's feed is written where it is behind.
    """
    from guru_tui.jobs.steady import Every, SteadyBlockingScheduler, options

    daemon = _Daemon(station, SteadyBlockingScheduler(**_set_up()), on_report, on_trouble)
    try:
        with daemon.heeding_signals():
            _take_lock(station, daemon.stopping)
            on_ready()
            daemon.feed.start()
            daemon.scheduler.add_job(daemon.tick, Every(interval), **options())
            daemon.scheduler.start()  # returns once it is stopped, at once where that was before
            daemon.wait()
    finally:
        daemon.feed.stop()
        station.close()
    if daemon.outdated is not None:
        raise daemon.outdated


class Said:
    """What was said last, so that a trouble which lasts is told once an hour and not at every tick."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0.0

    def is_news(self, text: str) -> bool:
        """Whether `text` is another than the last, or that was an hour ago; notes it as said."""
        news = text != self._text or time.monotonic() - self._at > _SAY_AGAIN
        if news:
            self._text, self._at = text, time.monotonic()
        return news

    def forget(self) -> None:
        """The trouble is over: the same one would be news again."""
        self._text = ""


class _Daemon:
    """The daemon while it runs: its tick, and how it is stopped."""

    def __init__(
        self,
        station: Station,
        scheduler: Any,
        on_report: Callable[[RunReport], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        self._station = station
        self.scheduler = scheduler
        self._on_report = on_report
        self._on_trouble = on_trouble
        self.feed = station.feed_keeper(lambda why: on_trouble(f"the calendar's file was not written: {why}"))
        self._said = Said()
        self._stopper: threading.Thread | None = None
        self.stopping = threading.Event()
        self.outdated: Outdated | None = None

    def tick(self) -> None:
        """One run, if it is not to stop; whatever is in its way is told and tried again at the next."""
        from guru_tui.jobs.station import Outdated

        if self.stopping.is_set():
            return
        try:
            delivery = self._station.delivery()
            delivery.acquire()  # nothing to do, unless the store or the lock's file is another now
            report = delivery.run_once(stop=self.stopping.is_set)
        except Outdated as error:
            self.outdated = error
            self.stop()
        except GuruError as error:
            self._trouble(str(error))
        except Exception as error:
            # One defective message must not silence all others: its try is on record, and a second one ends it.
            self._trouble(_defect(error))
        else:
            self._said.forget()
            if not report.idle:
                self._on_report(report)
        self.feed.nudge()

    def stop(self, *_: object) -> None:
        """Let the message in hand finish, then end; may be called in a signal's handler and in a tick."""
        if not self.stopping.is_set():
            self.stopping.set()
            # Not here: it may have interrupted the scheduler while that holds its own lock.
            self._stopper = threading.Thread(target=_shut_down, args=(self.scheduler,), name="stop", daemon=True)
            self._stopper.start()

    def wait(self) -> None:
        """Return once the message in hand is finished; the scheduler's own loop may end before that."""
        if self._stopper is not None:
            self._stopper.join()

    def heeding_signals(self) -> _Signals:
        """Have signals stop it, within a `with` block."""
        return _Signals(self.stop)

    def _trouble(self, sentence: str) -> None:
        if self._said.is_news(sentence):
            self._on_trouble(sentence)


class _Signals:
    """SIGTERM, SIGINT and the hang-up of a terminal lead to `stop`; whoever set SIGHUP aside (nohup) keeps that."""

    def __init__(self, stop: Callable[..., None]) -> None:
        self._stop = stop
        self._former: dict[int, Any] = {}

    def __enter__(self) -> None:
        import signal

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._former[number] = signal.signal(number, self._stop)

    def __exit__(self, *_: object) -> None:
        import signal

        for number, handler in self._former.items():
            signal.signal(number, handler)


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
        self._station: Station | None = None
        self.status = ""

    def start(self) -> None:
        """Begin to tick, the first time at once."""
        from guru_tui.jobs.steady import Every, SteadyBackgroundScheduler, options

        self._stopping.clear()
        self._scheduler = SteadyBackgroundScheduler(**_set_up(), daemon=True)
        self._scheduler.add_job(self.tick, Every(self._interval), **options())
        self._scheduler.start()

    def stop(self) -> None:
        """Let the message in hand finish, then stop; may be called twice."""
        self._stopping.set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        if self._station is not None:
            self._station.close()

    def tick(self) -> None:
        """One run; another sender's lock or a passing trouble only changes `status`."""
        try:
            report = self._delivery().run_once(stop=self._stopping.is_set)
        except SenderBusy:
            found = holder(self._settings.home)
            self._say(f"{found} sends" if found else "another guru sends")
        except GuruError as error:
            self._say(f"paused: {error}")
        except Exception as error:
            self._say(f"paused: {_defect(error)}")
        else:
            trouble = report.paused or report.stuck
            self._say(f"paused: {trouble}" if trouble else "this app sends")
            if not report.idle:
                self._on_report(report)

    def _delivery(self) -> Delivery:
        """The delivery of this thread, on a connection that no screen uses."""
        if self._station is None:
            from guru_tui.jobs.station import Station

            self._station = Station(self._settings, self._clock, who="app")
        return self._station.delivery()

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


def _take_lock(station: Station, stopping: threading.Event) -> None:
    """Take the lock for good; a run of cron or a tick of the app has it for moments only, so wait for those."""
    until = time.monotonic() + _PATIENCE
    delivery = station.delivery()
    while True:
        try:
            delivery.acquire()
            return
        except SenderBusy as busy:
            if stopping.is_set():
                return
            found = delivery.holder()
            if (found is not None and found.who == "daemon") or time.monotonic() > until:
                raise TryAgain(str(busy)) from None
            stopping.wait(0.1)


def _shut_down(scheduler: Any) -> None:
    """Stop a scheduler that may still be on its way up."""
    while not scheduler.running:
        time.sleep(0.01)
    scheduler.shutdown(wait=True)


def _ignore(_: object) -> None:
    return None
