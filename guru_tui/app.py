"""The Textual application: modes, themes, one clock tick, and a crash that shows nobody's data."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.screen import Screen

from guru_tui.bootstrap import Guru, explain
from guru_tui.commands.palette import OurCommands
from guru_tui.errors import GuruError
from guru_tui.screens.base import PracticeScreen, Working
from guru_tui.screens.places import GoBack, MoveEntry, OpenClient, OpenInvoice, ShowDay, ShowOutbox, ShowWaitlist
from guru_tui.screens.session import Session
from guru_tui.screens.today import TodayScreen
from guru_tui.widgets.themes import ThemedApp

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from guru_tui.jobs.feed_keeper import FeedKeeper
    from guru_tui.jobs.scheduler import AppSender


class GuruApp(ThemedApp[int]):
    """The app over one practice. `background` off: no warm-up, no sender (tests)."""

    CSS_PATH = "guru.tcss"
    TITLE = "guru"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {OurCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-normal"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall"), (30, "-high")]  # noqa: RUF012
    DEFAULT_MODE = "today"

    def __init__(self, session: Session, *, background: bool = True) -> None:
        super().__init__()
        self.session = session
        self.crash_report: Path | None = None
        self.last_words: GuruError | None = None
        self.ended_by = 0
        self._own_loop: asyncio.AbstractEventLoop | None = None
        self._background = background
        self._sender: AppSender | None = None
        self._feed: FeedKeeper | None = None
        self._warming: Thread | None = None
        self._leaving = Event()
        self._minute = ""
        self.add_mode("week", self._week)
        self.add_mode("month", self._month)
        self.add_mode("clients", self._clients)
        self.add_mode("invoices", self._invoices)
        self.add_mode("outbox", self._outbox)
        self.add_mode("templates", self._templates)
        self.add_mode("log", self._steps)

    # ---- screens, each imported when it is first shown -------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Today, on which the app opens."""
        return TodayScreen(self.session)

    def _week(self) -> Screen[None]:
        from guru_tui.screens.week import WeekScreen

        return WeekScreen(self.session)

    def _month(self) -> Screen[None]:
        from guru_tui.screens.month import MonthScreen

        return MonthScreen(self.session)

    def _clients(self) -> Screen[None]:
        from guru_tui.screens.clients import ClientsScreen

        return ClientsScreen(self.session)

    def _invoices(self) -> Screen[None]:
        from guru_tui.screens.invoices import InvoicesScreen

        return InvoicesScreen(self.session)

    def _outbox(self) -> Screen[None]:
        from guru_tui.screens.outbox import OutboxScreen

        return OutboxScreen(self.session)

    def _templates(self) -> Screen[None]:
        from guru_tui.screens.templates import TemplatesScreen

        return TemplatesScreen(self.session)

    def _steps(self) -> Screen[None]:
        from guru_tui.screens.log import LogScreen

        return LogScreen(self.session)

    def on_open_client(self, message: OpenClient) -> None:
        """A screen asked for a client's record."""
        from guru_tui.screens.record import RecordScreen

        self.push_screen(RecordScreen(self.session, message.client_id))

    def on_open_invoice(self, message: OpenInvoice) -> None:
        """A screen asked for an invoice in full."""
        from guru_tui.screens.invoice import InvoiceScreen

        self.push_screen(InvoiceScreen(self.session, message.invoice_id))

    def on_show_day(self, message: ShowDay) -> None:
        """A screen asked for a day: what lies on top is closed, and Today shows it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode("today")

        def there() -> None:
            if isinstance(self.screen, TodayScreen):
                self.screen.go_to_day(message.day, at=message.at)

        self.call_after_refresh(there)

    def on_move_entry(self, message: MoveEntry) -> None:
        """A screen asked to have an appointment moved about the week."""
        from guru_tui.screens.week import WeekScreen

        self.switch_mode("week")

        def there() -> None:
            if isinstance(self.screen, WeekScreen):
                self.screen.take_up(message.entry, message.version, message.back)

        self.call_after_refresh(there)

    def on_go_back(self, message: GoBack) -> None:
        """What was done elsewhere is done: back to where it was asked for."""
        from guru_tui.screens.calendar_acts import CalendarActs

        self.switch_mode(message.mode)

        def there() -> None:
            if message.change is not None and isinstance(self.screen, CalendarActs):
                self.screen.came_back(message.change)

        self.call_after_refresh(there)

    def on_show_waitlist(self, _message: ShowWaitlist) -> None:
        """A screen asked for the waiting list."""
        from guru_tui.screens.waiting import WaitingScreen

        if not isinstance(self.screen, WaitingScreen):
            self.push_screen(WaitingScreen(self.session))

    def on_show_outbox(self, message: ShowOutbox) -> None:
        """A screen asked for a part of the outbox."""
        from guru_tui.screens.outbox import OutboxScreen

        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode("outbox")

        def there() -> None:
            if isinstance(self.screen, OutboxScreen):
                self.screen.show_part(message.part)

        self.call_after_refresh(there)

    # ---- the clock and other processes -----------------------------------------------------------------

    def on_ready(self) -> None:
        """The first screen is there: start what can wait until now."""
        # Not a mode from the start: the first screen of a mode has the whole stylesheet parsed once more.
        self.add_mode(self.DEFAULT_MODE, self.get_default_screen)
        self._minute = f"{self.session.now():%F %H:%M}"
        self._own_loop = asyncio.get_running_loop()
        if self.ended_by:
            self.exit()
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        # What was made so far lives as long as the app: the collector need not look at it again.
        gc.freeze()
        gc.enable()
        if self._background:
            self._warming = Thread(target=self._prepare, name="warm-up", daemon=True)
            self._warming.start()

    def _prepare(self) -> None:
        """Load what the first change needs, then start sending; in a thread of its own."""
        try:
            self.session.warm_up()
            self.call_later(self._warmed)
            if not self._leaving.is_set():
                self._start_sender()
                self._start_feed()
        except GuruError as error:
            self.session.tell_sender(f"paused: {error}")

    def _warmed(self) -> None:
        """What the first paint did without can be shown."""
        for screen in self.screen_stack:
            if isinstance(screen, TodayScreen) and screen.loaded:
                screen.reload()

    def _tick(self) -> None:
        """Each second: show what another process has changed; each minute: move the clock and the now-line."""
        if not self.is_running:
            return  # leaving: Textual takes the screens apart while timers still tick
        minute = f"{self.session.now():%F %H:%M}"
        turned, self._minute = minute != self._minute, minute
        for screen in self.screen_stack:
            if isinstance(screen, PracticeScreen) and screen.loaded:
                if turned or screen.stale():
                    screen.reload()
                else:
                    screen.tell_time_if_changed()

    def on_key(self, event: events.Key) -> None:
        """A letter that means nothing on a screen is answered, so that nobody wonders whether it was heard."""
        screen = self.screen
        if isinstance(screen, PracticeScreen) and event.is_printable and not screen.knows(event.key):
            screen.say(f"{event.character} does nothing here; ? shows every key.", "warn")

    # ---- sending ---------------------------------------------------------------------------------------

    def _start_sender(self) -> None:
        from guru_tui.jobs.scheduler import AppSender

        guru = self.session.guru
        self._sender = AppSender(guru.settings, guru.clock, on_status=self.session.tell_sender)
        self._sender.start()

    def _start_feed(self) -> None:
        from guru_tui.jobs.feed_keeper import FeedKeeper

        guru = self.session.guru
        self._feed = FeedKeeper(guru.settings, guru.clock, self._feed_trouble)
        self._feed.start()

    def _feed_trouble(self, sentence: str) -> None:
        """Say that the calendar's file could not be written; called in the keeper's thread."""
        if self._own_loop is not None and not self._leaving.is_set():
            self._own_loop.call_soon_threadsafe(self._say_feed_trouble, sentence)

    def _say_feed_trouble(self, sentence: str) -> None:
        if self.is_running:
            self.notify(sentence, title="The calendar's file was not written", severity="warning", markup=False)

    def stop_sender(self) -> None:
        """Finish the message in hand and stop; called once the screen is given back."""
        self._leaving.set()
        if self._warming is not None:
            self._warming.join()
        if self._feed is not None:
            self._feed.stop()
        if self._sender is not None:
            self._sender.stop()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run a key's action; a refusal becomes its sentence, where the person looks."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except GuruError as error:
            if not isinstance(self.screen, Working):
                raise
            self.screen.complain(error)
            return True

    # ---- the end ---------------------------------------------------------------------------------------

    def end_soon(self, status: int) -> None:
        """Leave with that exit status; may be called in a signal's handler."""
        self.ended_by = status
        if self._own_loop is not None:
            self._own_loop.call_soon_threadsafe(self.exit)

    def _fatal_error(self) -> None:
        """Textual's own page would print local variables, which hold clients' data."""
        error = self._exception or sys.exc_info()[1]
        # A file that is damaged, full or held is no defect of ours: its sentence names the remedy.
        self.last_words = error if isinstance(error, GuruError) else explain(error) if error else None
        if self.last_words is None:
            self.crash_report = write_crash_report(self.session.guru.settings.home, error)
        self._close_messages_no_wait()


