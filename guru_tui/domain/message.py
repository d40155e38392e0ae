"""A message on its way into the outbox and out of it; instants in the store's text form, empty where there is none."""

from __future__ import annotations

from dataclasses import dataclass

MESSAGE_STATES = (
    "held", "queued", "claimed", "sending", "sent", "delivered", "undelivered", "failed", "unknown", "cancelled",
    "expired", "blocked", "missed",
)  # fmt: skip
"""Every state that a message can be in, on its way and then at its ends."""


@dataclass(frozen=True)
class NewMessage:
    """A message to put into the outbox."""

    kind: str
    channel: str
    client_id: int | None
    recipient: str
    recipient_name: str
    subject: str
    body: str
    state: str
    not_before: str
    expires_at: str = ""
    reason: str = ""
    appointment_id: int | None = None
    starts_at: str | None = None
    invoice_id: int | None = None
    invoice_revision: int = 0
    document_id: int | None = None
    resend_sequence: int = 0
    action_id: int | None = None

    @property
    def key(self) -> str:
        """What this message may be sent once for."""
        return idempotency_key(
            self.kind,
            self.channel,
            self.recipient,
            appointment=(self.appointment_id, self.starts_at),
            invoice=(self.invoice_id, self.invoice_revision),
            resend_sequence=self.resend_sequence,
        )


@dataclass(frozen=True)
class Claimed:
    """A message that this sender has taken; fields as in the store."""

    id: int
    idempotency_key: str
    kind: str
    channel: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    appointment_id: int | None
    starts_at: str | None
    invoice_id: int | None
    invoice_revision: int
    document_id: int | None
    resend_sequence: int
    not_before: str
    expires_at: str
    attempts: int
    action_id: int | None


def idempotency_key(
    kind: str,
    channel: str,
    recipient: str,
    *,
    appointment: tuple[int | None, str | None] = (None, None),
    invoice: tuple[int | None, int] = (None, 0),
    resend_sequence: int = 0,
) -> str:
    """`kind:channel:recipient:subject#resend`, the subject being `appointment@start` or `invoice-id.revision`."""
    subject = f"{appointment[0]}@{appointment[1]}" if invoice[0] is None else f"invoice-{invoice[0]}.{invoice[1]}"
    return f"{kind}:{channel}:{recipient}:{subject}#{resend_sequence}"
