"""Invoicing, sending and settling, for every screen that has a client or an invoice under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.screens.everywhere_acts import EverywhereActs

if TYPE_CHECKING:
    from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
    from guru_tui.domain.views.messages import MessageRow


class BillingActs(EverywhereActs):
    """The money keys. Subclasses say which client and which invoice are meant."""

    def billed_client(self) -> tuple[int, str] | None:
        """Id and name of the client that `i` invoices."""
        raise NotImplementedError

    def meant_invoice(self) -> InvoiceRow | None:
        """The invoice that `S` and `p` are about."""
        raise NotImplementedError

    def invoiced(self, invoice: InvoiceDetail) -> None:
        """An invoice was made: the board puts its cursor there."""

    def action_invoice(self) -> None:
        """Invoice what the client has had; a draft is issued."""
        from guru_tui.screens.dialogs.make_invoice import MakeInvoice

        draft = self.meant_invoice()
        if draft is not None and draft.status == "draft":
            detail = self.session.reads.invoice(draft.id)
            self.ask(MakeInvoice(self.session, draft.client, draft=detail), self._made)
            return
        client = self.billed_client()
        if client is None:
            self.say("There is nobody to invoice here.", "warn")
            return
        visits = self.session.reads.uninvoiced(client[0])
        if not visits:
            self.say(f"Everything {self.session.person(client[1])} has had is invoiced.", "warn")
            return
        self.ask(MakeInvoice(self.session, client[1], client_id=client[0], visits=visits), self._made)

    def _made(self, invoice: InvoiceDetail) -> None:
        row, session = invoice.row, self.session
        amount = session.money(row.total_minor, row.currency)
        self.reload()
        self.invoiced(invoice)
        if row.status == "draft":
            self.say(f"Drafted an invoice for {session.person(row.client)}, {amount}", undo=True)
        else:
            self.say(f"Issued {row.number} for {session.person(row.client)}, {amount}   S sends it")

    def _issued_invoice(self, doing: str) -> InvoiceRow | None:
        invoice = self.meant_invoice()
        if invoice is None:
            self.say(f"There is no open invoice to {doing}; i makes one of what is uninvoiced.", "warn")
        elif invoice.status == "draft":
            self.say(
                f"That invoice is a draft; i issues it, then it can be {'sent' if doing == 'send' else 'paid'}.", "warn"
            )
        elif invoice.status == "void":
            self.say("That invoice is void.", "warn")
        else:
            return invoice
        return None

    def action_paid(self) -> None:
        """Record a payment; all that is due unless something else is typed."""
        from guru_tui.screens.dialogs.pay import Pay

        invoice = self._issued_invoice("settle")
        if invoice is None:
            return
        if invoice.due_minor <= 0:
            self.say(f"Invoice {invoice.number} is paid already.", "warn")
            return
        self.ask(Pay(self.session, invoice), self._settled)

    def _settled(self, invoice: InvoiceDetail) -> None:
        row, session = invoice.row, self.session
        left = f", {session.money(row.due_minor, row.currency)} still due" if row.due_minor > 0 else ""
        self.changed(f"Invoice {row.number} of {session.person(row.client)} {'partly paid' if left else 'paid'}{left}")

    def action_send(self) -> None:
        """Send the invoice, its text shown before."""
        from guru_tui.screens.dialogs.send import SendInvoice

        invoice = self._issued_invoice("send")
        if invoice is not None:
            self.ask(SendInvoice(self.session, invoice), self._sent)

    def _sent(self, messages: tuple[MessageRow, ...]) -> None:
        session = self.session
        to = ", ".join(
            session.phone(each.recipient) if each.channel == "sms" else session.address(each.recipient)
            for each in messages
            if each.state != "blocked"
        )
        held = int(session.practice["hold_minutes"])
        self.changed(f"Queued to {to}{f', leaves in {held} min' if held else ''}")
