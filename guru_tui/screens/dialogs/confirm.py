"""A yes-or-no question before something that cannot be seen coming."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import words


class Confirm(Dialog[bool]):
    """Enter answers yes; Esc leaves everything as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "confirm", "Yes", show=False)]

    def __init__(self, session: Session, title: str, text: str, *, yes: str) -> None:
        super().__init__(session)
        self._title = title
        self._text = text
        self._yes = yes

    def body(self) -> Iterable[Widget]:
        """The question."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Show it."""
        self.entitle(self._title)
        self.keys(Hint("⏎", self._yes, "confirm"), Hint("Esc", "leave it", "leave"))
        self.query_one("#what", Pane).show(lambda width: [((line, ""),) for line in words(self._text, width)])

    def action_confirm(self) -> None:
        """Yes."""
        self.dismiss(True)
