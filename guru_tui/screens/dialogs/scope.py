"""How much of a series is meant, and cancelling more than one of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.local_time import short_date
from guru_tui.domain.recurrence import in_words
from guru_tui.domain.series import SCOPES, SeriesChange, SeriesPlace
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.cancel import REASONS
from guru_tui.screens.dialogs.preview import hold_words, preview_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow, words


class Scope(Dialog[str]):
    """1 is this one, 2 this and the later ones, 3 all of them; answers a word of `SCOPES`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"pick('{scope}')", scope, show=False) for number, scope in enumerate(SCOPES, 1)
    ]

    def __init__(self, session: Session, entry: AgendaEntry, place: SeriesPlace, doing: str) -> None:
        super().__init__(session)
        self._entry = entry
        self._place = place
        self._doing = doing

    def body(self) -> Iterable[Widget]:
        """The three."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Say which series it is."""
        super().on_mount()
        entry, place = self._entry, self._place
        who = self.session.person(entry.client) if entry.client else entry.title or "blocked time"
        self.entitle(f"{self._doing} {who} · {short_date(entry.starts.date())} {entry.starts:%H:%M}")
        self.query_one("#what", Pane).show(self._lines)
        self.keys(
            Hint("1", "this", "pick('this')"),
            Hint("2", f"and later ({place.later})", "pick('later')"),
            Hint("3", f"all ({place.all})", "pick('all')"),
            Hint("Esc", "leave it", "leave"),
        )

    def _lines(self, width: int) -> list[Line]:
        place = self._place
        rule = in_words(place.repeat.anchored(place.starts))
        said = f"It is {place.number} of {place.total}, booked {rule}."
        if self._entry.kind == "block":
            said = f"It is {place.number} of {place.total}, blocked {rule}."
        later = "This one and the later" if place.later > 1 else "This one, the last"
        choices: list[Piece] = [
            ("1  Only this one", ""),
            (f"2  {later} ({place.later})", ""),
            (f"3  All that are still to come ({place.all})", ""),
        ]
        return [*[((line, "dim"),) for line in words(said, width)], BLANK, *((choice,) for choice in choices)]

    def action_pick(self, scope: str) -> None:
        """Answer."""
        self.dismiss(scope)


class CancelSeries(Dialog[SeriesChange]):
    """Enter cancels them, with one message to the client, which is shown; Esc keeps them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "confirm", "Cancel them", show=False),
        Binding("n", "tell", "Notify the client", show=False),
        *(Binding(str(number), f"reason({number})", "Reason", show=False) for number in range(1, 5)),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "cancel them", "confirm"),
        Hint("1-4", "reason", "reason(1)"),
        Hint("n", "notify", "tell"),
        Hint("Esc", "keep them", "leave"),
    )

    def __init__(
        self,
        session: Session,
        entry: AgendaEntry,
        scope: str,
        number: int,
        previews: tuple[MessagePreview, ...],
    ) -> None:
        super().__init__(session)
        self._entry = entry
        self._scope = scope
        self._number = number
        self._previews = previews
        self._reason = 1
        self._notify = self._reachable

    def body(self) -> Iterable[Widget]:
        """Reason, message."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """Name what is cancelled."""
        super().on_mount()
        number = "1 appointment" if self._number == 1 else f"{self._number} appointments"
        self.entitle(f"Cancel {number} of {self.session.person(self._entry.client)}")
        self._show()

    def _show(self) -> None:
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        reasons: list[Piece] = [
            (f"({number}) {reason}", "active" if number == self._reason else "")
            for number, reason in enumerate(REASONS, 1)
        ]
        lines: list[Line] = [*flow([("Reason", "dim"), *reasons], width), BLANK]
        lines += preview_lines(
            self.session,
            self._previews,
            on=self._notify,
            width=width,
            lines=room_for_text(self.app.size.height, 14),
            silence="the client was told of none of them, or they have begun",
        )
        if self._previews:
            text = hold_words(self.session) if self._notify else "The client is not told."
            lines.append(((text, "dim" if self._notify else "warn"),))
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
        if self._reachable:
            self._notify = not self._notify
            self._show()

    def action_confirm(self) -> None:
        """Cancel them."""
        key, scope, reason, notify = self._entry.id, self._scope, REASONS[self._reason - 1], self._notify
        self.change(lambda guru: guru.series.cancel(key, scope, reason=reason, notify=notify), self.dismiss)
