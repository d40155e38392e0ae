"""Where a moved appointment is dropped: from when to when, what is in the way, and the message before Enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_date
from guru_tui.errors import GuruError, SlotTaken
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.live import labelled
from guru_tui.screens.dialogs.preview import hold_words, preview_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import AgendaEntry, Conflict


class Drop(Dialog[Change]):
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
        guru = session.guru
        now, connection, about = guru.clock.now(), guru.connection, "reschedule"
        moved = start != entry.starts.replace(tzinfo=None)
        self._previews = (
            guru.notifications.preview(connection, about, now=now, appointment_id=entry.id, start_local=start)
            if moved
            else ()
        )
        self._silence = "the time stays as it was"
        if moved and not self._previews:
            self._silence = guru.notifications.silence(
                connection, about, now=now, appointment_id=entry.id, start_local=start
            )
        self._notify = bool(self._previews)

    def body(self) -> Iterable[Widget]:
        """Old, new, message."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what moves."""
        super().on_mount()
        self.entitle(f"Move {self.session.person(self._entry.client)}")
        force = (Hint("f", "move it anyway", "force"),) if self._conflicts else (Hint("⏎", "move it", "confirm"),)
        self.keys(*force, Hint("n", "notify", "tell"), Hint("Esc", "go on moving", "leave"))
        self._show()

    def _show(self) -> None:
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        entry, start = self._entry, self._start
        former = f"{short_date(entry.starts.date())} {entry.starts:%H:%M}"
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
        lines += preview_lines(
            self.session,
            self._previews,
            on=self._notify,
            width=width,
            lines=room_for_text(self.app.size.height, 14 + len(self._conflicts[:3])),
            silence=self._silence,
        )
        if self._previews:
            told = self._notify and self._reachable
            text = hold_words(self.session) if told else "The client is not told."
            lines.append(((text, "dim" if told else "warn"),))
        return lines

    @property
    def _reachable(self) -> bool:
        return any(not each.problem for each in self._previews)

    def action_tell(self) -> None:
        """Tell the client, or not."""
        if not self._reachable:
            why = self._previews[0].problem if self._previews else self._silence
            self.problem(f"The client cannot be told: {why.rstrip('.')}.", "warn")
            return
        self._notify = not self._notify
        self._show()

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
        entry, start, minutes, notify, version = self._entry, self._start, self._minutes, self._notify, self._version
        self.change(
            lambda guru: guru.booking.move(
                entry.id, start, minutes=minutes, force=force, notify=notify, version=version
            ),
            self.dismiss,
        )

    def complain(self, error: GuruError) -> None:
        """What was booked there meanwhile is named, with the key that moves it all the same."""
        if isinstance(error, SlotTaken):
            self.problem(f"{error.title}: {error.conflicts[0]}; f moves it all the same.")
        else:
            super().complain(error)
