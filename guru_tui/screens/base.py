"""What every screen has: bars, commands, one way to read and one way to change the practice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen

from guru_tui.bootstrap import Guru
from guru_tui.commands.command import Command
from guru_tui.commands.everywhere import EVERYWHERE, GENERAL, SCREENS
from guru_tui.domain.local_time import short_date
from guru_tui.errors import GuruError, NotFound
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import HeaderBar, Hint, KeyBar, Part, StatusBar, Tab
from guru_tui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import DayTotals

Result = TypeVar("Result")
Answer = TypeVar("Answer")
_HELP = next(command for command in GENERAL if command.id == "help")


class Working(Screen[Answer]):
    """A screen or dialog that can change the practice in a worker thread, one step at a time."""

    session: Session
    busy = False

    def change(self, use_case: Callable[[Guru], Result], done: Callable[[Result], object]) -> None:
        """Run a use case off the interface's thread, then `done` on it; an error becomes one sentence.

        While one runs another is not started: a key pressed twice does one thing.
        """
        if self.busy:
            return
        self.busy = True
        self.run_worker(partial(self._work, use_case, done), thread=True, group="changes")

    def _work(self, use_case: Callable[[Guru], Result], done: Callable[[Result], object]) -> None:
        try:
            result = self.session.write(use_case)
        except GuruError as error:
            self.app.call_from_thread(self._failed, error)
        else:
            self.app.call_from_thread(self._done, done, result)

    def _failed(self, error: GuruError) -> None:
        self.busy = False
        if self.is_running:
            self.complain(error)

    def _done(self, done: Callable[[Result], object], result: Result) -> None:
        self.busy = False
        if self.is_running:
            done(result)

    def complain(self, error: GuruError) -> None:
        """Say what went wrong, in the error's own sentence."""
        raise NotImplementedError


class PracticeScreen(Working[None]):
    """A screen of the practice. Subclasses give the body, the commands and `load`."""

    TITLE_IN_HEADER: ClassVar[str] = ""
    ACTIONS: ClassVar[tuple[Command, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = "RecordList"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._version = -1
        self.seen = 0
        self._told = ""

    # ---- composing -----------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Header, body, status line, keys."""
        tabs = [
            Tab(command.singles[0], command.help.removeprefix("Go to "), command.action)
            for command in SCREENS
            if command.palette
        ]
        yield HeaderBar(tabs, self.TITLE_IN_HEADER)
        yield from self.body()
        yield StatusBar("demo: nothing leaves this machine" if self.session.demo else "")
        yield KeyBar([Hint(command.key, command.label, command.action) for command in self.footer()])

    def body(self) -> ComposeResult:
        """What stands between the bars."""
        raise NotImplementedError

    def footer(self) -> Sequence[Command]:
        """The commands of the footer, the most useful first, help last."""
        return [
            *(command for command in self.ACTIONS if command.label and command.footer),
            *(command for command in GENERAL if command.label and command.id in ("find",)),
            _HELP,
        ]

    def commands(self) -> tuple[Command, ...]:
        """Everything that can be done here."""
        return self.ACTIONS + EVERYWHERE

    def knows(self, key: str) -> bool:
        """Whether a key, or a chord that begins with it, does something here."""
        return any(key in command.singles or key in dict(command.chords) for command in self.commands())

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read and show; called with the screen on display."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read everything again and remember which state of the store that was."""
        self._version = self.session.reads.data_version()
        self.seen = self.session.reads.newest_change()
        self.session.refresh()
        try:
            self.load()
        except NotFound as error:
            self.vanished(error)
            return
        self.tell_time()

    def vanished(self, error: NotFound) -> None:
        """What this screen shows is gone; screens of one record close."""
        self.complain(error)

    @property
    def loaded(self) -> bool:
        """Whether the screen has been composed and has read once."""
        return self._version >= 0

    def stale(self) -> bool:
        """Whether the store has changed since this screen read it."""
        return self.loaded and self.session.reads.data_version() != self._version

    def on_mount(self) -> None:
        """First reading, before the first paint."""
        self.reload()

    def on_screen_resume(self) -> None:
        """Coming back from another screen or a dialog."""
        if self.stale():
            self.reload()
        elif self.loaded:
            self.tell_time()

    def tell_time(self) -> None:
        """Bring the header's right side up to date."""
        session, now = self.session, self.session.now()
        self._told = session.sender
        totals = session.totals
        parts = [
            Part(session.practice.name, "strong", 6),
            Part(_needs_you(totals), "bad", 1),
            Part("" if session.practice.sending else "sending is off", "warn", 2),
            Part(f"⇅ {totals.held_messages} held" if totals.held_messages else "", "warn", 3),
            Part(session.sender, "bad" if session.sender_trouble else "dim", 5),
            Part(short_date(now.date()), "", 4),
            Part(f"{now:%H:%M}", "strong", 0),
        ]
        self.query_one(HeaderBar).show([part for part in parts if part.text])

    def tell_time_if_changed(self) -> None:
        """What the header shows besides the store: who sends."""
        if self.session.sender != self._told:
            self.tell_time()

    @staticmethod
    def found(read: Callable[[], Result]) -> Result | None:
        """What `read` gives; None for a record that went away since the list was read."""
        try:
            return read()
        except NotFound:
            return None

    # ---- saying --------------------------------------------------------------------------------------

    def say(self, text: str, tone: str = "ok", *, undo: bool = False) -> None:
        """Put a sentence on the status line."""
        self.query_one(StatusBar).show(text, tone, undo=undo)

    def complain(self, error: GuruError) -> None:
        """The error's sentence, on the status line where it fits and in full as a toast where it does not."""
        text = self.session.discreet(str(error))
        self.say(text, "bad")
        if len(text) + 4 > self.size.width:
            self.notify(text, title=error.title, severity="error", markup=False, timeout=8)

    def changed(self, text: str, *, undo: bool = True) -> None:
        """A change is done: say it, with the way back, and read everything again."""
        self.reload()
        self.say("Done" if self.session.privacy and undo else text, "ok", undo=undo)

    def copy(self, mobile: str, email: str) -> None:
        """Put a client's number, or else the email address, on the clipboard (OSC 52)."""
        what = self.session.phone(mobile) if mobile and not self.session.privacy else mobile or email
        if not what:
            self.say("This client has neither a number nor an email address.", "warn")
            return
        self.app.copy_to_clipboard(what)
        self.say("Copied" if self.session.privacy else f"Copied {what}")

    # ---- moving --------------------------------------------------------------------------------------

    @property
    def records(self) -> RecordList:
        """The list that the cursor keys move in."""
        return self.query_one(RecordList)

    def point(self, key: Hashable) -> bool:
        """Put the cursor on a record."""
        return self.records.point(key)

    def ask(self, dialog: ModalScreen[Result], then: Callable[[Result], object]) -> None:
        """Open a dialog; `then` gets its result unless it was left with Esc."""

        def answered(result: Result | None) -> None:
            if result is not None:
                then(result)

        self.app.push_screen(dialog, answered)


def _needs_you(totals: DayTotals) -> str:
    """`! 2 need you`: messages that ended badly and replies that nobody has read."""
    number = totals.failed_messages + totals.replies
    return f"! {number} need{'s' if number == 1 else ''} you" if number else ""


def counted(number: int, word: str) -> str:
    """`1 message`, `2 messages`."""
    return f"{number} {word}{'s' if number != 1 else ''}"


def hints(commands: Iterable[Command]) -> list[Hint]:
    """Commands as the key bar shows them."""
    return [Hint(command.key, command.label, command.action) for command in commands]
