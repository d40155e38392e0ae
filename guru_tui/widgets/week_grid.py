"""A grid of days and times on the line API: boxes in lanes, a cursor that goes by cells, a ghost of what moves."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from guru_tui.widgets.paint import Painted
from guru_tui.widgets.week_cells import Box, CellPainter, Ghost
from guru_tui.widgets.week_sheet import DAY, Cell, DayColumn, Over, Sheet

ZOOMS = (15, 30, 60)


class WeekGrid(ScrollView, Painted, can_focus=True, inherit_bindings=False):
    """Days side by side, time from top to bottom; rows of `zoom` minutes."""

    class Moved(Message):
        """The mouse has put the cursor elsewhere. What the screen itself does it follows up at once, in one frame."""

        def __init__(self, grid: WeekGrid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> WeekGrid:
            """The grid, for `@on` selectors."""
            return self.grid

    class Chosen(Moved):
        """A cell was opened with a double click."""

    class Beyond(Moved):
        """The cursor wants to leave the days on show; `by` is -1 or 1."""

        def __init__(self, grid: WeekGrid, by: int) -> None:
            super().__init__(grid)
            self.by = by

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.zoom = 30
        self.ghost: Ghost | None = None
        self._sheet = Sheet()
        self._sheet.index(self.zoom)
        self._cursor = Cell(0, 8 * 60)
        self._pick = 0
        self._painter: CellPainter | None = None

    # ---- what is shown -------------------------------------------------------------------------------

    @property
    def columns(self) -> Sequence[DayColumn]:
        """The days on show."""
        return self._sheet.columns

    @property
    def cursor(self) -> Cell:
        """The cell under the cursor."""
        return self._cursor

    @property
    def box(self) -> Box | None:
        """The box under the cursor; where several share the cell, the one that was picked."""
        here = self._here()
        return here[self._pick % len(here)] if here else None

    def show(self, sheet: Sheet, *, at: Cell | None = None, key: Hashable | None = None) -> None:
        """Show these days; the cursor goes to the box `key`, or to the cell `at`, or stays."""
        self._sheet = sheet
        sheet.index(self.zoom)
        if at is not None:
            self._cursor, self._pick = at, 0
        last = max(len(sheet.columns) - 1, 0)
        self._cursor = Cell(min(self._cursor.column, last), self._on_row(self._cursor.minute))
        if key is not None:
            self._seek(key)
        self._measure()
        self.refresh()
        self._see_cursor()

    def prepare(self, sheet: Sheet) -> None:
        """Draw the rows of days that may be shown next, so that they need not be drawn when they are."""
        sheet.index(self.zoom)
        sheet.lay_out(self.scrollable_content_region.width, self._paint)
        sheet.head()
        for row in self._in_sight():
            sheet.row(row)

    def set_zoom(self, minutes: int) -> None:
        """Rows of so many minutes, one of `ZOOMS`."""
        self.zoom = minutes
        self._sheet.index(minutes)
        self._cursor = self._cursor._replace(minute=self._on_row(self._cursor.minute))
        self._measure()
        self.refresh()
        self._see_cursor()

    def haunt(self, ghost: Ghost | None) -> None:
        """Show what is being moved at its new place, or nothing."""
        former, self.ghost = self.ghost, ghost
        for each in (former, ghost):
            if each is not None:
                self._redraw(each.begins, each.ends)
        if ghost is not None:
            self._cursor = Cell(ghost.column, self._on_row(ghost.begins))
            self._see(ghost.begins, ghost.ends)

    def point(self, key: Hashable) -> bool:
        """Put the cursor on a box; False where the grid does not hold it."""
        before = self._cursor
        if not self._seek(key):
            return False
        self._gone_from(before)
        return True

    def _seek(self, key: Hashable) -> bool:
        for box in self._sheet.boxes:
            if box.key == key:
                self._cursor = Cell(box.column, self._on_row(box.begins))
                here = self._here()
                self._pick = here.index(box) if box in here else 0
                return True
        return False

    def _here(self) -> list[Box]:
        return self._sheet.at(self._cursor)

    def _on_row(self, minute: int) -> int:
        return min(max(minute, 0), DAY - 1) // self.zoom * self.zoom

    # ---- moving --------------------------------------------------------------------------------------

    def move(self, step: str) -> None:
        """Move the cursor: `up` and `down` by a row or past a box, `left` and `right` by a day, and so on."""
        before, (column, minute) = self._cursor, self._cursor
        box = self.box
        if step == "down":
            minute = max(minute + self.zoom, -(-box.ends // self.zoom) * self.zoom if box else 0)
        elif step == "up":
            minute = min(minute, box.begins // self.zoom * self.zoom if box else minute) - self.zoom
        elif step in ("left", "right"):
            column += -1 if step == "left" else 1
        elif step == "home":
            minute = min((each.open[0][0] for each in self.columns[column : column + 1] if each.open), default=0)
        elif step == "end":
            minute = max(
                (each.open[-1][1] - self.zoom for each in self.columns[column : column + 1] if each.open),
                default=DAY - self.zoom,
            )
        else:
            rows = max(self.scrollable_content_region.height - 2, 1)
            minute += (rows if step == "page_down" else -rows) * self.zoom
        if not 0 <= column < len(self.columns):
            self.post_message(self.Beyond(self, -1 if column < 0 else 1))
            return
        if step == "down" and minute >= DAY:
            return
        self._cursor, self._pick = Cell(column, self._on_row(minute)), 0
        self._gone_from(before)

    def next_box(self) -> None:
        """Pick the next of the boxes that share the cell."""
        if len(self._here()) > 1:
            self._pick += 1
            self._gone_from(self._cursor)

    def _gone_from(self, before: Cell) -> None:
        """Draw again the rows that the cursor left and those it came to, with the whole of a box."""
        for cell in {before, self._cursor}:
            first, last = cell.minute, cell.minute + self.zoom
            for box in self._sheet.at(cell):
                first, last = min(first, box.begins), max(last, box.ends)
            self._redraw(first, last, cell.column)
        self._see_cursor()

    def _redraw(self, begins: int, ends: int, column: int | None = None) -> None:
        """Draw these minutes again, of all days or of one."""
        first, last = begins // self.zoom, -(-ends // self.zoom)
        at, width = (0, self.size.width) if column is None else self._laid_out().edges[column]
        self.refresh(Region(at, first + 1 - round(self.scroll_y), width, last - first))

    def _see_cursor(self) -> None:
        box = self.box
        self._see(box.begins if box else self._cursor.minute, box.ends if box else self._cursor.minute + self.zoom)

    def _see(self, begins: int, ends: int) -> None:
        height = self.scrollable_content_region.height - 1
        if height <= 0:
            return
        first, last = begins // self.zoom, -(-ends // self.zoom)
        if first < self.scroll_y:
            self.scroll_to(y=first, animate=False)
        elif last > self.scroll_y + height:
            self.scroll_to(y=min(last - height, first), animate=False)

    def open_at(self, minute: int) -> None:
        """Scroll so that the rows begin at `minute`, where the cursor allows that."""
        self.scroll_to(y=minute // self.zoom, animate=False)
        self.call_after_refresh(self._see_cursor)

    # ---- drawing -------------------------------------------------------------------------------------

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, DAY // self.zoom + 1)

    def _in_sight(self) -> range:
        """The rows that are scrolled into the window."""
        first = round(self.scroll_y)
        return range(first, min(first + max(self.size.height - 1, 0), DAY // self.zoom))

    def _laid_out(self) -> Sheet:
        """The days on show, made ready to be drawn for the present width."""
        self._sheet.lay_out(self.scrollable_content_region.width, self._paint)
        return self._sheet

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the window, as they are: there is no border, padding or link to be added to each."""
        filters, background, whole = self.get_line_filters(), self.background_colors[1], crop.width == self.size.width
        sheet, rows, over = self._laid_out(), self._in_sight(), Over(self._cursor, self.box, self.ghost)
        begins, ends = over.minutes(self.zoom)
        covered = range(begins // self.zoom, -(-ends // self.zoom))
        strips = []
        for y in range(crop.y, crop.bottom):
            row = y - 1 + rows.start
            if y == 0:
                strip = sheet.head()
            elif row in rows:
                strip = sheet.row(row, over if row in covered else None)
            else:
                strip = self.strip((), self.size.width)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip if whole else strip.crop(crop.x, crop.right))
        return strips

    @property
    def _paint(self) -> CellPainter:
        if self._painter is None:
            self._painter = CellPainter(self.rich_style, self.drawn_in, focused=self.has_focus)
        return self._painter

    def notify_style_update(self) -> None:
        """The theme or the stylesheet changed: nothing drawn before is of use."""
        self._painter = None
        super().notify_style_update()

    # ---- events --------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Another width, other columns; the cursor stays in sight."""
        self._measure()
        self.refresh()
        self._see_cursor()

    def on_focus(self) -> None:
        """The cursor of what has the focus is the bright one."""
        self._painter = None
        self._redraw(0, DAY)

    def on_blur(self) -> None:
        """See `on_focus`."""
        self._painter = None
        self._redraw(0, DAY)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a double click opens."""
        row = event.y - 1 + round(self.scroll_y)
        for index, (at, width) in enumerate(self._laid_out().edges):
            if event.y > 0 and at <= event.x < at + width and index < len(self.columns) and row < DAY // self.zoom:
                before, self._cursor, self._pick = self._cursor, Cell(index, row * self.zoom), 0
                self._gone_from(before)
                self.post_message(self.Moved(self))
                if event.chain == 2:
                    self.post_message(self.Chosen(self))
