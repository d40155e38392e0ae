"""What the practitioner does with a single message of the outbox."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import utc_text
from guru_tui.errors import NotAllowed, NotFound
from guru_tui.store import outbox
from guru_tui.store.connection import transaction
from guru_tui.store.queries.outbox import attempts, message

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.store.queries.outbox import AttemptRow


class OutboxService:
    """Changes to single messages, each in a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def tries(self, message_id: int) -> list[AttemptRow]:
        """Every try at sending a message, oldest first."""
        return attempts(self._connection, message_id)

    def withdraw(self, message_id: int) -> MessageRow:
        """Take back a message that has not left; no rule queues it again.

        Raises `NotFound`, and `NotAllowed` for one that has left, may have, or has ended otherwise.
        """
        with transaction(self._connection) as connection:
            taken = outbox.withdraw_one(connection, message_id, utc_text(self._clock.now()))
            row = message(connection, message_id)
        if row is None:
            raise NotFound(f"There is no message {message_id}; see the ids with: guru outbox list")
        if not taken:
            raise NotAllowed(f"Message {message_id} is {row.state}; only one that waits can be withdrawn.")
        return row
