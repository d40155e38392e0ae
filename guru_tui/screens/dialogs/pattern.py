"""How an appointment repeats from here on, in one line; what that comes to is listed with its message before it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import WhenReading
from guru_tui.domain.recurrence import in_words, starts, told
from guru_tui.domain.series import Occurrence, SeriesChange, SeriesPlan
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.screens.base import counted
from guru_tui.screens.dialogs.live import LiveLine, labelled
from guru_tui.screens.dialogs.series import SeriesStep, ask_series
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import Line


class Pattern(LiveLine[SeriesChange, WhenReading]):
    """`every 2 weeks x6` Enter, and Enter once more."""

    PLACEHOLDER = "how often: every 2 weeks x6 · every thu 11:00 until 12 dec"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "list them", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("Esc", "leave it", "leave"),
    )

    def __init__(self, session: Session, entry: AgendaEntry, version: int) -> None:
        super().__init__(session)
        self._version = version
        self._entry = entry
        self._place = session.reads.series_place(entry.kind, entry.id)

    @property
    def _at(self) -> datetime:
        return self._entry.starts.replace(tzinfo=None)

    @property
    def _title(self) -> str:
        return f"Repeat {self.session.person(self._entry.client)}"

    def on_mount(self) -> None:
        """Name what repeats."""
        self.entitle(f"{self._title} · {short_date(self._at.date())} {self._at:%H:%M} {self._entry.title}")

    def read(self, text: str, picks: dict[str, int]) -> WhenReading:
        """Read the line; what it leaves out stays as it is at the appointment."""
        return self.session.guru.quick_add.read_repeating(text, self._at, picks=picks)

    def wanted(self, reading: WhenReading) -> tuple[datetime, datetime] | None:
        """No one time: what gives way would stand beside it as if it were in the way."""
        return None

    def draw(self, reading: WhenReading, width: int) -> Sequence[Line]:
        """How it repeats now and would, from when on, and what gives way to it."""
        place, minutes = self._place, reading.minutes
        now = "not at all"
        if place is not None:
            now = f"{in_words(place.repeat.anchored(place.starts))}; this is {place.number} of {place.total}"
        lines = [*labelled("now", (now, "dim"), width=width)]
        if reading.start is None or reading.repeat is None:
            return [*lines, *labelled("then", ("how often?", "faint"), width=width)]
        first = reading.start
        rule = told(reading.repeat, starts(reading.repeat, first))
        lines += labelled("then", (rule, "strong"), ("Enter lists them", "faint"), width=width)
        lines += labelled(
            "from",
            (f"{short_date(first.date())} {first.year} {first:%H:%M}", ""),
            (f"{minutes} min" if minutes else "", ""),
            width=width,
        )
        gone = "this one becomes the first"
        if place is not None:
            rest = f" and the {counted(place.later - 1, 'later one')}" if place.later > 1 else ""
            gone = f"changes this one{rest}"
        return [*lines, *labelled("", (gone, "dim"), width=width)]

    def act(self, *, force: bool) -> None:
        """List what it comes to."""
        reading, key, version = self.reading, self._entry.id, self._version
        if reading is None or reading.start is None or reading.repeat is None:
            return
        repeat, start, minutes = reading.repeat, reading.start, reading.minutes
        step = SeriesStep(
            self._title,
            lambda series: series.plan_pattern(key, repeat, start, minutes, version=version),
            lambda series, decisions, notify: series.change_pattern(
                key, repeat, decisions, start=start, minutes=minutes, notify=notify, version=version
            ),
            doing="make",
            notify=True,
            heading=lambda plan: _heading(plan, minutes),
            skipped=_skipped if self._place is not None else _stays,
        )
        ask_series(self, step, self.dismiss)

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()


def _heading(plan: SeriesPlan, minutes: int | None) -> str:
    """The rule, and what comes of the appointments that there are."""
    length = f", {minutes} min each" if minutes else ""
    return f"{told(plan.repeat, [one.start for one in plan.occurrences])}{length}; {plan.outcome}."


def _skipped(one: Occurrence) -> str:
    """What becomes of a time of a series that is left out."""
    return "cancelled" if one.former else "left out"


def _stays(one: Occurrence) -> str:
    """The same where an appointment of its own begins a series."""
    return "stays where it is" if one.former else "left out"
