"""Booking, moving, cancelling and marking, for screens with an appointment or a free time under the cursor."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from guru_tui.screens.everywhere_acts import EverywhereActs

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change
    from guru_tui.domain.views.agenda import AgendaEntry


class CalendarActs(EverywhereActs):
    """The calendar keys. Subclasses say what is under the cursor."""

    entry: AgendaEntry | None

    def free_slot(self) -> datetime | None:
        """The free time under the cursor, naive local; None off a gap."""
        raise NotImplementedError

    def shown_day(self) -> datetime | None:
        """Midnight of the day on show, naive local, where the screen shows one."""
        return None

    def booked(self, appointment_id: int) -> None:
        """Something was booked or moved: show it where the screen can."""

    def _appointment(self) -> AgendaEntry | None:
        """The appointment under the cursor; says so where there is none."""
        entry = self.entry
        if entry is None or entry.kind == "block":
            self.say("There is no appointment under the cursor.", "warn")
            return None
        return entry

    def _changed(self, change: Change) -> None:
        text = change.summary
        blocked = [message for message in change.messages if message.state == "blocked"]
        leaving = len(change.messages) - len(blocked)
        if leaving:
            held = any(message.state == "held" for message in change.messages)
            text = self.with_messages(text, leaving, "held" if held else "queued")
        elif blocked:
            text += " · the client cannot be told"
        elif change.withdrawn:
            text = self.with_messages(text, change.withdrawn, "withdrawn")
        self.changed(text)

    def action_add(self) -> None:
        """Book from one line; a gap under the cursor gives day and time."""
        from guru_tui.screens.dialogs.quick_add import QuickAdd

        self.ask(QuickAdd(self.session, at=self.free_slot(), day=self.shown_day()), self._booked)

    def _booked(self, change: Change) -> None:
        self.booked(change.appointment_id)
        self._changed(change)

    def action_block(self) -> None:
        """Block time from one line."""
        from guru_tui.screens.dialogs.block import Block

        self.ask(Block(self.session, at=self.free_slot(), day=self.shown_day()), lambda summary: self.changed(summary))

    def action_status(self, status: str) -> None:
        """Mark the appointment."""
        entry = self._appointment()
        if entry is not None:
            self.change(lambda guru: guru.booking.set_status(entry.id, status), self._changed)

    def action_move(self) -> None:
        """Move the appointment to a time that is typed."""
        from guru_tui.screens.dialogs.move import Move

        entry = self._appointment()
        if entry is None:
            return
        if entry.status not in ("booked", "confirmed"):
            self.say(f"That appointment is {entry.status}; a books a new one.", "warn")
            return
        self.ask(Move(self.session, entry), self._booked)

    def action_cancel(self) -> None:
        """Cancel the appointment with its message shown; a blocked time is removed."""
        entry = self.entry
        if entry is not None and entry.kind == "block":
            self._unblock(entry)
            return
        entry = self._appointment()
        if entry is None:
            return
        if entry.status not in ("booked", "confirmed"):
            self.say(f"That appointment is {entry.status}; there is nothing to cancel.", "warn")
            return
        from guru_tui.screens.dialogs.cancel import Cancel

        guru, about = self.session.guru, "cancellation"
        messages, now = guru.notifications, guru.clock.now()
        previews = messages.preview(guru.connection, about, now=now, appointment_id=entry.id)
        silence = "" if previews else messages.silence(guru.connection, about, now=now, appointment_id=entry.id)
        self.ask(Cancel(self.session, entry, previews, silence), self._changed)

    def _unblock(self, entry: AgendaEntry) -> None:
        self.change(lambda guru: guru.booking.unblock(entry.id), self._changed)

    def action_note(self) -> None:
        """Write on the appointment what the next visit needs to know."""
        from guru_tui.screens.dialogs.note import Note

        entry = self._appointment()
        if entry is not None:
            self.ask(Note(self.session, entry), self._changed)

    def action_reminders(self) -> None:
        """What the client hears before it, and how."""
        from guru_tui.screens.dialogs.reminders import Reminders

        entry = self._appointment()
        if entry is not None and entry.client_id is not None:
            self.ask(Reminders(self.session, entry.client_id, entry.client, entry), self.changed)

    def action_copy(self) -> None:
        """Copy the client's number."""
        entry = self._appointment()
        if entry is not None:
            self.copy(entry.mobile, entry.email)
