"""A step on a series before it is made: every occurrence, what is done with those not free, and the message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.bootstrap import Guru
from guru_tui.domain.local_time import short_date
from guru_tui.domain.recurrence import told
from guru_tui.domain.series import Decisions, Edit, Occurrence, SeriesChange, SeriesPlan
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.errors import GuruError, SlotTaken
from guru_tui.screens.base import Working, counted
from guru_tui.screens.dialogs.occurrences import occurrence_line, refused
from guru_tui.screens.dialogs.telling import Telling
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import BLANK, Line, one_line, words

if TYPE_CHECKING:
    from guru_tui.services.series import SeriesService

_KEYS = {"s": "skip", "h": "shift", "k": "keep"}
_BARS, _HIGH, _LOWER = 8, 30, 4
"""Lines of the screen that the list and the message have not (the frame, the rule, the keys); on a screen of so many
lines the frame hangs so much lower."""
_WRONG = 3
"""Lines that a list without a message keeps for what is wrong."""
_BOX, _TEXT = 5, 4
"""Lines of a message but its text, and the lines of its text that there are at least."""
_NOTHING_NEW = "the client has these times in mind, or such messages are off"


def _rule(plan: SeriesPlan) -> str:
    return told(plan.repeat, [one.start for one in plan.occurrences])


def _left_out(_one: Occurrence) -> str:
    return "left out"


@dataclass(frozen=True)
class SeriesStep:
    """What is to be done to a series: how it is planned and made, and what it is called.

    `make` is given the decisions and whether the client is told; it is rehearsed for its message, unless `notify` is
    None: then there is none to show. `heading` says what the plan comes to, `skipped` what becomes of one that is left.
    """

    title: str
    plan: Callable[[SeriesService], SeriesPlan]
    make: Callable[[SeriesService, Decisions, bool], SeriesChange]
    doing: str = "book"
    notify: bool | None = None
    heading: Callable[[SeriesPlan], str] = _rule
    skipped: Callable[[Occurrence], str] = _left_out

    def look(self, guru: Guru) -> tuple[SeriesPlan, tuple[MessagePreview, ...]]:
        """What it comes to, and the message where nothing has to be decided first."""
        plan = self.plan(guru.series)
        return plan, () if plan.troubled else self.previews(guru, {})

    def previews(self, guru: Guru, decisions: Decisions) -> tuple[MessagePreview, ...]:
        """The message that it would queue."""
        if self.notify is None:
            return ()
        change = self.make(guru.series.rehearsal(), decisions, True)
        return tuple(MessagePreview.of(message) for message in change.messages)


def ask_series(asker: Working[Any], step: SeriesStep, done: Callable[[SeriesChange], object]) -> None:
    """Show what a step comes to, and make it once that is settled; `done` gets what was made."""

    def show(seen: tuple[SeriesPlan, tuple[MessagePreview, ...]]) -> None:
        def made(change: SeriesChange | None) -> None:
            if change is not None:
                done(change)

        asker.app.push_screen(SeriesDialog(asker.session, step, *seen), made)

    asker.change(step.look, show)


def moving(
    session: Session, entry: AgendaEntry, scope: str, edit: Edit, version: int, *, notify: bool = True
) -> SeriesStep:
    """The move of as much of an appointment's series as `scope` says, by as much as the appointment itself."""

    def heading(plan: SeriesPlan) -> str:
        said = counted(len(plan.occurrences), "appointment")
        begins = edit.start or entry.starts
        length = f", {edit.minutes} min each" if edit.minutes else ""
        return f"{said}, this one to {short_date(begins.date())} {begins:%H:%M}{length}."

    return SeriesStep(
        f"Move {session.person(entry.client)}",
        lambda series: series.plan_edit(entry.id, scope, edit, version=version),
        lambda series, decisions, told: series.edit(entry.id, scope, edit, decisions, notify=told, version=version),
        doing="move",
        notify=notify,
        heading=heading,
        skipped=lambda _one: "stays where it is",
    )


