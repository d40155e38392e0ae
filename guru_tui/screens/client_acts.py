"""What can be done with one client, on the list and on the record."""

from __future__ import annotations

from guru_tui.domain.booking import Change
from guru_tui.domain.views.clients import ClientRow
from guru_tui.domain.views.invoices import InvoiceRow
from guru_tui.screens.billing_acts import BillingActs


class ClientActs(BillingActs):
    """The client keys. Subclasses say who is meant."""

    def client(self) -> ClientRow | None:
        """The client under the cursor or on show."""
        raise NotImplementedError

    def billed_client(self) -> tuple[int, str] | None:
        """The client who is meant."""
        client = self.client()
        return (client.id, client.name) if client else None

    def meant_invoice(self) -> InvoiceRow | None:
        """The oldest open invoice, else None: a list of clients has no invoice under the cursor."""
        return None

    def action_copy(self) -> None:
        """Copy the number."""
        client = self.client()
        if client:
            self.copy(client.mobile, client.email)

    def action_book(self) -> None:
        """Book for this client: the line starts with the name."""
        from guru_tui.screens.dialogs.quick_add import QuickAdd

        client = self.client()
        if client:
            self.ask(QuickAdd(self.session, client=client), self._booked)

    def _booked(self, change: Change) -> None:
        self.changed(change.summary)

    def action_edit(self) -> None:
        """Change name and addresses."""
        from guru_tui.screens.dialogs.client_form import ClientForm

        client = self.client()
        if client:
            self.ask(
                ClientForm(self.session, client), lambda _id: self.changed(f"Saved {self.session.person(client.name)}")
            )