def write_crash_report(home: Path, error: BaseException | None) -> Path | None:
    """Where the program was when it broke, without values: no locals, not even the error's own text."""
    if error is None:
        return None
    lines = ["guru stopped on an error. This report holds no data of the practice.", ""]
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    folder = home / "logs"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = sum(1 for _ in folder.glob("crash-*.txt")) + 1
        path = folder / f"crash-{number}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return path


@contextmanager
def _ended_from_outside(app: GuruApp, farewell: Callable[[], object]) -> Iterator[None]:
    """Finish the message in hand and do `farewell` when the process is told to end, not only when it is left.

    `kill` leaves the app as q does. Once the terminal is gone nothing can be drawn, and Textual's threads would wait
    for it for ever: the process ends without them. Whoever set SIGHUP aside (nohup) keeps that.
    """

    def finish() -> None:
        app.stop_sender()
        farewell()
        os._exit(128 + signal.SIGHUP)

    def hung_up(*_: object) -> None:
        Thread(target=finish, name="hang-up", daemon=True).start()

    def killed(*_: object) -> None:
        app.end_soon(128 + signal.SIGTERM)

    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, killed)}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_app(guru: Guru, *, demo: bool = False, farewell: Callable[[], object] = lambda: None) -> int:
    """Run the app on a practice until it is left; the exit status. The terminal is restored whatever happens.

    `farewell` is done where the terminal goes away and nothing after this call will be.
    """
    gc.disable()  # nothing to collect before the first paint; `_painted` turns it on again
    session = Session(guru, demo=demo)
    try:
        _ = session.practice  # opens the store: a sentence of ours is told before the screen is taken over
        app = GuruApp(session)
        with _ended_from_outside(app, farewell):
            app.run()
            app.stop_sender()
    finally:
        gc.enable()
    session.close()
    if app.last_words:
        print(f"guru: {app.last_words}", file=sys.stderr)
        return app.last_words.status
    if app.return_code and not app.ended_by:
        where = f" Where it happened is in {app.crash_report}." if app.crash_report else ""
        print(f"guru stopped on an error of its own; nothing that was saved is lost.{where}", file=sys.stderr)
    return app.ended_by or app.return_code or 0
