"""Find anything: type a part of a name or number, Enter jumps there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.views.clients import ClientRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, one_line

_COLUMNS = Columns((Column("", 20, grow=1), Column("", 16), Column("", 9)), indent=0)
_SHOWN = 50


class Find(Dialog[int]):
    """Answers the id of the client that was chosen."""

    TITLE_TEXT = "Find a client"
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor('down')", "Down", show=False, priority=True),
        Binding("up", "cursor('up')", "Up", show=False, priority=True),
        Binding("pagedown", "cursor('page_down')", "Down", show=False),
        Binding("pageup", "cursor('page_up')", "Up", show=False),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "open", "pick"),
        Hint("↑↓", "choose", "cursor('down')"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._rows: dict[int, ClientRow] = {}

    def body(self) -> Iterable[Widget]:
        """The line and what it finds."""
        yield Input(placeholder="part of a name, or digits of the number")
        yield RecordList(id="found", empty="Nobody matches; check the spelling, or add them on Clients with a.")

    def on_mount(self) -> None:
        """Everybody, until something is typed."""
        self._search("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, text: str) -> None:
        found = self.session.reads.clients(text, limit=_SHOWN)
        self._rows = {client.id: client for client in found}
        records = self.query_one(RecordList)
        records.show([Row(client.id, one_line(self._line, client)) for client in found])
        records.move("home")

    def _line(self, client: ClientRow, width: int) -> Line:
        session = self.session
        day = short_day(client.next_start.date(), session.today()) if client.next_start else ""
        return _COLUMNS.line(
            [
                ((session.person(client.name), ""),),
                ((session.phone(client.mobile) or "no number", "dim"),),
                ((day, "faint"),),
            ],
            width,
        )

    def action_cursor(self, step: str) -> None:
        """Move in what was found."""
        self.query_one(RecordList).move(step)

    @on(Input.Submitted)
    @on(RecordList.Chosen)
    def action_pick(self) -> None:
        """Answer with the client under the cursor."""
        key = self.query_one(RecordList).key
        if isinstance(key, int):
            self.dismiss(key)
