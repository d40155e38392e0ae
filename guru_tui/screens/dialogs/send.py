"""Sending an invoice: to whom, and the text as it will arrive, before Enter queues it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.domain.views.invoices import InvoiceRow
from guru_tui.domain.views.messages import MessagePreview, MessageRow
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.preview import hold_words, message_lines, room_for_text
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.text import Line

WAYS = ("", "email", "sms", "sms+email")


class SendInvoice(Dialog[tuple[MessageRow, ...]]):
    """Enter queues it; `c` changes how it goes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", show=False),
        Binding("c", "channel", "Channel", show=False),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "send", "send"),
        Hint("c", "by email, SMS or both", "channel"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, invoice: InvoiceRow) -> None:
        super().__init__(session)
        self._invoice = invoice
        self._way = 0
        self._previews: tuple[MessagePreview, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The messages."""
        yield Pane(id="what")

    def on_mount(self) -> None:
        """By the practice's rule first."""
        invoice, session = self._invoice, self.session
        amount = session.money(invoice.total_minor, invoice.currency)
        self.entitle(f"Send {invoice.number} · {session.person(invoice.client)} · {amount}")
        self._show()

    def _show(self) -> None:
        guru = self.session.guru
        self._previews = guru.notifications.preview(
            guru.connection,
            "invoice",
            now=guru.clock.now(),
            invoice_id=self._invoice.id,
            channels=WAYS[self._way] or None,
        )
        self.query_one("#what", Pane).show(self._lines)

    def _lines(self, width: int) -> list[Line]:
        room = room_for_text(self.app.size.height, 13)
        lines: list[Line] = [*message_lines(self.session, self._previews, width=width, lines=room)]
        if not self._previews:
            lines.append((("Nothing would go out: no channel reaches this client. c chooses another.", "warn"),))
        else:
            lines.append(((hold_words(self.session), "dim"),))
        return lines

    def action_channel(self) -> None:
        """The next way to send it."""
        self._way = (self._way + 1) % len(WAYS)
        self._show()

    def action_send(self) -> None:
        """Queue it."""
        invoice, way = self._invoice, WAYS[self._way] or None
        if all(preview.problem for preview in self._previews):
            self.problem(self._previews[0].problem if self._previews else "Nothing would go out.")
            return
        self.change(lambda guru: guru.invoicing.send(invoice.id, way), self.dismiss)
