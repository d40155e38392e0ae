"""The outbox, its senders and what steers them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from guru_tui.domain.message import MESSAGE_STATES
from guru_tui.store.models.base import KEPT, one_of, refers

MESSAGE_KINDS = (
    "confirmation",
    "reminder",
    "reschedule",
    "cancellation",
    "invoice",
    "payment-reminder",
    "payment-receipt",
    "agenda",
    "alert",
    "offer",
)


class OutboxMessage(SQLModel, table=True):
    """Every message ever queued. Written by SQL (`store.outbox`), never rewound by undo, never deleted.

    `appointment_id` and `invoice_id` are no foreign keys on purpose: a message outlives the undo of its cause.
    `rule_id` is the reminder rule behind a reminder, 0 for the practice's own. `withdrawn_by` is the action that took
    the message back, so that its undo can bring it back. `acknowledged_at`: when the practitioner has dealt with a
    message that had ended badly. `poll_at`: when to ask the provider what became of it, empty for never.
    `calendar_sequence` and `calendar_facts` are what the calendar entry in a mail said (RFC 5545, 3.8.7.4); of a
    message about a series the latter is what it told of each appointment (`store.calendar_sequence`).
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        one_of("state", *MESSAGE_STATES),
        one_of("kind", *MESSAGE_KINDS),
        one_of("channel", "email", "sms"),
        UniqueConstraint("idempotency_key"),
        UniqueConstraint(
            "kind",
            "channel",
            "recipient",
            "appointment_id",
            "starts_at",
            "rule_id",
            "resend_sequence",
            name="uq_outbox_message_once",
        ),
        Index(
            "uq_outbox_message_invoice_once",
            *("kind", "channel", "recipient", "invoice_id", "invoice_revision", "resend_sequence"),
            unique=True,
            sqlite_where=text("invoice_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_message_waiting",
            "not_before",
            sqlite_where=text("state IN ('held', 'queued', 'claimed', 'sending')"),
        ),
        Index("ix_outbox_message_action", "action_id", sqlite_where=text("action_id IS NOT NULL")),
        Index("ix_outbox_message_appointment", "appointment_id"),
        Index("ix_outbox_message_invoice", "invoice_id"),
        Index("ix_outbox_message_state", "state"),
        Index("ix_outbox_message_client", "client_id", sqlite_where=text("client_id IS NOT NULL")),
        Index("ix_outbox_message_series", "series_id", sqlite_where=text("series_id IS NOT NULL")),
        Index("ix_outbox_message_provider", "provider_id", sqlite_where=text("provider_id <> ''")),
        Index("ix_outbox_message_poll", "poll_at", sqlite_where=text("poll_at <> ''")),
        Index("ix_outbox_message_withdrawn", "withdrawn_by", sqlite_where=text("withdrawn_by IS NOT NULL")),
        Index(
            "ix_outbox_message_open",
            "state",
            "channel",
            sqlite_where=text(
                "acknowledged_at = '' AND state IN ('failed', 'undelivered', 'unknown', 'missed', 'blocked', 'expired')"
            ),
        ),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    idempotency_key: str
    kind: str
    channel: str
    client_id: int | None = None
    recipient: str
    recipient_name: str = ""
    subject: str = ""
    body: str
    appointment_id: int | None = None
    starts_at: str | None = None
    invoice_id: int | None = None
    invoice_revision: int = 0
    document_id: int | None = None
    rule_id: int = 0
    resend_sequence: int = 0
    state: str
    reason: str = ""
    not_before: str
    expires_at: str = ""
    attempts: int = 0
    lease_owner: str = ""
    lease_until: str = ""
    provider_id: str = ""
    action_id: int | None = None
    withdrawn_by: int | None = None
    edited: bool = Field(default=False, description="the practitioner has written the text of this one herself")
    created_at: str
    updated_at: str
    sent_at: str = ""
    delivered_at: str = ""
    poll_at: str = ""
    polls: int = 0
    acknowledged_at: str = ""
    calendar_sequence: int | None = None
    calendar_facts: str = ""
    series_id: int | None = Field(default=None, description="of a message that tells about a whole series")


class OutboxAttempt(SQLModel, table=True):
    """One try at sending a message and how it ended; `result` stays empty where a process died in it."""

    __tablename__ = "outbox_attempt"
    __table_args__ = (KEPT,)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="outbox_message.id", index=True)
    started_at: str
    ended_at: str = ""
    result: str = ""
    reason: str = ""


