"""What dialogs share that tell a client of a step: the message before Enter, the switch, and why there is none."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeVar

from guru_tui.domain.views.messages import MessagePreview
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import hold_words, preview_lines
from guru_tui.screens.session import Session
from guru_tui.widgets.text import Line

Answer = TypeVar("Answer")
Told = tuple[tuple[MessagePreview, ...], str]
"""The messages of a step, and where there are none the end of a sentence that says why."""


def told_of(session: Session, kind: str, appointment_id: int, start: datetime | None = None) -> Told:
    """The messages of `kind` about an appointment; of a move its new naive local `start` is given."""
    guru, now = session.guru, session.guru.clock.now()
    messages, connection = guru.notifications, guru.connection
    previews = messages.preview(connection, kind, now=now, appointment_id=appointment_id, start_local=start)
    if previews:
        return previews, ""
    return (), messages.silence(connection, kind, now=now, appointment_id=appointment_id, start_local=start)


class Telling(Dialog[Answer]):
    """A dialog with a message. Subclasses set `told` and `tell`, draw `told_lines`, and draw again in `show_told`."""

    TELL_KEY: ClassVar[str] = "n"
    told: Told = ((), "")
    tell = True

    def show_told(self) -> None:
        """Draw the message again: the switch was turned."""
        raise NotImplementedError

    def told_lines(self, width: int, lines: int) -> list[Line]:
        """The switch, the messages with `lines` lines of text in all, and when they leave."""
        previews, silence = self.told
        drawn = preview_lines(
            self.session,
            previews,
            on=self.tell,
            width=width,
            lines=lines,
            key=self.TELL_KEY,
            silence=silence.rstrip("."),
        )
        if not previews:
            return list(drawn)
        on = self.tell and self.reachable
        return [*drawn, ((hold_words(self.session) if on else "The client is not told.", "dim" if on else "warn"),)]

    @property
    def reachable(self) -> bool:
        """Whether a message can leave at all."""
        return any(not each.problem for each in self.told[0])

    def action_tell(self) -> None:
        """Tell the client, or not."""
        previews, silence = self.told
        if not self.reachable:
            why = previews[0].problem if previews else silence
            self.problem(f"The client cannot be told: {why.rstrip('.')}.", "warn")
            return
        self.tell = not self.tell
        self.show_told()
