"""What stands in one cell of the week's grid, as segments; drawn once for each look and kept, since most repeat."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from guru_tui.widgets.text import Piece, fit, harmless

_KEPT = 2000
_NARROW = 5
"""Below so many cells a lane has room for letters of the name only."""


class Box(NamedTuple):
    """Something that holds a time: on which column, from and to which minute, in which lane of how many.

    `glyph` and `name` stand on its first line, `below` on the next one where there is room.
    """

    key: Hashable
    column: int
    begins: int
    ends: int
    lane: int
    lanes: int
    glyph: Piece
    name: str
    below: str = ""
    blocked: bool = False
    faint: bool = False


class Ghost(NamedTuple):
    """What is being moved, where it would go."""

    column: int
    begins: int
    ends: int
    name: str
    clash: bool


class CellPainter:
    """Draws cells on one background; `drawn_in` gives the style of a component class."""

    def __init__(self, base: Style, drawn_in: Callable[[str], Style], *, focused: bool) -> None:
        self.base = base
        self._drawn_in = drawn_in
        self._lit = drawn_in("cursor--on" if focused else "cursor--off")
        self._styles: dict[tuple[str, bool], Style] = {}
        self._kept: dict[tuple[object, ...], list[Segment]] = {}

    def style(self, tone: str, lit: bool = False) -> Style:
        """The style of a tone, under the cursor or not."""
        if (tone, lit) not in self._styles:
            style = self.base + self._drawn_in(f"tone--{tone}") if tone else self.base
            self._styles[tone, lit] = style + self._lit if lit else style
        return self._styles[tone, lit]

    def free(self, width: int, *, is_open: bool, lit: bool, now: bool) -> list[Segment]:
        """A cell in which nothing stands."""
        key = (width, is_open, lit, now)
        if key not in self._kept:
            # Blanks in the colour of the rules beside them: drawn as one run.
            text, tone = ("━" * (width - 1) + "◀", "now") if now else ((" " if is_open else "░") * width, "rule")
            self._kept[key] = [Segment(text, self.style(tone, lit))]
        return self._kept[key]

    def box(self, box: Box, row: int, cells: int, *, lit: bool, now: bool) -> list[Segment]:
        """The `row`th line of a box (0 the first)."""
        row = min(row, 2)
        key = (box.glyph, box.name, box.below, box.blocked, box.faint, row, cells, lit, now)
        if key not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            line = self._blocked(box, row, cells) if box.blocked else self._line(box, row, cells, now=now)
            pieces = fit(line, cells)
            if len(pieces) > 1 and pieces[-1][0].isspace():
                pieces[-2:] = [(pieces[-2][0] + pieces[-1][0], pieces[-2][1])]
            self._kept[key] = [Segment(harmless(text), self.style(tone, lit)) for text, tone in pieces]
        return self._kept[key]

    def _blocked(self, box: Box, row: int, cells: int) -> list[Piece]:
        [(text, _), *_rest] = fit(((f"▒{box.name}", ""),), cells) if box.name and not row else [("", "")]
        text = text.rstrip() if box.name and not row else ""
        return [(text, "dim"), ("▒" * max(cells - cell_len(harmless(text)), 0), "faint")]

    def _line(self, box: Box, row: int, cells: int, *, now: bool) -> list[Piece]:
        tone = box.glyph[1] or "sure"
        line: list[Piece] = [("▌", tone)]
        if not row and cells < _NARROW:
            line = [(f"{box.glyph[0]}{set_cell_size(harmless(box.name), max(cells - 1, 0))}", tone)]
        elif not row:
            glyph = box.glyph[0]
            line = [(f"▌{glyph}", tone)] if tone == box.glyph[1] else [*line, box.glyph]
            line.append((box.name, "faint" if box.faint else ""))
        elif now:
            return [("▌", tone), ("━" * max(cells - 2, 0), "now"), ("◀", "now")]
        elif row == 1 and cells >= 12:
            line.append((box.below, "dim"))
        return [*fit(line, max(cells - 1, 0)), ("◀", "now")] if now else line

    def ghost(self, ghost: Ghost, width: int, *, first: bool, last: bool) -> list[Segment]:
        """One line of what is being moved: its first, its last, both, or one between."""
        tone = "bad" if ghost.clash else "now"
        edges = "[]" if first and last else "╔╗" if first else "╚╝" if last else "║║"
        inner = max(width - 2, 0)
        if first:
            text = "".join(part for part, _ in fit(((f"{'‼' if ghost.clash else '◆'}{ghost.name}", ""),), inner))
        else:
            text = ("═" if last else " ") * inner
        style = self.base + self._drawn_in(f"tone--{tone}") + self._drawn_in("cursor--on")
        return [Segment(edges[0] + harmless(text) + edges[1], style)]
