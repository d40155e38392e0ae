"""One invoice, full screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.invoices import INVOICE
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
from guru_tui.errors import NotFound
from guru_tui.screens.billing_acts import BillingActs
from guru_tui.screens.invoice_lines import detail_lines
from guru_tui.screens.session import Session
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import BLANK, Line, flow, still

_PAPER = 84


class InvoiceScreen(BillingActs):
    """Everything about an invoice: who pays, its lines, payments and messages."""

    TITLE_IN_HEADER = "Invoices"
    ACTIONS: ClassVar[tuple[Command, ...]] = INVOICE
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(INVOICE + EVERYWHERE)]

    def __init__(self, session: Session, invoice_id: int) -> None:
        super().__init__(session)
        self._record_id = invoice_id
        self._invoice: InvoiceDetail | None = None

    def body(self) -> ComposeResult:
        """Head and lines."""
        with Vertical(id="main"):
            yield Pane(id="who")
            yield RecordList(id="lines")

    def load(self) -> None:
        """Read the invoice."""
        self._invoice = self.session.reads.invoice(self._record_id)
        self.query_one("#who", Pane).show(self._head)
        self._show()

    def vanished(self, error: NotFound) -> None:
        """A discarded draft takes its screen with it."""
        self.app.pop_screen()

    def _show(self) -> None:
        if self._invoice is None:
            return
        width = min(self.size.width - 3, _PAPER)
        lines: Sequence[Line] = [BLANK, *detail_lines(self.session, self._invoice, width)]
        rows = [Row(number, still(((" ", ""), *line)), selectable=False) for number, line in enumerate(lines)]
        self.query_one(RecordList).show(rows)

    def on_resize(self) -> None:
        """Lines are laid out for the width."""
        self._show()

    def _head(self, width: int) -> Sequence[Line]:
        if self._invoice is None:
            return ()
        session, row, to = self.session, self._invoice.row, self._invoice.bill_to
        lines: list[Line] = flow(
            [
                (f"Invoice {row.number}" if row.number else "Draft invoice", "title"),
                (session.person(row.client), "strong"),
                (session.money(row.total_minor, row.currency), ""),
            ],
            width - 1,
            separator="   ",
            indent=1,
        )
        payer = to.get("name", "")
        lines += flow(
            [
                (f"to {session.person(payer)}" if payer and payer != row.client else "", "dim"),
                (session.address(to.get("email", "")), "dim"),
            ],
            width - 1,
            separator=" · ",
            indent=1,
        )
        return lines

    def meant_invoice(self) -> InvoiceRow | None:
        """This one."""
        return self._invoice.row if self._invoice else None

    def billed_client(self) -> tuple[int, str] | None:
        """Whose it is."""
        return (self._invoice.row.client_id, self._invoice.row.client) if self._invoice else None

    def action_issue(self) -> None:
        """Give the draft its number."""
        if self._invoice and self._invoice.row.status == "draft":
            self.action_invoice()
        elif self._invoice:
            self.say(f"Invoice {self._invoice.row.number} is issued already.", "warn")

    def action_copy(self) -> None:
        """Copy the number."""
        if self._invoice and self._invoice.row.number:
            self.app.copy_to_clipboard(self._invoice.row.number)
            self.say(f"Copied {self._invoice.row.number}")

    def action_client(self) -> None:
        """The client's record."""
        if self._invoice:
            self.open_client(self._invoice.row.client_id)

    def action_discard(self) -> None:
        """Throw the draft away, after a question."""
        from guru_tui.screens.dialogs.confirm import Confirm

        if self._invoice is None or self._invoice.row.status != "draft":
            self.say("An issued invoice stays.", "warn")
            return
        text = "The draft is removed; its appointments can be invoiced again."
        self.ask(Confirm(self.session, "Discard the draft", text, yes="discard"), self._discard)

    def _discard(self, _yes: bool) -> None:
        invoice_id = self._record_id
        self.change(lambda guru: guru.invoicing.discard_draft(invoice_id), lambda _summary: self.app.pop_screen())
