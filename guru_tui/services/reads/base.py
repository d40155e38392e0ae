"""The practice itself: its settings, what it offers, its last actions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import to_local
from guru_tui.settings import Settings
from guru_tui.store import queries

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.actions import ActionRow, ChangedRecord
    from guru_tui.domain.views.hours import Interval
    from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow


class PracticeReads:
    """The practice itself: its settings, what it offers, its last actions."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, settings: Settings) -> None:
        self._connection = connection
        self._clock = clock
        self._settings = settings

    def data_version(self) -> int:
        """A number that changes when another connection has written (SQLite's PRAGMA data_version)."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def now(self) -> datetime:
        """The present instant in the practice's zone."""
        return to_local(self._clock.now(), self.practice().zone)

    def today(self) -> date:
        """The practice's local date."""
        return self.now().date()

    def practice(self) -> Practice:
        """The practice's settings."""
        return queries.settings.practice(self._connection)

    def types(self, *, active_only: bool = True) -> list[AppointmentTypeRow]:
        """Appointment types in the practitioner's order."""
        return queries.practice.types(self._connection, active_only=active_only)

    def locations(self, *, active_only: bool = True) -> list[LocationRow]:
        """Places in the practitioner's order."""
        return queries.practice.locations(self._connection, active_only=active_only)

    def hours(self) -> list[Interval]:
        """Weekly opening intervals."""
        return queries.hours.hours(self._connection)

    def actions(self, *, limit: int = 20, undone_only: bool = False, words: Sequence[str] = ()) -> list[ActionRow]:
        """The newest steps of the change log that hold all `words`, newest first.

        `undone_only`: those that were undone and not done again.
        """
        return queries.actions.actions(
            self._connection, zone=self.practice().zone, limit=max(limit, 1), undone_only=undone_only, words=words
        )

    def changes(self, action_id: int) -> list[ChangedRecord]:
        """What a step of the change log did to each record, in words."""
        from guru_tui.services.log_words import changed_records

        return changed_records(self._connection, action_id)

    def newest_change(self) -> int:
        """The newest entry of the change log, as a version of everything: what was changed later has a greater one."""
        return queries.versions.newest_change(self._connection)

    def _channels(self) -> Collection[str]:
        """The channels that are set up."""
        from guru_tui.services.addressing import configured

        return configured(self._settings)
