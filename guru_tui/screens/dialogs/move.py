"""Moving an appointment: the old and the new time, what is in the way, and the message, before Enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import resolve, short_date, short_moment
from guru_tui.domain.quick_add import WhenReading
from guru_tui.domain.series import Edit, SeriesPlace
from guru_tui.domain.views.agenda import AgendaEntry, Conflict
from guru_tui.errors import Ambiguous, Invalid
from guru_tui.screens.dialogs.live import LiveLine, in_the_way, labelled, taken
from guru_tui.screens.dialogs.preview import room_for_text
from guru_tui.screens.dialogs.scope import with_scope
from guru_tui.screens.dialogs.series import ask_series, moving
from guru_tui.screens.dialogs.telling import Telling, Told, told_of
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import BLANK, Line

_UNSETTLED: Told = ((), "the new time is not settled")


class Move(LiveLine[Change, WhenReading], Telling[Change]):
    """`fri 10:30` Enter."""

    TELL_KEY = "^N"
    PLACEHOLDER = "to when: fri 10:30 · 14h00 · tomorrow · 9/3 8am 45m"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "tell", "Notify the client", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "move", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("^N", "notify", "tell"),
        Hint("Esc", "leave it", "leave"),
    )

    def __init__(self, session: Session, entry: AgendaEntry, version: int) -> None:
        """`version` is `reads.newest_change()` of when the entry was read."""
        super().__init__(session)
        self._entry = entry
        self._conflicts: Sequence[Conflict] = ()
        self._version = version

    @property
    def _former(self) -> datetime:
        return self._entry.starts.replace(tzinfo=None)

    def on_mount(self) -> None:
        """Name what moves."""
        entry = self._entry
        when = short_moment(entry.starts)
        self.entitle(f"Move {self.session.person(entry.client)} · {when} {entry.title}")

    def read(self, text: str, picks: dict[str, int]) -> WhenReading:
        """Read the line; what it leaves out stays as it was."""
        guru, entry = self.session.guru, self._entry
        reading = guru.quick_add.read_when(text, at=self._former, picks=picks)
        self._conflicts, self.told = (), _UNSETTLED
        if not text.strip() or reading.start is None:
            return reading
        minutes = reading.minutes or self._entry.minutes
        try:
            begin = resolve(reading.start, self.session.practice.zone, fold=0)
        except (Invalid, Ambiguous):
            return reading
        self._conflicts = self.session.reads.conflicts(
            begin, begin + timedelta(minutes=minutes), exclude_appointment=entry.id
        )
        if reading.complete and reading.start != self._former:
            self.told = told_of(self.session, "reschedule", entry.id, reading.start)
        return reading

    def wanted(self, reading: WhenReading) -> tuple[datetime, datetime] | None:
        """The new time."""
        if not self._asked or reading.start is None:
            return None
        return reading.start, reading.start + timedelta(minutes=reading.minutes or self._entry.minutes)

    @property
    def _asked(self) -> bool:
        return bool(self.line_text)

    def draw(self, reading: WhenReading, width: int) -> Sequence[Line]:
        """Old, new, what is in the way, the message."""
        former = self._former
        lines: list[Line] = [*labelled("from", (short_moment(former), "dim"), width=width)]
        if not self._asked or reading.start is None:
            return [*lines, *labelled("to", ("which day, what time?", "faint"), width=width)]
        start = reading.start
        lines += labelled(
            "to",
            (f"{short_date(start.date())} {start.year} {start:%H:%M}", "strong"),
            (reading.distance, "dim"),
            (f"{reading.minutes} min" if reading.minutes else "", ""),
            ("in the past" if reading.past else "", "warn"),
            width=width,
        )
        if self._conflicts:
            lines += labelled("checks", *in_the_way(self.session, self._conflicts, "moves"), width=width)
        else:
            lines += labelled("checks", ("free ✓", "ok"), width=width)
        if self.told != _UNSETTLED:
            lines += [BLANK, *self.told_lines(width, room_for_text(self.app.size.height, 19))]
        return lines

    def show_told(self) -> None:
        """Draw it all."""
        self.reread()

    def action_tell(self) -> None:
        """Tell the client, or not; before a time is typed, too."""
        if self.line_text:
            super().action_tell()
        else:
            self.tell = not self.tell
            self.show_told()

    def act(self, *, force: bool) -> None:
        """Move it."""
        reading, entry, notify = self.reading, self._entry, self.tell
        if reading is None or reading.start is None or not self._asked:
            self.problem("Which day, what time? Write it like fri 10:30.", "warn")
            return
        start, minutes, version = reading.start, reading.minutes, self._version

        def several(scope: str, _place: SeriesPlace, _version: int) -> None:
            edit = Edit(start, minutes)
            ask_series(self, moving(self.session, entry, scope, edit, version, notify=notify), self.dismiss)

        with_scope(self, entry, "Move", lambda: self._move_one(start, minutes, force=force), several)

    def _move_one(self, start: datetime, minutes: int | None, *, force: bool) -> None:
        """Move this one alone."""
        entry, notify, version = self._entry, self.tell, self._version
        if self._conflicts and not force:
            self.problem(taken(self.session, self._conflicts))
            return
        self.change(
            lambda guru: guru.booking.move(
                entry.id, start, minutes=minutes, force=force, notify=notify, version=version
            ),
            self.dismiss,
        )

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()
