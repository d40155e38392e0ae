"""A month as a grid of days on the line API: how full each day is, and who comes first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from guru_tui.domain.local_time import WEEKDAYS
from guru_tui.widgets.paint import Painted
from guru_tui.widgets.text import Line, Piece, fit, harmless

_BARS = "▁▂▃▄▅▆▇█"
_LEAST = 2
"""Cells from which on it is worth beginning what a day is called."""


class MonthDay(NamedTuple):
    """One day: how many appointments it holds, its lines (those of appointments first), whether it is closed, what is
    special about it. `off`: blocked as long as it is open.
    """

    day: date
    booked: int
    lines: tuple[Line, ...]
    inside: bool
    closed: bool = False
    today: bool = False
    note: str = ""
    off: bool = False


class MonthGrid(Painted, can_focus=True):
    """Weeks from top to bottom; the cursor goes by days."""

    class Moved(Message):
        """The cursor stands on another day, or what it stands on was read anew."""

        def __init__(self, grid: MonthGrid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> MonthGrid:
            """The grid, for `@on` selectors."""
            return self.grid

    class Chosen(Moved):
        """A day was opened with a double click."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.days: Sequence[MonthDay] = ()
        self.cursor = date.min
        self._strips: dict[int, Strip] = {}

    def show(self, days: Sequence[MonthDay], cursor: date) -> None:
        """Replace the days, whole weeks, with the cursor on one of them."""
        self.days, self.cursor = days, cursor
        self._strips.clear()
        self.refresh()
        self.post_message(self.Moved(self))

    def point(self, day: date) -> bool:
        """Put the cursor on a day; False where it is not on show."""
        if not any(each.day == day for each in self.days):
            return False
        former, self.cursor = self.cursor, day
        for each in (former, day):
            self._redraw(each)
        self.post_message(self.Moved(self))
        return True

    def _tops(self) -> list[int]:
        """The first line of each week and of what lies below them: lines that are left over go to the first weeks."""
        weeks = len(self.days) // 7
        height, spare = divmod(max(self.size.height - 1, weeks), max(weeks, 1))
        return list(accumulate((height + (week < spare) for week in range(weeks)), initial=1))

    def _redraw(self, day: date) -> None:
        if not self.days:
            return
        week, tops = (day - self.days[0].day).days // 7, self._tops()
        for y in range(tops[week], tops[week + 1]):
            self._strips.pop(y, None)
        self.refresh(Region(0, tops[week], self.size.width, tops[week + 1] - tops[week]))

    def _widths(self) -> list[int]:
        wide, spare = divmod(max(self.size.width - 8, 7), 7)
        return [wide + (1 if index < spare else 0) for index in range(7)]

    # ---- drawing -------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line: the weekdays on top, then the weeks."""
        if y not in self._strips:
            self._strips[y] = self._draw(y)
        return self._strips[y]

    def _draw(self, y: int) -> Strip:
        base, width = self.rich_style, self.size.width
        rule = base + self.tone("rule")
        segments: list[Segment] = []
        tops = self._tops()
        week = bisect_right(tops, y) - 1
        if y and (week + 1) * 7 > len(self.days):
            return self.strip((), width)
        for index, cells in enumerate(self._widths()):
            segments.append(Segment("│", rule))
            if not y:
                line, style = [(f" {WEEKDAYS[index][:3]}", "head")], base
            else:
                day = self.days[week * 7 + index]
                line = list(self._line(day, y - tops[week], tops[week + 1] - tops[week] - 1, cells))
                style = base
                if day.day == self.cursor:
                    style = base + self.drawn_in("cursor--on" if self.has_focus else "cursor--off")
            segments += [
                Segment(harmless(text), style + self.tone(tone) if tone else style) for text, tone in fit(line, cells)
            ]
        segments.append(Segment("│", rule))
        return Strip(segments).adjust_cell_length(width, base)

    def _line(self, day: MonthDay, part: int, room: int, cells: int) -> Line:
        """The line `part` of a day: its head, then as many of its lines as there is `room` for."""
        if part == 0:
            tone = "now" if day.today else "strong" if day.inside else "faint"
            bar = _BARS[min(day.booked, len(_BARS)) - 1] if day.booked else ""
            pieces: list[Piece] = [(f"{day.day.day:2d}", tone), ("•" if day.today else " ", "now")]
            if day.booked:
                count = str(day.booked)
                if len(count) + 4 <= cells:  # the count is the truth, the bar only its picture
                    pieces.append((bar, "bad" if day.booked > 8 else "sure"))
                pieces.append((count, "" if day.inside else "faint"))
            left = cells - sum(len(text) for text, _ in pieces) - bool(day.booked)
            if day.note and left >= _LEAST:
                pieces.append((f"{' ' if day.booked else ''}{day.note}", "warn"))
            return pieces
        if day.closed and not day.booked:
            return (("░" * cells, "rule"),)
        if part == room and day.booked > room:
            return ((f" +{day.booked - room + 1}", "dim"),)
        line = day.lines[part - 1] if part <= len(day.lines) else ()
        rest = cells - sum(cell_len(text) for text, _ in line)
        return (*line, ("▒" * rest, "dim")) if day.off and not day.booked and rest > 0 else line

    def notify_style_update(self) -> None:
        """The theme or the stylesheet changed: nothing drawn before is of use."""
        self._strips.clear()
        super().notify_style_update()

    # ---- events --------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Another size, other cells."""
        self._strips.clear()

    def on_focus(self) -> None:
        """The cursor of what has the focus is the bright one."""
        self._redraw(self.cursor)

    def on_blur(self) -> None:
        """See `on_focus`."""
        self._redraw(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a double click opens."""
        at, week = 1, bisect_right(self._tops(), event.y) - 1
        for index, cells in enumerate(self._widths()):
            if event.y > 0 and at <= event.x < at + cells and (week + 1) * 7 <= len(self.days):
                self.point(self.days[0].day + timedelta(days=week * 7 + index))
                if event.chain == 2:
                    self.post_message(self.Chosen(self))
            at += cells + 1
