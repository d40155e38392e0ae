"""What works on every screen: moving, going elsewhere, finding, undoing, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from guru_tui.errors import Final, GuruError
from guru_tui.screens.base import counted
from guru_tui.screens.file_acts import FileActs
from guru_tui.screens.places import OpenClient, ShowDay, ShowOutbox, ShowWaitlist

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from guru_tui.domain.booking import Change, Undone
    from guru_tui.domain.views.clients import ClientRow
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.domain.views.waitlist import WaitingChange


class EverywhereActs(FileActs):
    """The keys that mean the same on all screens."""

    def action_cursor(self, step: str) -> None:
        """Move the cursor of the list."""
        self.records.move(step)

    def action_chord(self, first: str) -> None:
        """After the first key of a chord: offer the second ones."""
        from guru_tui.screens.dialogs.chord import Chord

        choices = [
            (second, command.label or command.help, command.action)
            for command in self.commands()
            for begin, second in command.chords
            if begin == first
        ]

        async def act(action: str | None) -> None:
            if action:
                await self.run_action(action)

        self.app.push_screen(Chord(first, choices), act)

    # ---- what works everywhere -----------------------------------------------------------------------

    def action_back(self) -> None:
        """One step back; on a main screen only the status line has anything to put away."""
        if len(self.app.screen_stack) > 1:
            self._close()
        else:
            self.say("")

    def action_leave(self) -> None:
        """Close what is open; a main screen has nothing to close but guru itself."""
        if len(self.app.screen_stack) > 1:
            self._close()
        else:
            self.app.exit()

    def _close(self) -> None:
        """Close this screen; not while a change is made, of which nobody would hear then."""
        if not self.busy:
            self.app.pop_screen()

    def action_go(self, mode: str) -> None:
        """Another main screen; what lay on top of this one is closed."""
        self.say("")
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.app.switch_mode(mode)

    def action_undo(self) -> None:
        """Take back the last action and tell what became of its messages."""
        self._undo(further=False)

    def _undo(self, *, further: bool) -> None:
        self.change(lambda guru: guru.undo.undo(further=further), self._undone)

    def complain(self, error: GuruError) -> None:
        """The sentence; where the last step stays for good, whether the one before it is meant."""
        if not isinstance(error, Final):
            super().complain(error)
            return
        from guru_tui.screens.dialogs.confirm import Confirm

        text = "An issued invoice is not taken back." if self.session.privacy else str(error)
        question = Confirm(self.session, "Undo", f"{text} Take back the step before it?", yes="take it back")
        self.ask(question, lambda _yes: self._undo(further=True))

    def with_messages(self, text: str, messages: int, state: str, *, beside: int = 12) -> str:
        """A sentence and what became of its messages, in few words where `beside` cells more do not fit."""
        full = f"{text} · {counted(messages, 'message')} {state}"
        return full if cell_len(full) + beside <= self.size.width else f"{text} · {messages} {state}"

    def action_redo(self) -> None:
        """Do again what was undone last."""
        self.change(lambda guru: guru.undo.redo(), self._undone)

    def _undone(self, undone: Undone) -> None:
        done = "Did again" if undone.again else "Took back"
        text = f"{done}: {undone.summary}" if not self.session.privacy else f"{done} the last action"
        if undone.queued:
            text = self.with_messages(text, undone.queued, "waiting again", beside=3)
        elif undone.withdrawn:
            text = self.with_messages(text, undone.withdrawn, "withdrawn", beside=3)
        self.changed(text, undo=False)
        if undone.corrections:
            from guru_tui.screens.dialogs.correction import PutRight

            self.ask(PutRight(self.session, undone), self._put_right)
        if undone.uncorrected:
            told = (self.session.person(message.recipient_name) for message in undone.uncorrected)
            names = ", ".join(dict.fromkeys(told))
            self.notify(
                f"Already sent to {names}: tell them yourself that it no longer holds.",
                title="A message had gone out",
                severity="warning",
                markup=False,
                timeout=10,
            )

    def _put_right(self, messages: Sequence[MessageRow]) -> None:
        waiting = [message for message in messages if message.state != "blocked"]
        if not waiting:
            self.say("Nobody can be told: see the Outbox for the reason.", "warn")
            return
        held = any(message.state == "held" for message in waiting)
        said = f"{'Holding' if held else 'Queued'} {counted(len(waiting), 'correction')}"
        self.changed(f"{said}; the Outbox (6) withdraws {'it' if len(waiting) == 1 else 'them'}", undo=False)

    def action_todo(self) -> None:
        """What needs a person, as a list to go from."""
        from guru_tui.screens.dialogs.todo import ToDoList

        async def go(action: str) -> None:
            await self.run_action(action)

        self.ask(ToDoList(self.session), lambda action: self.call_later(go, action))

    def action_date(self) -> None:
        """A day in one's own words."""
        from guru_tui.screens.dialogs.go_to_date import GoToDate

        self.ask(GoToDate(self.session), self.go_to_date)

    def go_to_date(self, day: date) -> None:
        """Show a day; screens of the calendar show it themselves."""
        self.post_message(ShowDay(day, None))

    def action_outbox(self, part: str) -> None:
        """A part of the outbox."""
        self.post_message(ShowOutbox(part))

    def action_replies(self) -> None:
        """What clients have answered and somebody has to read."""
        from guru_tui.screens.dialogs.replies import Replies

        self.ask(Replies(self.session), self.open_client)

    def action_waitlist(self) -> None:
        """Who waits for a time."""
        self.post_message(ShowWaitlist())

    def told(self, change: WaitingChange) -> None:
        """Say what was changed on the waiting list, and what became of its messages."""
        leaving = [message for message in change.messages if message.state in ("held", "queued")]
        text = change.summary
        if leaving:
            text = self.with_messages(text, len(leaving), leaving[0].state)
        elif change.withdrawn:
            text = self.with_messages(text, change.withdrawn, "withdrawn")
        self.changed(text)

    def action_find(self) -> None:
        """Find a client from anywhere."""
        from guru_tui.screens.dialogs.find import Find

        self.ask(Find(self.session), self.open_client)

    def action_free_time(self) -> None:
        """Find a free time, then book there; for the client who is meant, where there is one."""
        from guru_tui.screens.dialogs.free_time import FreeSlot, FreeTime

        def book(slot: FreeSlot) -> None:
            from guru_tui.screens.dialogs.quick_add import QuickAdd

            self.ask(QuickAdd(self.session, at=slot.start, client=self.client(), rest=slot.line), self._booked)

        self.ask(FreeTime(self.session), book)

    def client(self) -> ClientRow | None:
        """The client who is under the cursor or on show, where a screen has one."""
        return None

    def _booked(self, change: Change) -> None:
        self.changed(change.summary)

    def open_client(self, client_id: int) -> None:
        """The client's record, on top of this screen."""
        self.post_message(OpenClient(client_id))

    def action_help(self) -> None:
        """Every key of this screen; the chosen one is run."""
        from guru_tui.screens.dialogs.help import Help

        async def run(action: str | None) -> None:
            if action:
                await self.run_action(action)

        self.app.push_screen(Help(self.TITLE_IN_HEADER, self.commands()), run)

    def action_command_palette(self) -> None:
        """Textual's palette over our commands."""
        self.app.action_command_palette()

    def action_privacy(self) -> None:
        """Initials instead of names, and back."""
        self.session.privacy = not self.session.privacy
        self.reload()
        self.say("Names are hidden; * shows them again" if self.session.privacy else "Names are shown", "")

    def action_redraw(self) -> None:
        """Read and draw everything again."""
        self.reload()
        self.app.refresh(repaint=True, layout=True)
        self.say("")

    def action_theme(self) -> None:
        """Dark or light."""
        self.app.theme = "guru-light" if self.app.current_theme.dark else "guru-dark"
