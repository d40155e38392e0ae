"""Help, made from the commands: every key of the screen, to be filtered by typing, and what the symbols mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from guru_tui.commands.command import GROUPS, Command, matching
from guru_tui.widgets import glyphs
from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, flow, one_line, words

_COLUMNS = Columns((Column("", 7), Column("", 13), Column("", 30, grow=1)), indent=0)
_NARROW = Columns((Column("", 6), Column("", 7), Column("", 30, grow=1)), indent=0)


class Help(ModalScreen[str]):
    """Answers the action of the command that was chosen with Enter."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "leave", "Close", show=False),
        Binding("down", "cursor('down')", "Down", show=False, priority=True),
        Binding("up", "cursor('up')", "Up", show=False, priority=True),
        Binding("pagedown", "cursor('page_down')", "Down", show=False),
        Binding("pageup", "cursor('page_up')", "Up", show=False),
    ]

    def __init__(self, screen: str, commands: Sequence[Command]) -> None:
        super().__init__()
        self._screen_name = screen
        self._commands = sorted(commands, key=lambda command: GROUPS.index(command.group))

    def compose(self) -> ComposeResult:
        """The filter, the keys, the symbols."""
        with Vertical(id="frame", classes="tall") as frame:
            entitle(frame, f"Keys · {self._screen_name}")
            yield Input(placeholder="type to filter: a key, or what you want to do")
            yield RecordList(id="found", empty="No key does that here.")
            yield Pane(id="legend")
            yield KeyBar(
                [Hint("⏎", "run it", "pick"), Hint("↑↓", "choose", "cursor('down')"), Hint("Esc", "close", "leave")],
                indent=0,
            )

    def on_mount(self) -> None:
        """All of them."""
        self.query_one("#legend", Pane).show(self._legend)
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, typed: str) -> None:
        found = matching(self._commands, typed)
        seen: set[str] = set()
        rows = []
        for command in found:
            first = command.group not in seen
            seen.add(command.group)
            rows.append(Row(command.id, one_line(_line, (command, first))))
        records = self.query_one(RecordList)
        records.show(rows)
        records.move("home")

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        self.query_one("#legend", Pane).show(self._legend)

    def _legend(self, width: int) -> Sequence[Line]:
        """The symbols; above them in full what the list had to clip."""
        key = self.query_one(RecordList).key
        chosen = next((command.help for command in self._commands if command.id == key), "")
        room = _NARROW.widths(width)[-1] if width <= 60 else width
        full: list[Line] = [((line, ""),) for line in words(chosen, width)] if cell_len(chosen) > room else []
        return [*full, *_symbols(width)]

    def action_cursor(self, step: str) -> None:
        """Move in the list."""
        self.query_one(RecordList).move(step)

    @on(Input.Submitted)
    @on(RecordList.Chosen)
    def action_pick(self) -> None:
        """Run the command under the cursor."""
        key = self.query_one(RecordList).key
        self.dismiss(next((command.action for command in self._commands if command.id == key), None))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _line(entry: tuple[Command, bool], width: int) -> Line:
    command, first = entry
    columns = _COLUMNS if width > 60 else _NARROW
    return columns.line(
        [((command.group if first else "", "title"),), ((command.all_keys, "key"),), ((command.help, ""),)], width
    )


def _symbols(width: int) -> Sequence[Line]:
    lines: list[Line] = []
    for _title, symbols in glyphs.LEGEND:
        lines += flow([(symbol, "dim") for symbol in symbols.split("  ")], width)
    return lines
