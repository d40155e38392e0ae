"""A list of records drawn on the line API: the cursor stays on its record whatever is reloaded around it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Hashable, Sequence
from typing import NamedTuple

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from guru_tui.widgets.paint import Painted
from guru_tui.widgets.text import Columns, Line, Painter, words

_CACHE = 4096


class Row(NamedTuple):
    """One record: what identifies it, how it is drawn at a width, how many lines it takes."""

    key: Hashable
    paint: Painter
    selectable: bool = True
    height: int = 1


class RecordList(ScrollView, Painted, can_focus=True):
    """Rows under a cursor; the screen's commands move it, the mouse does too."""

    class Highlighted(Message):
        """The cursor stands on another record, or what it stands on was read anew."""

        def __init__(self, records: RecordList, key: Hashable | None) -> None:
            super().__init__()
            self.records = records
            self.key = key

        @property
        def control(self) -> RecordList:
            """The list, for `@on` selectors."""
            return self.records

    class Chosen(Highlighted):
        """A record was opened with a double click."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, empty: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self.rows: Sequence[Row] = ()
        self.columns: Callable[[int], Columns] | None = None
        self.empty = empty
        self._starts: list[int] = []
        self._height = 0
        self._cursor = -1
        self._strips: dict[tuple[int, int, int, int], Strip] = {}

    # ---- what is shown -------------------------------------------------------------------------------

    @property
    def key(self) -> Hashable | None:
        """The record under the cursor, None in an empty list."""
        return self.rows[self._cursor].key if 0 <= self._cursor < len(self.rows) else None

    @property
    def cursor(self) -> int:
        """The index of the row under the cursor, -1 in an empty list."""
        return self._cursor

    def show(
        self, rows: Sequence[Row], *, at: Hashable | None = None, columns: Callable[[int], Columns] | None = None
    ) -> None:
        """Replace the rows; the cursor goes to the record `at`, stays on its own, or takes the nearest place."""
        wanted = at if at is not None else self.key
        former, height = max(self._cursor, 0), self._height
        self.rows = rows
        self.columns = columns
        self._starts, self._height = [], 0
        for row in rows:
            self._starts.append(self._height)
            self._height += row.height
        self._cursor = next((i for i, row in enumerate(rows) if row.key == wanted and row.selectable), -1)
        if self._cursor < 0:
            self._cursor = self._nearest(min(former, len(rows) - 1))
        self._strips.clear()
        self._measure()
        self.refresh()
        self._see_cursor()
        if height and height != self._height:
            self.call_after_refresh(self._see_cursor)  # how far one can scroll is known after the layout only
        self.post_message(self.Highlighted(self, self.key))

    def redraw(self, keys: Container[Hashable]) -> None:
        """Draw these records again and nothing else: what they show has changed, not which there are."""
        changed = {index for index, row in enumerate(self.rows) if row.key in keys}
        for place in [place for place in self._strips if place[0] in changed]:
            del self._strips[place]
        for index in changed:
            y = self._starts[index] + self._head - round(self.scroll_y)
            self.refresh(Region(0, y, self.size.width, self.rows[index].height))

    def point(self, key: Hashable) -> bool:
        """Put the cursor on a record; False where the list does not hold it."""
        for index, row in enumerate(self.rows):
            if row.key == key and row.selectable:
                self._go(index)
                return True
        return False

    def _nearest(self, index: int) -> int:
        """The selectable row at or after `index`, else the last before it, else -1."""
        if not self.rows:
            return -1
        after = next((i for i in range(max(index, 0), len(self.rows)) if self.rows[i].selectable), -1)
        if after >= 0:
            return after
        return next((i for i in range(min(index, len(self.rows) - 1), -1, -1) if self.rows[i].selectable), -1)

    @property
    def _head(self) -> int:
        return 1 if self.columns else 0

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._height + self._head)

    # ---- moving --------------------------------------------------------------------------------------

    def move(self, step: str) -> None:
        """Move the cursor: `up`, `down`, `page_up`, `page_down`, `home` or `end`."""
        page = max(self.scrollable_content_region.height - self._head - 1, 1)
        if step in ("up", "down"):
            self._step(-1 if step == "up" else 1)
        elif step == "home":
            self._go(self._nearest(0))
        elif step == "end":
            self._go(max((i for i, row in enumerate(self.rows) if row.selectable), default=-1))
        else:
            target = self._starts[self._cursor] + (page if step == "page_down" else -page) if self._cursor >= 0 else 0
            self._go(self._nearest(self._at(min(max(target, 0), max(self._height - 1, 0)))))

    def _step(self, by: int) -> None:
        index = self._cursor + by
        while 0 <= index < len(self.rows) and not self.rows[index].selectable:
            index += by
        if 0 <= index < len(self.rows):
            self._go(index)
        else:
            self.scroll_to(y=0 if by < 0 else self.max_scroll_y, animate=False)

    def _go(self, index: int) -> None:
        if index == self._cursor or not 0 <= index < len(self.rows):
            self._see_cursor()
            return
        former, self._cursor = self._cursor, index
        for changed in (former, index):
            if changed >= 0:
                row = self.rows[changed]
                y = self._starts[changed] + self._head - round(self.scroll_y)
                self.refresh(Region(0, y, self.size.width, row.height))
        self._see_cursor()
        self.post_message(self.Highlighted(self, self.key))

    def _see_cursor(self) -> None:
        if self._cursor < 0 or not self.size.height:
            return
        top = self._starts[self._cursor]
        bottom = top + self.rows[self._cursor].height
        height = max(self.scrollable_content_region.height - self._head, 1)
        first = next((i for i, row in enumerate(self.rows) if row.selectable), 0)
        if self._cursor == first:
            top = 0
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False)
        elif bottom > self.scroll_y + height:
            self.scroll_to(y=bottom - height, animate=False)

    def _at(self, y: int) -> int:
        """The index of the row that covers virtual line `y`."""
        return bisect_right(self._starts, y) - 1

    # ---- drawing -------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the window: titles on top, then the rows that are scrolled into it."""
        width = self.scrollable_content_region.width
        if self.columns and y == 0:
            return self.strip(self.columns(width).head(width), width)
        if not self.rows:
            told = words(self.empty, width - 2)
            line: Line = ((f" {told[y - self._head]}", "dim"),) if y - self._head < len(told) else ()
            return self.strip(line, width)
        at = y - self._head + round(self.scroll_y)
        if not 0 <= at < self._height:
            return self.strip((), width)
        index = self._at(at)
        state = 0 if index != self._cursor else 2 if self.has_focus else 1
        place = (index, at - self._starts[index], width, state)
        if (strip := self._strips.get(place)) is None:
            if len(self._strips) > _CACHE:
                self._strips.clear()
            strip = self._strips[place] = self._draw(*place)
        return strip

    def _draw(self, index: int, part: int, width: int, state: int) -> Strip:
        lines = self.rows[index].paint(width)
        over: Style | None = None
        if state:
            over = self.drawn_in("cursor--on" if state == 2 else "cursor--off")
        return self.strip(lines[part] if part < len(lines) else (), width, over=over)

    def notify_style_update(self) -> None:
        """The theme or the stylesheet changed: nothing drawn before is of use."""
        self._strips.clear()
        super().notify_style_update()

    # ---- events --------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Another width may mean other columns; the cursor stays in sight."""
        self._strips.clear()
        self._measure()
        self._see_cursor()

    def on_focus(self) -> None:
        """The cursor of the list that has the focus is the bright one."""
        self.refresh()

    def on_blur(self) -> None:
        """See `on_focus`."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there, a double click opens."""
        at = event.y - self._head + round(self.scroll_y)
        if event.y < self._head or not 0 <= at < self._height:
            return
        index = self._at(at)
        if self.rows[index].selectable:
            self._go(index)
            if event.chain == 2:
                self.post_message(self.Chosen(self, self.key))
