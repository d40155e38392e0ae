"""Clients: the lines of their list and their record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.domain.views.invoices import InvoiceRow


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One line of the client list. `owes_minor`: due on issued invoices; `uninvoiced_minor` comes on top."""

    id: int
    first_name: str
    last_name: str
    mobile: str
    email: str
    owes_minor: int
    overdue: bool
    next_start: datetime | None
    archived: bool

    @property
    def name(self) -> str:
        """First and last name, as everywhere but in sorted lists."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def list_name(self) -> str:
        """`Last, First`, as in sorted lists."""
        return f"{self.last_name}, {self.first_name}" if self.last_name else self.first_name


@dataclass(frozen=True, slots=True)
class ClientVisit:
    """One appointment in a client's history; the fee of one that took no place is what is charged for it."""

    id: int
    starts: datetime
    title: str
    status: str
    fee_minor: int
    currency: str
    invoice_number: str


@dataclass(frozen=True, slots=True)
class ClientDetail:
    """A client's record as the client pane shows it. `language`: of the messages; empty for the practice's."""

    row: ClientRow
    address: str
    birth_date: str
    sms_allowed: bool
    email_allowed: bool
    bill_to_name: str
    bill_to_email: str
    since: date | None
    attended: int
    no_shows: int
    uninvoiced_minor: int
    paid_this_year_minor: int
    currency: str
    last_note: str
    upcoming: tuple[ClientVisit, ...]
    recent: tuple[ClientVisit, ...]
    invoices: tuple[InvoiceRow, ...]
    language: str = ""
