"""Booking, moving, cancelling and marking, for screens with an appointment or a free time under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import short_date, short_moment
from guru_tui.domain.policies import CHARGED
from guru_tui.screens.series_acts import SeriesActs

if TYPE_CHECKING:
    from guru_tui.domain.booking import Change, Held
    from guru_tui.domain.views.agenda import AgendaEntry


_NAMED = 3
"""How many of those whom a freed time fits are named."""


class CalendarActs(SeriesActs):
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
        text = change.said
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
        if change.gone:
            self._tell_who_fits(change.gone)

    def _tell_who_fits(self, gone: Sequence[Held]) -> None:
        """Where the change left time free that somebody waits for: who, and the key that offers it."""
        found = self.session.guru.waiting.fits_freed(gone)
        self.session.freed = tuple(gone) if found else ()
        if not found:
            return
        person, several = self.session.person, len({fit.start.date() for fit in found}) > 1 or len(gone) > 1
        lines = []
        for fit in found[:_NAMED]:
            when = short_moment(fit.start) if several else f"{fit.start:%H:%M}"
            more = f", {fit.times} of the times" if fit.times > 1 else ""
            lines.append(f"{person(fit.entry.client)}: {fit.entry.times}, from {when}{more}")
        if len(found) > _NAMED:
            lines.append(f"and {len(found) - _NAMED} more (W lists them)")
        first = found[0]
        self.notify(
            "\n".join([*lines, f"O offers it to {person(first.entry.client)}."]),
            title="Free now, and waited for" + ("" if several else f": {short_date(first.start.date())}"),
            markup=False,
            timeout=12,
        )

    def action_offer(self) -> None:
        """Offer the free time under the cursor, or the one that came free last, to the first whom it fits."""
        waiting, start = self.session.guru.waiting, self.free_slot()
        found = waiting.fits(start, start + timedelta(minutes=1)) if start is not None else []
        if not found and self.session.freed:
            found = waiting.fits_freed(self.session.freed)
        if not found:
            when = short_moment(start) if start is not None else "a time that came free"
            self.say(f"Nobody waits for {when}, or it was offered already; W shows the waiting list.", "warn")
            return
        fit = found[0]
        self.change(lambda guru: guru.waitlist.offer(fit.entry.id, fit.start), self.told)

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
        """Mark the appointment; one that is marked a no-show or cancelled late already: change what it costs."""
        entry = self._appointment()
        if entry is not None:
            if entry.status == status and status in CHARGED:
                from guru_tui.screens.dialogs.charge import ChangeCharge

                self.ask(ChangeCharge(self.session, entry), self._changed)
                return
            seen = self.seen
            self.change(lambda guru: guru.booking.set_status(entry.id, status, version=seen), self._changed)

    def _movable(self) -> AgendaEntry | None:
        """The appointment under the cursor, where it can be moved; says so where it cannot."""
        entry = self._appointment()
        if entry is not None and entry.status not in ("booked", "confirmed"):
            self.say(f"That appointment is {entry.status}; a books a new one.", "warn")
            return None
        return entry

    def action_move(self) -> None:
        """Move the appointment about the week, and come back."""
        from guru_tui.screens.places import MoveEntry

        entry = self._movable()
        if entry is not None:
            self.post_message(MoveEntry(entry, self.app.current_mode, self.seen))

    def came_back(self, change: Change) -> None:
        """What was moved elsewhere at this screen's wish is done."""
        self._booked(change)

    def action_cancel(self) -> None:
        """Cancel the appointment with its message shown; a blocked time is removed."""
        entry = self.entry
        if entry is not None and entry.kind == "block":
            self.remove_block(entry)
            return
        entry = self._appointment()
        if entry is None:
            return
        if entry.status not in ("booked", "confirmed"):
            self.say(f"That appointment is {entry.status}; there is nothing to cancel.", "warn")
            return
        self.cancel_visit(entry)

    def action_repeat(self) -> None:
        """Repeat the appointment, or change how it repeats."""
        entry = self._movable()
        if entry is not None:
            self.repeat_visit(entry)

    def action_note(self) -> None:
        """Write on the appointment what the next visit needs to know."""
        from guru_tui.screens.dialogs.note import Note

        entry = self._appointment()
        if entry is not None:
            self.ask(Note(self.session, entry, version=self.seen), self._changed)

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
