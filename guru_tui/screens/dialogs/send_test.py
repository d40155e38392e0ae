"""Sending a text to oneself, filled in, to see how it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from guru_tui.bootstrap import Guru
from guru_tui.domain.phone import takes_sms
from guru_tui.domain.views.messages import MessageRow
from guru_tui.screens.dialogs.form import Form
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint


class SendTest(Form[MessageRow]):
    """Asks where to, with the practice's own address or number filled in; answers the message that was queued."""

    KEYS: ClassVar[tuple[Hint, ...]] = (Hint("⏎", "send it to me", "save"), Hint("Esc", "back", "leave"))

    def __init__(self, session: Session, channel: str, send: Callable[[Guru, str], MessageRow]) -> None:
        super().__init__(session)
        self._channel = channel
        self._send = send

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """Where to."""
        practice = self.session.practice
        if self._channel == "email":
            yield "to", "My address", practice["email"], "name@example.com"
        else:
            own = practice["phone"]
            yield "to", "My mobile", self.session.phone(own) if takes_sms(own) else "", "082 555 0134"

    def on_mount(self) -> None:
        """Say what it is."""
        self.entitle("Send a test to yourself")

    @property
    def touched(self) -> bool:
        """Nothing is lost by leaving."""
        return False

    def action_save(self) -> None:
        """Queue it."""
        to = self.value("to")
        if not to:
            self.problem("Where should it go?")
            return
        self.change(lambda guru: self._send(guru, to), self.dismiss)
