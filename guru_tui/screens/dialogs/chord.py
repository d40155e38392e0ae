"""The second key of a chord: one line that offers what the first has begun."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from guru_tui.commands.command import Command, key_text
from guru_tui.widgets.bars import Hint, KeyBar


class Chord(ModalScreen[str]):
    """Waits for one key; answers the action of the command that it completes."""

    def __init__(self, first: str, choices: Sequence[Command]) -> None:
        super().__init__()
        self._first = first
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The keys there are."""
        yield KeyBar(
            [
                Hint(
                    f"{key_text(self._first)} {key_text(command.chord[1])}",
                    command.label,
                    f"pick('{command.chord[1]}')",
                )
                for command in self._choices
                if command.chord
            ]
            + [Hint("Esc", "back", "pick('')")]
        )

    def on_key(self, event: events.Key) -> None:
        """Any key ends it: one that completes a chord with its action, others without."""
        event.stop()
        self.action_pick(event.character if event.character and event.character.isprintable() else event.key)

    def action_pick(self, second: str) -> None:
        """Answer with the command that `second` completes."""
        self.dismiss(next((each.action for each in self._choices if each.chord and each.chord[1] == second), None))
