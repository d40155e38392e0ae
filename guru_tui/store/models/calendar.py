"""Booked and blocked time."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from guru_tui.store.models.base import KEPT, one_of, refers

APPOINTMENT_STATUSES = ("booked", "confirmed", "attended", "no-show", "late-cancelled", "cancelled")


class Series(SQLModel, table=True):
    """What one repeat rule makes: appointments of a client, or blocked times.

    `rule` is an RRULE value (RFC 5545, 3.3.10) of the subset in `domain.recurrence`; `starts_local` the wall time it
    counts from. The other fields are what a new occurrence is given.
    """

    __table_args__ = (
        one_of("kind", "appointment", "block"),
        CheckConstraint("(kind = 'appointment') = (client_id IS NOT NULL)", name="client"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    client_id: int | None = Field(default=None, sa_column=refers("client.id", optional=True))
    type_id: int | None = Field(default=None, foreign_key="appointment_type.id")
    location_id: int | None = Field(default=None, foreign_key="location.id")
    title: str = ""
    starts_local: str
    zone: str
    minutes: int
    rule: str
    fee_minor: int = 0
    currency: str = ""
    note: str = ""
    created_at: str


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
        Index("uq_appointment_uid", "uid", unique=True, sqlite_where=text("uid <> ''")),
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
    charge_minor: int | None = Field(default=None, description="what a no-show or late cancellation costs, not the fee")
    series_id: int | None = Field(default=None, sa_column=refers("series.id", optional=True))
    series_start: str = Field(
        default="",
        sa_column_kwargs={"server_default": text("''")},
        description="the wall time that the series' rule gives it",
    )
    uid: str = Field(
        default="", sa_column_kwargs={"server_default": text("''")}, description="of an import (RFC 5545, 3.8.4.7)"
    )


class BlockedTime(SQLModel, table=True):
    """A calendar entry with no client."""

    __tablename__ = "blocked_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_blocked_time_starts_at", "starts_at"),
        Index("uq_blocked_time_uid", "uid", unique=True, sqlite_where=text("uid <> ''")),
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
    series_id: int | None = Field(default=None, sa_column=refers("series.id", optional=True))
    series_start: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    uid: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class WaitlistEntry(SQLModel, table=True):
    """A client who would come sooner: how long, on which weekdays (`0,1,4`, empty for any), between which minutes
    after midnight and on which days (ISO, empty for open), and the slot that was offered last."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        one_of("state", "waiting", "offered", "booked", "removed"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="order"),
        Index("ix_waitlist_entry_open", "state", sqlite_where=text("state IN ('waiting', 'offered')")),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(sa_column=refers("client.id"))
    type_id: int | None = Field(default=None, foreign_key="appointment_type.id")
    minutes: int
    weekdays: str = ""
    opens: int = 0
    closes: int = 1440
    first_on: str = ""
    last_on: str = ""
    note: str = ""
    state: str = "waiting"
    offered_start: str = ""
    offered_at: str = ""
    created_at: str


class ClosedDay(SQLModel, table=True):
    """Days, the first and the last included, on which a place (None: all of them) is closed."""

    __tablename__ = "closed_day"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="order"),
        Index("ix_closed_day_last_on", "last_on"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    location_id: int | None = Field(default=None, sa_column=refers("location.id", optional=True))
    first_on: str
    last_on: str
    title: str = ""


class TravelTime(SQLModel, table=True):
    """How many minutes lie between two places, either way; the smaller id comes first."""

    __tablename__ = "travel_time"
    __table_args__ = (
        CheckConstraint("from_id < to_id", name="order"),
        CheckConstraint("minutes > 0", name="minutes"),
        UniqueConstraint("from_id", "to_id"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    from_id: int = Field(sa_column=refers("location.id"))
    to_id: int = Field(sa_column=refers("location.id"))
    minutes: int
