"""The tables, as SQLModel classes: what a unit of work changes and what the migrations must equal.

Instants are UTC text (`local_time.utc_text`), wall times naive text, days ISO dates, money integer minor
units, lengths minutes. Ids are AUTOINCREMENT: an id that was used once never names another record, which
the change log and the outbox's idempotency keys rely on. These classes validate nothing; services do.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from guru_tui.store.models.billing import Document, Invoice, LineItem, Payment, PaymentAllocation
from guru_tui.store.models.calendar import (
    APPOINTMENT_STATUSES,
    Appointment,
    BlockedTime,
    ClosedDay,
    Series,
    TravelTime,
    WaitlistEntry,
)
from guru_tui.store.models.log import Action, ActionContext, Change
from guru_tui.store.models.messages import (
    MESSAGE_KINDS,
    ChannelState,
    ClientReply,
    Mailbox,
    MessageRule,
    MessageTemplate,
    OutboxAttempt,
    OutboxMessage,
    SenderRun,
)
from guru_tui.store.models.people import Client, MedicalRecord
from guru_tui.store.models.practice import AppointmentType, Location, OperatingInterval, Setting

__all__ = [
    "APPOINTMENT_STATUSES", "LOGGED", "MESSAGE_KINDS", "Action", "ActionContext", "Appointment", "AppointmentType",
    "BlockedTime", "Change", "ChannelState", "Client", "ClientReply", "ClosedDay", "Document", "Invoice", "LineItem",
    "Location", "Mailbox", "MedicalRecord", "MessageRule", "MessageTemplate", "OperatingInterval", "OutboxAttempt",
    "OutboxMessage", "Payment", "PaymentAllocation", "SenderRun", "Series", "Setting", "TravelTime", "WaitlistEntry",
]  # fmt: skip

LOGGED: tuple[type[SQLModel], ...] = (
    Setting,
    Location,
    OperatingInterval,
    AppointmentType,
    Client,
    MedicalRecord,
    ClosedDay,
    TravelTime,
    Series,
    Appointment,
    BlockedTime,
    WaitlistEntry,
    Invoice,
    LineItem,
    Payment,
    PaymentAllocation,
    MessageRule,
    MessageTemplate,
)
"""The tables under the change log, parents before children."""
