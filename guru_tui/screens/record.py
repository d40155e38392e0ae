"""A client's record: contact and balance on top, then appointments, invoices and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from guru_tui.commands.clients import RECORD
from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.domain.views.clients import ClientDetail, ClientRow, ClientVisit
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
from guru_tui.errors import NotFound
from guru_tui.screens.client_acts import ClientActs
from guru_tui.screens.client_card import figures, invoice_line, language_word, visit_line
from guru_tui.screens.outbox_rows import Message, Writer, with_numbers
from guru_tui.screens.places import OpenInvoice, ShowDay
from guru_tui.screens.session import Session
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import BLANK, Line, flow, still, words

_MESSAGES = 8
"""How many of the newest messages stand on the record."""


class RecordScreen(ClientActs):
    """One client, full screen."""

    TITLE_IN_HEADER = "Clients"
    ACTIONS: ClassVar[tuple[Command, ...]] = RECORD
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(RECORD + EVERYWHERE)]

    def __init__(self, session: Session, client_id: int) -> None:
        super().__init__(session)
        self._record_id = client_id
        self._client: ClientDetail | None = None
        self._thread: list[Message] = []
        self._plans: dict[int, str] = {}

    def body(self) -> ComposeResult:
        """Head and list."""
        with Vertical(id="main"):
            yield Pane(id="who")
            yield RecordList(id="record")

    def load(self) -> None:
        """Read the record."""
        client = self._client = self.session.reads.client(self._record_id)
        self.query_one("#who", Pane).show(lambda width: self._head(client, width))
        self._plans = {
            visit.id: self.session.reads.reminders_in_words(visit.id, privacy=self.session.privacy)
            for visit in client.upcoming
        }
        rows = self.session.reads.thread(self._record_id, limit=_MESSAGES)
        self._thread = with_numbers(rows, self.session.reads.invoice_numbers(rows))
        self.query_one(RecordList).show(self._rows(client))

    def vanished(self, error: NotFound) -> None:
        """The client is gone: so is the record."""
        self.app.pop_screen()
        self.notify(str(error), severity="warning", markup=False)

    def _head(self, client: ClientDetail, width: int) -> Sequence[Line]:
        session, row = self.session, client.row
        lines: list[Line] = flow(
            [
                (session.person(row.name), "title"),
                (session.phone(row.mobile) or "no number", "strong" if row.mobile else "warn"),
                (session.address(row.email), ""),
                ("archived" if row.archived else "", "warn"),
            ],
            width - 1,
            separator="   ",
            indent=1,
        )
        lines += [[(" ", ""), *line] for line in figures(session, client, width - 2)]
        consent = f"SMS {'✓' if client.sms_allowed else '✗'} · email {'✓' if client.email_allowed else '✗'}"
        lines += flow(
            [
                (f"born {client.birth_date}" if client.birth_date and not session.privacy else "", "dim"),
                (consent, "dim"),
                (language_word(client), "dim"),
                (f"pays: {session.person(client.bill_to_name)}" if client.bill_to_name else "", "dim"),
                (" ".join(client.address.split()) if client.address and not session.privacy else "", "dim"),
            ],
            width - 1,
            separator=" · ",
            indent=1,
        )
        return lines

    def _rows(self, client: ClientDetail) -> list[Row]:
        session = self.session
        rows: list[Row] = []

        def section(title: str, count: int) -> None:
            head: Line = ((f" {title}", "title"), (f" {count}" if count else "", "dim"))
            lines: list[Line] = [BLANK, head] if rows else [head]
            rows.append(Row(("head", title), still(*lines), selectable=False, height=len(lines)))

        def row(kind: str, number: int, line: Line, *, selectable: bool = True) -> None:
            rows.append(Row((kind, number), still(((" ", ""), *line)), selectable=selectable))

        section("Upcoming", len(client.upcoming))
        for visit in client.upcoming:
            lines = self._with_plan(visit, max(self.size.width - 2, 20))
            rows.append(Row(("visit", visit.id), still(*lines), height=len(lines)))
        if not client.upcoming:
            row("none", 0, (("nothing booked: a books", "dim"),))
        if client.recent:
            section("Before", 0)
        for visit in client.recent:
            row("visit", visit.id, visit_line(session, visit))
        if client.invoices:
            section("Invoices", len(client.invoices))
        for invoice in client.invoices:
            row("invoice", invoice.id, invoice_line(session, invoice))
        if self._thread:
            section("Messages", 0)
        writer = Writer(session)
        for message in self._thread:
            row("message", message.row.id, writer.short(message, max(self.size.width - 2, 20)))
        if client.last_note and not session.privacy:
            section("Last note", 0)
            for number, text in enumerate(words(client.last_note, max(self.size.width - 4, 20))):
                row("note", number, ((text, ""),), selectable=False)
        return rows

    def _with_plan(self, visit: ClientVisit, width: int) -> list[Line]:
        """A visit to come with what is planned before it, on one line where there is room."""
        line, plan = visit_line(self.session, visit), self._plans[visit.id]
        if sum(cell_len(text) for text, _ in line) + cell_len(plan) + 3 <= width:
            return [((" ", ""), *line, (f"  {plan}", "dim"))]
        return [((" ", ""), *line), *(((" " * 16, ""), (more, "dim")) for more in words(plan, width - 16))]

    def on_resize(self) -> None:
        """Notes are wrapped to the width."""
        if self._client:
            self.query_one(RecordList).show(self._rows(self._client))

    def client(self) -> ClientRow | None:
        """Whose record it is."""
        return self._client.row if self._client else None

    def action_reminders(self) -> None:
        """What the client hears before the visit under the cursor, or else before the next one."""
        from guru_tui.screens.dialogs.reminders import Reminders

        client = self._client
        if client is None:
            return
        key = self.query_one(RecordList).key
        visits = (*client.upcoming, *client.recent)
        visit = next((each for each in visits if key == ("visit", each.id)), next(iter(client.upcoming), None))
        entry = self.session.reads.entry(visit.id) if visit else None
        self.ask(Reminders(self.session, client.row.id, client.row.name, entry), self.changed)

    def _under_cursor(self) -> InvoiceRow | None:
        key = self.query_one(RecordList).key
        invoices = self._client.invoices if self._client else ()
        if isinstance(key, tuple) and key[0] == "invoice":
            return next((invoice for invoice in invoices if invoice.id == key[1]), None)
        return None

    def meant_invoice(self) -> InvoiceRow | None:
        """The invoice under the cursor, else the oldest that is open."""
        pointed = self._under_cursor()
        if pointed:
            return pointed
        owing = [
            each
            for each in self.session.reads.invoices(client_id=self._record_id)
            if each.status in ("sent", "overdue")
        ]
        return min(owing, key=lambda invoice: invoice.id, default=None)

    def action_invoice(self) -> None:
        """Invoice what is uninvoiced; a draft under the cursor is issued."""
        super().action_invoice()

    def invoiced(self, invoice: InvoiceDetail) -> None:
        """Put the cursor on what was made."""
        self.point(("invoice", invoice.row.id))

    @on(RecordList.Chosen)
    def action_open(self) -> None:
        """The invoice under the cursor, or the day of the visit."""
        pointed = self._under_cursor()
        if pointed:
            self.post_message(OpenInvoice(pointed.id))
            return
        key = self.query_one(RecordList).key
        message = next((each for each in self._thread if key == ("message", each.row.id)), None)
        if message:
            self._read(message)
            return
        visits = [*self._client.upcoming, *self._client.recent] if self._client else []
        visit = next((each for each in visits if key == ("visit", each.id)), None)
        if visit:
            self.post_message(ShowDay(visit.starts.date(), ("appointment", visit.id)))

    def _read(self, message: Message) -> None:
        """A message in full, with what went before it."""
        from guru_tui.screens.dialogs.read_message import ReadMessage

        tries = self.session.guru.outbox.tries(message.row.id)
        self.app.push_screen(ReadMessage(self.session, message, tries, self._thread))
