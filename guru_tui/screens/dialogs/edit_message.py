"""Changing the text of one message before it leaves; an SMS is counted as one types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, TextArea

from guru_tui.domain.sms_advice import advice
from guru_tui.domain.sms_text import brief, measure
from guru_tui.domain.views.messages import MessageRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.outbox_rows import Message
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import Line, words


class EditMessage(Dialog[MessageRow]):
    """Ctrl+S saves; Esc on a changed text asks once. The template stays as it is."""

    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("^S", "save", "save"),
        Hint("⇥", "subject", "app.focus_next"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, message: Message) -> None:
        super().__init__(session)
        self._message = message
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """Subject (of a mail), text, count (of an SMS)."""
        row = self._message.row
        if row.channel == "email":
            yield Input(row.subject, placeholder="subject", id="its-subject", classes="field")
        yield TextArea(row.body, id="text", show_line_numbers=False, highlight_cursor_line=False)
        yield Pane(id="size")

    def on_mount(self) -> None:
        """Whose it is; the cursor stands at the end of what is there."""
        super().on_mount()
        row = self._message.row
        self.entitle(f"Edit · {self._message.what} · {self.session.person(row.recipient_name)}")
        if row.channel != "email":
            self.keys(*(hint for hint in self.KEYS if hint.label != "subject"))
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        self.query_one("#size", Pane).show(self._count)

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _typing(self) -> None:
        self._warned = False
        self.problem("")
        self.query_one("#size", Pane).show(self._count)

    def _count(self, width: int) -> list[Line]:
        if self._message.row.channel != "sms":
            return [(("Only this one message is changed, not its template.", "dim"),)]
        size, practice = measure(self._body), self.session.practice
        told = f"{brief(size, practice['sms_price'], practice.currency)} · {size.encoding}"
        lines: list[Line] = [((told, "warn" if size.segments > 1 else "dim"),)]
        return lines + [((line, "warn"),) for line in words(advice(self._body, size), width) if line]

    @property
    def _body(self) -> str:
        return self.query_one(TextArea).text

    @property
    def _subject(self) -> str | None:
        return self.query_one("#its-subject", Input).value if self._message.row.channel == "email" else None

    @property
    def _touched(self) -> bool:
        row, subject = self._message.row, self._subject
        return self._body.strip() != row.body.strip() or (subject is not None and subject.strip() != row.subject)

    def action_save(self) -> None:
        """Keep it; nothing changed is nothing to do."""
        if not self._touched:
            self.dismiss(None)
            return
        key, subject, body = self._message.row.id, self._subject, self._body
        self.change(lambda guru: guru.outbox.edit(key, subject=subject, body=body), self.dismiss)

    def action_leave(self) -> None:
        """Leave; a changed text says first that something would be lost."""
        if self._touched and not self._warned:
            self._warned = True
            self.problem("Not saved yet. Esc again leaves without saving, Ctrl+S saves.", "warn")
            return
        super().action_leave()
