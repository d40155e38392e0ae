"""How much of a series is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.local_time import short_moment
from guru_tui.domain.recurrence import in_words
from guru_tui.domain.series import SCOPES, SeriesPlace
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.screens.base import Working
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, words

Several = Callable[[str, SeriesPlace, int], object]
"""What is done with more than one: the scope, what it takes in, and the version of which that is told."""


def with_scope(
    asker: Working[Any], entry: AgendaEntry, doing: str, once: Callable[[], object], several: Several
) -> None:
    """Do it `once`, or ask how much of the series is meant where the entry is one of several still to come."""
    reads = asker.session.reads
    version = reads.newest_change()
    place = reads.series_place(entry.kind, entry.id)
    if place is None or place.all < 2:
        once()
        return
    asked = place

    def answered(scope: str | None) -> None:
        if scope == "this":
            once()
        elif scope is not None:
            several(scope, asked, version)

    asker.app.push_screen(Scope(asker.session, entry, place, doing), answered)


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
        self.entitle(f"{self._doing} {who} · {short_moment(entry.starts)}")
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
