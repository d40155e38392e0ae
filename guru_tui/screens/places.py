"""Where a screen can ask the app to go. Screens do not know each other; the app, which builds them, does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from datetime import date

    from guru_tui.domain.booking import Change
    from guru_tui.domain.views.agenda import AgendaEntry


class OpenClient(Message):
    """Show a client's record."""

    def __init__(self, client_id: int) -> None:
        super().__init__()
        self.client_id = client_id


class OpenInvoice(Message):
    """Show an invoice in full, by its id."""

    def __init__(self, invoice_id: int) -> None:
        super().__init__()
        self.invoice_id = invoice_id


class ShowDay(Message):
    """Show a day of the calendar with the cursor on the record `at`."""

    def __init__(self, day: date, at: object) -> None:
        super().__init__()
        self.day = day
        self.at = at


class ShowOutbox(Message):
    """Show a part of the outbox (see `OutboxScreen.PARTS`)."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.part = part


class MoveEntry(Message):
    """Move an appointment about the week; `back` is the mode to return to when that is done or left.

    `version` is `reads.newest_change()` of when the entry was read.
    """

    def __init__(self, entry: AgendaEntry, back: str, version: int) -> None:
        super().__init__()
        self.entry = entry
        self.back = back
        self.version = version


class GoBack(Message):
    """Return to a mode; where something was done, the screen there tells of the `change`."""

    def __init__(self, mode: str, change: Change | None = None) -> None:
        super().__init__()
        self.mode = mode
        self.change = change


class ShowWaitlist(Message):
    """Show the waiting list."""
