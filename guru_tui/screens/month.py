"""Month: how full each day is, with the day under the cursor beside it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from guru_tui.commands.calendar import MONTH
from guru_tui.commands.command import Command, bindings, first_of
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.domain.local_time import MONTHS, short_date
from guru_tui.domain.views.agenda import OFF, AgendaEntry, Span
from guru_tui.screens.day_plan import Gap, Plan, plan
from guru_tui.screens.places import ShowDay
from guru_tui.screens.session import Session
from guru_tui.screens.today_rows import key_of
from guru_tui.screens.visit_acts import VisitActs
from guru_tui.screens.week_plan import closing, opening
from guru_tui.widgets import glyphs
from guru_tui.widgets.month_grid import MonthDay, MonthGrid
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import Line, Piece, joined

if TYPE_CHECKING:
    from guru_tui.domain.views.availability import ClosedDayRow

_WIDE = 120
"""From how many columns on the stylesheet shows the day beside the month."""


class MonthScreen(VisitActs):
    """The count is the truth; Tab goes through the appointments of the day, which the keys act on."""

    TITLE_IN_HEADER = "Month"
    ACTIONS: ClassVar[tuple[Command, ...]] = MONTH
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MONTH + EVERYWHERE)]
    AUTO_FOCUS = "MonthGrid"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._day = session.today()
        self._plan: Plan | None = None
        self._pick = 0
        self._chosen_key: object = None
        self._special: Sequence[ClosedDayRow] = ()
        self._count = 0

    def body(self) -> ComposeResult:
        """The summary, the grid with the day beside it, one line about the day."""
        yield Pane(id="summary")
        with Horizontal(id="body"):
            yield MonthGrid(id="grid")
            yield Pane(id="beside-month", classes="panel")
        yield Pane(id="under")

    @property
    def grid(self) -> MonthGrid:
        """The grid."""
        return self.query_one(MonthGrid)

    def footer(self) -> Sequence[Command]:
        """The month's own keys before those of an appointment."""
        return first_of(super().footer(), "today.open", "today.add", "today.block", "month.next", "month.now")

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the month of the cursor."""
        reads, today = self.session.reads, self.session.today()
        weeks = calendar.Calendar().monthdatescalendar(self._day.year, self._day.month)
        first, days = weeks[0][0], [day for week in weeks for day in week]
        by_day: dict[date, list[Span]] = {day: [] for day in days}
        for span in reads.spans(first, len(days)):
            for day in _days_of(span):
                by_day.get(day, []).append(span)
        hours, self._special = reads.hours(), reads.closed_days(first, days[-1])
        shown = []
        for day in days:
            booked = [span for span in by_day[day] if span.kind != "block"]
            blocks = [span for span in by_day[day] if span.kind == "block"]
            open_then, (shut, note) = opening(hours, day), closing(self._special, day)
            shown.append(
                MonthDay(
                    day,
                    len(booked),
                    tuple(self._line(span) for span in (*booked, *blocks)),
                    day.month == self._day.month,
                    closed=shut or not open_then,
                    today=day == today,
                    note=note,
                    off=any(_covers(span, day, open_then) for span in blocks),
                )
            )
        self._count = sum(each.booked for each in shown if each.inside)
        self.grid.show(shown, self._day)
        self.query_one("#summary", Pane).show(self._summary)

    def _line(self, span: Span) -> Line:
        if span.kind == "block":
            return ((f"▒{span.title or 'blocked'}", "dim"),)
        tone = "faint" if span.status == "no-show" else ""
        when = f"{span.starts:%H} " if span.starts.minute == 0 else f"{span.starts:%H:%M} "
        return ((when, "dim"), (self.session.person(span.client), tone))

    def _summary(self, width: int) -> Sequence[Line]:
        parts: list[Piece] = [
            (f"{MONTHS[self._day.month - 1]} {self._day.year}", "strong"),
            (f"{self._count} booked", ""),
            ("▁ one … █ eight and more   ░ closed" if width >= 120 else "", "faint"),
        ]
        return [[(" ", ""), *joined(parts, width - 2)]]

    # ---- the day under the cursor --------------------------------------------------------------------

    @on(MonthGrid.Moved)
    def _moved(self) -> None:
        self._day = self.grid.cursor
        chosen, self._chosen_key = self._chosen_key or (key_of(self.entry) if self.entry else None), None
        reads = self.session.reads
        shut, _ = closing(self._special, self._day)
        self._plan = plan(reads.agenda(self._day), () if shut else reads.hours(), self._day, self.session.now())
        keys = [key_of(each) for each in self._visits()]
        self._pick = keys.index(chosen) if chosen in keys else 0
        self._show_day()

    def _show_day(self) -> None:
        self.query_one("#under", Pane).show(self._under)
        if self.app.size.width >= _WIDE:
            beside = self.query_one("#beside-month", Pane)
            entitle(beside, f"{short_date(self._day)} {self._day.year}")
            beside.show(partial(self._beside, self.entry))

    def _visits(self) -> list[AgendaEntry]:
        items = self._plan.items if self._plan else ()
        return [item for item in items if isinstance(item, AgendaEntry) and item.status not in OFF]

    def _under(self, width: int) -> Sequence[Line]:
        found, entry = self._plan, self.entry
        if found is None:
            return ()
        clashes = len(found.clashing)
        parts: list[Piece] = [
            (short_date(self._day), "strong"),
            (next((each.note for each in self.grid.days if each.day == self._day), ""), "warn"),
            (f"{found.booked} booked", ""),
            (f"{found.gaps} gap{'s' if found.gaps != 1 else ''}" if found.gaps else "", "ok"),
            (f"‼ {clashes} in a clash" if clashes else "", "bad"),
        ]
        if entry is not None:
            look = glyphs.BLOCK if entry.kind == "block" else glyphs.status(entry.status)
            name = entry.title or "blocked" if entry.kind == "block" else self.session.person(entry.client)
            at = entry.times_on(self._day).partition("-")[0]
            parts.append((f"{look.glyph} {at} {name}", "sure"))
            parts.append(("⇥ next" if len(self._visits()) > 1 else "", "dim"))
        else:
            parts.append(("a books, b blocks", "dim"))
        return [[(" ", ""), *joined(parts, width - 2)]]

    def _beside(self, chosen: AgendaEntry | None, width: int) -> Sequence[Line]:
        lines: list[Line] = []
        for item in self._plan.items if self._plan else ():
            if isinstance(item, Gap):
                span = f"{item.starts:%H:%M}-{item.ends:%H:%M} "
                lines.append(((f" {span}", "faint"), (f"{glyphs.GAP.glyph} free", "faint")))
                continue
            block, off, span = item.kind == "block", item.status in OFF, f"{item.times_on(self._day):<11} "
            look = glyphs.BLOCK if block else glyphs.status(item.status)
            name = item.title or "blocked" if block else self.session.person(item.client)
            on = chosen is not None and (item.kind, item.id) == (chosen.kind, chosen.id)
            clash = ((" ‼", "bad"),) if self._plan and item.id in self._plan.clashing and not block else ()
            mark, tone = "▸" if on else " ", "faint" if off else "strong" if on else ""
            told = (mark, "key"), (span, "faint" if off else "dim"), (f"{look.glyph} ", look.tone), (name, tone)
            lines.append((*told, *clash))
        return lines or (((" Nothing booked.", "dim"),),)

    @property
    def entry(self) -> AgendaEntry | None:  # type: ignore[override]
        """The appointment or blocked time of the day that Tab has come to."""
        visits = self._visits()
        return visits[self._pick % len(visits)] if visits else None

    def free_slot(self) -> datetime | None:
        """No time: only a day is under the cursor."""
        return None

    def shown_day(self) -> datetime | None:
        """The day under the cursor."""
        return datetime.combine(self._day, time())

    def booked(self, appointment_id: int) -> None:
        """Show the month of what was booked or moved, with the cursor on its day."""
        entry = self.session.reads.entry(appointment_id)
        self._chosen_key = key_of(entry)
        self.go_to_date(entry.starts.date())

    # ---- moving about --------------------------------------------------------------------------------

    def go_to_date(self, day: date) -> None:
        """Show the month of a day, with the cursor on it."""
        same = (day.year, day.month) == (self._day.year, self._day.month)
        self._day = day
        if not (same and self.grid.point(day)):
            self.reload()

    def action_cursor(self, step: str) -> None:
        """Move by a day or a week; pages are months."""
        if step in ("page_up", "page_down"):
            self.action_period(-1 if step == "page_up" else 1)
            return
        last = calendar.monthrange(self._day.year, self._day.month)[1]
        to = {
            "left": self._day - timedelta(days=1),
            "right": self._day + timedelta(days=1),
            "up": self._day - timedelta(days=7),
            "down": self._day + timedelta(days=7),
            "home": self._day.replace(day=1),
            "end": self._day.replace(day=last),
        }[step]
        self.go_to_date(to)

    def action_period(self, by: int) -> None:
        """So many months on, on the same day of the month or its last."""
        month = self._day.year * 12 + self._day.month - 1 + by
        year, month = divmod(month, 12)
        last = calendar.monthrange(year, month + 1)[1]
        self.go_to_date(date(year, month + 1, min(self._day.day, last)))

    def action_now(self) -> None:
        """Back to today."""
        self.go_to_date(self.session.today())

    def action_other(self, by: int) -> None:
        """The next appointment of the day, or the one before."""
        self._pick = (self._pick + by) % max(len(self._visits()), 1)
        self._show_day()

    def on_resize(self) -> None:
        """There may be room for the day beside the month now."""
        if self.loaded:
            self._show_day()

    @on(MonthGrid.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The day as a list, with the cursor on what was picked."""
        entry = self.entry
        self.post_message(ShowDay(self._day, key_of(entry) if entry else None))


def _days_of(span: Span) -> list[date]:
    """The local days that something stands on: of an appointment the day it begins, of blocked time every day."""
    first = span.starts.date()
    last = first if span.kind != "block" else (span.ends - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _covers(block: Span, day: date, open_then: Sequence[tuple[int, int]]) -> bool:
    """Whether a blocked time leaves nothing of what a day is open (minutes after midnight)."""
    midnight = datetime.combine(day, time())
    begin, end = (moment.replace(tzinfo=None) - midnight for moment in (block.starts, block.ends))
    return (
        bool(open_then) and begin <= timedelta(minutes=open_then[0][0]) and end >= timedelta(minutes=open_then[-1][1])
    )
