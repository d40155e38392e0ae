"""The waiting list: who waits, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.errors import NotFound
from guru_tui.services.reads.base import PracticeReads
from guru_tui.store import queries

if TYPE_CHECKING:
    from collections.abc import Collection

    from guru_tui.domain.booking import Held
    from guru_tui.domain.views.waitlist import Freed, WaitingRow


class WaitlistReads(PracticeReads):
    """The waiting list: who waits, and for what."""

    def anyone_waits(self) -> bool:
        """Whether anybody is on the waiting list: what a screen asks before it loads more."""
        return queries.agenda.anyone_waits(self._connection)

    def waitlist(self) -> list[WaitingRow]:
        """Those who wait, the longest first; archived clients are left out."""
        return queries.waitlist.entries(self._connection, zone=self.practice().zone)

    def waiting(self, entry_id: int) -> WaitingRow:
        """One entry that is open; raises `NotFound`."""
        found = queries.waitlist.entries(self._connection, zone=self.practice().zone, entry_id=entry_id)
        if not found:
            raise NotFound(f"There is no entry {entry_id} on the waiting list; see them with: guru waitlist list")
        return found[0]

    def freed(self, gone: Collection[Held]) -> list[Freed]:
        """The times that the last change of each took from it by cancelling, moving or unblocking, by start."""
        return queries.waitlist.freed(self._connection, gone)
