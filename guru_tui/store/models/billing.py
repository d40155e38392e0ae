"""Invoices, their documents, payments."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from guru_tui.domain.billing import PAYMENT_METHODS
from guru_tui.store.models.base import KEPT, one_of, refers


class Invoice(SQLModel, table=True):
    """A bill. A draft has no number; from issue on everything but `status` is frozen.

    `letterhead` and `bill_to` are the JSON the document was made from. Partly paid and overdue are derived.
    """

    __table_args__ = (
        one_of("status", "draft", "sent", "paid", "void"),
        CheckConstraint("(status = 'draft') = (sequence IS NULL)", name="numbered"),
        UniqueConstraint("number"),
        UniqueConstraint("sequence"),
        Index("ix_invoice_status_due", "status", "due_on"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    status: str = "draft"
    number: str | None = None
    sequence: int | None = None
    issued_on: str = ""
    due_on: str = ""
    currency: str
    letterhead: str = "{}"
    bill_to: str = "{}"
    subtotal_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0
    note: str = ""
    issued_at: str = ""
    created_at: str


class LineItem(SQLModel, table=True):
    """One charge on an invoice. `quantity_milli` is thousandths; `discount_minor` is for the whole line."""

    __tablename__ = "line_item"
    __table_args__ = (
        one_of("code_kind", "", "icd10", "tariff", "nappi", "product", "other"),
        UniqueConstraint("invoice_id", "position"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    position: int
    appointment_id: int | None = Field(default=None, sa_column=refers("appointment.id", optional=True))
    service_at: str = Field(default="", description="wall time of the service")
    description: str
    code_kind: str = ""
    code: str = ""
    quantity_milli: int = 1000
    unit_price_minor: int
    discount_minor: int = 0
    tax_basis_points: int = 0
    tax_minor: int = 0
    total_minor: int


class Document(SQLModel, table=True):
    """The bytes of an issued document; written once, kept out of the change log."""

    __table_args__ = (UniqueConstraint("invoice_id", "revision"), KEPT)
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    revision: int = 0
    file_name: str
    sha256: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: str


class Payment(SQLModel, table=True):
    """Money received. `token` names the press that recorded it, so that pressing twice records it once."""

    __table_args__ = (
        one_of("method", *PAYMENT_METHODS),
        CheckConstraint("amount_minor > 0", name="amount"),
        UniqueConstraint("token"),
        Index("ix_payment_received_on", "received_on"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    amount_minor: int
    currency: str
    method: str
    received_on: str
    reference: str = ""
    token: str
    created_at: str


class PaymentAllocation(SQLModel, table=True):
    """How much of a payment settles which invoice; what is not allocated is the client's credit."""

    __tablename__ = "payment_allocation"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        UniqueConstraint("payment_id", "invoice_id"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    payment_id: int = Field(foreign_key="payment.id")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    amount_minor: int
