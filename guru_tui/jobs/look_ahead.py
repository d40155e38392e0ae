"""The next message made `sending` while a server thinks about the one before it, committed once that has said yes.

Until then it is an open transaction, which nobody else sees and a crash takes back: the message in hand is uncertain,
the next one untouched. A server that takes its time, or that says anything but yes, has it rolled back, and the next
message is checked and begun as if nothing had been.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.channels.base import Accepted, OutgoingMessage, Result
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.message import Claimed

# Quiet hours, leads and starts are whole minutes, and a mail takes longer than this from here to its reader; but a
# machine can be put to sleep between a check and its commit.
_STALE = timedelta(seconds=1)
# Messages begun the plain way after a server took too long: others who write wait for an open transaction.
_PAUSE = 20


@dataclass(frozen=True)
class _Begun:
    accepted: Accepted
    message: Claimed
    outgoing: OutgoingMessage
    at: datetime


class LookAhead:
    """What one connection has begun ahead; it is `channels.base.Meanwhile` for one message after the other.

    `record` writes down in the open transaction that the message in hand was accepted. `begin` makes the following one
    `sending` there and gives it; None where it does not go now.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Clock,
        record: Callable[[Claimed, Accepted], None],
        begin: Callable[[Claimed], OutgoingMessage | None],
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._record = record
        self._begin = begin
        self._pair: tuple[Claimed, Claimed] | None = None
        self._begun: _Begun | None = None
        self._pause = 0

    def between(self, message: Claimed, following: Claimed) -> LookAhead:
        """Itself, for while `message` is under way and `following` comes next."""
        self._pair = (message, following)
        return self

    def underway(self, accepted: Accepted) -> bool:
        """Begin the following message, as if the one in hand were accepted; whether it goes the same way.

        Never raises: what is wrong shows when the message is begun the plain way.
        """
        if self._pair is None:
            return False
        message, following = self._pair
        if self._pause:
            self._pause -= 1
        else:
            try:
                self._open(message, following, accepted)
            except Exception:
                self.drop()
        return following.channel == message.channel

    def slow(self) -> None:
        """The server takes its time: let others write meanwhile."""
        if self._begun is not None:
            self._pause = _PAUSE
        self.drop()

    def _open(self, message: Claimed, following: Claimed, accepted: Accepted) -> None:
        at = self._clock.now()
        self._connection.execute("BEGIN IMMEDIATE")
        self._record(message, accepted)
        outgoing = self._begin(following)
        if outgoing is None:
            self.drop()
        else:
            self._begun = _Begun(accepted, following, outgoing, at)

    def heard(self, result: Result) -> None:
        """How the message in hand has ended: anything but the yes that was expected takes back what was begun."""
        if self._begun is not None and self._begun.accepted != result:
            self.drop()

    def take(self, message: Claimed) -> OutgoingMessage | None:
        """Commit what was begun, if it is `message` and still fresh; None where it must be begun the plain way."""
        begun = self._begun
        if begun is not None and begun.message == message and abs(self._clock.now() - begun.at) < _STALE:
            try:
                self._connection.execute("COMMIT")
                self._begun = None
                return begun.outgoing
            except sqlite3.DatabaseError:
                pass  # a full disk, which the plain way meets and tells as well
        self.drop()
        return None

    def drop(self) -> None:
        """Take back what was begun and not committed."""
        self._pair = self._begun = None
        if self._connection.in_transaction:
            self._connection.rollback()
