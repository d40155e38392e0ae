"""A grid of days and times on the line API: boxes in lanes, a cursor that goes by cells, a ghost of what moves."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from guru_tui.widgets.paint import Painted
from guru_tui.widgets.text import Piece, fit
from guru_tui.widgets.week_cells import Box, CellPainter, Ghost

DAY = 24 * 60
ZOOMS = (15, 30, 60)
_LABEL = 6
"""Cells for the time on the left."""


class DayColumn(NamedTuple):
    """One day of the grid: its open minutes after midnight, and what is special about it (a holiday's name)."""

    day: date
    title: str
    open: tuple[tuple[int, int], ...]
    note: str = ""
    today: bool = False


class Cell(NamedTuple):
    """Where the cursor stands: a column and a minute after midnight."""

    column: int
    minute: int


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
        self.columns: Sequence[DayColumn] = ()
        self.boxes: Sequence[Box] = ()
        self.zoom = 30
        self.ghost: Ghost | None = None
        self.now: Cell | None = None
        self._cursor = Cell(0, 8 * 60)
        self._pick = 0
        self._rows: dict[tuple[int, int], list[Box]] = {}
        self._open: set[tuple[int, int]] = set()
        self._laid_out: list[tuple[int, int]] = []
        self._strips: dict[int, Strip] = {}
        self._painter: CellPainter | None = None

    # ---- what is shown -------------------------------------------------------------------------------

    @property
    def cursor(self) -> Cell:
        """The cell under the cursor."""
        return self._cursor

    @property
    def box(self) -> Box | None:
        """The box under the cursor; where several share the cell, the one that was picked."""
        here = self._here()
        return here[self._pick % len(here)] if here else None

    def show(
        self,
        columns: Sequence[DayColumn],
        boxes: Sequence[Box],
        *,
        now: Cell | None,
        at: Cell | None = None,
        key: Hashable | None = None,
    ) -> None:
        """Replace the days; the cursor goes to the box `key`, or to the cell `at`, or stays."""
        self.columns, self.boxes, self.now = columns, boxes, now
        self._index()
        if at is not None:
            self._cursor, self._pick = at, 0
        self._cursor = Cell(min(self._cursor.column, max(len(columns) - 1, 0)), self._on_row(self._cursor.minute))
        if key is not None:
            self._seek(key)
        self._forget()
        self._see_cursor()

    def set_zoom(self, minutes: int) -> None:
        """Rows of so many minutes, one of `ZOOMS`."""
        self.zoom = minutes
        self._index()
        self._cursor = self._cursor._replace(minute=self._on_row(self._cursor.minute))
        self._measure()
        self._forget()
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
        for box in self.boxes:
            if box.key == key:
                self._cursor = Cell(box.column, self._on_row(box.begins))
                here = self._here()
                self._pick = here.index(box) if box in here else 0
                return True
        return False

    def _here(self) -> list[Box]:
        return self._rows.get((self._cursor.column, self._cursor.minute // self.zoom), [])

    def _index(self) -> None:
        """Which boxes stand in which row of which column, and which rows are open."""
        self._open = {
            (index, row)
            for index, column in enumerate(self.columns)
            for opens, closes in column.open
            for row in range(opens // self.zoom, -(-closes // self.zoom))
        }
        self._rows = {}
        for box in self.boxes:
            for row in range(box.begins // self.zoom, -(-box.ends // self.zoom)):
                self._rows.setdefault((box.column, row), []).append(box)

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
            for box in self._rows.get((cell.column, cell.minute // self.zoom), ()):
                first, last = min(first, box.begins), max(last, box.ends)
            self._redraw(first, last, cell.column)
        self._see_cursor()

    def _redraw(self, begins: int, ends: int, column: int | None = None) -> None:
        """Draw these minutes again, of all days or of one."""
        first, last = begins // self.zoom, -(-ends // self.zoom)
        for row in range(first, last):
            self._strips.pop(row, None)
        at, width = (0, self.size.width) if column is None else self._edges()[column]
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

    def _forget(self) -> None:
        self._strips.clear()
        self._laid_out = []
        self._measure()
        self.refresh()

    def _edges(self) -> list[tuple[int, int]]:
        """Where each column begins and how wide it is; together with the labels they fill the width."""
        if not self._laid_out:
            self._laid_out = self._lay_out()
        return self._laid_out

    def _lay_out(self) -> list[tuple[int, int]]:
        count = max(len(self.columns), 1)
        room = max(self.scrollable_content_region.width - _LABEL - count, count)
        wide, spare = divmod(room, count)
        edges, at = [], _LABEL + 1
        for index in range(count):
            width = wide + (1 if index < spare else 0)
            edges.append((at, width))
            at += width + 1
        return edges

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the window, as they are: there is no border, padding or link to be added to each."""
        filters, background, whole = self.get_line_filters(), self.background_colors[1], crop.width == self.size.width
        strips = []
        for y in range(crop.y, crop.bottom):
            strip = self.render_line(y)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip if whole else strip.crop(crop.x, crop.right))
        return strips

    def render_line(self, y: int) -> Strip:
        """One line of the window: the days on top, then the rows that are scrolled into it."""
        if y == 0:
            return self._head()
        row = y - 1 + round(self.scroll_y)
        if not 0 <= row < DAY // self.zoom:
            return self.strip((), self.scrollable_content_region.width)
        if row not in self._strips:
            self._strips[row] = self._draw(row)
        return self._strips[row]

    def _head(self) -> Strip:
        line: list[Piece] = [(" " * _LABEL, "")]
        for column, (_, width) in zip(self.columns, self._edges(), strict=False):
            note = f" {column.note}" if column.note else ""
            tone = "now" if column.today else "" if column.open else "faint"
            line.append(("│", "rule"))
            line += fit(((f" {column.title}", tone), ("•" if column.today else "", "now"), (note, "warn")), width)
        return self.strip(line, self.scrollable_content_region.width)

    def _draw(self, row: int) -> Strip:
        paint, minute = self._paint, row * self.zoom
        is_now = self.now is not None and minute <= self.now.minute < minute + self.zoom
        segments = [self._label(minute, is_now)]
        for index, (_, cells) in enumerate(self._edges()[: len(self.columns)]):
            segments.append(Segment("│", paint.style("rule")))
            segments += self._cell(index, row, cells, now=is_now and self.now is not None and self.now.column == index)
        return Strip(_merged(segments), self.scrollable_content_region.width)

    def _label(self, minute: int, is_now: bool) -> Segment:
        if is_now and self.now is not None:
            text, tone = f"▶{self.now.minute // 60:02d}:{self.now.minute % 60:02d}", "now"
        elif minute % 60 == 0:
            text, tone = f" {minute // 60:02d}:00", "dim"
        elif self.zoom == 15 and minute % 30 == 0:
            text, tone = f"   :{minute % 60}", "faint"
        else:
            text, tone = "   ·", "faint"
        return Segment(text.ljust(_LABEL), self._paint.style(tone))

    def _cell(self, index: int, row: int, width: int, *, now: bool) -> list[Segment]:
        """The part of a row that belongs to one day."""
        paint, minute, until, ghost = self._paint, row * self.zoom, (row + 1) * self.zoom, self.ghost
        if ghost is not None and ghost.column == index and ghost.begins < until and ghost.ends > minute:
            return paint.ghost(ghost, width, first=minute <= ghost.begins, last=until >= ghost.ends)
        boxes = self._rows.get((index, row))
        under = index == self._cursor.column and ghost is None
        if not boxes:
            lit = under and minute == self._cursor.minute
            return paint.free(width, is_open=(index, row) in self._open, lit=lit, now=now)
        picked = self.box if under else None
        if len(boxes) == 1 and boxes[0].lanes == 1:
            box = boxes[0]
            return paint.box(box, row - box.begins // self.zoom, width, lit=box is picked, now=now)
        lanes = max(box.lanes for box in boxes)
        segments: list[Segment] = []
        room = width - (lanes - 1)
        for lane in range(lanes):
            cells = room // lanes + (1 if lane < room % lanes else 0)
            if lane:
                segments.append(Segment("│", paint.style("rule")))
            here = [box for box in boxes if box.lane == lane]
            if not here:
                segments.append(Segment(" " * cells, paint.base))
                continue
            # Where one ends and the next begins inside a row, the one that begins is told.
            box = max(here, key=lambda each: each.begins)
            nth = row - box.begins // self.zoom
            segments += paint.box(box, nth, cells, lit=box is picked, now=now and lane == lanes - 1)
        return segments

    @property
    def _paint(self) -> CellPainter:
        if self._painter is None:
            self._painter = CellPainter(self.rich_style, self.drawn_in, focused=self.has_focus)
        return self._painter

    def notify_style_update(self) -> None:
        """The theme or the stylesheet changed: nothing drawn before is of use."""
        self._painter = None
        self._strips.clear()
        super().notify_style_update()

    # ---- events --------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Another width, other columns; the cursor stays in sight."""
        self._forget()
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
        for index, (at, width) in enumerate(self._edges()):
            if event.y > 0 and at <= event.x < at + width and index < len(self.columns) and row < DAY // self.zoom:
                before, self._cursor, self._pick = self._cursor, Cell(index, row * self.zoom), 0
                self._gone_from(before)
                self.post_message(self.Moved(self))
                if event.chain == 2:
                    self.post_message(self.Chosen(self))


def _merged(segments: list[Segment]) -> list[Segment]:
    """Neighbours of one style as one: everything that follows costs by the number of segments."""
    merged: list[Segment] = []
    texts: list[str] = []
    last: Style | None = None
    for text, style, _ in segments:
        if style is last:
            texts.append(text)
            continue
        if texts:
            merged.append(Segment("".join(texts), last))
        texts, last = [text], style
    merged.append(Segment("".join(texts), last))
    return merged
