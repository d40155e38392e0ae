"""The last check of a message, made while a server thinks about the one before it, and thrown away at the least doubt.

A check that was made ahead counts only inside the transaction that makes its message `sending`, and there only where
nothing at all has been written to the store since: then it is the check that would be made there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guru_tui.domain.clock import Clock
    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.services.last_check import Aside, Ready
    from guru_tui.services.mail_parts import Parts
    from guru_tui.settings import Settings

# Quiet hours, leads and starts are whole minutes, and a mail takes longer than this from here to its reader.
_STALE = timedelta(seconds=1)


@dataclass(frozen=True)
class Checked:
    """What the last check of a message found, and the parts it goes with where it may go."""

    found: Ready | Aside
    parts: Parts


@dataclass(frozen=True)
class _Made:
    message: Claimed
    checked: Checked
    at: datetime
    version: int
    changes: int


class LookAhead:
    """The last checks of one run over one connection."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings, practice: Practice, clock: Clock) -> None:
        self._connection = connection
        self._settings = settings
        self._practice = practice
        self._read_at = self._version()
        self._clock = clock
        self._made: _Made | None = None

    @property
    def practice(self) -> Practice:
        """The practice's settings as they are now: what is switched off while a long run sends stops it there."""
        version = self._version()
        if version != self._read_at:
            from guru_tui.store.queries.settings import practice

            self._practice, self._read_at = practice(self._connection), version
        return self._practice

    def make(self, message: Claimed, after: Claimed) -> None:
        """Check `message` ahead, while `after` is under way; never raises, since what is wrong shows up in time.

        Not where both are about the same thing, for how the first ends may decide about the second.
        """
        self._made = None
        if (message.appointment_id, message.invoice_id) == (after.appointment_id, after.invoice_id):
            return
        try:
            # Read first: what is written between here and the check makes the check too new, which does no harm.
            version, changes = self._version(), self._connection.total_changes
            now = self._clock.now()
            self._made = _Made(message, self._check(message, now), now, version, changes)
        except Exception:
            return

    def check(self, message: Claimed, recorded: int) -> Checked:
        """The last check of `message` inside the transaction that sends it.

        `recorded` is how many rows this transaction has changed so far, to record how the message before ended.
        """
        made, self._made = self._made, None
        now = self._clock.now()
        if (
            made is not None
            and made.message == message
            and abs(now - made.at) < _STALE
            and made.changes == self._connection.total_changes - recorded
            and made.version == self._version()
        ):
            return made.checked
        return self._check(message, now)

    def _check(self, message: Claimed, now: datetime) -> Checked:
        from guru_tui.services.last_check import Aside, last_check
        from guru_tui.services.mail_parts import Parts, parts

        practice = self.practice
        found = last_check(self._connection, practice, message, now)
        if isinstance(found, Aside):
            return Checked(found, Parts())
        return Checked(found, parts(self._connection, self._settings, practice, message, found, now))

    def _version(self) -> int:
        """Changes whenever another connection has written (https://sqlite.org/pragma.html#pragma_data_version)."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
