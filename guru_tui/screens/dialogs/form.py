"""Labelled fields in a dialog, and leaving one that was changed: asked once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.screens.dialogs.base import Dialog
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import still

Answer = TypeVar("Answer")


class Form(Dialog[Answer]):
    """A dialog with fields. Enter in the last field and Ctrl+S anywhere save; Esc on a changed form asks once."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]
    warned = False

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """Name, label, value and placeholder of each field, in order."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """The fields, a label before each."""
        for name, label, value, placeholder in self.fields():
            mark = Pane(classes="label")
            mark.show(still(((label, "dim"),)))
            yield Horizontal(mark, Input(value, placeholder=placeholder, id=f"field-{name}"), classes="field")

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#field-{name}", Input).value.strip()

    def values(self) -> dict[str, str]:
        """What stands in all of them."""
        return {name: self.value(name) for name, *_ in self.fields()}

    @property
    def touched(self) -> bool:
        """Whether anything differs from what the form opened with."""
        return any(self.value(name) != value.strip() for name, _, value, _ in self.fields())

    @on(Input.Changed)
    def _typing(self) -> None:
        self.warned = False
        self.problem("")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        """Enter saves from any field: a complaint names what is missing."""
        self.action_save()

    def action_save(self) -> None:
        """Save, or say what is in the way."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave; a changed form says first that something would be lost."""
        if self.touched and not self.warned:
            self.warned = True
            self.problem("Not saved yet. Esc again leaves without saving, Ctrl+S saves.", "warn")
            return
        super().action_leave()
