"""The note on an appointment: what was done, what the next visit needs to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_moment
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.errors import GuruError, MovedOn, NotFound
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint


class Note(Dialog[Change]):
    """Ctrl+S saves, because a note may have several lines; Esc on a changed one asks once."""

    AUTO_FOCUS = "TextArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("^S", "save", "save"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, entry: AgendaEntry, *, version: int | None = None) -> None:
        super().__init__(session)
        self._entry = entry
        self._version = version
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """The note."""
        yield TextArea(self._entry.note, id="note", show_line_numbers=False, highlight_cursor_line=False)

    def on_mount(self) -> None:
        """Whose it is; the cursor stands at the end of what is there."""
        entry = self._entry
        when = short_moment(entry.starts)
        self.entitle(f"Note · {self.session.person(entry.client)} · {when}")
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    @on(TextArea.Changed)
    def _typing(self) -> None:
        self._warned = False
        self.problem("")

    @property
    def _text(self) -> str:
        return self.query_one(TextArea).text

    def action_save(self) -> None:
        """Keep it; nothing changed is nothing to do."""
        entry, text, version = self._entry, self._text, self._version
        if text.strip() == entry.note.strip():
            self.dismiss(None)
            return
        self.change(lambda guru: guru.booking.set_note(entry.id, text, version=version), self.dismiss)

    def complain(self, error: GuruError) -> None:
        """A note that was changed elsewhere is shown, and replaced only by saving once more."""
        if not isinstance(error, MovedOn):
            super().complain(error)
            return
        reads = self.session.reads
        self._version = reads.newest_change()
        try:
            now = reads.entry(self._entry.id).note
        except NotFound:
            super().complain(error)
            return
        told = f"it reads: {now}" if now else "it is empty"
        self.problem(f"Changed elsewhere meanwhile; now {told}\nCtrl+S again replaces it with yours.", "warn")

    def action_leave(self) -> None:
        """Leave; a changed note says first that something would be lost."""
        if self._text.strip() != self._entry.note.strip() and not self._warned:
            self._warned = True
            self.problem("Not saved yet. Esc again leaves without saving, Ctrl+S saves.", "warn")
            return
        super().action_leave()
