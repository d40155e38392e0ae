"""What is offered while one types: a short list beside the text cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.geometry import Offset, Size
from textual.strip import Strip

from guru_tui.widgets.paint import Painted
from guru_tui.widgets.text import Line, fit

_ROWS = 7


class Completion(Painted):
    """Lies over the screen; what is chosen in it is up to whoever shows it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._entries: Sequence[tuple[str, str]] = ()
        self._chosen = 0

    @property
    def text(self) -> str:
        """The list as it stands, empty while it is hidden."""
        return "\n".join(self.render_line(y).text.rstrip() for y in range(self.size.height)) if self.display else ""

    def show(self, entries: Sequence[tuple[str, str]], chosen: int, at: Offset, within: Size) -> None:
        """Offer entries (a word and what it stands for) below the cell `at`, or above it where there is no room."""
        self._entries, self._chosen = entries, chosen
        self.display = bool(entries)
        if not entries:
            return
        height = min(len(entries), _ROWS)
        longest = max(cell_len(word) for word, _ in entries) + max(min(cell_len(hint), 24) for _, hint in entries) + 4
        width = min(longest, within.width)
        below = at.y + 1 + height <= within.height
        self.styles.width, self.styles.height = width, height
        self.styles.offset = (
            max(min(at.x, within.width - width), 0),
            at.y + 1 if below else max(at.y - height, 0),
        )
        self.refresh()

    def hide(self) -> None:
        """Offer nothing."""
        self.show((), 0, Offset(), Size())

    def render_line(self, y: int) -> Strip:
        """One entry, the chosen one under the cursor."""
        first = min(max(self._chosen - self.size.height + 1, 0), max(len(self._entries) - self.size.height, 0))
        index = first + y
        width = self.size.width
        if not 0 <= index < len(self._entries):
            return self.strip((), width)
        word, hint = self._entries[index]
        room = max(width - cell_len(word) - 4, 0)
        line: Line = ((" ", ""), (word, "strong"), ("  ", ""), *fit(((hint, "dim"),), room), (" ", ""))
        return self.strip(line, width, over=self.drawn_in("cursor--on") if index == self._chosen else None)
