"""What a booking is asked with, and what comes of a change to the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from guru_tui.errors import Invalid

Held = tuple[str, int]
"""What holds a time: its kind (`appointment` or `block`) and its id."""
_LONGEST = 24 * 60 - 1

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import Conflict
    from guru_tui.domain.views.messages import MessagePreview, MessageRow


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A wanted appointment. `start` is naive local time in the practice's zone; `fold` picks one of the two
    instants where the clocks show it twice; minutes and minor units as everywhere."""

    client_id: int
    start: datetime
    minutes: int
    type_id: int | None
    location_id: int | None
    title: str
    fee_minor: int
    note: str = ""
    fold: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was committed: what to call it, which messages it queued and how many it withdrew.

    `unblocked` are the blocked times that it removed.
    """

    appointment_id: int
    summary: str
    messages: tuple[MessageRow, ...] = ()
    withdrawn: int = 0
    unblocked: tuple[int, ...] = field(default=(), kw_only=True)

    @property
    def said(self) -> str:
        """The whole of what was done, for one line."""
        return self.summary

    @property
    def gone(self) -> tuple[Held, ...]:
        """What may have left time free."""
        return held((self.appointment_id,) if self.appointment_id else (), self.unblocked)


def lasting(minutes: int) -> int:
    """The length of an appointment in minutes, which is less than a day; raises `Invalid` for any other."""
    if not 1 <= minutes <= _LONGEST:
        raise Invalid(f"An appointment lasts from 1 to {_LONGEST} minutes, not {minutes}.")
    return minutes


def asked_fee(minor: int) -> int:
    """The fee of an appointment in minor units; raises `Invalid` for a negative one."""
    if minor < 0:
        raise Invalid("A fee cannot be negative; use 0 for none.")
    return minor


def in_a_blocks_way(found: Iterable[Conflict], begin: datetime, end: datetime) -> list[Conflict]:
    """What a time (two instants) is not blocked over unasked: appointments, and what blocks all of it already.

    Blocked times may run into each other: a free afternoon begins in the lunch.
    """
    return [each for each in found if each.kind == "appointment" or (each.starts <= begin and each.ends >= end)]


def held(appointments: Iterable[int], blocks: Iterable[int]) -> tuple[Held, ...]:
    """What holds a time, by the ids."""
    return (*(("appointment", key) for key in appointments), *(("block", key) for key in blocks))


@dataclass(frozen=True, slots=True)
class Correction:
    """What a client should hear because the last word about an appointment no longer holds, with its text.

    `channels` are those that the last word went by: "email", "sms" or "email,sms". `appointment_id` is None where it is
    about a series: then one message puts all of it right.
    """

    appointment_id: int | None
    kind: str
    name: str
    channels: str
    previews: tuple[MessagePreview, ...]

    def covers(self, message: MessageRow) -> bool:
        """Whether it puts right what a message has told."""
        about_visit = message.series_id is not None or message.appointment_id is not None
        return about_visit and self.appointment_id in (None, message.appointment_id)


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that was taken back, or done again (`again`): `id` is the undo's or the redo's own in the log.

    `already_sent` are messages about it that nothing can bring back, and `corrections` what would put them right.
    `queued` counts the messages that wait again.
    """

    summary: str
    withdrawn: int
    already_sent: tuple[MessageRow, ...]
    id: int = 0
    corrections: tuple[Correction, ...] = ()
    queued: int = 0
    again: bool = False

    @property
    def uncorrected(self) -> tuple[MessageRow, ...]:
        """The messages that no correction puts right."""
        return tuple(row for row in self.already_sent if not any(each.covers(row) for each in self.corrections))


def taken_sentence(conflicts: Sequence[Conflict], doing: str = "book") -> str:
    """What is in the way, and how to go ahead all the same."""
    listed = ", ".join(str(conflict) for conflict in conflicts[:3])
    more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
    return f"That time overlaps {listed}{more}; choose another, or {doing} over it with --force."
