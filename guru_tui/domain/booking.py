"""What a booking is asked with, and what comes of a change to the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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
    """A change that was committed: what to call it, which messages it queued and how many it withdrew."""

    appointment_id: int
    summary: str
    messages: tuple[MessageRow, ...] = ()
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """What a client should hear because the last word about an appointment no longer holds, with its text.

    `channels` are those that the last word went by: "email", "sms" or "email,sms".
    """

    appointment_id: int
    kind: str
    name: str
    channels: str
    previews: tuple[MessagePreview, ...]


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


def taken_sentence(conflicts: Sequence[Conflict]) -> str:
    """What is in the way, and how to go ahead all the same."""
    listed = ", ".join(str(conflict) for conflict in conflicts[:3])
    more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
    return f"That time overlaps {listed}{more}; choose another, or book over it with --force."
