"""Text measured in terminal cells: clipping, columns and wrapping for wide, combining and hostile characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size

Piece = tuple[str, str]
"""A run of text and its tone (see `themes.TONES`)."""
Line = Sequence[Piece]
Painter = Callable[[int], Sequence[Line]]
"""Draws lines for a width in cells."""

BLANK: Line = ()
Record = TypeVar("Record")


def one_line(draw: Callable[[Record, int], Line], record: Record) -> Painter:
    """A painter of one line, drawn from a record and a width."""
    return lambda width: (draw(record, width),)


def still(*lines: Line) -> Painter:
    """A painter of lines that do not depend on the width."""
    return lambda _width: lines


def harmless(text: str) -> str:
    """`text` without what a terminal would obey: control characters and bidirectional overrides."""
    if text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if unicodedata.category(character) != "Cs" and character not in _OVERRIDES
    )


# Zero-width joiners stay: several scripts need them to be legible.
_OVERRIDES = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clip(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, ending in `…` where something had to go."""
    if cell_len(text) <= cells:
        return text
    if cells <= 0:
        return ""
    return set_cell_size(text, cells - 1).rstrip() + "…"


def fit(line: Line, cells: int, *, right: bool = False) -> list[Piece]:
    """`line` in exactly `cells` cells: clipped with `…`, or padded (on the left with `right`)."""
    pieces: list[Piece] = []
    left = cells
    total = sum(cell_len(text) for text, _ in line)
    for text, tone in line:
        width = cell_len(text)
        if width > left or (width == left and total > cells):
            shown = set_cell_size(text, max(left - 1, 0)).rstrip() + "…" if left else ""
            pieces.append((shown, tone))
            left -= cell_len(shown)
            break
        pieces.append((text, tone))
        left -= width
    if left > 0:
        pieces.insert(0 if right else len(pieces), (" " * left, ""))
    return pieces


class Column(NamedTuple):
    """A column of a table: its least width in cells and its share of what the others leave."""

    title: str
    width: int
    grow: int = 0
    right: bool = False


class Columns(NamedTuple):
    """A row of columns, one blank between each two, laid out for a width."""

    columns: tuple[Column, ...]
    indent: int = 1

    def widths(self, total: int) -> list[int]:
        """How many cells each column gets of `total`; the last one ends at the edge."""
        least = sum(column.width for column in self.columns) + len(self.columns) - 1 + self.indent
        spare, shares = max(total - least, 0), sum(column.grow for column in self.columns)
        widths = [column.width + (spare * column.grow // shares if shares else 0) for column in self.columns]
        over = self.indent + sum(widths) + len(widths) - 1 - total
        for index in sorted(range(len(widths)), key=lambda each: -self.columns[each].grow):
            if over <= 0:
                break
            cut = min(over, max(widths[index] - 4, 0))
            widths[index] -= cut
            over -= cut
        return widths

    def line(self, cells: Sequence[Line], total: int) -> list[Piece]:
        """One row: `cells` set into the columns' widths."""
        pieces: list[Piece] = [(" " * self.indent, "")]
        for number, (column, cell, width) in enumerate(zip(self.columns, cells, self.widths(total), strict=True)):
            if number:
                pieces.append((" ", ""))
            pieces.extend(fit(cell, width, right=column.right))
        return pieces

    def head(self, total: int) -> list[Piece]:
        """The line of titles."""
        return self.line([((column.title, "head"),) for column in self.columns], total)


def words(text: str, cells: int) -> list[str]:
    """`text` broken into lines of at most `cells` cells, at blanks where it can be."""
    cells = max(cells, 1)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in harmless(paragraph).split():
            if line and cell_len(line) + 1 + cell_len(word) <= cells:
                line = f"{line} {word}"
                continue
            if line:
                lines.append(line)
            while cell_len(word) > cells:
                head = set_cell_size(word, cells).rstrip()
                lines.append(head or word[:1])
                word = word[len(head) or 1 :]
            line = word
        lines.append(line)
    return lines


def joined(parts: Iterable[Piece], cells: int, separator: str = " · ") -> list[Piece]:
    """The first part and as many of the others as fit whole into `cells`, with a dim separator between them."""
    pieces: list[Piece] = []
    used = 0
    for text, tone in parts:
        width = cell_len(text) + (len(separator) if pieces else 0)
        if text and (not pieces or used + width <= cells):
            pieces.extend([(separator, "dim")] if pieces else [])
            pieces.append((text, tone))
            used += width
    return pieces


def flow(parts: Iterable[Piece], cells: int, *, separator: str = "  ", indent: int = 0) -> list[Line]:
    """The parts laid out one after the other, onto a new line where the next would not fit."""
    lines: list[list[Piece]] = []
    used = 0
    for text, tone in parts:
        if not text:
            continue
        width = cell_len(text)
        if lines and used + len(separator) + width <= cells:
            lines[-1] += [(separator, "dim"), (text, tone)]
            used += len(separator) + width
        else:
            lines.append([(" " * indent, ""), (text, tone)])
            used = indent + width
    return list(lines)
