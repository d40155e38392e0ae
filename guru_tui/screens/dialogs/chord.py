"""The second key of a chord: the lines at the bottom that offer what the first has begun."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from guru_tui.commands.command import key_text
from guru_tui.widgets.bars import Hint, KeyBar, in_rows


class Chord(ModalScreen[str]):
    """Waits for one key; answers the action that it completes. `choices`: key, label, action."""

    def __init__(self, first: str, choices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._first = first
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The keys there are."""
        hints = [Hint(key_text(second), label, f"pick('{second}')") for second, label, _ in self._choices]
        every = [Hint(key_text(self._first), "…", "pick('')"), *hints, Hint("Esc", "back", "pick('')")]
        with Vertical():
            for row in in_rows(every, self.app.size.width):
                yield KeyBar(row)

    def on_key(self, event: events.Key) -> None:
        """Any key ends it: one that completes a chord with its action, others without."""
        event.stop()
        self.action_pick(event.character if event.character and event.character.isprintable() else event.key)

    def action_pick(self, second: str) -> None:
        """Answer with the action that `second` completes."""
        self.dismiss(next((action for key, _, action in self._choices if key == second), None))