class SeriesDialog(Telling[SeriesChange]):
    """s leaves one out, h moves it to the next free time that day, k keeps it; capitals do so with all. Enter makes."""

    AUTO_FOCUS = "RecordList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor('down')", "Down", show=False),
        Binding("up", "cursor('up')", "Up", show=False),
        Binding("pagedown", "cursor('page_down')", "Page down", show=False),
        Binding("pageup", "cursor('page_up')", "Page up", show=False),
        Binding("home", "cursor('home')", "First", show=False),
        Binding("end", "cursor('end')", "Last", show=False),
        *(Binding(key, f"decide('{word}')", word, show=False) for key, word in _KEYS.items()),
        *(Binding(key.upper(), f"decide_all('{word}')", word, show=False) for key, word in _KEYS.items()),
        Binding("n", "tell", "Notify the client", show=False),
        Binding("enter", "confirm", "Make them", show=False),
    ]

    def __init__(
        self, session: Session, step: SeriesStep, plan: SeriesPlan, previews: tuple[MessagePreview, ...] = ()
    ) -> None:
        super().__init__(session)
        self._step = step
        self._plan = plan
        self.told = previews, _NOTHING_NEW
        self.tell = bool(step.notify)
        self._decisions: dict[datetime, str] = {}
        self._looking = False

    def body(self) -> Iterable[Widget]:
        """What it comes to, the occurrences, the message."""
        yield Pane(id="what")
        yield RecordList(id="occurrences")
        yield Pane(id="told")

    def on_mount(self) -> None:
        """Begin at the first that is not free."""
        super().on_mount()
        self.entitle(self._step.title)
        self._show_plan()

    def _show_plan(self) -> None:
        heading = self._step.heading(self._plan)
        self.query_one("#what", Pane).show(lambda width: [((line, "strong"),) for line in words(heading, width)])
        self.on_resize()
        self._show(self._next_open())
        self.show_told()

    # ---- the list ------------------------------------------------------------------------------------

    @property
    def _rows(self) -> int:
        """How many rows the list has: as many as the screen has room for beside the message."""
        below = _WRONG if self._step.notify is None else _BOX + _TEXT
        return min(len(self._plan.occurrences), max(self._room - below, 3))

    @property
    def _room(self) -> int:
        """How many lines there are for the list and the message together."""
        height = self.app.size.height
        return height - _BARS - (_LOWER if height >= _HIGH else 0)

    def on_resize(self) -> None:
        """As many rows as the screen has room for."""
        self.query_one(RecordList).styles.height = self._rows

    def _show(self, at: datetime | None = None) -> None:
        rows = [Row(one.start, one_line(self._line, one)) for one in self._plan.occurrences]
        self.query_one(RecordList).show(rows, at=at)
        number = len(self._plan.occurrences) - list(self._decisions.values()).count("skip")
        choices = [
            Hint("s", "leave out", "decide('skip')"),
            Hint("h", "next free", "decide('shift')"),
            Hint("k", "keep", "decide('keep')"),
        ]
        self.keys(
            Hint("⏎", f"{self._step.doing} {number}", "confirm"),
            *(choices if self._plan.troubled else []),
            *([Hint("n", "notify", "tell")] if self._step.notify is not None else []),
            Hint("Esc", "back", "leave"),
        )

    def _line(self, one: Occurrence, width: int) -> Line:
        decision = self._decisions.get(one.start, "")
        return occurrence_line(self.session, self._plan, one, decision, self._step.skipped(one), width)

    # ---- the message ---------------------------------------------------------------------------------

    def show_told(self) -> None:
        """Draw the message, where there is one to come."""
        pane = self.query_one("#told", Pane)
        pane.display = self._step.notify is not None
        if pane.display:
            pane.show(self._message)

    def _message(self, width: int) -> list[Line]:
        waiting = "once each is decided" if self._next_open() is not None else "in a moment" if self._looking else ""
        if waiting:
            return [BLANK, ((f"The message stands here {waiting}.", "dim"),)]
        return [BLANK, *self.told_lines(width, max(self._room - self._rows - _BOX, 3))]

    def _rehearse(self) -> None:
        """Ask for the message as the decisions make it; beside other changes, so that no key is lost to it."""
        self._looking = self._step.notify is not None and self._next_open() is None
        self.show_told()
        if self._looking:
            work = partial(self._look, dict(self._decisions))
            self.run_worker(work, thread=True, exclusive=True, group="rehearsal")

    def _look(self, decisions: dict[datetime, str]) -> None:
        previews: tuple[MessagePreview, ...] = ()
        silence = _NOTHING_NEW
        try:
            previews = self.session.write(lambda guru: self._step.previews(guru, decisions))
        except GuruError as error:
            silence = str(error)
        self.app.call_from_thread(self._looked, decisions, previews, silence)

    def _looked(self, decisions: dict[datetime, str], previews: tuple[MessagePreview, ...], silence: str) -> None:
        if self.is_running and decisions == self._decisions:
            self.told, self._looking = (previews, self.session.discreet(silence)), False
            self.show_told()

    def action_tell(self) -> None:
        """Tell the client, or not; once there is a message."""
        if self._looking:
            self.tell = not self.tell
        elif self._step.notify is not None and self._next_open() is None:
            super().action_tell()

    # ---- deciding ------------------------------------------------------------------------------------

    def _next_open(self) -> datetime | None:
        return next((one.start for one in self._plan.troubled if one.start not in self._decisions), None)

    def _current(self) -> Occurrence | None:
        key = self.query_one(RecordList).key
        return next((one for one in self._plan.occurrences if one.start == key), None)

    def action_cursor(self, step: str) -> None:
        """Move in the list."""
        self.query_one(RecordList).move(step)

    def action_decide(self, decision: str) -> None:
        """Decide about the one under the cursor and go on to the next that is open; the same key takes it back."""
        one = self._current()
        if one is None:
            return
        if not one.troubled and decision != "skip":
            self.problem("That one is free; only s has something to do there.", "warn")
            return
        if why := refused(one, decision):
            self.problem(why, "warn")
            return
        self.problem("")
        if self._decisions.get(one.start) == decision:
            del self._decisions[one.start]
            self._show(one.start)
        else:
            self._decisions[one.start] = decision
            self._show(self._next_open() or one.start)
        self._rehearse()

    def action_decide_all(self, decision: str) -> None:
        """Decide about all that are not free and for which that can be done."""
        self.problem("")
        for one in self._plan.troubled:
            if not refused(one, decision):
                self._decisions[one.start] = decision
        self._show(self._next_open())
        self._rehearse()

    # ---- making --------------------------------------------------------------------------------------

    def action_confirm(self) -> None:
        """Make them."""
        first = self._next_open()
        if first is not None:
            number = sum(one.start not in self._decisions for one in self._plan.troubled)
            what = "is not free" if number == 1 else "are not free"
            self.problem(f"{number} {what}: s leaves it out, h takes the next free time that day, k keeps it.", "warn")
            self._show(first)
            return
        decisions, notify = dict(self._decisions), self.tell
        self.change(lambda guru: self._step.make(guru.series, decisions, notify), self.dismiss)

    def complain(self, error: GuruError) -> None:
        """What has come into the way meanwhile is listed, to be decided about; anything else is said."""
        if isinstance(error, SlotTaken):
            self.change(self._step.look, self._looked_again)
        else:
            super().complain(error)

    def _looked_again(self, seen: tuple[SeriesPlan, tuple[MessagePreview, ...]]) -> None:
        self._plan, previews = seen
        self.told, self._looking = (previews, _NOTHING_NEW), False
        self._show_plan()
        self.problem("Something has come into the way meanwhile: it is listed now.", "warn")
