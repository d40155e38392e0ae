"""Going to a date in one's own words: `next fri`, `24/12`, `in 3 weeks`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import WhenReading
from guru_tui.screens.dialogs.live import LiveLine, labelled
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import Line


class GoToDate(LiveLine[date, WhenReading]):
    """Answers the day."""

    TITLE_TEXT = "Go to a date"
    PLACEHOLDER = "fri · 24/12 · 9 march · in 3 weeks"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "go there", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._noon = datetime.combine(session.today(), datetime.min.time()) + timedelta(hours=12)

    def read(self, text: str, picks: dict[str, int]) -> WhenReading:
        """Read the line; a time in it does not matter."""
        return self.session.guru.quick_add.read_when(text, at=self._noon, picks=picks)

    def draw(self, reading: WhenReading, width: int) -> Sequence[Line]:
        """The day, and how far off it is."""
        if reading.day is None or not self.line_text:
            return ()
        day = f"{short_date(reading.day)} {reading.day.year}"
        return labelled("day", (day, "strong"), (reading.distance, "dim"), width=width)

    def wanted(self, reading: WhenReading) -> tuple[datetime, datetime] | None:
        """No time is wanted."""
        return None

    def act(self, *, force: bool) -> None:
        """Go there."""
        if self.reading is None or self.reading.day is None or not self.line_text:
            self.problem("Which day? Write it like fri, 24/12 or in 3 weeks.", "warn")
            return
        self.dismiss(self.reading.day)

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()
