"""The outbox, those who send from it, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from guru_tui.errors import NotFound
from guru_tui.services.reads.base import PracticeReads
from guru_tui.store import queries

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import BalanceRow, MessageRow, ReplyRow
    from guru_tui.domain.views.outbox import FilterWord, Need, OutboxCounts, SenderRow


class MessageReads(PracticeReads):
    """The outbox, those who send from it, and what comes back."""

    def messages(self, state: str | None = None, *, limit: int = 500, client_id: int | None = None) -> list[MessageRow]:
        """The newest messages of the outbox first; only those in `state`, and to that client, where they are given."""
        return queries.outbox.messages(self._connection, state, limit, client_id=client_id)

    def message(self, message_id: int) -> MessageRow:
        """One message; raises `NotFound`."""
        found = queries.outbox.message(self._connection, message_id)
        if found is None:
            raise NotFound(f"There is no message {message_id}; see the ids with: guru outbox list")
        return found

    def messages_for_appointment(self, appointment_id: int) -> list[MessageRow]:
        """Every message about an appointment, oldest first."""
        return queries.outbox.messages_for_appointment(self._connection, appointment_id)

    def outbox_counts(self) -> OutboxCounts:
        """How many messages each part of the outbox holds."""
        return queries.outbox_screen.counts(self._connection)

    def outbox_page(self, part: str, words: Sequence[FilterWord] = (), *, limit: int = 500) -> list[MessageRow]:
        """The messages of a part of the outbox that every word of a filter fits: what waits in the order in which it
        leaves, everything else newest first."""
        return self._messages(queries.outbox_screen.page(self._connection, part, words, limit=limit))

    def thread(self, client_id: int, *, limit: int = 5) -> list[MessageRow]:
        """The newest messages to a client, newest first."""
        return self._messages(queries.outbox_screen.thread(self._connection, client_id, limit=limit))

    def _messages(self, ids: Sequence[int]) -> list[MessageRow]:
        found = {row.id: row for row in queries.outbox.messages_by_id(self._connection, ids)}
        return [found[key] for key in ids if key in found]

    def invoice_numbers(self, messages: Iterable[MessageRow]) -> dict[int, str]:
        """The numbers of the invoices that messages are about, by the invoices' ids."""
        about = {message.invoice_id for message in messages if message.invoice_id is not None}
        return queries.outbox_screen.invoice_numbers(self._connection, about) if about else {}

    def needs(self) -> list[Need]:
        """The messages that have ended badly and nobody has dealt with, counted by state and channel."""
        return queries.outbox_screen.needs(self._connection)

    def senders(self) -> list[SenderRow]:
        """When each kind of sender last worked, the latest first."""
        return queries.outbox_screen.senders(self._connection)

    def balance(self) -> BalanceRow | None:
        """What the SMS account held when its provider was last asked; None where that is not known."""
        return queries.accounts.balance(self._connection)

    def replies(self, *, open_only: bool = True, limit: int = 500) -> list[ReplyRow]:
        """The newest replies by mail first; only those that a person must look at, or all."""
        return queries.replies.replies(self._connection, open_only=open_only, limit=limit)

    def reply(self, reply_id: int) -> ReplyRow:
        """One reply; raises `NotFound`."""
        found = queries.replies.reply(self._connection, reply_id)
        if found is None:
            raise NotFound(f"There is no reply {reply_id}; see the ids with: guru replies list --all")
        return found
