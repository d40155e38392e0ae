"""Week: days side by side with their times, booked from any cell, an appointment moved about as a ghost."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from guru_tui.commands.calendar import MOVE, WEEK
from guru_tui.commands.command import Command, bindings, first_of
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.screens import week_words
from guru_tui.screens.move_mode import MoveMode
from guru_tui.screens.session import Session
from guru_tui.screens.week_pages import WeekPage, WeekPages, key
from guru_tui.screens.week_plan import DAY
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import Line
from guru_tui.widgets.week_grid import ZOOMS, WeekGrid
from guru_tui.widgets.week_sheet import Cell, Sheet

_LEISURE = 0.015
"""Seconds without a new page after which those beside it are made ready."""


class WeekScreen(MoveMode):
    """Seven days, five, or three where the terminal is narrow."""

    TITLE_IN_HEADER = "Week"
    ACTIONS: ClassVar[tuple[Command, ...]] = WEEK
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings((*WEEK, *EVERYWHERE, *(command for command in MOVE if command.id == "ghost.type")))
    ]
    AUTO_FOCUS = "WeekGrid"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._pages = WeekPages(session)
        self._page = WeekPage(self._day, Sheet(), [], [], [], {})
        self._way = 1
        self._entries: dict[object, AgendaEntry | None] = {}

    def body(self) -> ComposeResult:
        """The summary, the grid, one line about what is under the cursor."""
        yield Pane(id="summary")
        yield WeekGrid(id="grid")
        yield Pane(id="under")

    def on_mount(self) -> None:
        """The days beside those on show are read when no key has been pressed for a moment."""
        self._leisure = self.set_interval(_LEISURE, self._look_ahead, pause=True)

    def footer(self) -> Sequence[Command]:
        """What is done in a grid before what is done to an appointment."""
        return first_of(
            super().footer(),
            *("today.add", "today.move", "today.block", "today.cancel", "week.next", "week.now", "week.finer"),
            *("today.attended", "today.status", "week.days"),
        )

    # ---- reading -------------------------------------------------------------------------------------

    @property
    def _count(self) -> int:
        """How many days are on show."""
        return 3 if self.app.size.width < 70 else 5 if self._five else 7

    @property
    def _first(self) -> date:
        """The first day on show: a Monday, or where three are shown the day before the one that is meant."""
        if self._count == 3:
            return self._day - timedelta(days=1)
        return self._day - timedelta(days=self._day.weekday())

    def load(self) -> None:
        """Read the days on show."""
        first = not self.grid.columns
        self._pages.forget()
        self._read()
        if first:
            self._start_on_now()
        if self._moving is not None:
            self._check_ghost()

    def _read(self, at: Cell | None = None, key: object = None) -> None:
        page = self._pages.page(self._first, self._count)
        if page.first != self._page.first:
            self._way = 1 if page.first > self._page.first else -1
        self._page, self._entries = page, {}
        self.grid.show(page.sheet, at=at, key=key)
        self.query_one("#summary", Pane).show(partial(week_words.summary, page, self._day, self.session.today()))
        self._follow()
        self._leisure.reset()
        self._leisure.resume()

    def _look_ahead(self) -> None:
        """Make the days before and after ready while no key is pressed: the way that was gone last first."""
        first, count = self._first, self._count
        days = timedelta(days=count if count == 3 else 7)
        for beside in (first + self._way * days, first - self._way * days):
            if not self._pages.has(beside, count):
                self.grid.prepare(self._pages.page(beside, count).sheet)
                return
        self._leisure.pause()

    def _start_on_now(self) -> None:
        """The cursor opens on what goes on or comes next, the rows with the opening of the practice.

        In the evening that is the next day's: rows from now on would hide all that is left of the week.
        """
        now, page = self.session.now(), self._pages.page(self._first, self._count)
        column, minute = (now.date() - self._first).days, now.hour * 60 + now.minute
        opens = min((each[0][0] for each in page.open if each), default=8 * 60)
        coming = [part for part in page.parts if part.day == column and part.ends > minute]
        if not coming and not any(closes > minute for day in page.open[column : column + 1] for _, closes in day):
            coming = [part for part in page.parts if part.day > column and part.span.kind != "block"]
        cell = Cell(column, min(minute, DAY - 1) // self.grid.zoom * self.grid.zoom)
        self._read(cell, key(coming[0].span) if coming else None)
        self.call_after_refresh(self.grid.open_at, opens)

    def on_resize(self) -> None:
        """Another width can mean another number of days."""
        if self.loaded and len(self.grid.columns) != self._count:
            day = self._cursor_day()
            self._day = day
            self._read(Cell((day - self._first).days, self.grid.cursor.minute))

    # ---- panes ---------------------------------------------------------------------------------------

    @on(WeekGrid.Moved)
    def _follow(self) -> None:
        """Tell what is under the cursor, in the same frame that shows it there."""
        if self._moving is None:
            self.query_one("#under", Pane).show(self._under)

    def _under(self, width: int) -> Sequence[Line]:
        """What stands under the cursor, in one line."""
        entry = self.entry
        if entry is None:
            return week_words.free_cell(self._page, self.grid.cursor, width)
        return week_words.taken_cell(self.session, entry, self._cursor_day(), width)

    # ---- what is under the cursor --------------------------------------------------------------------

    def _cursor_day(self) -> date:
        return self._first + timedelta(days=self.grid.cursor.column)

    @property
    def entry(self) -> AgendaEntry | None:  # type: ignore[override]
        """The appointment or blocked time under the cursor; read once for as long as the store stays as it is."""
        box = self.grid.box
        if box is None:
            return None
        if box.key not in self._entries:
            span = self._page.spans[box.key]
            self._entries[box.key] = (
                AgendaEntry("block", span.id, span.starts, span.ends, span.title, "")
                if span.kind == "block"
                else self.found(lambda: self.session.reads.entry(span.id))
            )
        return self._entries[box.key]

    def free_slot(self) -> datetime | None:
        """The cell under the cursor where nothing stands in it."""
        if self.grid.box is not None:
            return None
        return datetime.combine(self._cursor_day(), time()) + timedelta(minutes=self.grid.cursor.minute)

    def shown_day(self) -> datetime | None:
        """The day of the cursor."""
        return datetime.combine(self._cursor_day(), time())

    def booked(self, appointment_id: int) -> None:
        """Show the week of what was booked or moved, with the cursor on it."""
        entry = self.session.reads.entry(appointment_id)
        self._turn_to(entry.starts.date())
        self._read(key=("appointment", appointment_id))

    def point(self, key: Hashable) -> bool:
        """Put the cursor on an entry."""
        found = self.grid.point(key)
        self._follow()
        return found

    # ---- moving about --------------------------------------------------------------------------------

    def action_cursor(self, step: str) -> None:
        """Move the cursor, or what is being moved."""
        if self._moving is None:
            self.grid.move(step)
            self._follow()
            return
        by = {
            "up": timedelta(minutes=-self.grid.zoom),
            "down": timedelta(minutes=self.grid.zoom),
            "left": timedelta(days=-1),
            "right": timedelta(days=1),
        }.get(step)
        if by is not None:
            self._carry(by)

    @on(WeekGrid.Beyond)
    def _beyond(self, event: WeekGrid.Beyond) -> None:
        """Over the edge of the days on show: on to the days beside them."""
        minute = self.grid.cursor.minute
        day = self._cursor_day() + timedelta(days=event.by)
        if self._five and self._count == 5:
            day += timedelta(days=2 * event.by)
        self._day = day
        self._read(Cell((day - self._first).days, minute))

    @on(WeekGrid.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_other(self) -> None:
        """The other one of those that stand side by side."""
        self.grid.next_box()
        self._follow()

    def action_period(self, by: int) -> None:
        """So many weeks on; what is being moved comes along."""
        length = timedelta(days=3 if self._count == 3 and self._moving is None else 7)
        if self._moving is not None:
            self._carry(by * length)
            return
        cursor, self._day = self.grid.cursor, self._day + by * length
        self._read(cursor)

    def action_now(self) -> None:
        """Back to this week, on now."""
        self._day = self.session.today()
        self._start_on_now()

    def go_to_date(self, day: date) -> None:
        """Show the week of a day, with the cursor on it."""
        self._turn_to(day)
        self._read(Cell(min((day - self._first).days, self._count - 1), self.grid.cursor.minute))

    def action_days(self) -> None:
        """Five days or seven."""
        if self._count == 3:
            self.say("There is room for three days; a wider terminal shows seven.", "warn")
            return
        day = self._cursor_day()
        self._five = not self._five
        self._day = day
        self._read(Cell(min((day - self._first).days, self._count - 1), self.grid.cursor.minute))

    def action_zoom(self, by: int) -> None:
        """Finer or coarser rows; of what is being moved, the length."""
        if self._moving is not None:
            self._stretch(-by)
            return
        index = ZOOMS.index(self.grid.zoom) + by
        if 0 <= index < len(ZOOMS):
            self.grid.set_zoom(ZOOMS[index])
            self._follow()
        else:
            self.say(f"Rows of {self.grid.zoom} minutes are the {'coarsest' if by > 0 else 'finest'}.", "warn")

    def action_open(self) -> None:
        """The client's record; on a free cell, booking; of what is being moved, the drop."""
        if self._moving is not None:
            self._drop(self._moving)
        elif self.entry is None:
            self.action_add()
        elif self.entry.client_id:
            self.open_client(self.entry.client_id)
        else:
            self.say("Blocked time has nothing to open; x removes it.", "warn")
