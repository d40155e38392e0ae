"""Cancelling an appointment: why, and whether the client is told; the message is shown before Enter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import short_date
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import hold_words, preview_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow

REASONS = ("client asked", "sick", "I am away", "other")


class Cancel(Dialog[Change]):
    """Enter cancels, so two keys do it; Esc keeps the appointment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Cancel it", show=False),
        Binding("n", "tell", "Notify the client", show=False),
        *(Binding(str(number), f"reason({number})", "Reason", show=False) for number in range(1, 5)),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "cancel it", "confirm"),
        Hint("1-4", "reason", "reason(1)"),
        Hint("n", "notify", "tell"),
        Hint("Esc", "keep it", "leave"),
    )

    def __init__(
        self, session: Session, entry: AgendaEntry, previews: tuple[MessagePreview, ...], silence: str = ""
    ) -> None:
        super().__init__(session)
        self._silence = silence
        self._entry = entry
        self._previews = previews
        self._reason = 1
        self._notify = bool(previews)

    def body(self) -> Iterable[Widget]:
        """Reason, message."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what is cancelled."""
        entry = self._entry
        when = f"{short_date(entry.starts.date())} {entry.starts:%H:%M}"
        self.entitle(f"Cancel {self.session.person(entry.client)} · {when} {entry.title}")
        self._show()

    def _show(self) -> None:
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        chosen = self._reason
        reasons: list[Piece] = [
            (f"({number}) {reason}", "active" if number == chosen else "") for number, reason in enumerate(REASONS, 1)
        ]
        lines: list[Line] = [*flow([("Reason", "dim"), *reasons], width), BLANK]
        lines += preview_lines(
            self.session,
            self._previews,
            on=self._notify,
            width=width,
            lines=room_for_text(self.app.size.height, 14),
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

    def action_reason(self, number: int) -> None:
        """Choose why."""
        self._reason = number
        self._show()

    def action_tell(self) -> None:
        """Tell the client, or not."""
        if not self._reachable:
            why = self._silence or self._previews[0].problem
            self.problem(f"The client cannot be told: {why.rstrip('.')}.", "warn")
            return
        self._notify = not self._notify
        self._show()

    def action_confirm(self) -> None:
        """Cancel it."""
        entry, reason, notify = self._entry, REASONS[self._reason - 1], self._notify
        self.change(lambda guru: guru.booking.cancel(entry.id, reason=reason, notify=notify), self.dismiss)
