"""What needs a person, as a list: Enter goes to where it is dealt with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.screens.todo import ToDo, to_dos
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Line, still, words


class ToDoList(Dialog[str]):
    """Answers the action that goes where the chosen one is dealt with."""

    TITLE_TEXT = "What needs you"
    AUTO_FOCUS = "RecordList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor('down')", "Down", show=False),
        Binding("up,k", "cursor('up')", "Up", show=False),
        Binding("enter", "pick", "Go there", show=False),
        Binding("q,exclamation_mark", "leave", "Close", show=False),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "go there", "pick"),
        Hint("jk", "choose", "cursor('down')"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._todos = to_dos(session)

    def body(self) -> Iterable[Widget]:
        """The list, as high as it is long."""
        records = RecordList(id="todos", empty="Nothing waits for you.")
        records.styles.height = min(max(len(self._todos), 1) * 2, 16)
        yield records

    def on_mount(self) -> None:
        """Two lines where one does not hold it."""
        super().on_mount()
        self._show()

    def on_resize(self) -> None:
        """Sentences are wrapped to the width."""
        self._show()

    def _show(self) -> None:
        records = self.query_one(RecordList)
        width = max(records.size.width, 30)
        rows = []
        for number, todo in enumerate(self._todos):
            lines = _lines(todo, width)
            rows.append(Row(number, still(*lines), height=len(lines)))
        records.show(rows)
        records.styles.height = min(max(sum(row.height for row in rows), 1), max(self.app.size.height - 8, 3))

    def action_cursor(self, step: str) -> None:
        """Move in the list."""
        self.query_one(RecordList).move(step)

    @on(RecordList.Chosen)
    def action_pick(self) -> None:
        """Answer with where the one under the cursor is dealt with."""
        key = self.query_one(RecordList).key
        self.dismiss(self._todos[key].action if isinstance(key, int) else None)


def _lines(todo: ToDo, width: int) -> list[Line]:
    told = words(f"{todo.text}", width - 4 - len(todo.where))
    first: Line = ((f"{todo.glyph} ", todo.tone), (told[0], ""), (f"  {todo.where}" if todo.where else "", "dim"))
    return [first, *((("  ", ""), (line, "")) for line in told[1:])]
