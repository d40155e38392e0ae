"""Messages of the outbox, and how one would go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the outbox.

    `rule_id` is the reminder rule behind a reminder, 0 for the practice's own; `edited`: the practitioner has written
    this one's text herself; `acknowledged_at`: when she has dealt with one that ended badly; `series_id`: of one that
    tells of a whole series.
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
    series_id: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try at sending a message; `ended_at` None and `result` empty where a process died in it."""

    started_at: datetime
    ended_at: datetime | None
    result: str
    reason: str


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

    @classmethod
    def of(cls, row: MessageRow) -> MessagePreview:
        """How a message of the outbox goes out, with what it takes as an SMS."""
        problem = row.reason if row.state == "blocked" else ""
        return cls.measured(row.kind, row.channel, row.recipient, row.subject, row.body, problem)

    @classmethod
    def measured(
        cls, kind: str, channel: str, recipient: str, subject: str, body: str, problem: str = ""
    ) -> MessagePreview:
        """A message with what its text takes as an SMS, where it is one."""
        if channel != "sms":
            return cls(kind, channel, recipient, subject, body, problem=problem)
        from guru_tui.domain.sms_text import measure

        size = measure(body)
        return cls(kind, channel, recipient, subject, body, size.segments, size.encoding, problem)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What the account with the SMS provider held at `at`: a decimal number, in a currency or (empty) in credits."""

    amount: str
    currency: str
    at: datetime

    @property
    def text(self) -> str:
        """`R1 267.93`, `42.5 credits`: for screens."""
        from decimal import Decimal

        from guru_tui.domain.money import exponent, full_text

        if not self.currency:
            return f"{self.amount} credits"
        minor = int((Decimal(self.amount) * 10 ** exponent(self.currency)).to_integral_value("ROUND_FLOOR"))
        return full_text(minor, self.currency)


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """A reminder that an appointment gets, has had, or does not get.

    `state`: `planned`, a state of the outbox (then `message_id` is its row's), or `none` with the `reason`. `leaves`:
    when it left, leaves, or would have left. `when` says the lead: `the day before at 10:00`.
    """

    rule_id: int
    channel: str
    recipient: str
    leaves: datetime
    state: str
    subject: str = ""
    body: str = ""
    reason: str = ""
    message_id: int | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """What came back by mail. `reading`: yes, no, unclear, bounce or auto; `outcome`: what was done about it by
    itself, or why nothing was; `done`: nothing is left to do about it."""

    id: int
    client_id: int | None
    client: str
    appointment_id: int | None
    received: datetime
    reading: str
    subject: str
    body: str
    outcome: str
    done: bool
    message_id: int | None = None
    sender: str = ""
