"""A message on its way into the outbox and out of it; instants in the store's text form, empty where there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

MESSAGE_STATES = (
    "held", "queued", "claimed", "sending", "sent", "delivered", "undelivered", "failed", "unknown", "cancelled",
    "expired", "blocked", "missed",
)  # fmt: skip
"""Every state that a message can be in, on its way and then at its ends."""

ENDED_BADLY = ("failed", "undelivered", "unknown", "missed", "blocked", "expired")
"""The states that a person has to deal with, until she says that she has."""


@dataclass(frozen=True)
class NewMessage:
    """A message to put into the outbox.

    `rule_id`: the reminder rule behind it, 0 for the practice's own. `series_id`: of one that tells of all that its
    action did to a series, and is about no single appointment. `about` tells apart messages that are about
    neither an appointment nor an invoice (to the practitioner: a day's agenda, an hour's alert).
    """

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
    rule_id: int = 0
    resend_sequence: int = 0
    action_id: int | None = None
    about: str = ""
    series_id: int | None = None

    @property
    def key(self) -> str:
        """What this message may be sent once for."""
        return idempotency_key(
            self.kind,
            self.channel,
            self.recipient,
            appointment=(self.appointment_id, self.starts_at),
            invoice=(self.invoice_id, self.invoice_revision),
            rule_id=self.rule_id,
            resend_sequence=self.resend_sequence,
            about=self.about or about_series(self.series_id, self.action_id),
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
    rule_id: int
    resend_sequence: int
    not_before: str
    expires_at: str
    attempts: int
    action_id: int | None
    edited: int
    series_id: int | None = None


def about_series(series_id: int | None, action_id: int | None) -> str:
    """What a message about a series is told once for: the action that it tells of. Empty without a series."""
    return "" if series_id is None else f"series-{series_id}.{action_id}"


def idempotency_key(
    kind: str,
    channel: str,
    recipient: str,
    *,
    appointment: tuple[int | None, str | None] = (None, None),
    invoice: tuple[int | None, int] = (None, 0),
    rule_id: int = 0,
    resend_sequence: int = 0,
    about: str = "",
) -> str:
    """`kind:channel:recipient:subject#resend`, the subject being `appointment@start`, `invoice-id.revision` or `about`.

    A reminder of another rule than the practice's own has that after a tilde: `appointment@start~rule`.
    """
    if about:
        subject = about
    elif invoice[0] is not None:
        subject = f"invoice-{invoice[0]}.{invoice[1]}"
    else:
        subject = f"{appointment[0]}@{appointment[1]}{f'~{rule_id}' if rule_id else ''}"
    return f"{kind}:{channel}:{recipient}:{subject}#{resend_sequence}"


def offer_about(entry_id: int, starts_at: str) -> str:
    """What the offer of a time (UTC text) to an entry of the waiting list is about, for its key."""
    return f"waiting-{entry_id}@{starts_at}"


def about_of(key: str) -> str:
    """What stands in a key for the subject; neither a mail address nor a number has a colon in it."""
    return key.split(":", 3)[-1].rpartition("#")[0]


def offered_entry(key: str) -> int | None:
    """The entry of the waiting list that an offer's key names; None where it is the key of something else."""
    match = re.fullmatch(r"waiting-([0-9]+)@.+", about_of(key))
    return int(match[1]) if match else None
