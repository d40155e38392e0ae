"""After an undo or a redo: the messages that put right what clients were told before, sent only if that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.booking import Correction, Undone
from guru_tui.domain.views.messages import MessageRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import hold_words, message_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, words

_SAID = {
    "confirmation": "was told of the appointment",
    "reminder": "was reminded of the appointment",
    "reschedule": "was told of the move",
    "cancellation": "was told that it is cancelled",
}
_SAID_OF_SERIES = {
    "confirmation": "was told of these appointments",
    "cancellation": "was told that they are cancelled",
}
_MOST = 3


class PutRight(Dialog[tuple[MessageRow, ...]]):
    """Enter sends what is shown; Esc leaves the clients with what they were told."""

    TITLE_TEXT = "A message had gone out"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "send", "Send", show=False)]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "send the correction", "send"),
        Hint("Esc", "tell nobody", "leave"),
    )

    def __init__(self, session: Session, undone: Undone) -> None:
        super().__init__(session)
        self._undone = undone

    def body(self) -> Iterable[Widget]:
        """Who was told what, and what would be sent."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Show it."""
        super().on_mount()
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> Sequence[Line]:
        session, due = self.session, self._undone.corrections
        lines: list[Line] = []
        for each in due[:_MOST]:
            sentence = f"{session.person(each.name)} {self._said(each)}"
            lines += [((line, "warn"),) for line in words(sentence, width)]
            room = room_for_text(self.app.size.height, 14 + 2 * len(due[:_MOST])) // len(due[:_MOST])
            lines += [*message_lines(session, each.previews, width=width, lines=max(room, 2)), BLANK]
        if len(due) > _MOST:
            lines += [((f"… and {len(due) - _MOST} more clients, told in the same way.", "dim"),), BLANK]
        return [*lines, ((hold_words(session), "dim"),)]

    def _said(self, correction: Correction) -> str:
        """What the client was told, as the end of a sentence."""
        kinds = [row.kind for row in self._undone.already_sent if correction.covers(row)]
        last = kinds[-1] if kinds else ""
        if last == correction.kind == "confirmation":
            return "was not told of what takes place again."
        of_series = _SAID_OF_SERIES if correction.appointment_id is None else {}
        return f"{of_series.get(last) or _SAID.get(last, 'was written to')}; that no longer holds."

    def action_send(self) -> None:
        """Queue the corrections; pressed twice they are queued once."""
        step = self._undone.id
        self.change(lambda guru: guru.undo.tell(step), self.dismiss)
