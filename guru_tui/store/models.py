"""The tables, as SQLModel classes: what a unit of work changes and what the migrations must equal.

Instants are UTC text (`local_time.utc_text`), wall times naive text, days ISO dates, money integer minor
units, lengths minutes. Ids are AUTOINCREMENT: an id that was used once never names another record, which
the change log and the outbox's idempotency keys rely on. These classes validate nothing; services do.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from guru_tui.domain.billing import PAYMENT_METHODS
from guru_tui.domain.message import MESSAGE_STATES

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

_KEPT = {"sqlite_autoincrement": True}


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _refers(target: str, *, optional: bool = False) -> Column[int]:
    return Column(Integer, ForeignKey(target), nullable=optional, index=True)


class Setting(SQLModel, table=True):
    """One setting of the practice that differs from its default (see `domain.practice.SETTINGS`)."""

    key: str = Field(primary_key=True)
    value: str


class Location(SQLModel, table=True):
    """Where appointments happen."""

    __table_args__ = (_KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    address: str = ""
    phone: str = ""
    instructions: str = ""
    video_link: str = ""
    position: int = 0
    active: bool = True


class OperatingInterval(SQLModel, table=True):
    """A weekly opening interval; minutes after local midnight. No location: it holds for all of them."""

    __tablename__ = "operating_interval"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="order"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    location_id: int | None = Field(default=None, sa_column=_refers("location.id", optional=True))
    weekday: int
    opens: int
    closes: int


class AppointmentType(SQLModel, table=True):
    """What a client can be booked for."""

    __tablename__ = "appointment_type"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    minutes: int
    fee_minor: int
    location_id: int | None = Field(default=None, sa_column=_refers("location.id", optional=True))
    minutes_before: int = 0
    minutes_after: int = 0
    position: int = 0
    active: bool = True


class Client(SQLModel, table=True):
    """A person who is seen. `search` holds what lists and quick-add match, folded."""

    __table_args__ = (Index("ix_client_sort_name", "sort_name"), Index("ix_client_email", "email"), _KEPT)
    id: int | None = Field(default=None, primary_key=True)
    first_name: str
    last_name: str = ""
    sort_name: str = Field(default="", description="folded `last first`, the order of every list")
    search: str = ""
    mobile: str = Field(default="", index=True, description="E.164 or empty")
    email: str = ""
    address: str = ""
    birth_date: str = ""
    id_number: str = ""
    language: str = "en"
    sms_allowed: bool = True
    email_allowed: bool = True
    codes_consent_on: str = Field(default="", description="day the client agreed to mail with diagnostic codes")
    bill_to_name: str = ""
    bill_to_email: str = ""
    bill_to_address: str = ""
    archived_at: str = ""
    created_at: str


class MedicalRecord(SQLModel, table=True):
    """The scheme membership of a client, one row each."""

    __tablename__ = "medical_record"
    __table_args__ = (_KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(sa_column=Column(Integer, ForeignKey("client.id"), nullable=False, unique=True))
    scheme: str = ""
    option: str = ""
    membership_number: str = ""
    main_member: str = ""
    dependant_code: str = ""
    patient_id: str = ""
    patient_birth_date: str = ""
    referring_practitioner: str = ""
    authorisation: str = ""


APPOINTMENT_STATUSES = ("booked", "confirmed", "attended", "no-show", "late-cancelled", "cancelled")


class Appointment(SQLModel, table=True):
    """A client's booked time: the wall time agreed, its zone, and the instants derived from them."""

    __table_args__ = (
        _one_of("status", *APPOINTMENT_STATUSES),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        Index("ix_appointment_starts_at", "starts_at"),
        Index("ix_appointment_client_starts", "client_id", "starts_at"),
        Index("ix_appointment_billing", "status", "invoice_id", "starts_at"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id")
    type_id: int | None = Field(default=None, foreign_key="appointment_type.id")
    location_id: int | None = Field(default=None, foreign_key="location.id")
    title: str = Field(default="", description="the type's name when it was booked")
    starts_local: str
    zone: str
    starts_at: str
    ends_at: str
    minutes: int
    fee_minor: int
    currency: str
    status: str = "booked"
    status_at: str = ""
    reason: str = Field(default="", description="why it was cancelled")
    note: str = ""
    sequence: int = Field(default=0, description="counts moves; keys the notices about them")
    invoice_id: int | None = Field(default=None, sa_column=_refers("invoice.id", optional=True))
    created_at: str


class BlockedTime(SQLModel, table=True):
    """A calendar entry with no client."""

    __tablename__ = "blocked_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_blocked_time_starts_at", "starts_at"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    title: str = ""
    starts_local: str
    zone: str
    starts_at: str
    ends_at: str
    minutes: int
    created_at: str


class Invoice(SQLModel, table=True):
    """A bill. A draft has no number; from issue on everything but `status` is frozen.

    `letterhead` and `bill_to` are the JSON the document was made from. Partly paid and overdue are derived.
    """

    __table_args__ = (
        _one_of("status", "draft", "sent", "paid", "void"),
        CheckConstraint("(status = 'draft') = (sequence IS NULL)", name="numbered"),
        UniqueConstraint("number"),
        UniqueConstraint("sequence"),
        Index("ix_invoice_status_due", "status", "due_on"),
        _KEPT,
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
        _one_of("code_kind", "", "icd10", "tariff", "nappi", "product", "other"),
        UniqueConstraint("invoice_id", "position"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    position: int
    appointment_id: int | None = Field(default=None, sa_column=_refers("appointment.id", optional=True))
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

    __table_args__ = (UniqueConstraint("invoice_id", "revision"), _KEPT)
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
        _one_of("method", *PAYMENT_METHODS),
        CheckConstraint("amount_minor > 0", name="amount"),
        UniqueConstraint("token"),
        Index("ix_payment_received_on", "received_on"),
        _KEPT,
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
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    payment_id: int = Field(foreign_key="payment.id")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    amount_minor: int


MESSAGE_KINDS = (
    "confirmation",
    "reminder",
    "reschedule",
    "cancellation",
    "invoice",
    "payment-reminder",
    "payment-receipt",
    "agenda",
    "alert",
)


class OutboxMessage(SQLModel, table=True):
    """Every message ever queued. Written by SQL (`store.outbox`), never rewound by undo, never deleted.

    `appointment_id` and `invoice_id` are no foreign keys on purpose: a message outlives the undo of its cause.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        _one_of("state", *MESSAGE_STATES),
        _one_of("kind", *MESSAGE_KINDS),
        _one_of("channel", "email", "sms"),
        UniqueConstraint("idempotency_key"),
        UniqueConstraint(
            "kind",
            "channel",
            "recipient",
            "appointment_id",
            "starts_at",
            "resend_sequence",
            name="uq_outbox_message_once",
        ),
        Index(
            "uq_outbox_message_invoice_once",
            *("kind", "channel", "recipient", "invoice_id", "invoice_revision", "resend_sequence"),
            unique=True,
            sqlite_where=text("invoice_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_message_waiting",
            "not_before",
            sqlite_where=text("state IN ('held', 'queued', 'claimed', 'sending')"),
        ),
        Index("ix_outbox_message_action", "action_id", sqlite_where=text("action_id IS NOT NULL")),
        Index("ix_outbox_message_appointment", "appointment_id"),
        Index("ix_outbox_message_invoice", "invoice_id"),
        Index("ix_outbox_message_state", "state"),
        _KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    idempotency_key: str
    kind: str
    channel: str
    client_id: int | None = None
    recipient: str
    recipient_name: str = ""
    subject: str = ""
    body: str
    appointment_id: int | None = None
    starts_at: str | None = None
    invoice_id: int | None = None
    invoice_revision: int = 0
    document_id: int | None = None
    resend_sequence: int = 0
    state: str
    reason: str = ""
    not_before: str
    expires_at: str = ""
    attempts: int = 0
    lease_owner: str = ""
    lease_until: str = ""
    provider_id: str = ""
    action_id: int | None = None
    created_at: str
    updated_at: str
    sent_at: str = ""


class OutboxAttempt(SQLModel, table=True):
    """One try at sending a message and how it ended; `result` stays empty where a process died in it."""

    __tablename__ = "outbox_attempt"
    __table_args__ = (_KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="outbox_message.id", index=True)
    started_at: str
    ended_at: str = ""
    result: str = ""
    reason: str = ""


class SenderRun(SQLModel, table=True):
    """When and by whom the outbox was last worked through; one row per kind of sender."""

    __tablename__ = "sender_run"
    who: str = Field(primary_key=True, description="remind, daemon or app")
    last_at: str
    paused: str = Field(default="", description="why a channel is paused, empty when none is")


class Action(SQLModel, table=True):
    """One use case the practitioner ran: the unit of undo and of the audit trail."""

    __table_args__ = (_KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    summary: str
    at: str
    origin: str = ""
    undoable: bool = True
    undoes: int | None = None
    undone_by: int | None = None


class Change(SQLModel, table=True):
    """One changed row's images before and after, as JSON; written by triggers only."""

    __table_args__ = (_KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    action_id: int = Field(sa_column=_refers("action.id"))
    table_name: str = Field(sa_column=Column(String, nullable=False))
    row_key: str
    before: str | None = None
    after: str | None = None


class ActionContext(SQLModel, table=True):
    """The action under which the present transaction writes; empty between transactions."""

    __tablename__ = "action_context"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    id: int = Field(primary_key=True)
    action_id: int


LOGGED: tuple[type[SQLModel], ...] = (
    Setting,
    Location,
    OperatingInterval,
    AppointmentType,
    Client,
    MedicalRecord,
    Appointment,
    BlockedTime,
    Invoice,
    LineItem,
    Payment,
    PaymentAllocation,
)
"""The tables under the change log, parents before children."""
