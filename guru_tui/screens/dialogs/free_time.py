"""Find a free time: one line says how long and when, the list below it where there is room, Enter books there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.availability import stretches
from guru_tui.domain.local_time import elapsed, short_date
from guru_tui.domain.quick_add.free import FreeReading
from guru_tui.domain.quick_add.when import distance
from guru_tui.domain.views.availability import Stretch
from guru_tui.errors import GuruError
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, one_line, words

_COLUMNS = Columns((Column("", 10), Column("", 11), Column("", 5), Column("", 16, grow=1), Column("", 8, grow=2)), 0)
_NARROW = Columns((Column("", 10), Column("", 5), Column("", 16), Column("", 4, grow=1)), 0)
_ROOM = 54
"""Cells from which on a line also says how far off a day is."""
_MOST = 600
"""Free times; a list with more is one that nobody reads to its end."""


class FreeSlot(NamedTuple):
    """The time that was chosen (naive local), and what the booking line is to say of it besides the client."""

    start: datetime
    line: str


class FreeTime(Dialog[FreeSlot]):
    """`45m tue afternoon` Enter. Tab goes through the times that a stretch has room for."""

    TITLE_TEXT = "Find a free time"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor('down')", "Down", show=False, priority=True),
        Binding("up", "cursor('up')", "Up", show=False, priority=True),
        Binding("pagedown", "cursor('page_down')", "Down", show=False),
        Binding("pageup", "cursor('page_up')", "Up", show=False),
        Binding("tab", "later(1)", "Later", show=False, priority=True),
        Binding("shift+tab", "later(-1)", "Earlier", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "book then", "pick"),
        Hint("↑↓", "choose", "cursor('down')"),
        Hint("⇥", "later", "later(1)"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._reading: FreeReading | None = None
        self._rows: Sequence[Stretch] = ()
        self._steps: dict[int, int] = {}
        self._step = session.practice.slot_step
        self._places = len(session.reads.locations()) > 1

    def body(self) -> Iterable[Widget]:
        """The line, how it is understood, and what it finds."""
        yield Input(placeholder="45m tue afternoon · massage next week · @sea after 15:00")
        yield Pane(id="understood")
        yield RecordList(id="found", empty="Nothing is free within a year; look at guru hours show.")

    def on_mount(self) -> None:
        """The next days, until something is typed."""
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, text: str) -> None:
        if self._reading is not None and self._reading.text == text:
            return
        guru = self.session.guru
        try:
            reading = guru.quick_add.read_free(text)
        except GuruError as error:
            self.complain(error)
            return
        slots = guru.availability.slots(reading.search, limit=_MOST)
        said = reading.in_words()
        if not slots and (after := guru.availability.next_free(reading.search)):
            why = guru.availability.closing(reading.search)
            slots, said = [after], f"{said}: nothing free{f' ({why})' if why else ''}; the next:"
        self._reading, self._rows, self._steps = reading, stretches(slots, self._step), {}
        self.query_one("#understood", Pane).show(lambda width: [((line, "dim"),) for line in words(said, width)])
        records = self.query_one(RecordList)
        records.show([Row(number, one_line(self._line, number)) for number in range(len(self._rows))])
        records.move("home")
        self.problem(reading.problems[0].message if reading.problems else "")

    def _line(self, number: int, width: int) -> Line:
        row = self._rows[number]
        start, same_day = self._start(number), number > 0 and self._rows[number - 1].start.date() == row.start.date()
        cells: list[Line] = [
            (("" if same_day else short_date(row.start.date()), "strong"),),
            (("" if same_day else distance(row.start.date(), self.session.today()), "dim"),),
            ((f"{start:%H:%M}", "now"),),
            ((f"free {row.start:%H:%M}–{row.end:%H:%M}", ""),),
            ((row.location if self._places else "", "faint"),),
        ]
        return _COLUMNS.line(cells, width) if width >= _ROOM else _NARROW.line([cells[0], *cells[2:]], width)

    def _start(self, number: int) -> datetime:
        """The time of a stretch that is chosen: its beginning, and so many steps on."""
        return self._rows[number].start + timedelta(minutes=self._step * self._steps.get(number, 0))

    @property
    def _chosen(self) -> int | None:
        key = self.query_one(RecordList).key
        return key if isinstance(key, int) and key < len(self._rows) else None

    # ---- keys ----------------------------------------------------------------------------------------

    def action_cursor(self, step: str) -> None:
        """Move in what was found."""
        self.query_one(RecordList).move(step)

    def action_later(self, by: int) -> None:
        """The next time in the stretch under the cursor that there is room for, the first after the last."""
        number = self._chosen
        if number is None or self._reading is None:
            return
        row = self._rows[number]
        room = int(elapsed(row.start, row.end).total_seconds()) // 60 - self._reading.minutes
        self._steps[number] = (self._steps.get(number, 0) + by) % (room // self._step + 1)
        self.query_one(RecordList).redraw([number])

    @on(Input.Submitted)
    @on(RecordList.Chosen)
    def action_pick(self) -> None:
        """Answer with the time under the cursor."""
        self._search(self.query_one(Input).value)  # Enter overtakes the news of a letter that comes right before it
        reading, number = self._reading, self._chosen
        if reading is None or number is None:
            return
        if reading.problems:
            self.problem(reading.problems[0].message, "warn")
            return
        self.dismiss(FreeSlot(self._start(number).replace(tzinfo=None), self._booking_line(reading, number)))

    def _booking_line(self, reading: FreeReading, number: int) -> str:
        """What was looked for, as the booking line says it; a place only where there are several."""
        parts = [reading.type.name] if reading.type and reading.type_given else []
        if reading.length_given:
            parts.append(f"{reading.minutes}m")
        if self._rows[number].location and self._places:
            parts.append(f"@{self._rows[number].location}")
        return " ".join(parts)
