"""Invoices: four columns from what can be invoiced to what is paid, with the sum of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.invoices import INVOICES
from guru_tui.domain.local_time import MONTHS
from guru_tui.domain.views.invoices import Board, InvoiceDetail, InvoiceRow, Uninvoiced
from guru_tui.screens.billing_acts import BillingActs
from guru_tui.screens.invoice_lines import detail_lines, uninvoiced_lines
from guru_tui.screens.places import OpenInvoice
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Line, Piece, fit, flow

COLUMNS = ("invoiceable", "drafts", "sent", "paid")
TITLES = {"invoiceable": "Invoiceable", "drafts": "In progress", "sent": "Sent", "paid": "Paid"}
EMPTY = {
    "invoiceable": "All is invoiced.",
    "drafts": "No drafts.",
    "sent": "Nobody owes.",
    "paid": "None this month.",
}


class InvoicesScreen(BillingActs):
    """The board; `i`, `S` and `p` move a card on."""

    TITLE_IN_HEADER = "Invoices"
    ACTIONS: ClassVar[tuple[Command, ...]] = INVOICES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(INVOICES + EVERYWHERE)]
    AUTO_FOCUS = "#invoiceable"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._month: date | None = None
        self._board: Board | None = None
        self._column = "invoiceable"

    def body(self) -> ComposeResult:
        """Sums, columns, card."""
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield Pane(id="summary")
                yield Pane(id="tabs")
                with Horizontal(id="board"):
                    for name in COLUMNS:
                        yield RecordList(id=name, classes="panel column", empty=EMPTY[name])
                yield Pane(id="details")
            with Vertical(id="side"):
                yield Pane(id="card", classes="panel")

    # ---- reading -------------------------------------------------------------------------------------

    @property
    def month(self) -> date:
        """The month of the paid column, its first day."""
        return self._month or self.session.today().replace(day=1)

    def load(self) -> None:
        """Read the board."""
        board = self._board = self.session.reads.board(self.month)
        opening = all(not self._list(name).rows for name in COLUMNS)
        self._show("invoiceable", board.invoiceable, board.invoiceable_minor)
        self._show("drafts", board.drafts, board.drafts_minor)
        self._show("sent", board.sent, board.sent_minor)
        self._show("paid", board.paid, board.paid_minor)
        self.query_one("#summary", Pane).show(lambda width: self._summary(board, width))
        self.query_one("#tabs", Pane).show(lambda width: self._tabs(board, width))
        if opening:
            filled = next((name for name in COLUMNS if self._list(name).rows), "invoiceable")
            self._list(filled).focus()

    def on_resize(self) -> None:
        """Titles are as long as the columns allow."""
        if self._board:
            self.load()

    def _list(self, name: str) -> RecordList:
        return self.query_one(f"#{name}", RecordList)

    def _show(self, name: str, cards: Sequence[Uninvoiced | InvoiceRow], sum_minor: int) -> None:
        title = TITLES[name] if name != "paid" else f"Paid {MONTHS[self.month.month - 1][:3]}"
        amount = f" {self.session.money(sum_minor)}" if sum_minor else ""
        head = f"{title} {len(cards) or ''}"
        # A column is a quarter of the screen, or of what the card pane leaves of it.
        room = (self.size.width - (46 if self.size.width >= 120 else 0)) // 4 - 6
        entitle(self._list(name), head + amount if len(head + amount) <= room else head)
        self._list(name).show([Row(_key(card), self._painter(card), height=2) for card in cards])

    def _painter(self, card: Uninvoiced | InvoiceRow) -> Callable[[int], Sequence[Line]]:
        return lambda width: self._card(card, width)

    def _card(self, card: Uninvoiced | InvoiceRow, width: int) -> Sequence[Line]:
        session, today = self.session, self.session.today()
        if isinstance(card, Uninvoiced):
            amount = session.money(card.amount_minor, card.currency)
            first, last = card.first.date(), card.last.date()
            since = (
                "" if first == last else f"{first.day}–" if first.month == last.month else f"{short_day(first, today)}–"
            )
            span = since + short_day(last, today)
            visits = f"{card.visits} visit{'s' if card.visits != 1 else ''}"
            return _two_ended(session.person(card.client), amount, width), _two_ended(
                f" {visits} · {span}", "", width, "dim"
            )
        amount = session.money(
            card.due_minor if card.status in ("sent", "overdue") else card.total_minor, card.currency
        )
        second: Piece = ("", "")
        if card.status == "draft":
            second = ("i issues it", "dim")
        elif card.status == "paid":
            when = short_day(card.paid_on, today) if card.paid_on else ""
            second = (f"{card.number} {when} {card.paid_by}".rstrip(), "dim")
        elif card.status == "overdue" and card.due_on:
            second = (f"{card.number} ‼ {(today - card.due_on).days}d late", "bad")
        elif card.due_on:
            second = (f"{card.number}  due {short_day(card.due_on, today)}", "dim")
        return _two_ended(session.person(card.client), amount, width), _two_ended(f" {second[0]}", "", width, second[1])

    def _summary(self, board: Board, width: int) -> Sequence[Line]:
        money = self.session.money
        month = MONTHS[self.month.month - 1][:3]
        parts: list[Piece] = [
            (
                f"Unbilled {money(board.invoiceable_minor, board.currency)}",
                "warn" if board.invoiceable_minor else "dim",
            ),
            (
                f"{'drafts' if width > 84 else 'draft'} {money(board.drafts_minor, board.currency)}"
                if board.drafts_minor
                else "",
                "sure",
            ),
            (
                f"{'outstanding' if width > 100 else 'out'} {money(board.sent_minor, board.currency)}",
                "" if board.sent_minor else "dim",
            ),
            (f"overdue {money(board.overdue_minor, board.currency)}" if board.overdue_minor else "", "bad"),
            (
                f"paid {f'in {month} ' if width > 100 else ''}{money(board.paid_minor, board.currency)}",
                "ok" if board.paid_minor else "dim",
            ),
        ]
        return flow(parts, width - 1, separator=" · ", indent=1)

    def _tabs(self, board: Board, width: int) -> Sequence[Line]:
        """Where only one column fits: which one it is, and how full the others are."""
        lengths = {"invoiceable": board.invoiceable, "drafts": board.drafts, "sent": board.sent, "paid": board.paid}
        parts: list[Piece] = [
            (f" {TITLES[name]} {len(lengths[name])} ", "active" if name == self._column else "dim") for name in COLUMNS
        ]
        return flow(parts, width, separator="", indent=1)

    # ---- the cursor ----------------------------------------------------------------------------------

    @property
    def records(self) -> RecordList:
        """The column that has the focus."""
        return self._list(self._column)

    def on_descendant_focus(self) -> None:
        """Another column: its card is the one on show."""
        focused = self.focused
        if isinstance(focused, RecordList) and focused.id in COLUMNS:
            self._column = focused.id
            for name in COLUMNS:
                self._list(name).set_class(name == self._column, "current")
            self.query_one("#tabs", Pane).show(self.query_one("#tabs", Pane).painter)
            self._card_changed()

    def action_column(self, by: int) -> None:
        """The next column that holds anything, in that direction; else the next one."""
        at = COLUMNS.index(self._column)
        further = COLUMNS[at + 1 :] if by > 0 else COLUMNS[:at][::-1]
        if further:
            self._list(next((name for name in further if self._list(name).rows), further[0])).focus()

    @on(RecordList.Highlighted)
    def _highlighted(self, event: RecordList.Highlighted) -> None:
        if event.records.id == self._column:
            self._card_changed()

    def _card_changed(self) -> None:
        card, details, pane = self.card, self.query_one("#details", Pane), self.query_one("#card", Pane)
        session = self.session
        if card is None:
            details.show(lambda _width: ())
            pane.show(lambda _width: ())
            entitle(pane, "")
            return
        if isinstance(card, Uninvoiced):
            visits = session.reads.uninvoiced(card.client_id)
            entitle(pane, session.person(card.client))
            pane.show(lambda width: uninvoiced_lines(session, visits, width))
            listed = ", ".join(f"{short_day(each.starts.date(), session.today())} {each.title}" for each in visits)
            details.show(lambda width: _strip(session.person(card.client), listed, width))
            return
        invoice = self.found(lambda: session.reads.invoice(card.id))
        if invoice is None:
            return
        entitle(pane, f"{card.number or 'Draft'} {session.person(card.client)}")
        pane.show(lambda width: detail_lines(session, invoice, width))
        listed = ", ".join(line.description for line in invoice.lines)
        details.show(lambda width: _strip(f"{card.number or 'Draft'} {session.person(card.client)}", listed, width))

    @property
    def card(self) -> Uninvoiced | InvoiceRow | None:
        """The card under the cursor."""
        key, board = self.records.key, self._board
        if board is None or key is None:
            return None
        cards: list[Uninvoiced | InvoiceRow] = [*board.invoiceable, *board.drafts, *board.sent, *board.paid]
        return next((card for card in cards if _key(card) == key), None)

    # ---- acts ----------------------------------------------------------------------------------------

    def billed_client(self) -> tuple[int, str] | None:
        """The client of the card."""
        card = self.card
        return (card.client_id, card.client) if card else None

    def meant_invoice(self) -> InvoiceRow | None:
        """The invoice of the card."""
        card = self.card
        return card if isinstance(card, InvoiceRow) else None

    def invoiced(self, invoice: InvoiceDetail) -> None:
        """Follow the card to its new column."""
        name = "drafts" if invoice.row.status == "draft" else "sent"
        self._list(name).point(("invoice", invoice.row.id))
        self._list(name).focus()

    def action_copy(self) -> None:
        """Copy the number of the invoice, or of the client's phone."""
        card = self.card
        if isinstance(card, InvoiceRow) and card.number:
            self.app.copy_to_clipboard(card.number)
            self.say(f"Copied {card.number}")
        elif card:
            row = self.session.reads.client(card.client_id).row
            self.copy(row.mobile, row.email)

    @on(RecordList.Chosen)
    def action_open(self) -> None:
        """The invoice in full; for what is not invoiced yet the client."""
        card = self.card
        if isinstance(card, InvoiceRow):
            self.post_message(OpenInvoice(card.id))
        elif card:
            self.open_client(card.client_id)

    def action_month(self, by: int) -> None:
        """The paid invoices of another month."""
        first = self.month
        self._month = (
            (first - timedelta(days=1)).replace(day=1) if by < 0 else (first + timedelta(days=32)).replace(day=1)
        )
        self.reload()


def _key(card: Uninvoiced | InvoiceRow) -> tuple[str, int]:
    return ("client", card.client_id) if isinstance(card, Uninvoiced) else ("invoice", card.id)


def _two_ended(left: str, right: str, width: int, tone: str = "") -> Line:
    """Text at both ends of a line; the left one gives way."""
    if not right:
        return ((left, tone),)
    return (*fit(((left, tone),), max(width - len(right) - 1, 4)), (" ", ""), (right, "strong"))


def _strip(head: str, rest: str, width: int) -> Sequence[Line]:
    return flow([(head, "strong"), *((part, "dim") for part in rest.split(", "))], width - 1, indent=1)[:3]
