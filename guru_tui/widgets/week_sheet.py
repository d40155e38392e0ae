"""Some days as rows of cells, drawn once; what moves about on them (the cursor, a ghost) is laid over as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from guru_tui.widgets.text import Piece, fit, harmless
from guru_tui.widgets.week_cells import Box, CellPainter, Ghost

DAY = 24 * 60
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


class Over(NamedTuple):
    """What is laid over a sheet: the cursor's cell and the box it is on, or a ghost in their place."""

    cell: Cell
    box: Box | None
    ghost: Ghost | None

    def minutes(self, zoom: int) -> tuple[int, int]:
        """From and to which minute rows differ from the sheet's own."""
        if self.ghost is not None:
            return self.ghost.begins, self.ghost.ends
        if self.box is not None:
            return self.box.begins, self.box.ends
        return self.cell.minute, self.cell.minute + zoom


class Sheet:
    """Days side by side, with their rows as they were drawn for one zoom, width and painter."""

    def __init__(self, columns: Sequence[DayColumn] = (), boxes: Sequence[Box] = (), now: Cell | None = None) -> None:
        self.columns = columns
        self.boxes = boxes
        self.now = now
        self.edges: list[tuple[int, int]] = []
        """Where each column begins and how wide it is; together with the labels they fill the width."""
        self._zoom = 0
        self._width = -1
        self._paint = CellPainter(Style(), lambda _: Style(), focused=False)
        self._rows: dict[tuple[int, int], list[Box]] = {}
        self._open: set[tuple[int, int]] = set()
        self._strips: dict[int, Strip] = {}
        self._head: Strip | None = None

    # ---- laying out ----------------------------------------------------------------------------------

    def index(self, zoom: int) -> None:
        """Find which boxes stand in which row of `zoom` minutes, and which rows are open."""
        if zoom == self._zoom:
            return
        self._zoom = zoom
        self._strips.clear()
        self._open = {
            (index, row)
            for index, column in enumerate(self.columns)
            for opens, closes in column.open
            for row in range(opens // zoom, -(-closes // zoom))
        }
        self._rows = {}
        for box in self.boxes:
            for row in range(box.begins // zoom, -(-box.ends // zoom)):
                self._rows.setdefault((box.column, row), []).append(box)

    def lay_out(self, width: int, paint: CellPainter) -> None:
        """Make room for the columns in `width` cells; what was drawn for others or in other colours is forgotten."""
        if width == self._width and paint is self._paint:
            return
        self._width, self._paint = width, paint
        self._strips.clear()
        self._head = None
        count = max(len(self.columns), 1)
        wide, spare = divmod(max(width - _LABEL - count, count), count)
        self.edges, at = [], _LABEL + 1
        for index in range(count):
            cells = wide + (1 if index < spare else 0)
            self.edges.append((at, cells))
            at += cells + 1

    def at(self, cell: Cell) -> list[Box]:
        """What stands in a cell."""
        return self._rows.get((cell.column, cell.minute // self._zoom), [])

    # ---- drawing -------------------------------------------------------------------------------------

    def head(self) -> Strip:
        """The line of the days' names."""
        if self._head is None:
            line: list[Piece] = [(" " * _LABEL, "")]
            for column, (_, width) in zip(self.columns, self.edges, strict=False):
                note = f" {column.note}" if column.note else ""
                tone = "now" if column.today else "" if column.open else "faint"
                line.append(("│", "rule"))
                line += fit(((f" {column.title}", tone), ("•" if column.today else "", "now"), (note, "warn")), width)
            segments = [Segment(harmless(text), self._paint.style(tone)) for text, tone in fit(line, self._width)]
            self._head = Strip(segments, self._width)
        return self._head

    def row(self, row: int, over: Over | None = None) -> Strip:
        """One row of all days; `over` where something is laid over this row."""
        if over is not None:
            return self._draw(row, over)
        if row not in self._strips:
            self._strips[row] = self._draw(row, None)
        return self._strips[row]

    def _draw(self, row: int, over: Over | None) -> Strip:
        minute = row * self._zoom
        is_now = self.now is not None and minute <= self.now.minute < minute + self._zoom
        segments = [self._label(minute, is_now=is_now)]
        for index, (_, cells) in enumerate(self.edges[: len(self.columns)]):
            segments.append(Segment("│", self._paint.style("rule")))
            now = is_now and self.now is not None and self.now.column == index
            segments += self._cell(index, row, cells, over, now=now)
        return Strip(_merged(segments), self._width)

    def _label(self, minute: int, *, is_now: bool) -> Segment:
        if is_now and self.now is not None:
            text, tone = f"▶{self.now.minute // 60:02d}:{self.now.minute % 60:02d}", "now"
        elif minute % 60 == 0:
            text, tone = f" {minute // 60:02d}:00", "dim"
        elif self._zoom == 15 and minute % 30 == 0:
            text, tone = f"   :{minute % 60}", "faint"
        else:
            text, tone = "   ·", "faint"
        return Segment(text.ljust(_LABEL), self._paint.style(tone))

    def _cell(self, index: int, row: int, width: int, over: Over | None, *, now: bool) -> list[Segment]:
        """The part of a row that belongs to one day."""
        minute, until = row * self._zoom, (row + 1) * self._zoom
        ghost = over.ghost if over else None
        if ghost is not None and ghost.column == index and ghost.begins < until and ghost.ends > minute:
            return self._paint.ghost(ghost, width, first=minute <= ghost.begins, last=until >= ghost.ends)
        under = over is not None and ghost is None and over.cell.column == index
        boxes = self._rows.get((index, row))
        if not boxes:
            lit = under and over is not None and minute == over.cell.minute
            return self._paint.free(width, is_open=(index, row) in self._open, lit=lit, now=now)
        picked = over.box if under and over is not None else None
        if len(boxes) == 1 and boxes[0].lanes == 1:
            box = boxes[0]
            return self._paint.box(box, row - box.begins // self._zoom, width, lit=box is picked, now=now)
        return self._lanes(boxes, row, width, picked, now=now)

    def _lanes(self, boxes: Sequence[Box], row: int, width: int, picked: Box | None, *, now: bool) -> list[Segment]:
        """Boxes side by side."""
        lanes = max(box.lanes for box in boxes)
        segments: list[Segment] = []
        room = width - (lanes - 1)
        for lane in range(lanes):
            cells = room // lanes + (1 if lane < room % lanes else 0)
            if lane:
                segments.append(Segment("│", self._paint.style("rule")))
            here = [box for box in boxes if box.lane == lane]
            if not here:
                segments.append(Segment(" " * cells, self._paint.base))
                continue
            # Where one ends and the next begins inside a row, the one that begins is told.
            box = max(here, key=lambda each: each.begins)
            nth = row - box.begins // self._zoom
            segments += self._paint.box(box, nth, cells, lit=box is picked, now=now and lane == lanes - 1)
        return segments


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
