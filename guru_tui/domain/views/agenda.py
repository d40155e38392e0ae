"""A day of the calendar, what is in the way of a time, and what needs a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import elapsed, short_date


class AgendaEntry(NamedTuple):
    """One line of a day: an appointment, or a blocked time (`kind == "block"`, no client).

    `reminder`: the word of `REMINDER_WORDS` that tells what became or becomes of the reminder; of one that is
    scheduled `reminder_at` is when it leaves, in the appointment's zone, and `reminder_by` how (`SMS and email`).
    `billing`: `-`, `uninvoiced`, `draft`, `sent`, `overdue` or `paid`. `owes_minor`: due on issued invoices.
    `charge_minor`: what a no-show or late cancellation costs in place of the fee, None where that is not decided.
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
    reminder_at: datetime | None = None
    reminder_by: str = ""
    charge_minor: int | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int(elapsed(self.starts, self.ends).total_seconds()) // 60

    def times_on(self, day: date) -> str:
        """`09:00-10:00`, of what goes beyond the local `day` that day's part: `all day`, `14:00-24:00`."""
        begin = f"{self.starts:%H:%M}" if self.starts.date() == day else "00:00"
        end = f"{self.ends:%H:%M}" if self.ends.date() == day else "24:00"
        return "all day" if (begin, end) == ("00:00", "24:00") else f"{begin}-{end}"


class Span(NamedTuple):
    """What the grid of a week or a month knows of an entry; times aware, in the entry's own zone."""

    kind: str
    id: int
    starts: datetime
    ends: datetime
    title: str
    status: str
    client: str


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

LIVE = ("booked", "confirmed")
"""Statuses of an appointment that is still expected to happen."""

OFF = ("cancelled", "late-cancelled")
"""Statuses of an appointment that holds no time any more."""


class DayTotals(NamedTuple):
    """What needs a person, for the head of every screen and for Today.

    `failed_messages`: those that ended badly (`ENDED_BADLY`) and nobody has dealt with. `replies`: what clients have
    answered and somebody still has to read.
    """

    uninvoiced_minor: int
    uninvoiced: int
    overdue_minor: int
    overdue: int
    failed_messages: int
    held_messages: int
    replies: int = 0


class Conflict(NamedTuple):
    """Something in the calendar that a wanted time would overlap."""

    kind: str
    id: int
    name: str
    starts: datetime
    ends: datetime

    @property
    def times(self) -> str:
        """`09:00-10:00`; of whole days and more than one the days: `Thu 24 Dec`, `Thu 24 Dec to Sat 26 Dec`."""
        first, last = self.starts.date(), (self.ends - timedelta(minutes=1)).date()
        whole = f"{self.starts:%H%M}{self.ends:%H%M}" == "00000000"
        if not whole and elapsed(self.starts, self.ends) <= timedelta(days=1):
            return f"{self.starts:%H:%M}-{self.ends:%H:%M}"
        return short_date(first) if first == last else f"{short_date(first)} to {short_date(last)}"

    def __str__(self) -> str:
        return f"{self.name} {self.times}"
