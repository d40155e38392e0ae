"""Today: the day as a list that opens on now, with what needs a person on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.today import TODAY
from guru_tui.domain.local_time import short_date
from guru_tui.domain.views.agenda import AgendaEntry, DayTotals
from guru_tui.screens.day_plan import Gap, Plan, plan
from guru_tui.screens.session import Session
from guru_tui.screens.today_rows import DayRows, columns_for, distance, key_of
from guru_tui.screens.todo import pressing
from guru_tui.screens.visit_acts import VisitActs
from guru_tui.screens.week_plan import closing
from guru_tui.widgets import glyphs
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList
from guru_tui.widgets.text import Line, Piece, flow, joined, still

if TYPE_CHECKING:
    from guru_tui.screens.today_side import TodaySide

_WIDE = 120
"""From how many columns on the stylesheet shows `#side`."""


class TodayScreen(VisitActs):
    """One day: gaps can be selected and booked, the cursor starts on what is going on."""

    TITLE_IN_HEADER = "Today"
    ACTIONS: ClassVar[tuple[Command, ...]] = TODAY
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TODAY + EVERYWHERE)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._day: date | None = None
        self._plan = Plan((), None, None, None, frozenset(), open=False)
        self._rows: DayRows | None = None
        self._items: dict[object, AgendaEntry | Gap] = {}
        self._next: datetime | None = None
        self._note = ""

    def body(self) -> ComposeResult:
        """The summary, the list, the strip; `side` comes beside them where there is room."""
        yield Pane(id="summary")
        yield RecordList(id="day")
        yield Pane(id="details")

    @property
    def wide(self) -> bool:
        """Whether there is room for the panes on the right."""
        return self.app.size.width >= _WIDE

    @cached_property
    def side(self) -> TodaySide:
        """The panes on the right, made (and with them the legend) when the screen is first wide enough.

        Hidden ones would delay the first paint.
        """
        from guru_tui.screens.today_side import TodaySide

        side, symbols = TodaySide(self.session), Pane(id="symbols")
        symbols.show(still(*(((f" {line}", "faint"),) for _, line in glyphs.LEGEND)))
        self.mount(side)
        self.mount(symbols, after="#day")
        return side

    def on_screen_resume(self) -> None:
        """A practice without clients is told how to begin; whether it has any is found out after the first paint."""
        self.call_after_refresh(self._welcome)

    def _welcome(self) -> None:
        if self.loaded and self.session.reads.client_count() == 0:
            self.say("Welcome. 4 a adds the first client, guru clients import brings a list.", "")

    # ---- reading -------------------------------------------------------------------------------------

    @property
    def day(self) -> date:
        """The local date on show; None inside means whatever today is."""
        return self._day or self.session.today()

    def load(self) -> None:
        """Read the day and what needs a person."""
        session, reads, now = self.session, self.session.reads, self.session.now()
        opening = not self._items
        # Holidays take long to load for the first time: the first paint does without.
        closed = reads.closed_days(self.day, self.day) if session.warm else []
        shut, self._note = closing(closed, self.day)
        self._plan = plan(reads.agenda(self.day), () if shut else reads.hours(), self.day, now)
        self._rows = DayRows(session, self._plan, self.day, now)
        self._items = {key_of(item): item for item in self._plan.items}
        records = self.query_one(RecordList)
        records.empty = self._nothing()
        records.show(self._rows.rows(), at=self._on_now() if opening else None, columns=columns_for)
        totals, self._next = session.totals, reads.next_start()
        self.query_one("#summary", Pane).show(lambda width: self._summary(totals, width))
        if self.wide:
            self.side.show_day(self.day)

    def on_resize(self) -> None:
        """There may be room for the panes on the right now."""
        if self.loaded and self.wide:
            self.side.show_day(self.day)
            self._show_card()

    def _on_now(self) -> object:
        """Where the cursor opens: on what goes on, else on what comes next, else on the last that was."""
        for entry in (self._plan.ongoing, self._plan.following):
            if entry:
                return key_of(entry)
        if self._plan.now_after is not None and self._plan.items:
            return key_of(self._plan.items[max(self._plan.now_after, 0)])
        return key_of(self._plan.items[0]) if self._plan.items else None

    def _nothing(self) -> str:
        # Who has set no hours is not closed.
        closed = "" if self._plan.open or not (self._note or self.session.reads.hours()) else " (closed)"
        return f"Nothing on {short_date(self.day)}{closed}: a adds an appointment, b blocks time."

    # ---- panes ---------------------------------------------------------------------------------------

    def _summary(self, totals: DayTotals, width: int) -> Sequence[Line]:
        session = self.session
        gaps, unbilled = self._plan.gaps, "uninvoiced" if width > 90 else "unbilled"
        parts: list[Piece] = [
            (short_date(self.day), "strong"),
            (self._note, "warn"),
            (f"{self._plan.booked} booked", ""),
            (f"{gaps} gap{'s' if gaps != 1 else ''}" if gaps else "", ""),
            (f"{unbilled} {session.money(totals.uninvoiced_minor)}" if totals.uninvoiced_minor else "", "warn"),
            (f"overdue {session.money(totals.overdue_minor)}" if totals.overdue_minor else "", "bad"),
            (f"next {'in ' if width > 90 else ''}{distance(self._next - session.now())}" if self._next else "", "now"),
        ]
        lines = flow(parts, width - 2, separator=" · ", indent=1)
        if not self.wide and (todos := pressing(session)):
            # The panel with all of them stands on the right where there is room.
            texts = joined([(todo.text, todo.tone) for todo in todos], width - 13)
            lines.append([(" ", ""), ("! ", "bad"), *texts, ("  ", ""), ("!", "key"), (" to do", "dim")])
        return lines

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        item, rows = self.item, self._rows
        if rows is None:
            return
        self.query_one("#details", Pane).show(lambda width: rows.details(item, width))
        if self.wide:
            self._show_card()

    def _show_card(self) -> None:
        item = self.item
        client_id = item.client_id if isinstance(item, AgendaEntry) else None
        self.side.show_item(item, self.found(lambda: self.session.reads.client(client_id)) if client_id else None)

    # ---- what is under the cursor --------------------------------------------------------------------

    @property
    def item(self) -> AgendaEntry | Gap | None:
        """The entry or gap under the cursor."""
        return self._items.get(self.query_one(RecordList).key)

    @property
    def entry(self) -> AgendaEntry | None:  # type: ignore[override]
        """The appointment or blocked time under the cursor."""
        return self.item if isinstance(self.item, AgendaEntry) else None

    def free_slot(self) -> datetime | None:
        """The gap under the cursor; the rest of it where it has begun."""
        item = self.item
        if not isinstance(item, Gap):
            return None
        return item.starts.replace(tzinfo=None)

    def shown_day(self) -> datetime | None:
        """The day on show."""
        return datetime.combine(self.day, time())

    def booked(self, appointment_id: int) -> None:
        """Show the day of what was booked, with the cursor on it."""
        entry = self.session.reads.entry(appointment_id)
        self.go_to_day(entry.starts.date(), at=key_of(entry))

    # ---- moving through days -------------------------------------------------------------------------

    def go_to_day(self, day: date | None, *, at: object = None) -> None:
        """Show another day (None: today) with the cursor on `at`, or on now."""
        self.say("")
        self._day = None if day == self.session.today() else day
        self._items = {}
        self.reload()
        if at is not None:
            self.point(at)

    def action_day(self, by: int) -> None:
        """So many days on."""
        self.go_to_day(self.day + timedelta(days=by))

    def go_to_date(self, day: date) -> None:
        """Show that day."""
        self.go_to_day(day)

    def action_now(self) -> None:
        """Back to today, on now."""
        self.go_to_day(None)
        key = self._on_now()
        if key is not None:
            self.point(key)

    @on(RecordList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The client's record; on a gap, booking."""
        if isinstance(self.item, Gap):
            self.action_add()
        elif self.entry and self.entry.client_id:
            self.open_client(self.entry.client_id)
