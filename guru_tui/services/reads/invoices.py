"""Invoices, and what is on none yet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import to_local
from guru_tui.services.reads.base import PracticeReads
from guru_tui.store import queries

if TYPE_CHECKING:
    from guru_tui.domain.views.clients import ClientVisit
    from guru_tui.domain.views.invoices import Board, InvoiceDetail, InvoiceRow


class InvoiceReads(PracticeReads):
    """Invoices, and what is on none yet."""

    def board(self, month: date) -> Board:
        """The Invoices screen for the month of a day."""
        settings = self.practice()
        now = self._clock.now()
        today = to_local(now, settings.zone).date()
        return queries.invoices.board(
            self._connection, month, now=now, today=today, zone_name=settings.zone, currency=settings.currency
        )

    def invoices(
        self, status: str | None = None, client_id: int | None = None, *, limit: int = 500
    ) -> list[InvoiceRow]:
        """Invoices of a status (`draft`, `sent`, `overdue`, `paid`, `void`) or all, newest first."""
        return queries.invoices.invoices(
            self._connection, today=self.today(), status=status, client_id=client_id, limit=limit
        )

    def invoice(self, number_or_id: int | str) -> InvoiceDetail:
        """One invoice by its number, `draft-<id>` or (an int) its id; raises `NotFound`."""
        settings = self.practice()
        return queries.invoices.invoice(self._connection, number_or_id, today=self.today(), zone_name=settings.zone)

    def uninvoiced(self, client_id: int) -> list[ClientVisit]:
        """What a client has had and is on no invoice, oldest first."""
        return queries.invoices.uninvoiced(self._connection, client_id, now=self._clock.now())
