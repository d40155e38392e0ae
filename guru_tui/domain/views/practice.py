"""What a practice is set up with: places and appointment types."""

from __future__ import annotations

from dataclasses import dataclass


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
