"""Invoices: the lines of a list, one with all its document is made from, the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import MessageRow


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice in a list. `status`: `draft`, `sent`, `overdue`, `paid`, `void`; `number` empty for a draft."""

    id: int
    number: str
    client_id: int
    client: str
    issued_on: date | None
    due_on: date | None
    currency: str
    total_minor: int
    paid_minor: int
    status: str
    paid_on: date | None = None
    paid_by: str = ""

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        return self.total_minor - self.paid_minor


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice as it is shown and printed."""

    service_at: datetime | None
    description: str
    code: str
    quantity_milli: int
    unit_price_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    appointment_id: int | None = None


@dataclass(frozen=True, slots=True)
class InvoiceDetail:
    """An invoice with everything its document is made from (frozen at issue)."""

    row: InvoiceRow
    letterhead: dict[str, str]
    bill_to: dict[str, str]
    lines: tuple[InvoiceLine, ...]
    subtotal_minor: int
    tax_minor: int
    payments: tuple[PaymentRow, ...]
    messages: tuple[MessageRow, ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as far as it settles one invoice; `credit_minor` is what of it settles nothing yet."""

    id: int
    amount_minor: int
    currency: str
    method: str
    received_on: date
    reference: str
    credit_minor: int = 0


@dataclass(frozen=True, slots=True)
class Uninvoiced:
    """A client with past or attended appointments that no invoice holds yet."""

    client_id: int
    client: str
    visits: int
    amount_minor: int
    currency: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """The Invoices screen: its four columns and the sums over all of each, not only what is shown.

    `paid` holds the invoices settled in the month of `since`; each list holds 500 rows at most.
    """

    invoiceable: tuple[Uninvoiced, ...]
    drafts: tuple[InvoiceRow, ...]
    sent: tuple[InvoiceRow, ...]
    paid: tuple[InvoiceRow, ...]
    since: date
    currency: str
    invoiceable_minor: int
    drafts_minor: int
    sent_minor: int
    overdue_minor: int
    paid_minor: int
