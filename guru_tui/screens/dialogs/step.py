"""One step of the log: what it changed, field by field, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from guru_tui.domain.local_time import short_date
from guru_tui.domain.views.actions import ActionRow, ChangedField, ChangedRecord
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.log_rows import state_of, title_of
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, clip, words

_LABEL = 16
_LONG = 3


class Step(Dialog[bool]):
    """Answers yes where the step is to be undone."""

    AUTO_FOCUS = "#whole"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "Down", show=False),
        Binding("k", "step(-1)", "Up", show=False),
        Binding("u,z", "undo", "Undo it", show=False),
        Binding("enter,q", "leave", "Close", show=False),
    ]

    def __init__(self, session: Session, action: ActionRow, records: Sequence[ChangedRecord]) -> None:
        super().__init__(session)
        self._action = action
        self._records = records

    def body(self) -> Iterable[Widget]:
        """Everything, as long as it may be."""
        yield VerticalScroll(Pane(id="what"), id="whole")

    def on_mount(self) -> None:
        """Show it; what cannot be undone does not offer it."""
        super().on_mount()
        self.query_one("#frame").add_class("tall")
        self.entitle(title_of(self.session, self._action))
        undo = [Hint("u", "undo it", "undo")] if self._offered else []
        self.keys(*undo, Hint("jk", "scroll", "step(1)"), Hint("Esc", "back", "leave"))
        self.query_one("#what", Pane).show(self._lines)

    @property
    def _offered(self) -> bool:
        return self._action.undoable and not self._action.undone and self._action.undoes is None

    def _lines(self, width: int) -> Sequence[Line]:
        action = self._action
        word, tone = state_of(action)
        when = f"{short_date(action.at.date())} {action.at.year} {action.at:%H:%M}"
        lines: list[Line] = [((f"{when}  from {action.origin or 'guru'}", "dim"), (f"  {word}" if word else "", tone))]
        if not self._records:
            lines += [BLANK, (("It changed no record; messages it was about are in the Outbox.", "dim"),)]
        for record in self._records:
            whose = f" · {self.session.person(record.client)}" if record.client else ""
            lines += [BLANK, ((record.what, "title"), (whose, ""), (f"  {record.how}", "dim"))]
            for field in record.fields:
                lines += self._field(field, width)
        return lines

    def _field(self, field: ChangedField, width: int) -> Sequence[Line]:
        before, after = (self._told(field, text) for text in (field.before, field.after))
        label = f"{clip(field.name, _LABEL - 1):<{_LABEL}}"
        whole = f"{before} → {after}" if field.before and field.after else before or f"{after}"
        tone = "dim" if field.before and not field.after else ""
        if field.before and not field.after:
            whole = f"{before} → nothing"
        rows = words(whole, max(width - _LABEL, 10))
        shown = rows if len(rows) <= _LONG * 4 else [*rows[: _LONG * 4], "…"]
        return [((label if not number else " " * _LABEL, "dim"), (row, tone)) for number, row in enumerate(shown)]

    def _told(self, field: ChangedField, text: str) -> str:
        if field.private and self.session.privacy and text:
            return self.session.person(text) if field.name == "client" else "•••"
        return text

    def action_step(self, by: int) -> None:
        """Scroll a line."""
        self.query_one("#whole", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_undo(self) -> None:
        """Ask for its undo, where that is possible."""
        if self._offered:
            self.dismiss(True)
