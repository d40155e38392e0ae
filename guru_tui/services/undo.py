"""Taking back the practitioner's last action, messages included as far as they are still here."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from guru_tui.domain.booking import Undone
from guru_tui.domain.clock import Clock
from guru_tui.errors import Final
from guru_tui.services.notifications import NotificationService
from guru_tui.store import changelog
from guru_tui.store.connection import transaction


class UndoService:
    """Undo over the change log; works on any use case without knowing it."""

    def __init__(
        self, connection: sqlite3.Connection, clock: Clock, notifications: NotificationService, *, origin: str
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._notifications = notifications
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
            by = changelog.begin_action(
                connection, "undo", at=now, summary=f"Undid: {summary}", origin=self._origin, undoes=action_id
            )
            changelog.revert(connection, action_id, by)
            withdrawn, already_sent = self._notifications.withdraw_action(
                connection, now=now, action_id=action_id, reason="undone"
            )
            changelog.end_action(connection, by, f"Undid: {summary}")
        return Undone(summary, withdrawn, already_sent)

    def _message_of(self, connection: sqlite3.Connection, action_id: int, summary: str, *, now: datetime) -> Undone:
        """An issued invoice keeps its number; its message can be taken back while it is held."""
        withdrawn, already_sent = self._notifications.withdraw_action(
            connection, now=now, action_id=action_id, reason="undone"
        )
        if not withdrawn:
            raise Final(f"{summary}: that invoice stays issued, a number once given is never taken back.")
        return Undone(summary, withdrawn, already_sent)
