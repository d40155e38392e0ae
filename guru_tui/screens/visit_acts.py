"""Everything that can be done with a visit under the cursor, on the day, the week and the month alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.screens.billing_acts import BillingActs
from guru_tui.screens.calendar_acts import CalendarActs

if TYPE_CHECKING:
    from guru_tui.domain.views.invoices import InvoiceRow


class VisitActs(CalendarActs, BillingActs):
    """The calendar's and the money keys over one entry."""

    def billed_client(self) -> tuple[int, str] | None:
        """The client of the appointment."""
        entry = self.entry
        return (entry.client_id, entry.client) if entry and entry.client_id else None

    def meant_invoice(self) -> InvoiceRow | None:
        """The invoice that the appointment is on."""
        entry = self.entry
        if entry is None or entry.billing in ("-", "uninvoiced") or entry.client_id is None:
            return None
        if entry.invoice_number:
            return self.session.reads.invoice(entry.invoice_number).row
        drafts = self.session.reads.invoices("draft", entry.client_id)
        return drafts[0] if drafts else None
