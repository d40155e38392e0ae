"""The log: everything that was done, newest first, to look back and to undo from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE, GENERAL
from guru_tui.commands.log import LOG
from guru_tui.domain.booking import Undone
from guru_tui.domain.views.actions import ActionRow
from guru_tui.screens.base import counted
from guru_tui.screens.filtered import Filtered
from guru_tui.screens.log_rows import action_line, columns_for, title_of
from guru_tui.screens.session import Session
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Line, Piece, flow, one_line

PAGE = 500


class LogScreen(Filtered):
    """Every step with when, what and from where; the cursor starts on the newest."""

    TITLE_IN_HEADER = "Log"
    ACTIONS: ClassVar[tuple[Command, ...]] = LOG
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LOG + EVERYWHERE)]
    FILTER_BY = "name, day, what was done, or from where"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._limit = PAGE
        self._only_undone = False
        self._actions: dict[int, ActionRow] = {}

    def body(self) -> ComposeResult:
        """What is shown, the filter, the list."""
        with Horizontal(id="body"), Vertical(id="main"):
            yield Pane(id="summary")
            yield self.filter_line()
            yield RecordList(id="steps")

    def footer(self) -> Sequence[Command]:
        """Undo and redo first: that is what one comes here for."""
        back = [command for command in GENERAL if command.id in ("undo", "redo")]
        return [*back, *super().footer()]

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the newest steps that fit."""
        words = self._search.value.split()
        found = self.session.reads.actions(limit=self._limit, undone_only=self._only_undone, words=words)
        self._actions = {action.id: action for action in found}
        records = self.records
        narrowed = bool(words) or self._only_undone
        records.empty = "Nothing fits; Esc clears the filter." if narrowed else "Nothing has been done yet."
        records.show([Row(action.id, one_line(self._line, action)) for action in found], columns=columns_for)
        self.query_one("#summary", Pane).show(self._summary)

    def _line(self, action: ActionRow, width: int) -> Line:
        return action_line(self.session, action, width)

    def _summary(self, width: int) -> Sequence[Line]:
        number = counted(len(self._actions), "step") if len(self._actions) < self._limit else f"{self._limit}+ steps"
        parts: list[Piece] = [(f"{number} that were undone" if self._only_undone else number, "strong")]
        parts.append(("/ filter" if not self._search.value.strip() else "fit the filter", "faint"))
        return flow(parts, width, separator="  ", indent=1)

    @property
    def step(self) -> ActionRow | None:
        """The step under the cursor."""
        key = self.records.key
        return self._actions.get(key) if isinstance(key, int) else None

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        """At the end of a page the next one is read."""
        if self.loaded and len(self._actions) >= self._limit and self.records.cursor == len(self.records.rows) - 1:
            self._limit += PAGE
            self.load()

    # ---- undo from here ------------------------------------------------------------------------------

    @property
    def _newest(self) -> int | None:
        """The newest step that can be undone, of those that are shown."""
        return next((key for key, each in self._actions.items() if _stands(each)), None)

    def action_undo(self) -> None:
        """Take back the step under the cursor; an older one only when that is said again."""
        step = self.step
        if step is None:
            self.say("There is no step under the cursor.", "warn")
        elif step.undoes is not None:
            self.say("That was an undo or a redo itself; u undoes the step it is about, U redoes it.", "warn")
        elif not _stands(step) or step.id == self._newest:
            self._undo_step(step.id)
        else:
            from guru_tui.screens.dialogs.confirm import Confirm

            text = f"{title_of(self.session, step)}: that is not the last thing you did. What came after it stays."
            self.ask(Confirm(self.session, "Undo", text, yes="undo it"), lambda _yes: self._undo_step(step.id))

    def _undo_step(self, key: int) -> None:
        self.change(lambda guru: guru.undo.undo_step(key), self._undone)

    def _undone(self, undone: Undone) -> None:
        super()._undone(undone)
        # One u after the other goes back through the log.
        newest = self._newest
        if newest is not None and not undone.again:
            self.point(newest)

    # ---- acts ----------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """What the step changed."""
        from guru_tui.screens.dialogs.step import Step

        step = self.step
        if step is not None:
            records = self.session.reads.changes(step.id)
            self.ask(Step(self.session, step, records), lambda _yes: self.action_undo())

    @on(RecordList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_only_undone(self) -> None:
        """Only what was undone, or everything again."""
        self._only_undone = not self._only_undone
        self._limit = PAGE
        self.reload()
        self.records.move("home")

    @on(Input.Changed, "#search")
    def _typed(self) -> None:
        self._limit = PAGE
        self.load()
        self.records.move("home")


def _stands(action: ActionRow) -> bool:
    return action.undoable and not action.undone and action.undoes is None
