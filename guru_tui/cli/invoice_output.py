"""How invoices are printed: sentences for people, objects for programs."""

from __future__ import annotations

from collections.abc import Iterable

from guru_tui.cli import Context
from guru_tui.domain.local_time import full_date, short_date, to_local
from guru_tui.domain.money import Money
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceRow
from guru_tui.domain.views.messages import MessageRow


def ref(row: InvoiceRow) -> str:
    """How an invoice is named on the command line: its number, or `draft-<id>`."""
    return row.number or f"draft-{row.id}"


def title(invoice: InvoiceDetail) -> str:
    """`Tax Invoice 1042` or `Draft draft-7`."""
    if not invoice.row.number:
        return f"Draft {ref(invoice.row)}"
    return f"{invoice.letterhead.get('title') or 'Invoice'} {invoice.row.number}"


def row_json(row: InvoiceRow) -> dict[str, object]:
    """An invoice in the shape of the command line's contract; `ref` names a draft as well."""

    def money(minor: int) -> dict[str, str]:
        return Money(minor, row.currency).as_json()

    return {
        "number": row.number or None,
        "ref": ref(row),
        "client": row.client,
        "client_id": row.client_id,
        "date": row.issued_on,
        "due": row.due_on,
        "total": money(row.total_minor),
        "paid": money(row.paid_minor),
        "due_amount": money(row.due_minor),
        "status": row.status,
    }


def detail_json(invoice: InvoiceDetail) -> dict[str, object]:
    """An invoice with its lines, payments and messages; starts with the fields of `row_json`."""
    currency = invoice.row.currency

    def money(minor: int) -> dict[str, str]:
        return Money(minor, currency).as_json()

    lines = [
        {
            "service": line.service_at,
            "description": line.description,
            "code": line.code or None,
            "quantity": line.quantity_milli / 1000,
            "unit_price": money(line.unit_price_minor),
            "discount": money(line.discount_minor),
            "tax": money(line.tax_minor),
            "amount": money(line.total_minor),
            "appointment": line.appointment_id,
        }
        for line in invoice.lines
    ]
    payments = [
        {
            "amount": money(payment.amount_minor),
            "credit": money(payment.credit_minor),
            "method": payment.method,
            "date": payment.received_on,
        }
        for payment in invoice.payments
    ]
    return {
        **row_json(invoice.row),
        "title": invoice.letterhead.get("title") or "Invoice",
        "bill_to": invoice.bill_to,
        "subtotal": money(invoice.subtotal_minor),
        "tax": money(invoice.tax_minor),
        "lines": lines,
        "payments": payments,
        "messages": [_message_json(message) for message in invoice.messages],
    }


def _message_json(message: MessageRow) -> dict[str, object]:
    return {
        "id": message.id,
        "kind": message.kind,
        "channel": message.channel,
        "to": message.recipient,
        "state": message.state,
        "reason": message.reason or None,
        "not_before": message.not_before,
    }


def message_text(message: MessageRow) -> str:
    """One message about an invoice, for a person."""
    reason = f" ({message.reason})" if message.reason else ""
    return f"Message {message.id}: {message.kind} by {message.channel} to {message.recipient}: {message.state}{reason}"


def say_issued(context: Context, invoice: InvoiceDetail) -> None:
    """What was made, how to see it, how to send it."""
    row, output = invoice.row, context.output
    count = len(invoice.lines)
    held = f"{count} appointment{'' if count == 1 else 's'}"
    amount = Money(row.total_minor, row.currency).short()
    if not row.number:
        output.line(
            f"Drafted an invoice for {row.client}: {held}, {amount}. Its name is {ref(row)} until it is issued."
        )
        output.line(f"Issue it: guru invoices issue {ref(row)}   or issue and send it: guru invoices send {ref(row)}")
        return
    due = f", due {full_date(row.due_on)}" if row.due_on and row.due_minor else ""
    output.line(f"Issued invoice {row.number} to {row.client}: {held}, {amount}{due}.")
    output.line(f"See it: guru invoices pdf {row.number} -o invoice-{row.id}.pdf")
    if not invoice.messages:
        output.line(f"It has not been sent; send it: guru invoices send {row.number}")


def say_sent(context: Context, invoice: InvoiceDetail) -> None:
    """What leaves, when, to whom; and what does not."""
    zone = context.guru.reads.practice().zone
    today = context.guru.reads.today()
    for message in _latest(invoice.messages):
        by = {"email": "Email", "sms": "SMS"}[message.channel]
        if message.state == "blocked":
            context.output.line(f"{by}: not sent, {message.reason.rstrip('.')}.")
            continue
        at = to_local(message.not_before, zone)
        when = f"{at:%H:%M}" if at.date() == today else f"{short_date(at.date())} {at:%H:%M}"
        context.output.line(
            f"{by} with invoice {invoice.row.number} to {message.recipient} leaves from {when} on, "
            "when the app, guru daemon or guru remind next sends."
        )


def _latest(messages: Iterable[MessageRow]) -> list[MessageRow]:
    newest = {(message.channel, message.recipient): message for message in messages if message.kind == "invoice"}
    return sorted(newest.values(), key=lambda message: message.id)


def paid_text(invoice: InvoiceDetail, amount_minor: int, credit_minor: int, method: str) -> str:
    """What a payment came to, in a sentence or two."""
    row = invoice.row
    received = Money(amount_minor + credit_minor, row.currency).short()
    if row.due_minor > 0:
        due = Money(row.due_minor, row.currency).short()
        return f"{received} received by {method} for invoice {row.number}; {due} is still due."
    text = f"Invoice {row.number} of {row.client} is paid: {received} by {method}."
    if credit_minor:
        text += (
            f" {Money(credit_minor, row.currency).short()} of it is more than was due and stays as the client's credit."
        )
    return text
