"""What can be done with a message of the outbox, for the list, its dialogs and a client's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from guru_tui.domain.message import ENDED_BADLY
from guru_tui.screens.everywhere_acts import EverywhereActs
from guru_tui.screens.outbox_rows import Message, Writer, ended_badly
from guru_tui.screens.session import Session
from guru_tui.widgets import glyphs

if TYPE_CHECKING:
    from guru_tui.bootstrap import Guru
    from guru_tui.domain.views.messages import AttemptRow, MessageRow

_STOPPABLE = ("held", "queued", "claimed")
_UNSENT = ("failed", "blocked", "missed", "expired", "cancelled")
_GONE = ("sent", "delivered", "undelivered", "unknown", "failed")
_FITS: dict[str, tuple[tuple[str, ...], str]] = {
    "outbox.send_now": (("held", "queued"), "only one that is held back can be sent at once"),
    "outbox.withdraw": (_STOPPABLE, "only one that waits can be withdrawn"),
    "outbox.retry": (_UNSENT, "only one that was never sent can be tried again"),
    "outbox.edit": (("held", "queued"), "only one that waits can be changed"),
    "outbox.resend": (_GONE, "only one that has left can be sent once more"),
    "outbox.done": (ENDED_BADLY, "only one that went wrong has to be dealt with"),
}
"""In which states each act fits a message, and what is said in all others."""


def why_not(command_id: str, message: Message | None) -> str:
    """Why a command does nothing with a message, as a sentence; empty where it does something."""
    if command_id not in _FITS and command_id not in ("outbox.read", "outbox.copy", "outbox.client"):
        return ""
    if message is None:
        return "There is no message under the cursor."
    row = message.row
    if command_id == "outbox.client":
        return "" if row.client_id is not None else "That message is about no client."
    if command_id not in _FITS:
        return ""
    if row.id < 0:
        return "That reminder is planned and not in the outbox yet; nothing can be done with it here."
    states, only = _FITS[command_id]
    if row.state == "unknown" and command_id == "outbox.retry":
        return "Whether that message has gone is not known, so r does not repeat it; R does, after a question."
    if row.state not in states:
        return f"That message is {glyphs.message(row.state).word}; {only}."
    if command_id == "outbox.done" and not ended_badly(row):
        return "That message is dealt with already."
    return ""


class OutboxActs(EverywhereActs):
    """The message keys. Subclasses say which message is under the cursor."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.writer = Writer(session)
        self._taken_back: int | None = None

    @property
    def message(self) -> Message | None:
        """The message under the cursor."""
        raise NotImplementedError

    def _meant(self, command_id: str) -> Message | None:
        """The message under the cursor if the command fits it; says why not where it does not."""
        message, no = self.message, why_not(command_id, self.message)
        if no:
            self.say(no, "warn")
            return None
        return message

    def _named(self, message: Message) -> str:
        """`the cancellation to Sarah Botha`."""
        what = message.what[0].lower() + message.what[1:]
        return f"the {what.partition(',')[0]} to {self.session.person(message.row.recipient_name)}"

    def _act(self, use_case: Callable[[Guru], object], said: str, *, tone: str = "ok", undo: bool = False) -> None:
        """Run one change and tell of it; the list closes up around the cursor."""
        self._taken_back = None

        def done(_result: object) -> None:
            self.reload()
            self.say(said, tone, undo=undo)

        self.change(use_case, done)

    # ---- reading -------------------------------------------------------------------------------------

    def action_read(self) -> None:
        """The message in full, over the screen."""
        from guru_tui.screens.dialogs.read_message import ReadMessage

        message = self._meant("outbox.read")
        if message is None:
            return
        commands = [(command, bool(why_not(command.id, message))) for command in self.ACTIONS]

        async def act(action: str) -> None:
            await self.run_action(action)

        self.ask(
            ReadMessage(self.session, message, self.tries(message), self.thread(message), commands),
            lambda action: self.call_later(act, action),
        )

    def tries(self, message: Message) -> list[AttemptRow]:
        """Every try at sending it, oldest first."""
        return self.session.guru.outbox.tries(message.row.id) if message.row.id > 0 else []

    def thread(self, message: Message) -> list[Message]:
        """What went to the same client before and after it, newest first."""
        client_id = message.row.client_id
        if client_id is None:
            return []
        from guru_tui.screens.outbox_rows import with_numbers

        rows = self.session.reads.thread(client_id, limit=6)
        return with_numbers(rows, self.session.reads.invoice_numbers(rows))

    def action_copy(self) -> None:
        """Copy the text."""
        message = self._meant("outbox.copy")
        if message is not None:
            row = message.row
            self.app.copy_to_clipboard("\n\n".join(filter(None, (row.subject, row.body.strip()))))
            self.say("Copied the text")

    def action_client(self) -> None:
        """The record of the client."""
        message = self._meant("outbox.client")
        if message is not None and message.row.client_id is not None:
            self.open_client(message.row.client_id)

    # ---- sending -------------------------------------------------------------------------------------

    def action_send_now(self) -> None:
        """Let it go without waiting longer."""
        message = self._meant("outbox.send_now")
        if message is not None:
            key = message.row.id
            self._act(lambda guru: guru.outbox.send_now(key), f"Sending {self._named(message)} now")

    def action_retry(self) -> None:
        """Queue it again."""
        message = self._meant("outbox.retry")
        if message is not None:
            key = message.row.id
            self._act(lambda guru: guru.outbox.retry(key), f"Queued {self._named(message)} again")

    def action_resend(self) -> None:
        """Send it once more; what is known about the first one is shown before."""
        from guru_tui.screens.dialogs.resend import Resend

        message = self._meant("outbox.resend")
        if message is None:
            return
        self.ask(Resend(self.session, message, self.tries(message), self.writer), self._resent)

    def _resent(self, row: MessageRow) -> None:
        self._taken_back = None
        self.reload()
        self.point(row.id)
        self.say(f"Queued once more to {self.session.person(row.recipient_name)}")

    def action_edit(self) -> None:
        """Change the text before it leaves."""
        from guru_tui.screens.dialogs.edit_message import EditMessage

        message = self._meant("outbox.edit")
        if message is not None:
            self.ask(EditMessage(self.session, message), self._edited)

    def _edited(self, row: MessageRow) -> None:
        self._taken_back = None
        self.reload()
        self.say(f"Changed the text to {self.session.person(row.recipient_name)}")

    # ---- taking back ---------------------------------------------------------------------------------

    def action_withdraw(self) -> None:
        """Take it back; undo, or r on it, queues it again."""
        message = self._meant("outbox.withdraw")
        if message is None:
            return
        key, said = message.row.id, f"Withdrew {self._named(message)}; r in All queues it again"

        def done(_row: object) -> None:
            self.reload()
            self.say(said, undo=True)
            self._taken_back = key

        self._taken_back = None
        self.change(lambda guru: guru.outbox.withdraw(key), done)

    def action_undo(self) -> None:
        """A message withdrawn just now comes back; otherwise the practice's last action."""
        key = self._taken_back
        if key is None:
            super().action_undo()
        else:
            self._act(lambda guru: guru.outbox.retry(key), "Queued it again")

    # ---- dealing with --------------------------------------------------------------------------------

    def action_done(self) -> None:
        """It is dealt with and stands on Today no longer."""
        message = self._meant("outbox.done")
        if message is not None:
            key = message.row.id
            self._act(lambda guru: guru.outbox.acknowledge(key), f"Dealt with {self._named(message)}")

    def action_done_all(self) -> None:
        """Everything that needs a person is dealt with, after a question."""
        from guru_tui.screens.base import counted
        from guru_tui.screens.dialogs.confirm import Confirm

        number = self.session.reads.outbox_counts().needs
        if not number:
            self.say("Nothing needs you.", "")
            return
        text = (
            f"{counted(number, 'message')} will no longer stand on Today. They stay in the outbox under All, "
            "and nothing is sent."
        )
        said = f"Dealt with {counted(number, 'message')}"
        self.ask(
            Confirm(self.session, "Dealt with everything", text, yes="all dealt with"),
            lambda _yes: self._act(lambda guru: guru.outbox.acknowledge_all(), said),
        )

    def action_pause(self) -> None:
        """Hold everything back, or let it go again."""
        on = self.session.practice.sending
        said = "Sending is switched off; P lets it go again" if on else "Sending is on again"
        self._act(
            lambda guru: guru.practice.set("sending", "no" if on else "yes"),
            said,
            tone="warn" if on else "ok",
            undo=True,
        )
