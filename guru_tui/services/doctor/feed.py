"""The file that the calendar is written to for other programs, where the practice has named one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from guru_tui.domain.clock import Clock
from guru_tui.services.doctor.finding import Check, ago
from guru_tui.services.feed_upkeep import FeedService
from guru_tui.settings import Settings


def feed(settings: Settings, connection: sqlite3.Connection, clock: Clock) -> Iterator[Check]:
    """When the calendar was written last; where it is behind, it is tried now."""
    state = FeedService(connection, settings, clock).refresh(at_once=True)
    if state is None:
        return
    written = f"written {ago(clock.now() - state.at)}" if state.at is not None else "never written"
    if state.trouble:
        yield Check("feed", "fail", f"{written}: {state.trouble}", "guru settings set ics_path FILE")
    else:
        yield Check("feed", "ok", f"{written}: {state.path} (privacy: {state.privacy})")
