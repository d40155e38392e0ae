"""Marking an invoice paid: all that is due, today, by EFT, unless something else is typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.billing import PAYMENT_METHODS
from guru_tui.domain.money import Money, parse_amount
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
from guru_tui.errors import GuruError, Invalid
from guru_tui.screens.dialogs.form import Form
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import BLANK, Line, Piece, flow


class Pay(Form[InvoiceDetail]):
    """Enter records it, so two keys mark an invoice paid; pressed twice it still is one payment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "method(1)", "Next method", show=False, priority=True),
        Binding("ctrl+p", "method(-1)", "Previous method", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "paid", "save"),
        Hint("^N", "method", "method(1)"),
        Hint("⇥", "next field", "app.focus_next"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, invoice: InvoiceRow) -> None:
        super().__init__(session)
        self._invoice = invoice
        self._method = 0
        self._token = uuid4().hex

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """Amount and date."""
        invoice = self._invoice
        yield "amount", "Amount", Money(invoice.due_minor, invoice.currency).short(), ""
        yield "date", "Received", self.session.today().isoformat(), "2026-11-25"

    def body(self) -> Iterable[Widget]:
        """What is due, the fields, the ways to pay."""
        yield Pane(id="due")
        yield from super().body()
        yield Pane(id="methods")

    def on_mount(self) -> None:
        """Show what is due."""
        invoice, session = self._invoice, self.session
        self.entitle(f"Paid: {invoice.number} {session.person(invoice.client)}")
        due = f"{session.money(invoice.due_minor, invoice.currency)} due"
        of = f" of {session.money(invoice.total_minor, invoice.currency)}" if invoice.paid_minor else ""
        self.query_one("#due", Pane).show(lambda _width: (((due, "strong"), (of, "dim")), BLANK))
        self._show()

    def _show(self) -> None:
        self.query_one("#methods", Pane).show(self._methods)

    def _methods(self, width: int) -> list[Line]:
        ways: list[Piece] = [
            (f" {method} ", "active" if number == self._method else "dim")
            for number, method in enumerate(PAYMENT_METHODS)
        ]
        return [BLANK, *flow([("By         ", "dim"), *ways], width, separator=" ")]

    def action_method(self, by: int) -> None:
        """The next way to pay, or the one before."""
        self._method = (self._method + by) % len(PAYMENT_METHODS)
        self._show()

    def action_save(self) -> None:
        """Record the payment."""
        invoice, method, token = self._invoice, PAYMENT_METHODS[self._method], self._token
        try:
            amount = parse_amount(self.value("amount"), invoice.currency)
            received = _day(self.value("date"))
        except GuruError as error:
            self.complain(error)
            wrong = "date" if "date" in str(error) else "amount"
            self.query_one(f"#field-{wrong}", Input).focus()
            return
        self.change(
            lambda guru: guru.payments.pay(
                invoice.id, amount_minor=amount, method=method, received_on=received, token=token
            ),
            self.dismiss,
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is not a date; write it like 2026-11-25.") from None
