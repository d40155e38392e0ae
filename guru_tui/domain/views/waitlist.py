"""The waiting list as faces show it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.domain.waitlist import Wish, in_words, times_in_words

if TYPE_CHECKING:
    from guru_tui.domain.views.messages import MessageRow


class WaitingRow(NamedTuple):
    """Somebody who waits for a time; `type` is the name of what is wanted.

    `since` and `offered_start` (what was offered last, None for nothing) are aware, in the practice's zone.
    """

    id: int
    client_id: int
    client: str
    mobile: str
    email: str
    wish: Wish
    type: str
    note: str
    state: str
    since: datetime
    offered_start: datetime | None = None

    @property
    def wants(self) -> str:
        """`Tue and Thu mornings, 45 min Massage, until Fri 11 Dec`."""
        return in_words(self.wish, self.type)

    @property
    def times(self) -> str:
        """`Tue and Thu mornings`."""
        return times_in_words(self.wish)


class WaitingChange(NamedTuple):
    """A change of the list that was committed: what to call it, what it queued and how many messages it withdrew."""

    entry_id: int
    summary: str
    messages: tuple[MessageRow, ...] = ()
    withdrawn: int = 0


class Freed(NamedTuple):
    """The time that an appointment gave up (naive local), who had it, and what it was kept for.

    Without a client it was blocked: of such a time only the operating hours are of use.
    """

    start: datetime
    end: datetime
    client_id: int | None
    type_id: int | None


class Fit(NamedTuple):
    """Somebody whom a free time fits, and from when on (naive local); of several times the first, and how many do."""

    entry: WaitingRow
    start: datetime
    times: int = 1
