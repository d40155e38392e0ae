"""What a run of the sender tells whoever started it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.practice import OWN_KINDS

if TYPE_CHECKING:
    from guru_tui.domain.message import NewMessage
    from guru_tui.domain.views.messages import MessageRow


class Tally:
    """The tally of a run in progress; `down` and `refused` say by channel why it is not used any more in this run."""

    def __init__(self) -> None:
        self.planned = self.sent = self.tried = 0
        self.touched: dict[int, None] = {}
        self.failed: set[int] = set()
        self.unknown: set[int] = set()
        self.missed: set[int] = set()
        self.retried: set[int] = set()
        self.down: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.troubles: list[str] = []

    def touch(self, *ids: int) -> None:
        """Note messages that the report will list."""
        self.touched.update(dict.fromkeys(ids))

    def count(self, message_id: int, kind: str, state: str) -> None:
        """Note a message that has come to `state` in this run.

        A mail to the practitioner is none that a client got or missed.
        """
        self.touch(message_id)
        if state in ("failed", "undelivered"):
            self.failed.add(message_id)
        elif state == "unknown":
            self.unknown.add(message_id)
        elif kind in OWN_KINDS:
            return
        elif state == "sent":
            self.sent += 1
        elif state in ("missed", "expired"):
            self.missed.add(message_id)


class RunReport(NamedTuple):
    """What a run did, or what a dry run would do. `sent` counts the messages to clients, `failed` what came back
    undelivered too, `missed` what expired, and `held` all held messages.

    `messages` are those the run dealt with or left waiting; a planned one of a dry run has id 0. `problems` are
    sentences for the practitioner, `paused` the channels that need one, `stuck` why messages have waited for long.
    """

    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    missed: int = 0
    held: int = 0
    waiting: int = 0
    messages: tuple[MessageRow, ...] = ()
    problems: tuple[str, ...] = ()
    paused: str = ""
    stuck: str = ""

    @property
    def status(self) -> int:
        """The exit status: 3 needs a person, 78 a setting is missing, 75 run again, 0 done."""
        if self.failed or self.unknown or self.missed:
            return 3
        if self.paused and self.waiting:
            return 78
        return 75 if self.waiting else 0

    @property
    def idle(self) -> bool:
        """Whether the run found nothing to do."""
        return not self.messages and not self.problems


def planned_row(message: NewMessage, at: datetime) -> MessageRow:
    """A message that a dry run would put into the outbox, as a face shows it: its id is 0."""
    from guru_tui.domain.local_time import from_utc_text
    from guru_tui.domain.views.messages import MessageRow

    return MessageRow(
        id=0,
        kind=message.kind,
        channel=message.channel,
        client_id=message.client_id,
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        subject=message.subject,
        body=message.body,
        state=message.state,
        reason=message.reason,
        attempts=0,
        not_before=from_utc_text(message.not_before),
        expires_at=from_utc_text(message.expires_at) if message.expires_at else None,
        sent_at=None,
        provider_id="",
        appointment_id=message.appointment_id,
        invoice_id=message.invoice_id,
        created_at=at,
    )


def ended_row(row: MessageRow) -> MessageRow:
    """A waiting message whose use has ended, as a run would leave it."""
    from dataclasses import replace

    from guru_tui.store.sending import too_late

    return replace(row, state="missed" if row.kind == "reminder" else "expired", reason=too_late(row.kind, row.reason))
