"""A form about a file: its path is completed by Tab as in a shell, and `~` is one's own folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.csv_reading import column_fields
from guru_tui.errors import GuruError, Invalid
from guru_tui.screens.dialogs.form import Form
from guru_tui.services.files import Completed, completed
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import flow

Answer = TypeVar("Answer")
_OFFERED = 4
"""How many lines of names are shown."""


class FileForm(Form[Answer]):
    """The first field, `file`, is the path. Tab goes on to the next field where nothing can be completed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False, priority=True)]
    DOING: ClassVar[str] = "go on"

    def body(self) -> Iterable[Widget]:
        """The fields, and below them what the path can go on to."""
        yield from super().body()
        yield Pane(id="offers")

    def on_mount(self) -> None:
        """Nothing is offered yet, and the cursor stands after what is filled in."""
        super().on_mount()
        self.query_one("#offers").display = False
        self.keys(Hint("⏎", self.DOING, "save"), Hint("⇥", "complete", "complete"), Hint("Esc", "back", "leave"))
        path = self.query_one("#field-file", Input)
        path.select_on_focus = False
        path.cursor_position = len(path.value)

    def named_columns(self) -> dict[str, str] | None:
        """`columns`; None where no file is named or they cannot be read, which is said."""
        if not self.value("file"):
            self.problem("Which file? Tab completes its name.", "warn")
            return None
        try:
            return self.columns()
        except Invalid as error:
            self.complain(error)
            return None

    def columns(self) -> dict[str, str]:
        """What the field `columns` says that columns of a table hold; raises `Invalid`."""
        return column_fields(part for part in re.split(r"[,;]", self.value("columns")) if part.strip())

    def complain(self, error: GuruError) -> None:
        """The sentence, with the field `columns` for the option that a command has."""
        if not isinstance(error, Invalid) or "--map" not in str(error):
            super().complain(error)
            return
        self.query_one("#field-columns", Input).focus()
        told = str(error).replace("with --map, for example --map ", "with --map ").replace(" --map ", ", ")
        self.problem(told.replace("with,", "under Columns:"))

    def action_complete(self) -> None:
        """Complete the path, off the interface's thread: a folder may lie far away."""
        path = self.query_one("#field-file", Input)
        if self.focused is not path:
            self.focus_next()
            return
        asked = path.value
        self.change(lambda _guru: completed(asked), partial(self._complete, asked))

    def _complete(self, asked: str, found: Completed) -> None:
        path = self.query_one("#field-file", Input)
        if path.value != asked:
            return
        self._offer(found.names)
        if found.text != asked:
            path.value = found.text
            path.cursor_position = len(found.text)
        elif not found.names:
            self.focus_next()

    def _offer(self, names: tuple[str, ...]) -> None:
        offers = self.query_one("#offers", Pane)
        offers.display = bool(names)
        offers.show(lambda width: flow([(name, "dim") for name in names], width)[:_OFFERED])
