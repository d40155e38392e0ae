"""One message in full: to whom, why, the text, what became of it, and what went before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from guru_tui.commands.command import Command
from guru_tui.domain.views.messages import AttemptRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.outbox_rows import Message, Writer
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane

_ACTS = ("send_now", "withdraw", "retry", "edit", "done", "resend", "copy", "client")


class ReadMessage(Dialog[str]):
    """Answers the action of the key that was pressed, for the screen below to run. `acts`: command, does it not fit."""

    AUTO_FOCUS = "#whole"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "Down", show=False),
        Binding("k", "step(-1)", "Up", show=False),
        Binding("enter,q", "leave", "Close", show=False),
    ]

    def __init__(
        self,
        session: Session,
        message: Message,
        tries: Sequence[AttemptRow],
        before: Sequence[Message],
        acts: Sequence[tuple[Command, bool]] = (),
    ) -> None:
        super().__init__(session)
        self._message = message
        self._tries = tries
        self._before = before
        self._acts = [(command, off) for command, off in acts if command.id.rpartition(".")[2] in _ACTS]

    def body(self) -> Iterable[Widget]:
        """Everything, as long as it may be."""
        yield VerticalScroll(Pane(id="what"), id="whole")

    def on_mount(self) -> None:
        """Fill the screen where it is small."""
        super().on_mount()
        self.query_one("#frame").add_class("tall")
        self.entitle(f"{self._message.what} · {self.session.person(self._message.row.recipient_name)}")
        self.keys(
            *(Hint(command.key, command.label, f"act('{command.id}')") for command, off in self._acts if not off),
            Hint("Esc", "back", "leave"),
        )
        writer = Writer(self.session)
        self.query_one("#what", Pane).show(lambda width: writer.card(self._message, self._tries, self._before, width))

    def on_key(self, event: events.Key) -> None:
        """The keys of the list work here as well."""
        for command, _ in self._acts:
            if event.key in command.singles:
                event.stop()
                self.dismiss(command.action)

    def action_act(self, command_id: str) -> None:
        """A click on a key."""
        self.dismiss(next(command.action for command, _ in self._acts if command.id == command_id))

    def action_step(self, by: int) -> None:
        """Scroll a line."""
        self.query_one("#whole", VerticalScroll).scroll_relative(y=by, animate=False)
