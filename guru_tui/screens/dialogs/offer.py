"""Offering a time to somebody who waits, or booking it: the next times that fit, and the message, before Enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from textual.widgets import Input

from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import resolve, short_date, short_moment, utc_text
from guru_tui.domain.quick_add import WhenReading
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.messages import MessagePreview
from guru_tui.domain.views.waitlist import WaitingChange, WaitingRow
from guru_tui.domain.waitlist import fits
from guru_tui.errors import Ambiguous, GuruError, Invalid
from guru_tui.screens.dialogs.live import LiveLine, in_the_way, labelled, taken
from guru_tui.screens.dialogs.preview import hold_words, message_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import BLANK, Line, Piece, flow

Answer = TypeVar("Answer")
_TIMES = 5


class _ForSomebody(LiveLine[Answer, WhenReading]):
    """A day and a time for an entry of the waiting list; the first that fits stands there, Tab goes on to the next."""

    PLACEHOLDER = "which day, what time: tue 10:30"
    VERB: ClassVar[str] = ""

    def __init__(self, session: Session, row: WaitingRow) -> None:
        self._row = row
        self._times = session.guru.waiting.times_for(row, limit=_TIMES)
        self._conflicts: Sequence[Conflict] = ()
        self._previews: tuple[MessagePreview, ...] = ()
        super().__init__(session, _line(self._times[0]) if self._times else "")

    @property
    def line(self) -> Input:
        """What is typed into."""
        return self.query_one("#line", Input)

    def on_mount(self) -> None:
        """Say for whom; what is typed first replaces the time that stands there."""
        super().on_mount()
        self.entitle(f"{self.VERB} {self.session.person(self._row.client)} · {self._row.wants}")
        self.call_after_refresh(self.line.select_all)  # the focus, which comes after this, puts the cursor at the end

    def read(self, text: str, picks: dict[str, int]) -> WhenReading:
        """Read the line, and what is in the way of that time."""
        reading = self.session.guru.quick_add.read_when(text, picks=picks)
        self._conflicts, self._previews = (), ()
        if reading.start is None:
            return reading
        try:
            begin = resolve(reading.start, self.session.practice.zone, fold=0)
        except (Invalid, Ambiguous):
            return reading
        self._conflicts = self.session.reads.conflicts(begin, begin + timedelta(minutes=self._row.wish.minutes))
        if reading.complete:
            self._previews = self.previews(begin)
        return reading

    def in_the_way(self) -> list[Piece]:
        """What the time overlaps."""
        return in_the_way(self.session, self._conflicts, "books") if self._conflicts else []

    def previews(self, begin: datetime) -> tuple[MessagePreview, ...]:
        """The messages about an appointment at the instant `begin`."""
        return ()

    def wanted(self, reading: WhenReading) -> tuple[datetime, datetime] | None:
        """The time of the appointment."""
        start = reading.start
        return (start, start + timedelta(minutes=self._row.wish.minutes)) if start else None

    def draw(self, reading: WhenReading, width: int) -> Sequence[Line]:
        """The time, whether it fits and is free, the other times, the message."""
        start, wish = reading.start, self._row.wish
        lines: list[Line] = []
        if start is None:
            lines += labelled("when", ("which day, what time?", "faint"), width=width)
        else:
            day = f"{short_date(start.date())} {start.year} {start:%H:%M}"
            fit: Piece = ("fits ✓", "ok") if fits(wish, start) else ("not what was asked for", "warn")
            past: Piece = ("in the past" if reading.past else "", "warn")
            lines += labelled("when", (day, "strong"), (reading.distance, "dim"), past, width=width)
            lines += labelled("checks", *(self.in_the_way() or [("free ✓", "ok")]), fit, width=width)
        if self._times:
            shown: list[Piece] = [
                (f" {short_moment(time)} ", "active" if time == start else "dim") for time in self._times
            ]
            lines += [BLANK, *flow([("⇥ next that fit", "key"), *shown], width, separator=" ")]
        else:
            lines += [BLANK, (("No free time of the next four weeks fits.", "warn"),)]
        if self._previews:
            room = room_for_text(self.app.size.height, 18)
            lines += [BLANK, *message_lines(self.session, self._previews, width=width, lines=room)]
            if any(not each.problem for each in self._previews):
                lines.append(((hold_words(self.session), "dim"),))
        return lines

    def action_next_choice(self, by: int) -> None:
        """The next of the times that fit; where the line is open, its next reading."""
        self._typed()
        reading = self.reading
        if (reading is not None and reading.ambiguous) or not self._times:
            super().action_next_choice(by)
            return
        start = reading.start if reading else None
        at = self._times.index(start) + by if start in self._times else 0
        self.line.value = _line(self._times[at % len(self._times)])
        self.line.select_all()

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()


class Offer(_ForSomebody[WaitingChange]):
    """Enter Enter offers the first time that fits."""

    VERB = "Offer"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "offer it", "submit"),
        Hint("⇥", "next time", "next_choice(1)"),
        Hint("Esc", "back", "leave"),
    )

    def in_the_way(self) -> list[Piece]:
        """What the time overlaps; a time that is taken is offered to nobody."""
        return super().in_the_way()[:1]

    def complain(self, error: GuruError) -> None:
        """The sentence: nothing is offered all the same."""
        self.problem(self.session.discreet(str(error)))

    def previews(self, begin: datetime) -> tuple[MessagePreview, ...]:
        """The offer as it would go out."""
        guru = self.session.guru
        return guru.notifications.preview_offer(guru.connection, self._row.id, utc_text(begin))

    def act(self, *, force: bool) -> None:
        """Offer it."""
        reading, row = self.reading, self._row
        if reading is None or reading.start is None:
            return
        start = reading.start
        self.change(lambda guru: guru.waitlist.offer(row.id, start), self.dismiss)


class BookWaiting(_ForSomebody[Change]):
    """Enter books, and the entry is closed."""

    VERB = "Book"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "book it", "submit"),
        Hint("⇥", "next time", "next_choice(1)"),
        Hint("Esc", "back", "leave"),
    )

    def act(self, *, force: bool) -> None:
        """Book it."""
        reading, row = self.reading, self._row
        if reading is None or reading.start is None:
            return
        if self._conflicts and not force:
            self.problem(taken(self.session, self._conflicts))
            return
        start = reading.start
        self.change(lambda guru: guru.waitlist.book(row.id, start, force=force), self.dismiss)


def _line(start: datetime) -> str:
    return f"{short_date(start.date())} {start.year} {start:%H:%M}"
