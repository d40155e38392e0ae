"""Where a moved appointment is dropped: from when to when, what is in the way, and the message before Enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_date, short_moment
from guru_tui.errors import GuruError, SlotTaken
from guru_tui.screens.dialogs.live import labelled
from guru_tui.screens.dialogs.preview import room_for_text
from guru_tui.screens.dialogs.telling import Telling, told_of
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import AgendaEntry, Conflict


class Drop(Telling[Change]):
    """Enter moves it; Esc goes on moving."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Move it", show=False),
        Binding("f,ctrl+f", "force", "Move it all the same", show=False),
        Binding("n,ctrl+n", "tell", "Notify the client", show=False),
    ]

    def __init__(
        self,
        session: Session,
        entry: AgendaEntry,
        start: datetime,
        minutes: int,
        conflicts: Sequence[Conflict],
        version: int,
    ) -> None:
        super().__init__(session)
        self._version = version
        self._entry, self._start, self._minutes, self._conflicts = entry, start, minutes, conflicts
        self.told = (), "the time stays as it was"
        if start != entry.starts.replace(tzinfo=None):
            self.told = told_of(session, "reschedule", entry.id, start)
        self.tell = bool(self.told[0])

    def body(self) -> Iterable[Widget]:
        """Old, new, message."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what moves."""
        super().on_mount()
        self.entitle(f"Move {self.session.person(self._entry.client)}")
        force = (Hint("f", "move it anyway", "force"),) if self._conflicts else (Hint("⏎", "move it", "confirm"),)
        self.keys(*force, Hint("n", "notify", "tell"), Hint("Esc", "go on moving", "leave"))
        self.show_told()

    def show_told(self) -> None:
        """Draw it all."""
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        entry, start = self._entry, self._start
        former = short_moment(entry.starts)
        length = f"{self._minutes} min" if self._minutes != entry.minutes else ""
        when = f"{short_date(start.date())} {start.year} {start:%H:%M}"
        past = "in the past" if start < self.session.now().replace(tzinfo=None) else ""
        lines: list[Line] = [
            *labelled("from", (f"{former} {entry.title}", "dim"), width=width),
            *labelled("to", (when, "strong"), (length, ""), (past, "warn"), width=width),
        ]
        for conflict in self._conflicts[:3]:
            lines += labelled("overlaps", (f"‼ {self.session.conflict(conflict)}", "bad"), width=width)
        lines.append(BLANK)
        return [*lines, *self.told_lines(width, room_for_text(self.app.size.height, 14 + len(self._conflicts[:3])))]

    def action_confirm(self) -> None:
        """Move it, unless something is in the way."""
        if self._conflicts:
            self.problem("Something is in the way: f moves it all the same, Esc goes on moving.", "warn")
        else:
            self._move(force=False)

    def action_force(self) -> None:
        """Move it over what is in the way."""
        self._move(force=True)

    def _move(self, *, force: bool) -> None:
        entry, start, minutes, notify, version = self._entry, self._start, self._minutes, self.tell, self._version
        self.change(
            lambda guru: guru.booking.move(
                entry.id, start, minutes=minutes, force=force, notify=notify, version=version
            ),
            self.dismiss,
        )

    def complain(self, error: GuruError) -> None:
        """What was booked there meanwhile is named, with the key that moves it all the same."""
        if isinstance(error, SlotTaken):
            self.problem(f"{error.title}: {self.session.discreet(str(error.conflicts[0]))}; f moves it all the same.")
        else:
            super().complain(error)
