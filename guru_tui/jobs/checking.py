"""The last check of a message before it leaves, by the practice's settings as they are at that moment."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.domain.message import Claimed
    from guru_tui.domain.practice import Practice
    from guru_tui.services.last_check import Aside, Ready
    from guru_tui.services.mail_parts import Parts
    from guru_tui.settings import Settings


@dataclass(frozen=True)
class Checked:
    """What the last check of a message found, and the parts it goes with where it may go."""

    found: Ready | Aside
    parts: Parts


class Checks:
    """The last checks of one run over one connection."""

    def __init__(self, connection: sqlite3.Connection, settings: Settings, practice: Practice) -> None:
        self._connection = connection
        self._settings = settings
        self._practice = practice
        self._read_at = self._version()

    @property
    def practice(self) -> Practice:
        """The practice's settings as they are now: what is switched off while a long run sends stops it there."""
        version = self._version()
        if version != self._read_at:
            from guru_tui.store.queries.settings import practice

            self._practice, self._read_at = practice(self._connection), version
        return self._practice

    def check(self, message: Claimed, now: datetime) -> Checked:
        """The last check of `message`, for inside the transaction that makes it `sending`."""
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
