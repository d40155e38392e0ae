"""A series before it is made: every occurrence, and what is done with those that are not free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.bootstrap import Guru
from guru_tui.domain.local_time import short_date
from guru_tui.domain.recurrence import told
from guru_tui.domain.series import Occurrence, SeriesChange, SeriesPlan
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Line, Piece, one_line, words

Make = Callable[[Guru, dict[datetime, str]], SeriesChange]
_KEYS = {"s": "skip", "h": "shift", "k": "keep"}
_DECIDED = {"skip": ("left out", "dim"), "keep": ("kept all the same", "warn")}


class SeriesDialog(Dialog[SeriesChange]):
    """s leaves one out, h moves it to the next free time that day, k keeps it; capitals do so with all. Enter books."""

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
        Binding("enter", "confirm", "Book them", show=False),
    ]

    def __init__(self, session: Session, title: str, plan: SeriesPlan, make: Make, *, doing: str = "book") -> None:
        super().__init__(session)
        self._title = title
        self._plan = plan
        self._make = make
        self._doing = doing
        self._decisions: dict[datetime, str] = {}

    def body(self) -> Iterable[Widget]:
        """The rule, and its occurrences."""
        yield Pane(id="what")
        records = RecordList(id="occurrences")
        records.styles.height = min(len(self._plan.occurrences), 16)
        yield records

    def on_mount(self) -> None:
        """Begin at the first that is not free."""
        super().on_mount()
        self.entitle(self._title)
        rule = told(self._plan.repeat, [one.start for one in self._plan.occurrences])
        self.query_one("#what", Pane).show(lambda width: [((line, "strong"),) for line in words(rule, width)])
        self._show(self._next_open())

    def on_resize(self) -> None:
        """As many rows as the screen has room for."""
        room = max(self.app.size.height - 11, 3)
        self.query_one(RecordList).styles.height = min(len(self._plan.occurrences), room)

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
            Hint("⏎", f"{self._doing} {number}", "confirm"),
            *(choices if self._plan.troubled else []),
            Hint("Esc", "back", "leave"),
        )

    def _line(self, one: Occurrence, width: int) -> Line:
        decision = self._decisions.get(one.start, "")
        when = f"{short_date(one.start.date())} {one.start:%H:%M}"
        if not one.troubled and decision != "skip":
            notes: Sequence[Piece] = [("✓ free", "ok")]
        elif decision == "shift" and one.shifted:
            notes = [(f"→ {one.shifted:%H:%M}", "ok"), (f" {self._trouble(one)}", "dim")]
        elif decision:
            text, tone = _DECIDED[decision]
            notes = [(f"— {text}", tone), (f" {self._trouble(one)}", "dim")]
        else:
            later: list[Piece] = [(f" free {one.shifted:%H:%M}", "warn")] if one.shifted else []
            notes = [("‼", "bad"), *later, (f" {self._trouble(one)}", "bad")]
        said = [("  in the past", "warn")] if one.past else []
        said += [("  outside hours", "warn")] if one.outside else []
        said += [("  that time comes twice, the first is meant", "warn")] if one.twice else []
        return ((f"{when:<17}", "faint" if decision == "skip" else ""), *notes, *said)

    def _trouble(self, one: Occurrence) -> str:
        """What speaks against it, with nobody's name while privacy is on."""
        more = f" +{len(one.conflicts) - 1}" if len(one.conflicts) > 1 else ""
        named = [f"overlaps {self.session.conflict(each)}{more}" for each in one.conflicts[:1]]
        named += [f"closed: {one.closed}"] if one.closed else []
        named += ["the clocks skip that time"] if one.missing else []
        return "; ".join(named)

    def _next_open(self) -> datetime | None:
        return next((one.start for one in self._plan.troubled if one.start not in self._decisions), None)

    def _current(self) -> Occurrence | None:
        key = self.query_one(RecordList).key
        return next((one for one in self._plan.occurrences if one.start == key), None)

    def _refused(self, one: Occurrence, decision: str) -> str:
        if decision == "shift" and one.shifted is None:
            return "There is no free time after it that day: s leaves it out, k keeps it."
        if decision == "keep" and one.missing:
            return "The clocks skip that time: s leaves it out, h moves it."
        return ""

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
        if refused := self._refused(one, decision):
            self.problem(refused, "warn")
            return
        self.problem("")
        if self._decisions.get(one.start) == decision:
            del self._decisions[one.start]
            self._show(one.start)
            return
        self._decisions[one.start] = decision
        self._show(self._next_open() or one.start)

    def action_decide_all(self, decision: str) -> None:
        """Decide about all that are not free and for which that can be done."""
        self.problem("")
        for one in self._plan.troubled:
            if not self._refused(one, decision):
                self._decisions[one.start] = decision
        self._show(self._next_open())

    def action_confirm(self) -> None:
        """Make them."""
        first = self._next_open()
        if first is not None:
            number = sum(one.start not in self._decisions for one in self._plan.troubled)
            what = "is not free" if number == 1 else "are not free"
            self.problem(f"{number} {what}: s leaves it out, h takes the next free time that day, k keeps it.", "warn")
            self._show(first)
            return
        decisions = dict(self._decisions)
        self.change(lambda guru: self._make(guru, decisions), self.dismiss)
