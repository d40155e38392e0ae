"""Booked and blocked time."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from guru_tui.store.models.base import KEPT, one_of, refers

APPOINTMENT_STATUSES = ("booked", "confirmed", "attended", "no-show", "late-cancelled", "cancelled")


class Appointment(SQLModel, table=True):
    """A client's booked time: the wall time agreed, its zone, and the instants derived from them."""

    __table_args__ = (
        one_of("status", *APPOINTMENT_STATUSES),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        Index("ix_appointment_starts_at", "starts_at"),
        Index("ix_appointment_client_starts", "client_id", "starts_at"),
        Index("ix_appointment_billing", "status", "invoice_id", "starts_at"),
        KEPT,
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
    invoice_id: int | None = Field(default=None, sa_column=refers("invoice.id", optional=True))
    created_at: str


class BlockedTime(SQLModel, table=True):
    """A calendar entry with no client."""

    __tablename__ = "blocked_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_blocked_time_starts_at", "starts_at"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    title: str = ""
    starts_local: str
    zone: str
    starts_at: str
    ends_at: str
    minutes: int
    created_at: str
