"""The days on show and those beside them, read and laid into columns; kept for as long as nothing has changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.local_time import WEEKDAYS
from guru_tui.domain.views.agenda import LIVE
from guru_tui.screens.week_plan import Placed, closing, opening, placed
from guru_tui.widgets import glyphs
from guru_tui.widgets.week_cells import Box
from guru_tui.widgets.week_sheet import Cell, DayColumn, Sheet

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import Span
    from guru_tui.screens.session import Session

_KEPT = 5
"""So many stretches of days are kept: the one on show, two to each side."""


class WeekPage(NamedTuple):
    """So many days from `first`, as the store holds them.

    `open` are the minutes after midnight in which each day is open, `notes` what is special about it.
    """

    first: date
    sheet: Sheet
    parts: list[Placed]
    open: list[tuple[tuple[int, int], ...]]
    notes: list[str]
    spans: dict[object, Span]

    def free_until(self, cell: Cell) -> int:
        """Until which minute after midnight a cell's time is open and free; 0 where it is closed."""
        closes = next((closes for opens, closes in self.open[cell.column] if opens <= cell.minute < closes), 0)
        later = [part.begins for part in self.parts if part.day == cell.column and part.begins >= cell.minute]
        return min([closes, *later]) if closes else 0


class WeekPages:
    """Pages by their first day. All are forgotten when another process or a step of ours wrote, or a minute went by."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[tuple[date, int], WeekPage] = {}
        self._state: tuple[object, ...] = ()

    def has(self, first: date, count: int) -> bool:
        """Whether these days need not be read."""
        return (first, count) in self._kept and self._now_is() == self._state

    def page(self, first: date, count: int) -> WeekPage:
        """These days, from memory where the store is as it was."""
        state, key = self._now_is(), (first, count)
        if state != self._state:
            self.forget()
            self._state = state
        page = self._kept.pop(key, None) or self._read(first, count)
        self._kept[key] = page
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return page

    def forget(self) -> None:
        """Read everything again."""
        self._kept.clear()

    def _now_is(self) -> tuple[object, ...]:
        """What a page depends on besides its days."""
        session = self._session
        now = session.now()
        return session.reads.data_version(), session.privacy, now.date(), now.hour, now.minute

    def _read(self, first: date, count: int) -> WeekPage:
        reads, now = self._session.reads, self._session.now()
        days = [first + timedelta(days=index) for index in range(count)]
        hours, closed = reads.hours(), reads.closed_days(days[0], days[-1])
        special = [closing(closed, each) for each in days]
        open_then = [() if shut else opening(hours, each) for each, (shut, _) in zip(days, special, strict=True)]
        notes = [note for _, note in special]
        columns = [
            DayColumn(each, f"{WEEKDAYS[each.weekday()][:3]} {each.day}", minutes, note, each == now.date())
            for each, minutes, note in zip(days, open_then, notes, strict=True)
        ]
        parts = placed(reads.spans(first, count), first, count)
        today = (now.date() - first).days
        marked = Cell(today, now.hour * 60 + now.minute) if 0 <= today < count else None
        opens = min((each[0][0] for each in open_then if each), default=8 * 60)
        shown = [piece for part in parts for piece in _pieces(part, opens)]
        sheet = Sheet(columns, [self._box(part, now) for part in shown], marked)
        return WeekPage(first, sheet, parts, open_then, notes, {key(part.span): part.span for part in parts})

    def _box(self, part: Placed, now: datetime) -> Box:
        span, session = part.span, self._session
        if span.kind == "block":
            return Box(key(span), part.day, part.begins, part.ends, part.lane, part.lanes,
                       ("", ""), span.title, blocked=True)  # fmt: skip
        ongoing = span.status in LIVE and span.starts <= now < span.ends
        look = glyphs.NOW if ongoing else glyphs.CLASH if part.lane else glyphs.status(span.status)
        name = session.person(span.client)
        return Box(key(span), part.day, part.begins, part.ends, part.lane, part.lanes,
                   (look.glyph, look.tone), name, span.title, faint=span.status == "no-show")  # fmt: skip


def _pieces(part: Placed, opens: int) -> list[Placed]:
    """What is blocked from midnight on as two boxes, so that its title stands where days open (`opens`) as well."""
    if part.span.kind != "block" or part.begins > 0 or part.ends <= opens:
        return [part]
    return [part._replace(begins=opens), part._replace(ends=opens)]


def key(span: Span) -> tuple[str, int]:
    """What the grid knows an entry by."""
    return span.kind, span.id
