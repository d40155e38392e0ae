"""The frame of every dialog: a title, what it is about, what is wrong with it, and its keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from guru_tui.errors import GuruError
from guru_tui.screens.base import Working
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import words

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Working[Answer]):
    """A question over the screen. Esc leaves without an answer; what was typed stays until then."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False)]
    TITLE_TEXT: ClassVar[str] = ""
    KEYS: ClassVar[tuple[Hint, ...]] = ()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        """The frame around `body`."""
        with Vertical(id="frame") as frame:
            entitle(frame, self.TITLE_TEXT)
            yield from self.body()
            with Vertical(id="foot"):
                yield Pane(id="problem")
                yield KeyBar(self.KEYS, indent=0)

    def body(self) -> Iterable[Widget]:
        """What stands in the frame."""
        raise NotImplementedError

    def entitle(self, text: str) -> None:
        """Change the frame's title."""
        entitle(self.query_one("#frame"), text)

    def keys(self, *hints: Hint) -> None:
        """Change the keys at the foot."""
        self.query_one(KeyBar).show(hints)

    def problem(self, text: str, tone: str = "bad") -> None:
        """Say in the frame what is wrong; empty takes it away."""
        pane = self.query_one("#problem", Pane)
        pane.display = bool(text)
        pane.show(lambda width: [((line, tone),) for line in words(text, width)])

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self.query_one("#problem").display = False

    def complain(self, error: GuruError) -> None:
        """An error stays in the dialog, and so does what was typed."""
        self.problem(self.session.discreet(str(error)))

    def action_leave(self) -> None:
        """Leave without an answer; not while a change is made, of which nobody would hear then."""
        if not self.busy:
            self.dismiss(None)
