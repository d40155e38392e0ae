"""The practice itself: settings, places, hours, appointment types."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from guru_tui.store.models.base import KEPT, refers


class Setting(SQLModel, table=True):
    """One setting of the practice that differs from its default (see `domain.practice.SETTINGS`)."""

    key: str = Field(primary_key=True)
    value: str


class Location(SQLModel, table=True):
    """Where appointments happen."""

    __table_args__ = (KEPT,)
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
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    location_id: int | None = Field(default=None, sa_column=refers("location.id", optional=True))
    weekday: int
    opens: int
    closes: int


class AppointmentType(SQLModel, table=True):
    """What a client can be booked for."""

    __tablename__ = "appointment_type"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    minutes: int
    fee_minor: int
    location_id: int | None = Field(default=None, sa_column=refers("location.id", optional=True))
    minutes_before: int = 0
    minutes_after: int = 0
    position: int = 0
    active: bool = True
