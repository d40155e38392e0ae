"""One message about a whole series in the place of one for each appointment, held against the calendar as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.message import NewMessage
from guru_tui.domain.message_facts import SeriesFacts
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.services import addressing
from guru_tui.services.addressing import Address
from guru_tui.services.circumstances import after_quiet_hours, ways_to
from guru_tui.services.message_texts import text_of
from guru_tui.services.series_facts import facts_now, unheard_of
from guru_tui.settings import Settings
from guru_tui.store import outbox
from guru_tui.store.queries import message_facts
from guru_tui.store.queries.outbox import messages_by_id
from guru_tui.store.queries.series import waiting
from guru_tui.store.queries.settings import practice as practice_settings

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice

_NEVER_LEFT = ("cancelled", "blocked", "failed", "expired")


class SeriesNotices:
    """Queues and previews messages about series, in the caller's transaction; never sends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def queue(
        self, connection: sqlite3.Connection, kind: str, *, series_id: int, action_id: int, now: datetime
    ) -> tuple[MessageRow, ...]:
        """Put the message of `kind` about what the action did to a series into the outbox, one for each channel.

        A move of what the client was never told of is told as a confirmation; nothing comes of a cancellation of
        such, nor of what has begun. Flush the session before.
        """
        if kind == "reschedule" and unheard_of(connection, action_id):
            kind = "confirmation"
        facts = facts_now(connection, kind, action_id, now)
        if facts is None:
            return ()
        practice = practice_settings(connection)
        ids = [
            outbox.put(
                connection,
                self._message(connection, kind, facts, to, practice, series_id, action_id, now),
                utc_text(now),
                _NEVER_LEFT,
            )
            for to in self._addresses(connection, kind, facts, practice)
        ]
        return tuple(messages_by_id(connection, ids))

    def preview(
        self, connection: sqlite3.Connection, kind: str, appointment_ids: Sequence[int], *, now: datetime
    ) -> tuple[MessagePreview, ...]:
        """The message of `kind` about these appointments as they are now; empty where nothing would be sent."""
        from guru_tui.services.notifications import preview_of

        found = message_facts.appointments(connection, appointment_ids)
        visits = [one for one in found if from_utc_text(one.starts_at) > now]
        if kind == "cancellation":
            visits = [one for one in visits if not message_facts.never_told(connection, one.id)]
        if not visits:
            return ()
        facts, practice = SeriesFacts(tuple(visits)), practice_settings(connection)
        return tuple(
            preview_of(kind, to, text_of(connection, kind, facts, to.channel, practice))
            for to in self._addresses(connection, kind, facts, practice)
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

    def drop_untrue(self, connection: sqlite3.Connection, series_id: int, action_id: int, now: datetime) -> int:
        """Cancel the messages about a series that wait and of which nothing holds any more; returns how many.

        Undoing the action `action_id` brings them back.
        """
        gone = [
            row.id
            for row in waiting(connection, series_id)
            if row.action_id != action_id and facts_now(connection, row.kind, row.action_id, now) is None
        ]
        return outbox.withdraw_for(connection, gone, utc_text(now), "the series was changed", action_id)

    def _addresses(
        self, connection: sqlite3.Connection, kind: str, facts: SeriesFacts, practice: Practice
    ) -> tuple[Address, ...]:
        rule = ways_to(connection, practice, kind, facts.visits[0]).channels
        return addressing.by_rule(facts.person, rule, addressing.configured(self._settings), self._settings)

    def _message(
        self,
        connection: sqlite3.Connection,
        kind: str,
        facts: SeriesFacts,
        to: Address,
        practice: Practice,
        series_id: int,
        action_id: int,
        now: datetime,
    ) -> NewMessage:
        composed = text_of(connection, kind, facts, to.channel, practice)
        problem = to.problem or composed.problem
        # It is of use until the last of them has begun; what has begun by then is no longer in it.
        ends = from_utc_text(facts.visits[-1].starts_at)
        hold = practice.hold if now + practice.hold < ends else timedelta()
        not_before = after_quiet_hours(kind, to.channel, now + hold, practice, ends)
        return NewMessage(
            kind=kind,
            channel=to.channel,
            client_id=facts.person.client_id,
            recipient=to.recipient,
            recipient_name=facts.person.name,
            subject=composed.subject,
            body=composed.body,
            state="blocked" if problem else "held" if hold else "queued",
            reason=problem,
            not_before=utc_text(not_before),
            expires_at=utc_text(ends),
            action_id=action_id,
            series_id=series_id,
        )
