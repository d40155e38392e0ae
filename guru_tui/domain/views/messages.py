"""Messages of the outbox, and how one would go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the outbox.

    `rule_id` is the reminder rule behind a reminder, 0 for the practice's own; `edited`: the practitioner has written
    this one's text herself; `acknowledged_at`: when she has dealt with one that ended badly.
    """

    id: int
    kind: str
    channel: str
    client_id: int | None
    recipient: str
    recipient_name: str
    subject: str
    body: str
    state: str
    reason: str
    attempts: int
    not_before: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    provider_id: str
    appointment_id: int | None
    invoice_id: int | None
    created_at: datetime
    starts_at: datetime | None = None
    rule_id: int = 0
    resend_sequence: int = 0
    action_id: int | None = None
    edited: bool = False
    updated_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """A message as it would go out. `problem`: why it would be blocked, empty when nothing stands in its way."""

    kind: str
    channel: str
    recipient: str
    subject: str
    body: str
    segments: int = 0
    encoding: str = ""
    problem: str = ""
