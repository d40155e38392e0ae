"""The waiting list: who would come sooner, and the way to offer or book a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.waiting import WAITING
from guru_tui.domain.local_time import short_date
from guru_tui.domain.views.waitlist import WaitingRow
from guru_tui.screens.base import counted
from guru_tui.screens.everywhere_acts import EverywhereActs
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, Piece, flow, one_line

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change
    from guru_tui.domain.views.waitlist import WaitingChange

_NORMAL = Columns(
    (Column("client", 17, grow=2), Column("waits for", 34, grow=4), Column("since", 7), Column("note", 16, grow=1))
)
_BROAD = Columns(
    (
        Column("client", 18, grow=1),
        Column("waits for", 40, grow=3),
        Column("since", 9),
        Column("offered", 16),
        Column("note", 20, grow=2),
    )
)
_NARROW = Columns((Column("client", 14, grow=1), Column("waits for", 20, grow=2)))


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return _NARROW if width < 70 else _NORMAL if width < 110 else _BROAD


class WaitingScreen(EverywhereActs):
    """Everybody who waits, the longest first."""

    TITLE_IN_HEADER = "Waiting list"
    ACTIONS: ClassVar[tuple[Command, ...]] = WAITING
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(WAITING + EVERYWHERE)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._rows: dict[int, WaitingRow] = {}

    def body(self) -> ComposeResult:
        """The count, the list, the strip."""
        with Vertical(id="main"):
            yield Pane(id="count")
            yield RecordList(id="waiting", empty="Nobody waits: a puts a client on the list.")
            yield Pane(id="details")

    def load(self) -> None:
        """Read who waits."""
        rows = self.session.reads.waitlist()
        self._rows = {row.id: row for row in rows}
        count = counted(len(rows), "client") if len({row.client_id for row in rows}) == len(rows) else f"{len(rows)}"
        self.query_one("#count", Pane).show(lambda _width: (((" Waiting list ", "strong"), (count, "dim")),))
        self.query_one(RecordList).show([Row(row.id, one_line(self._line, row)) for row in rows], columns=columns_for)

    def _line(self, row: WaitingRow, width: int) -> Line:
        session, today = self.session, self.session.today()
        wants: Piece = (row.wants, "faint" if over(row, today) else "")
        cells: list[Line] = [((session.person(row.client), ""),), (wants,)]
        note: Piece = (session.note(row.note), "dim")
        offered: Piece = (_offered(row, today), "now")
        if columns_for(width) is not _NARROW:
            cells.append(((short_day(row.since.date(), today), "dim"),))
        if columns_for(width) is _NORMAL:
            start = row.offered_start
            cells.append(((f"offered {short_day(start.date(), today)}", "now") if start else note,))
        elif columns_for(width) is _BROAD:
            cells += [(offered,), (note,)]
        return columns_for(width).line(cells, width)

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        row, details = self.row, self.query_one("#details", Pane)
        details.show(lambda width: self._details(row, width) if row else ())

    def _details(self, row: WaitingRow, width: int) -> Sequence[Line]:
        session, today = self.session, self.session.today()
        phone: Piece = (session.phone(row.mobile), "") if row.mobile else ("no number", "warn")
        head = [(session.person(row.client), "strong"), phone, (session.address(row.email), "dim")]
        days = (today - row.since.date()).days
        waits = f"waits since {session.day(row.since.date())}" + (f", {counted(days, 'day')}" if days > 1 else "")
        offered = f"offered {_offered(row, today)}" if row.offered_start else ""
        past = "the last day is past: e changes it, x removes it" if over(row, today) else ""
        return [
            *flow(head, width - 1, indent=1),
            *flow([(row.wants, "")], width - 1, indent=1),
            *flow([(waits, "dim"), (offered, "now"), (past, "warn")], width - 1, separator=" · ", indent=1),
            *flow([(session.note(row.note), "")], width - 1, indent=1),
        ]

    @property
    def row(self) -> WaitingRow | None:
        """The entry under the cursor."""
        key = self.query_one(RecordList).key
        return self._rows.get(key) if isinstance(key, int) else None

    def _meant(self) -> WaitingRow | None:
        if self.row is None:
            self.say("Nobody waits: a puts a client on the list.", "warn")
        return self.row

    # ---- keys ----------------------------------------------------------------------------------------

    def action_add(self) -> None:
        """Put a client on the list from one line."""
        from guru_tui.screens.dialogs.wait import Wait

        self.ask(Wait(self.session), self._listed)

    def action_edit(self) -> None:
        """Change what is waited for."""
        from guru_tui.screens.dialogs.wait import Wait

        row = self._meant()
        if row is not None:
            self.ask(Wait(self.session, row, self.seen), self._listed)

    def _listed(self, change: WaitingChange) -> None:
        self.told(change)
        self.point(change.entry_id)

    def action_remove(self) -> None:
        """Take the client off the list."""
        row = self._meant()
        if row is not None:
            self.change(lambda guru: guru.waitlist.remove(row.id), self.told)

    @on(RecordList.Chosen)
    def action_offer(self) -> None:
        """Offer a time."""
        from guru_tui.screens.dialogs.offer import Offer

        row = self._meant()
        if row is not None:
            self.ask(Offer(self.session, row), self.told)

    def action_book(self) -> None:
        """Book a time and close the entry."""
        from guru_tui.screens.dialogs.offer import BookWaiting

        row = self._meant()
        if row is not None:
            self.ask(BookWaiting(self.session, row), self._booked_one)

    def _booked_one(self, change: Change) -> None:
        leaving = sum(message.state != "blocked" for message in change.messages)
        self.changed(self.with_messages(change.summary, leaving, "held") if leaving else change.summary)

    def action_client(self) -> None:
        """The client's record."""
        row = self._meant()
        if row is not None:
            self.open_client(row.client_id)

    def action_copy(self) -> None:
        """Copy the client's number."""
        row = self._meant()
        if row is not None:
            self.copy(row.mobile, row.email)


def over(row: WaitingRow, today: date) -> bool:
    """Whether the last day that somebody waits for is past."""
    return row.wish.last_on is not None and row.wish.last_on < today


def _offered(row: WaitingRow, today: date) -> str:
    start = row.offered_start
    if start is None:
        return ""
    day = "today" if start.date() == today else short_date(start.date())
    return f"{day} {start:%H:%M}"
