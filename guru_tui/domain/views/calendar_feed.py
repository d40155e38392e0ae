"""What the calendar holds, as other calendars are told it."""

from __future__ import annotations

from typing import NamedTuple


class FeedRow(NamedTuple):
    """An appointment, or a blocked time (`kind == "block"`, no client), with its times as the store writes them.

    `uid`: the name it was imported under, empty for one that was made here. `moves`: how often it was moved.
    """

    kind: str
    id: int
    uid: str
    starts_local: str
    zone: str
    starts_at: str
    ends_at: str
    title: str
    created_at: str
    status: str = ""
    client_id: int = 0
    first_name: str = ""
    last_name: str = ""
    mobile: str = ""
    email: str = ""
    location_id: int = 0
    location: str = ""
    address: str = ""
    note: str = ""
    fee_minor: int = 0
    currency: str = ""
    moves: int = 0

    @property
    def client(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def cancelled(self) -> bool:
        """Whether the time is free again."""
        return self.status in ("cancelled", "late-cancelled")


class Revision(NamedTuple):
    """How often a row was written, and the UTC text of when it was last."""

    changes: int
    at: str
