"""Sending a message once more: what is known about the first one, and then a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.views.messages import AttemptRow, MessageRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.outbox_rows import Message, Writer
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, words

_SURE = {
    "unknown": "Nobody knows whether it arrived: if it did, the client gets it twice.",
    "sent": "The provider has accepted it: the client then gets it twice.",
    "delivered": "It has been delivered: the client then gets it twice.",
    "undelivered": "The provider says that it did not arrive.",
    "failed": "It was refused and has not gone.",
}


class Resend(Dialog[MessageRow]):
    """Enter sends it again as a message of its own; the first one stays as it is."""

    TITLE_TEXT = "Send once more"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "resend", "Send again", show=False)]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "send it once more", "resend"),
        Hint("Esc", "leave it", "leave"),
    )

    def __init__(self, session: Session, message: Message, tries: Sequence[AttemptRow], writer: Writer) -> None:
        super().__init__(session)
        self._message = message
        self._tries = tries
        self._writer = writer

    def body(self) -> Iterable[Widget]:
        """What is known."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Show it."""
        super().on_mount()
        self.entitle(f"Send once more · {self._message.what} · {self._who}")
        self.query_one("#what", Pane).show(self._lines)

    @property
    def _who(self) -> str:
        return self.session.person(self._message.row.recipient_name)

    def _lines(self, width: int) -> list[Line]:
        row, writer = self._message.row, self._writer
        sure = _SURE.get(row.state, "")
        tone = "warn" if row.state in ("unknown", "sent", "delivered") else ""
        return [
            *writer.head(self._message, width),
            *(((line, tone),) for line in words(sure, width)),
            *(((line, "dim"),) for line in words(row.reason, width) if line and not self.session.privacy),
            BLANK,
            (("What is known", "title"),),
            *writer.history(row, self._tries, width),
        ]

    def action_resend(self) -> None:
        """Queue it as a new message."""
        key = self._message.row.id
        self.change(lambda guru: guru.outbox.resend(key, sure=True), self.dismiss)
