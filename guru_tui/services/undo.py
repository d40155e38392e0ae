"""Taking back what the practitioner did, and doing it again, messages included as far as they are still here."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from guru_tui.domain.booking import Undone
from guru_tui.domain.clock import Clock
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Final, MovedOn, NotFound
from guru_tui.services.corrections import Corrections, gone_about, no_longer_true
from guru_tui.services.notifications import NotificationService
from guru_tui.services.series_notices import SeriesNotices
from guru_tui.services.undo_checks import refuse_archived, refuse_overlap
from guru_tui.store import changelog
from guru_tui.store.connection import transaction
from guru_tui.store.queries.corrections import undone_step

_REASON = "undone"


class UndoService:
    """Undo and redo over the change log; they work on any use case without knowing it."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Clock,
        notifications: NotificationService,
        series: SeriesNotices,
        *,
        origin: str,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._notifications = notifications
        self._corrections = Corrections(notifications, series)
        self._origin = origin

    def undo(self, *, further: bool = False) -> Undone:
        """Take back the newest action, withdraw its messages that are still held or waiting.

        Raises `NotFound` where there is nothing, `MovedOn` or `NotAllowed` where something newer stands on it, and
        `Final` where the newest step stays for good, so that nobody takes back an older one unawares; `further` does.
        """
        with transaction(self._connection) as connection:
            now = self._clock.now()
            if not further and (final := changelog.final_step(connection)):
                return self._message_of(connection, *final, now=now)
            action_id, summary = changelog.latest_undoable(connection)
            return self._take_back(connection, action_id, summary, now)

    def undo_step(self, action_id: int) -> Undone:
        """Take back one action, also an older one, as long as nothing newer has touched what it changed.

        Raises `NotFound` where there is none of that id, `NotAllowed` where it cannot be undone or what it brings back
        would overlap something or is of an archived client, and `MovedOn` where something newer stands on it.
        """
        with transaction(self._connection) as connection:
            summary = changelog.undoable(connection, action_id)
            newest = changelog.latest_undoable(connection)[0] == action_id
            now = self._clock.now()
            undone = self._take_back(connection, action_id, summary, now)
            if not newest:
                refuse_overlap(connection, undone.id)
                refuse_archived(connection, undone.id, now)
            return undone

    def redo(self) -> Undone:
        """Do again what was undone last, and let its messages wait again where they are still true.

        Raises `NotFound` where nothing was undone or something new was done since, and `MovedOn` or `NotAllowed`
        where the rows are not as the undo left them.
        """
        with transaction(self._connection) as connection:
            now = self._clock.now()
            undo_id, action_id, summary = changelog.latest_undone(connection)
            said = f"Redid: {summary}"
            by = changelog.begin_action(connection, "redo", at=now, summary=said, origin=self._origin, undoes=undo_id)
            changelog.repeat(connection, undo_id, by)
            withdrawn = self._notifications.take_back(connection, now=now, action_id=undo_id, reason="done again")
            queued, untrue = self._notifications.renew_action(
                connection,
                now=now,
                action_id=action_id,
                undo_id=undo_id,
                reason=_REASON,
                appointment_ids=changelog.touched(connection, action_id, "appointment"),
            )
            changelog.end_action(connection, by, said)
            return self._outcome(
                connection, by, action_id, summary, now, withdrawn=withdrawn + untrue, queued=queued, again=True
            )

    def tell(self, step_id: int) -> tuple[MessageRow, ...]:
        """Queue what puts right the messages that had left about a step that was undone or done again, held as ever.

        `step_id` is the undo's or the redo's. Asked a second time it gives the same messages and queues none. Raises
        `NotFound` for no such step, and `MovedOn` where that step was taken back itself.
        """
        with transaction(self._connection) as connection:
            step = undone_step(connection, step_id)
            if step is None:
                raise NotFound(f"Step {step_id} is neither an undo nor a redo; see them with: guru log")
            if not step.holds:
                raise MovedOn(f"{step.summary}: that was changed again since, so nobody is told.")
            gone = gone_about(connection, step.action_id, step_id)
            return self._corrections.send(connection, gone, step_id=step_id, now=self._clock.now())

    def _take_back(self, connection: sqlite3.Connection, action_id: int, summary: str, now: datetime) -> Undone:
        said = f"Undid: {summary}"
        by = changelog.begin_action(connection, "undo", at=now, summary=said, origin=self._origin, undoes=action_id)
        changelog.revert(connection, action_id, by)
        withdrawn, _ = self._notifications.withdraw_action(connection, now=now, action_id=action_id, reason=_REASON)
        for step in changelog.about(connection, action_id):  # what a redo of it has told stands under the redo
            withdrawn += self._notifications.take_back(connection, now=now, action_id=step, reason=_REASON)
        changelog.end_action(connection, by, said)
        return self._outcome(connection, by, action_id, summary, now, withdrawn=withdrawn)

    def _outcome(
        self,
        connection: sqlite3.Connection,
        step_id: int,
        action_id: int,
        summary: str,
        now: datetime,
        *,
        withdrawn: int,
        queued: int = 0,
        again: bool = False,
    ) -> Undone:
        gone = no_longer_true(connection, gone_about(connection, action_id, step_id), step_id)
        due = self._corrections.due(connection, gone, step_id=step_id, now=now)
        return Undone(summary, withdrawn, tuple(gone), step_id, due, queued, again)

    def _message_of(self, connection: sqlite3.Connection, action_id: int, summary: str, *, now: datetime) -> Undone:
        """An issued invoice keeps its number; its message can be taken back while it is held."""
        withdrawn, already_sent = self._notifications.withdraw_action(
            connection, now=now, action_id=action_id, reason=_REASON
        )
        if not withdrawn:
            raise Final(f"{summary}: that invoice stays issued, a number once given is never taken back.")
        return Undone(summary, withdrawn, already_sent)
