"""The floor for a key press: an application that shows in one line how many keys it has had."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

READY = "keys: 0"


class OneLine(App[None]):
    """One line that changes with every key."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = 0

    def compose(self) -> ComposeResult:
        yield Static(READY)

    def on_key(self, event: events.Key) -> None:
        self._keys += 1
        self.query_one(Static).update(f"keys: {self._keys}")


if __name__ == "__main__":
    OneLine().run()
