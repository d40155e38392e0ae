"""One message about a whole series in the place of one for each appointment, held against the calendar as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from guru_tui.domain.local_time import utc_text
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.services.queueing import Queue
from guru_tui.services.series_facts import told_as, unheard_of, wrong_now
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries.series import waiting


class SeriesNotices:
    """Queues and previews messages about series, in the caller's transaction; never sends."""

    def __init__(self, settings: Settings) -> None:
        self._queue = Queue(settings)

    def queue(
        self, connection: sqlite3.Connection, kind: str, *, series_id: int, action_id: int, now: datetime
    ) -> tuple[MessageRow, ...]:
        """Put the message of `kind` about what the action did to a series into the outbox, one for each channel.

        A move of what the client was never told of is told as a confirmation, one of which nothing is left but what is
        off as a cancellation; nothing comes of a cancellation of such that the client was never told of, nor of what
        has begun. Flush the session before.
        """
        if kind == "reschedule" and unheard_of(connection, action_id):
            kind = "confirmation"
        found = told_as(connection, kind, action_id, now)
        if found is None:
            return ()
        kind, facts = found
        return self._queue.put(connection, kind, facts, now=now, action_id=action_id, series_id=series_id)

    def preview_correction(
        self, connection: sqlite3.Connection, step_id: int, channels: str, *, now: datetime
    ) -> tuple[MessagePreview, ...]:
        """What puts right by `channels` what an undo or redo has made untrue of a series; empty where nothing does."""
        wrong = wrong_now(connection, step_id, now)
        facts = wrong.facts(wrong.kind)
        return self._queue.show(connection, wrong.kind, facts, channels=channels) if facts is not None else ()

    def queue_correction(
        self, connection: sqlite3.Connection, step_id: int, channels: str, number: int, *, now: datetime
    ) -> tuple[MessageRow, ...]:
        """Put that into the outbox, under the undo or redo, `number` being its resend sequence."""
        wrong = wrong_now(connection, step_id, now)
        facts = wrong.facts(wrong.kind)
        if facts is None:
            return ()
        return self._queue.put(
            connection,
            wrong.kind,
            facts,
            now=now,
            action_id=step_id,
            channels=channels,
            resend_sequence=number,
            series_id=facts.visits[0].series_id,
        )

    def withdraw(
        self,
        connection: sqlite3.Connection,
        starts: Iterable[tuple[int, str | None]],
        reason: str,
        action_id: int,
        now: datetime,
    ) -> int:
        """Cancel what has not left about these appointments alone (for that start, UTC text); returns how many."""
        return sum(
            outbox.withdraw_appointment(connection, key, utc_text(now), reason, action_id, start)
            for key, start in starts
        )

    def drop_untrue(self, connection: sqlite3.Connection, action_id: int, now: datetime) -> int:
        """Cancel the messages about series that wait and of which the action has left nothing true; returns how many.

        Undoing the action brings them back. Flush the session before.
        """
        gone = [
            row.id
            for row in waiting(connection, action_id)
            if told_as(connection, row.kind, row.action_id, now) is None
        ]
        return outbox.withdraw_for(connection, gone, utc_text(now), "the series was changed", action_id)
