"""The three bars of every screen: where one is, what was done last, and which keys matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.strip import Strip

from guru_tui.widgets.paint import Painted
from guru_tui.widgets.text import Piece, fit

_ROOM_FOR_LONG, _LONG = 100, 8
"""Below so many columns a name of more letters than that is cut, so that what needs somebody has room beside it."""
_ROOM_FOR_NAMES = 70
"""From how many columns on the header names the screens that are not on show; below, their keys do."""


class Tab(NamedTuple):
    """A screen in the header: its key, its name, and the action that goes there."""

    key: str
    name: str
    action: str


class Part(NamedTuple):
    """Something on the header's right side; the lowest `rank` stays longest when space is short."""

    text: str
    tone: str
    rank: int


class Hint(NamedTuple):
    """A key, what it does, and the action that a click on it runs. `off`: not with what is under the cursor."""

    key: str
    label: str
    action: str
    off: bool = False


class _Clickable(Painted):
    """A bar of which some cells run an action when they are clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._spots: list[tuple[int, int, str]] = []

    async def on_click(self, event: events.Click) -> None:
        """Run the action under the mouse."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self.screen.run_action(action)
                return


class HeaderBar(_Clickable):
    """The screens with their keys on the left; practice, messages, sender and clock on the right."""

    def __init__(self, tabs: Sequence[Tab], active: str) -> None:
        super().__init__()
        self._tabs = tabs
        self._active = active
        self._parts: tuple[Part, ...] = ()

    def show(self, parts: Sequence[Part]) -> None:
        """Replace the right side."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    @property
    def text(self) -> str:
        """The line as it stands."""
        return self.render_line(0).text

    def render_line(self, y: int) -> Strip:
        """The whole line."""
        width = self.size.width
        pieces: list[Piece] = []
        at = 0
        self._spots = []
        for tab in self._tabs:
            active = tab.name == self._active
            name = tab.name if active or width >= _ROOM_FOR_NAMES else ""
            if width < _ROOM_FOR_LONG and len(name) > _LONG:
                name = name[:5]
            text = f"[{tab.key}{name}]" if active else f"{tab.key}{name}"
            pieces += [(" ", ""), (text, "active" if active else "dim")]
            self._spots.append((at + 1, at + 1 + cell_len(text), tab.action))
            at += 1 + cell_len(text)
        right = self._fitting(width - at - 2)
        used = sum(cell_len(text) for text, _ in right)
        return self.strip([*pieces, (" " * max(width - at - used - 1, 1), ""), *right], width)

    def _fitting(self, room: int) -> list[Piece]:
        kept = list(self._parts)
        while kept and sum(cell_len(part.text) + 3 for part in kept) - 3 > room:
            kept.remove(max(kept, key=lambda part: part.rank))
        pieces: list[Piece] = []
        for part in kept:
            pieces += [(" · ", "faint")] if pieces else []
            pieces.append((part.text, part.tone))
        return pieces


class StatusBar(_Clickable):
    """What was done last, with the way back, or what went wrong; a note at the right end."""

    def __init__(self, note: str = "") -> None:
        super().__init__()
        self._note = note
        self._pieces: tuple[Piece, ...] = ()
        self._undo = False

    def show(self, text: str, tone: str = "", *, undo: bool = False) -> None:
        """Say one sentence; with `undo` the key that takes it back stands beside it."""
        glyph = {"ok": "✓ ", "bad": "✗ ", "warn": "! "}.get(tone, "")
        self._pieces = ((" ", ""), (f"{glyph}{text}", tone)) if text else ()
        self._undo = undo
        self.refresh()

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return "".join(text for text, _ in self._pieces).strip()

    def render_line(self, y: int) -> Strip:
        """The whole line."""
        width = self.size.width
        # The way back stays in sight however long the sentence is.
        pieces = fit(self._pieces, max(width - 9, 1)) if self._undo else list(self._pieces)
        if self._undo:
            pieces = [*pieces[:-1], (pieces[-1][0].rstrip(), pieces[-1][1])]
        used = sum(cell_len(text) for text, _ in pieces)
        self._spots = []
        if self._undo:
            pieces += [("   ", ""), ("u", "key"), (" undo", "dim")]
            self._spots.append((used + 2, used + 9, "undo"))
            used += 9
        if self._note and used + cell_len(self._note) + 3 <= width:
            pieces += [(" " * (width - used - cell_len(self._note) - 1), ""), (self._note, "warn")]
        return self.strip(pieces, width)


class KeyBar(_Clickable):
    """The keys that matter here, as many as fit; the last one, help, always does."""

    def __init__(self, hints: Sequence[Hint] = (), *, indent: int = 1) -> None:
        super().__init__()
        self._indent = indent
        self._hints: tuple[Hint, ...] = tuple(hints)

    def show(self, hints: Sequence[Hint]) -> None:
        """Replace the keys."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The whole line."""
        width = self.size.width
        pieces: list[Piece] = []
        at = self._indent
        self._spots = []
        if not self._hints:
            return self.strip((), width)
        *others, last = self._hints
        room = width - 3 - _cells(last)
        if at + sum(_cells(hint) + 2 for hint in others) > room:
            others = [hint for hint in others if not hint.off]  # short of room, what works comes first
        for hint in [*others, last]:
            if hint is not last and at + _cells(hint) + 2 > room:
                continue
            key, label = ("faint", "faint") if hint.off else ("key", "dim")
            pieces += [("  " if pieces else " " * self._indent, ""), (hint.key, key), (f" {hint.label}", label)]
            at += 2 if self._spots else 0
            self._spots.append((at, at + _cells(hint), hint.action))
            at += _cells(hint)
        return self.strip(pieces, width)


def in_rows(hints: Sequence[Hint], width: int) -> list[list[Hint]]:
    """The keys in as many bars of `width` cells as all of them take."""
    rows: list[list[Hint]] = [[]]
    for hint in hints:
        used = 1 + sum(_cells(each) + 2 for each in rows[-1])
        if rows[-1] and used + _cells(hint) + 3 > width:
            rows.append([])
        rows[-1].append(hint)
    return rows


def _cells(hint: Hint) -> int:
    return cell_len(hint.key) + 1 + cell_len(hint.label)