class SenderRun(SQLModel, table=True):
    """When and by whom the outbox was last worked through; one row per kind of sender."""

    __tablename__ = "sender_run"
    who: str = Field(primary_key=True, description="remind, daemon or app")
    last_at: str
    paused: str = Field(default="", description="why a channel is paused, empty when none is")
    place: str = Field(default="", description="what started it, and on which machine")


class ChannelState(SQLModel, table=True):
    """What a provider last said about the practice's account; one row per channel."""

    __tablename__ = "channel_state"
    channel: str = Field(primary_key=True)
    balance: str = Field(default="", description="as the provider words it: a decimal number")
    currency: str = ""
    balance_at: str = ""


class MessageRule(SQLModel, table=True):
    """How messages of a kind go out where that differs from the practice's settings, and further reminders.

    For one appointment, one client, one type, or (none of them) every appointment. Empty `channels`: as otherwise.
    A reminder rule with a lead is one reminder; without one it changes only the channels.
    """

    __tablename__ = "message_rule"
    __table_args__ = (
        one_of("kind", *MESSAGE_KINDS),
        CheckConstraint("lead_days IS NULL OR lead_hours IS NULL", name="lead"),
        CheckConstraint(
            "(type_id IS NOT NULL) + (client_id IS NOT NULL) + (appointment_id IS NOT NULL) < 2", name="for"
        ),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    type_id: int | None = Field(default=None, sa_column=refers("appointment_type.id", optional=True))
    client_id: int | None = Field(default=None, sa_column=refers("client.id", optional=True))
    appointment_id: int | None = Field(default=None, index=True, description="no foreign key: it outlives an undo")
    channels: str = ""
    lead_days: int | None = None
    lead_hours: int | None = None
    at_time: str = Field(default="", description="local time of day of a lead in days; empty: the practice's hour")
    since: str = Field(description="when its lead or hour was last changed")


class MessageTemplate(SQLModel, table=True):
    """A text of the practitioner's own in place of the default of its kind, channel and language."""

    __tablename__ = "message_template"
    __table_args__ = (
        one_of("kind", *MESSAGE_KINDS),
        one_of("channel", "email", "sms"),
        UniqueConstraint("kind", "channel", "language"),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    channel: str
    language: str
    subject: str = ""
    body: str


class Mailbox(SQLModel, table=True):
    """How far a mailbox has been read (RFC 3501, 2.3.1.1); one row per account and folder."""

    account: str = Field(primary_key=True)
    uid_validity: int = 0
    last_uid: int = 0
    checked_at: str = ""
    problem: str = Field(default="", description="why it could not be read, empty when it could")
    retry_at: str = Field(default="", description="not before this is it tried again, empty where nothing is wrong")


class ClientReply(SQLModel, table=True):
    """What came back by mail: an answer, a bounce, or something only a person can read. Outside the change log."""

    __tablename__ = "client_reply"
    __table_args__ = (
        one_of("reading", "yes", "no", "unclear", "bounce", "auto"),
        UniqueConstraint("mail_id"),
        Index("ix_client_reply_open", "done_at", sqlite_where=text("done_at = ''")),
        KEPT,
    )
    id: int | None = Field(default=None, primary_key=True)
    mail_id: str = Field(description="its Message-ID")
    message_id: int | None = Field(default=None, sa_column=refers("outbox_message.id", optional=True))
    appointment_id: int | None = None
    client_id: int | None = None
    sender: str = ""
    subject: str = ""
    body: str = ""
    received_at: str
    reading: str
    outcome: str = Field(default="", description="what was done about it by itself, empty for nothing")
    done_at: str = Field(default="", description="when nothing is left to do about it; empty while a person must look")
