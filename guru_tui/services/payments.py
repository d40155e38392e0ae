"""Recording what clients have paid, and undoing it through the change log like any other step."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from guru_tui.domain import billing
from guru_tui.domain.local_time import full_date, to_local, utc_text
from guru_tui.domain.money import short_text
from guru_tui.domain.text import clean
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services.clients import client_row, full_name
from guru_tui.services.drafting import id_of, invoice_row
from guru_tui.store.models import Invoice, Payment, PaymentAllocation
from guru_tui.store.queries import invoices as queries
from guru_tui.store.queries.practice import practice as read_practice
from guru_tui.store.unit_of_work import UnitOfWork, Work


class PaymentService:
    """Payments; recording one is one undoable action."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._uow = unit_of_work

    def pay(
        self,
        invoice_id: int | str,
        *,
        amount_minor: int | None = None,
        method: str = "EFT",
        received_on: date | None = None,
        token: str,
    ) -> InvoiceDetail:
        """Record a payment for an invoice: all that is due, or `amount_minor` of it.

        What exceeds the amount due stays the client's credit (`credit_minor` of the payment). `received_on` is a local
        day, today by default. `token` names the press that asked for it: the same one again changes nothing and gives
        the same answer. Raises `NotAllowed` for a draft, a void and a paid invoice, `Invalid` for an amount that is not
        positive, an unknown method and a day to come, `NotFound` for an unknown invoice.
        """
        method = billing.payment_method(method)
        with self._uow.action("pay") as work:
            practice = read_practice(work.connection)
            today = to_local(work.now, practice.zone).date()
            invoice = invoice_row(work, invoice_id)
            if not _recorded(work, invoice, token):
                _refuse(work, invoice)
                _record(work, invoice, amount_minor, method, _day(received_on, today), token)
            work.session.flush()
            return queries.invoice(work.connection, id_of(invoice), today=today, zone_name=practice.zone)


def _recorded(work: Work, invoice: Invoice, token: str) -> bool:
    """Whether this press has been recorded already."""
    if not token:
        raise Invalid("A payment needs a token that names the press it comes from.")
    payment = work.session.exec(select(Payment).where(Payment.token == token)).first()
    if payment is None:
        return False
    allocation = work.session.exec(select(PaymentAllocation).where(PaymentAllocation.payment_id == payment.id)).first()
    if allocation is None or allocation.invoice_id != invoice.id:
        raise NotAllowed("This payment has been recorded for another invoice; press again to record a new one.")
    return True


def _refuse(work: Work, invoice: Invoice) -> None:
    if invoice.status == "draft":
        raise NotAllowed(
            f"This invoice is a draft and cannot be paid yet; issue it first: guru invoices issue draft-{invoice.id}"
        )
    if invoice.status == "void":
        raise NotAllowed(f"Invoice {invoice.number} is void, so there is nothing to pay.")
    paid = queries.payments(work.connection, id_of(invoice))
    if invoice.status == "paid" or sum(payment.amount_minor for payment in paid) >= invoice.total_minor:
        if not paid:
            raise NotAllowed(f"Invoice {invoice.number} comes to nothing, so there is nothing to pay.")
        raise NotAllowed(
            f"Invoice {invoice.number} was paid on {full_date(paid[-1].received_on)} by {paid[-1].method}; "
            "if that was a mistake, take it back with: guru undo"
        )


def _day(received_on: date | None, today: date) -> date:
    if received_on is not None and received_on > today:
        raise Invalid(f"{received_on} is still to come; write the day on which the payment was received.")
    return received_on or today


def _record(work: Work, invoice: Invoice, amount_minor: int | None, method: str, received_on: date, token: str) -> None:
    paid = sum(payment.amount_minor for payment in queries.payments(work.connection, id_of(invoice)))
    due = invoice.total_minor - paid
    amount = due if amount_minor is None else amount_minor
    settlement = billing.settle(amount, due)
    payment = Payment(
        client_id=invoice.client_id,
        amount_minor=amount,
        currency=invoice.currency,
        method=method,
        received_on=received_on.isoformat(),
        reference=invoice.number or "",
        token=clean(token, field="The token"),
        created_at=utc_text(work.now),
    )
    work.session.add(payment)
    work.session.flush()
    work.session.add(
        PaymentAllocation(
            payment_id=payment.id or 0, invoice_id=id_of(invoice), amount_minor=settlement.allocated_minor
        )
    )
    left = due - settlement.allocated_minor
    if not left:
        invoice.status = "paid"
        work.session.add(invoice)
    name = full_name(client_row(work, invoice.client_id))
    work.summary = f"{name} paid {short_text(amount, invoice.currency)} by {method} for invoice {invoice.number}"
    if left:
        work.summary += f", {short_text(left, invoice.currency)} still due"
    if settlement.credit_minor:
        work.summary += f", {short_text(settlement.credit_minor, invoice.currency)} of it is credit"
