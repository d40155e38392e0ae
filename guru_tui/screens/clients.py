"""Clients: phone numbers at sight, a filter as one types, the record beside the list where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from guru_tui.commands.clients import CLIENTS
from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.domain.views.clients import ClientDetail, ClientRow
from guru_tui.screens.client_acts import ClientActs
from guru_tui.screens.client_card import card_lines
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, Piece, flow, one_line

PAGE = 500
_NORMAL = Columns(
    (Column("name", 20, grow=3), Column("phone", 16, grow=1), Column("next", 10, grow=1), Column("owes", 10, grow=1))
)
_NARROW = Columns((Column("name", 16, grow=1), Column("phone", 14), Column("owes", 9)))


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return _NARROW if width < 60 else _NORMAL


class ClientsScreen(ClientActs):
    """The list of active clients; the filter searches in the store, so it is as fast with thousands."""

    TITLE_IN_HEADER = "Clients"
    ACTIONS: ClassVar[tuple[Command, ...]] = CLIENTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CLIENTS + EVERYWHERE)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._rows: dict[int, ClientRow] = {}

    def body(self) -> ComposeResult:
        """Filter, list, strip; at 120 columns the record."""
        with Horizontal(id="body"):
            with Vertical(id="main"):
                with Horizontal(id="filter"):
                    yield Pane(id="count")
                    yield Input(placeholder="/ filters by name or number", id="search")
                yield RecordList(id="clients")
                yield Pane(id="details")
            with Vertical(id="side", classes="broad"):
                yield Pane(id="card", classes="panel")

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read what the filter lets through."""
        search = self.query_one("#search", Input).value
        reads = self.session.reads
        found, everybody = reads.clients(search, limit=PAGE), reads.client_count()
        self._rows = {client.id: client for client in found}
        records = self.query_one(RecordList)
        records.empty = "Nobody matches; Esc clears the filter." if search else "No clients yet: a adds the first."
        records.show(
            [Row(client.id, one_line(self._line, client)) for client in found],
            columns=columns_for,
        )
        matching = reads.client_count(search) if search else everybody
        count = f"{matching} of {everybody}" if search else f"{everybody}"
        more = f", first {PAGE}" if matching > PAGE else ""
        self.query_one("#count", Pane).show(lambda _width: (((" Clients ", "strong"), (f"{count}{more}", "dim")),))

    def _line(self, client: ClientRow, width: int) -> Line:
        session = self.session
        today = session.today()
        following = ""
        if client.next_start:
            day = client.next_start.date()
            following = "today" if day == today else short_day(day, today)
        phone: Piece = (session.phone(client.mobile), "") if client.mobile else ("no number", "warn")
        owes: Piece = (
            (session.money(client.owes_minor) + (" ‼" if client.overdue else ""), "bad" if client.overdue else "warn")
            if client.owes_minor
            else ("", "")
        )
        cells: list[Line] = [((session.person(client.list_name), ""),), (phone,)]
        if columns_for(width) is _NORMAL:
            cells.append(((following, "now" if following == "today" else "dim"),))
        return columns_for(width).line([*cells, (owes,)], width)

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        client = self.client()
        details, card = self.query_one("#details", Pane), self.query_one("#card", Pane)
        if client is None:
            details.show(lambda _width: ())
            card.show(lambda _width: ())
            entitle(card, "")
            return
        record = self.found(lambda: self.session.reads.client(client.id))
        if record is None:
            return
        if self.size.width >= 120:
            entitle(card, self.session.person(client.name))
            card.show(lambda width: card_lines(self.session, record, width, visits=6))
        details.show(lambda width: self._details(client, record, width))

    def _details(self, client: ClientRow, record: ClientDetail, width: int) -> Sequence[Line]:
        session = self.session
        phone: Piece = (session.phone(client.mobile), "") if client.mobile else ("no number", "warn")
        lines: list[Line] = flow(
            [(session.person(client.name), "strong"), phone, (session.address(client.email), "dim")],
            width - 1,
            indent=1,
        )
        upcoming = record.upcoming[0] if record.upcoming else None
        last = record.recent[0] if record.recent else None
        lines += flow(
            [
                (
                    f"next {session.day(upcoming.starts.date())} {upcoming.starts:%H:%M} {upcoming.title}"
                    if upcoming
                    else "nothing booked",
                    "" if upcoming else "dim",
                ),
                (f"last {session.day(last.starts.date())} {last.title}" if last else "", "dim"),
                (f"{record.attended} attended" if record.attended else "", "dim"),
                (f"{record.no_shows} no-show{'s' if record.no_shows != 1 else ''}" if record.no_shows else "", "bad"),
            ],
            width - 1,
            separator=" · ",
            indent=1,
        )
        lines += flow(
            [
                (
                    f"owes {session.money(client.owes_minor, record.currency)}"
                    if client.owes_minor
                    else "owes nothing",
                    "bad" if client.overdue else "warn" if client.owes_minor else "dim",
                ),
                (
                    f"uninvoiced {session.money(record.uninvoiced_minor, record.currency)}"
                    if record.uninvoiced_minor
                    else "",
                    "warn",
                ),
                (f"note: {record.last_note}" if record.last_note and not session.privacy else "", ""),
            ],
            width - 1,
            separator=" · ",
            indent=1,
        )
        return lines

    def client(self) -> ClientRow | None:
        """The client under the cursor."""
        key = self.query_one(RecordList).key
        return self._rows.get(key) if isinstance(key, int) else None

    # ---- filtering -----------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Into the filter."""
        self.query_one("#search", Input).focus()

    @on(Input.Changed, "#search")
    def _filtered(self) -> None:
        self.load()

    @on(Input.Submitted, "#search")
    def _settled_on(self) -> None:
        """Enter goes to the list; with one client left it opens."""
        self.query_one(RecordList).focus()
        if len(self._rows) == 1:
            self.action_open()

    def action_back(self) -> None:
        """Clears the filter first."""
        search = self.query_one("#search", Input)
        if search.value or search.has_focus:
            search.value = ""
            self.query_one(RecordList).focus()
        else:
            super().action_back()

    # ---- acts ----------------------------------------------------------------------------------------

    @on(RecordList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The record."""
        client = self.client()
        if client:
            self.open_client(client.id)

    def action_add(self) -> None:
        """A new client; what the filter holds is taken for the name."""
        from guru_tui.screens.dialogs.client_form import ClientForm

        typed = self.query_one("#search", Input).value.strip()
        name = typed if typed and not self._rows and not any(letter.isdigit() for letter in typed) else ""
        self.ask(ClientForm(self.session, name=name), self._added)

    def _added(self, client_id: int) -> None:
        self.query_one("#search", Input).value = ""
        self.reload()
        self.point(client_id)
        client = self._rows.get(client_id)
        self.say(f"Added {self.session.person(client.name)}" if client else "Added", undo=True)
