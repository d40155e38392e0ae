"""Blocking time from one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from guru_tui.domain.booking import in_a_blocks_way
from guru_tui.domain.local_time import resolve, span_text
from guru_tui.domain.quick_add import BlockReading
from guru_tui.domain.recurrence import Repeat, starts, told
from guru_tui.domain.views.agenda import Conflict
from guru_tui.errors import Ambiguous, Invalid
from guru_tui.screens.dialogs.live import LiveLine, in_the_way, labelled, taken
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import Line


class Block(LiveLine[str, BlockReading]):
    """`fri pm` Enter. Answers the sentence that says what was blocked."""

    TITLE_TEXT = "Block time"
    PLACEHOLDER = "when, what for: fri pm · 12:30-13:30 lunch · mon-wed leave"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "block", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, *, at: datetime | None = None, day: datetime | None = None) -> None:
        super().__init__(session)
        self._at = at
        self._day = day
        self._conflicts: Sequence[Conflict] = ()

    def read(self, text: str, picks: dict[str, int]) -> BlockReading:
        """Read the line; a slot or the day under the cursor fills in what it leaves out."""
        reading = self.session.guru.quick_add.read_block(
            text, at=self._at or (self._day if text.strip() else None), picks=picks
        )
        self._conflicts = ()
        if reading.start and reading.end:
            zone = self.session.practice.zone
            try:
                begin, end = resolve(reading.start, zone, fold=0), resolve(reading.end, zone, fold=0)
            except (Invalid, Ambiguous):
                return reading
            self._conflicts = in_a_blocks_way(self.session.reads.conflicts(begin, end), begin, end)
        return reading

    def wanted(self, reading: BlockReading) -> tuple[datetime, datetime] | None:
        """The blocked time."""
        return (reading.start, reading.end) if reading.start and reading.end else None

    def draw(self, reading: BlockReading, width: int) -> Sequence[Line]:
        """From when to when, what for, what is in the way."""
        lines: list[Line] = []
        if reading.start and reading.end:
            lines += labelled(
                "when",
                (span_text(reading.start, reading.end), "strong"),
                (str(reading.start.year) if reading.start.year != self.session.today().year else "", "dim"),
                (reading.distance, "dim"),
                ("in the past" if reading.past else "", "warn"),
                width=width,
            )
        else:
            lines += labelled("when", ("from when to when?", "faint"), width=width)
        if reading.repeat is not None and reading.start is not None:
            rule = told(reading.repeat, starts(reading.repeat, reading.start))
            lines += labelled("repeat", (rule, "strong"), ("Enter lists them", "faint"), width=width)
        lines += labelled("for", (reading.title or "blocked time", "" if reading.title else "faint"), width=width)
        if self._conflicts:
            lines += labelled("checks", *in_the_way(self.session, self._conflicts, "blocks"), width=width)
        else:
            lines += labelled("checks", ("free ✓", "ok") if reading.complete else ("–", "faint"), width=width)
        return lines

    def act(self, *, force: bool) -> None:
        """Block it."""
        reading = self.reading
        if reading is None or reading.start is None or reading.end is None:
            return
        if reading.repeat is not None:
            self._block_series(reading.start, reading.end, reading.title, reading.repeat)
            return
        if self._conflicts and not force:
            self.problem(taken(self.session, self._conflicts))
            return
        start, end, title = reading.start, reading.end, reading.title
        said = f"Blocked {span_text(start, end)}{f': {title}' if title else ''}"
        self.change(lambda guru: guru.booking.block(start, end, title, force=force), lambda _id: self.dismiss(said))

    def _block_series(self, start: datetime, end: datetime, title: str, repeat: Repeat) -> None:
        """Show every time that the rule gives, with what is in its way, and block what is left of them."""
        from guru_tui.screens.dialogs.series import SeriesStep, ask_series

        step = SeriesStep(
            f"Block {title}".strip(),
            lambda series: series.plan_block(start, end, repeat),
            lambda series, decisions, _told: series.block(start, end, title, repeat, decisions),
            doing="block",
        )
        ask_series(self, step, lambda change: self.dismiss(change.summary))

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()
