"""What services and queries hand to the faces: frozen, plain, without a tie to the store.

Instants are aware; `starts` and `ends` are in the appointment's own zone. Money is in minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One line of a day: an appointment, or a blocked time (`kind == "block"`, no client).

    `reminder`: the word of `REMINDER_WORDS` that tells what became or becomes of the reminder.
    `billing`: `-`, `uninvoiced`, `draft`, `sent`, `overdue` or `paid`. `owes_minor`: due on issued invoices.
    """

    kind: str
    id: int
    starts: datetime
    ends: datetime
    title: str
    status: str
    client_id: int | None = None
    client: str = ""
    mobile: str = ""
    email: str = ""
    location: str = ""
    fee_minor: int = 0
    currency: str = ""
    note: str = ""
    reminder: str = "-"
    reminder_reason: str = ""
    billing: str = "-"
    invoice_number: str = ""
    invoice_due_on: date | None = None
    owes_minor: int = 0
    visit: int = 0


REMINDER_WORDS = (
    "-",
    "off",
    "no-address",
    "scheduled",
    "held",
    "queued",
    "sent",
    "delivered",
    "failed",
    "unknown",
    "missed",
)


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What needs a person, for the head of Today and `guru doctor`."""

    uninvoiced_minor: int
    uninvoiced: int
    overdue_minor: int
    overdue: int
    failed_messages: int
    held_messages: int


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
    """One appointment in a client's history."""

    id: int
    starts: datetime
    title: str
    status: str
    fee_minor: int
    currency: str
    invoice_number: str


@dataclass(frozen=True, slots=True)
class ClientDetail:
    """A client's record as the client pane shows it."""

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


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the outbox."""

    id: int
    kind: str
    channel: str
    client_id: int | None
    recipient: str
    recipient_name: str
    subject: str
    body: str
    state: str
    reason: str
    attempts: int
    not_before: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    provider_id: str
    appointment_id: int | None
    invoice_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """A message as it would go out. `problem`: why it would be blocked, empty when nothing stands in its way."""

    kind: str
    channel: str
    recipient: str
    subject: str
    body: str
    segments: int = 0
    encoding: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A place."""

    id: int
    name: str
    address: str
    phone: str
    instructions: str
    video_link: str
    active: bool


@dataclass(frozen=True, slots=True)
class AppointmentTypeRow:
    """An appointment type; lengths and buffers in minutes."""

    id: int
    name: str
    minutes: int
    fee_minor: int
    location_id: int | None
    location: str
    minutes_before: int
    minutes_after: int
    active: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """A weekly opening interval: weekday 0 is Monday, minutes after local midnight."""

    weekday: int
    opens: int
    closes: int
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something in the calendar that a wanted time would overlap."""

    kind: str
    id: int
    name: str
    starts: datetime
    ends: datetime

    def __str__(self) -> str:
        return f"{self.name} {self.starts:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One step of the practitioner's, as the log lists it; `at` in the practice's zone."""

    id: int
    at: datetime
    name: str
    summary: str
    origin: str
    undone: bool
