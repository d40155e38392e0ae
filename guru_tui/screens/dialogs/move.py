"""Moving an appointment: the old and the new time, what is in the way, and the message, before Enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import resolve, short_date
from guru_tui.domain.quick_add import WhenReading
from guru_tui.domain.views.agenda import AgendaEntry, Conflict
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.errors import Ambiguous, Invalid
from guru_tui.screens.dialogs.live import LiveLine, in_the_way, labelled, taken
from guru_tui.screens.dialogs.preview import hold_words, preview_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import BLANK, Line


class Move(LiveLine[Change, WhenReading]):
    """`fri 10:30` Enter."""

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

    def __init__(self, session: Session, entry: AgendaEntry) -> None:
        super().__init__(session)
        self._entry = entry
        self._notify = True
        self._conflicts: Sequence[Conflict] = ()
        self._previews: tuple[MessagePreview, ...] = ()
        self._silence = ""
        self._version = session.reads.newest_change()

    @property
    def _former(self) -> datetime:
        return self._entry.starts.replace(tzinfo=None)

    def on_mount(self) -> None:
        """Name what moves."""
        entry = self._entry
        when = f"{short_date(entry.starts.date())} {entry.starts:%H:%M}"
        self.entitle(f"Move {self.session.person(entry.client)} · {when} {entry.title}")

    def read(self, text: str, picks: dict[str, int]) -> WhenReading:
        """Read the line; what it leaves out stays as it was."""
        guru, entry = self.session.guru, self._entry
        reading = guru.quick_add.read_when(text, at=self._former, picks=picks)
        self._conflicts, self._previews, self._silence = (), (), ""
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
            about, now, start = "reschedule", guru.clock.now(), reading.start
            messages, connection = guru.notifications, guru.connection
            self._previews = messages.preview(connection, about, now=now, appointment_id=entry.id, start_local=start)
            if not self._previews:
                self._silence = messages.silence(connection, about, now=now, appointment_id=entry.id, start_local=start)
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
        lines: list[Line] = [*labelled("from", (f"{short_date(former.date())} {former:%H:%M}", "dim"), width=width)]
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
            lines += labelled("checks", in_the_way(self.session, self._conflicts, "moves"), width=width)
        else:
            lines += labelled("checks", ("free ✓", "ok"), width=width)
        if self._previews or self._silence:
            shown = preview_lines(
                self.session,
                self._previews,
                on=self._notify,
                width=width,
                lines=room_for_text(self.app.size.height, 19),
                key="^N",
                silence=self._silence,
            )
            lines += [BLANK, *shown]
            if self._notify and any(not each.problem for each in self._previews):
                lines.append(((hold_words(self.session), "dim"),))
        return lines

    def action_tell(self) -> None:
        """Tell the client, or not."""
        reachable = [each for each in self._previews if not each.problem]
        if self.line_text and not reachable:
            why = self._silence or next((each.problem for each in self._previews), "the new time is not settled")
            self.problem(f"The client cannot be told: {why.rstrip('.')}.", "warn")
            return
        self._notify = not self._notify
        self.reread()

    def act(self, *, force: bool) -> None:
        """Move it."""
        reading, entry, notify = self.reading, self._entry, self._notify
        if reading is None or reading.start is None or not self._asked:
            self.problem("Which day, what time? Write it like fri 10:30.", "warn")
            return
        if self._conflicts and not force:
            self.problem(taken(self.session, self._conflicts))
            return
        start, minutes, version = reading.start, reading.minutes, self._version
        self.change(
            lambda guru: guru.booking.move(
                entry.id, start, minutes=minutes, force=force, notify=notify, version=version
            ),
            self.dismiss,
        )

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()
