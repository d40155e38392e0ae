"""`guru invoices`: list, show, issue, send, print, settle."""

from __future__ import annotations

import argparse
import secrets
import sys

from guru_tui.cli import Context
from guru_tui.cli.invoice_output import (
    detail_json,
    message_text,
    paid_text,
    ref,
    row_json,
    say_issued,
    say_sent,
    title,
)
from guru_tui.cli.output import add_json, number
from guru_tui.domain.billing import PAYMENT_METHODS, read_day
from guru_tui.domain.local_time import full_date
from guru_tui.domain.money import Money, parse_amount
from guru_tui.errors import UsageMistake
from guru_tui.services.files import in_folder, typed, write_private

_MOST = 500


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands."""
    parser.description = "Invoices. NUMBER is an invoice's number, or draft-ID for a draft."
    parser.epilog = (
        "example: guru invoices list --status overdue\n"
        "         guru invoices pdf 1042 -o invoice-1042.pdf\n"
        '         guru invoices pay 1042 --method "medical aid"'
    )
    what = parser.add_subparsers(required=True, dest="what", metavar="WHAT")

    listing = what.add_parser("list", help="every invoice, newest first")
    listing.add_argument("--status", choices=("draft", "sent", "overdue", "paid", "void"), help="only these")
    listing.add_argument("--client", metavar="CLIENT", help="only this client's")
    listing.add_argument(
        "--limit", type=number, default=_MOST, metavar="N", help=f"at most N (default {_MOST}; 0: all)"
    )
    listing.set_defaults(run=run_list)

    show = what.add_parser("show", help="one invoice with its lines, payments and messages")
    show.set_defaults(run=run_show)

    issue = what.add_parser("issue", help="give a draft its number and freeze it")
    issue.set_defaults(run=run_issue)

    send = what.add_parser("send", help="send an invoice; a draft is issued first")
    send.add_argument("--email", action="store_true", help="by email, with the PDF")
    send.add_argument("--sms", action="store_true", help="by SMS, with number and amount")
    send.add_argument("--channels", metavar="CHANNELS", help="email, sms or email,sms (default: the practice's rule)")
    send.set_defaults(run=run_send)

    pdf = what.add_parser("pdf", help="write an invoice's PDF to a file")
    pdf.add_argument("-o", "--output", required=True, metavar="FILE", help="where to; a folder takes the usual name")
    pdf.add_argument("--force", action="store_true", help="replace FILE if it exists")
    pdf.set_defaults(run=run_pdf)

    pay = what.add_parser("pay", help="record a payment")
    pay.add_argument("--method", default="EFT", help=f"{', '.join(PAYMENT_METHODS)} (default EFT)")
    pay.add_argument("--date", metavar="DAY", help="when it was received (default today)")
    pay.set_defaults(run=run_pay)

    discard = what.add_parser("discard", help="throw a draft away")
    discard.set_defaults(run=run_discard)

    for one in (show, issue, send, pdf, pay, discard):
        one.add_argument("number", metavar="NUMBER", help="the invoice's number, or draft-ID")
    pay.add_argument("amount", nargs="?", metavar="AMOUNT", help="default: all that is due")
    for one in (listing, show, issue, send, pdf, pay, discard):
        one.epilog = _EXAMPLES[one.prog.rsplit(" ", 1)[-1]]
        one.formatter_class = argparse.RawDescriptionHelpFormatter
        add_json(one)


_EXAMPLES = {
    "list": "example: guru invoices list --status overdue",
    "show": "example: guru invoices show 1042",
    "issue": "example: guru invoices issue draft-7",
    "send": "example: guru invoices send 1042 --email --sms",
    "pdf": "example: guru invoices pdf 1042 -o invoice-1042.pdf",
    "pay": "example: guru invoices pay 1042 R450 --method card --date 24/11",
    "discard": "example: guru invoices discard draft-7",
}


def run_list(context: Context, options: argparse.Namespace) -> int:
    """Print the invoices."""
    if options.limit < 0:
        raise UsageMistake(f"--limit takes a number from 0, not {options.limit}")
    reads = context.guru.reads
    client_id = None
    if options.client is not None:
        from guru_tui.services.clients_lookup import resolve_client

        client_id = resolve_client(context.guru, options.client).id
    limit = options.limit or sys.maxsize
    rows = reads.invoices(options.status, client_id, limit=limit if limit == sys.maxsize else limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    if options.json:
        context.output.json({"invoices": [row_json(row) for row in rows], "more": more})
        return 0
    if not rows:
        context.output.line("No invoices." if options.status is None else f"No invoices are {options.status}.")
        return 0
    context.output.table(
        ("number", "client", "date", "due", "total", "paid", "still due", "status"),
        [
            (
                ref(row),
                row.client,
                row.issued_on or "",
                row.due_on or "",
                Money(row.total_minor, row.currency).short(),
                Money(row.paid_minor, row.currency).short() if row.paid_minor else "",
                Money(row.due_minor, row.currency).short() if row.due_minor else "",
                row.status,
            )
            for row in rows
        ],
        right=("number", "total", "paid", "still due"),
    )
    if more:
        context.output.line(f"The newest {limit} are shown; --limit 0 shows all.")
    return 0


def run_show(context: Context, options: argparse.Namespace) -> int:
    """Print one invoice."""
    invoice = context.guru.reads.invoice(options.number)
    if options.json:
        context.output.json(detail_json(invoice))
        return 0
    row, output = invoice.row, context.output
    output.line(f"{title(invoice)} · {row.client} · {row.status}")
    if row.issued_on and row.due_on:
        output.line(f"Issued {full_date(row.issued_on)}, due {full_date(row.due_on)}")
    output.table(
        ("date", "description", "code", "amount"),
        [
            (
                f"{line.service_at:%Y-%m-%d %H:%M}" if line.service_at else "",
                line.description,
                line.code,
                Money(line.total_minor, row.currency).decimal(),
            )
            for line in invoice.lines
        ],
        right=("amount",),
    )
    if invoice.tax_minor:
        net = Money(invoice.subtotal_minor, row.currency).short()
        output.line(f"Subtotal without VAT {net}, VAT {Money(invoice.tax_minor, row.currency).short()}")
    total, due = Money(row.total_minor, row.currency).short(), Money(row.due_minor, row.currency).short()
    output.line(f"Total {total}, still due {due}")
    for payment in invoice.payments:
        amount = Money(payment.amount_minor, payment.currency).short()
        output.line(f"Paid {amount} by {payment.method} on {full_date(payment.received_on)}")
    for message in invoice.messages:
        output.line(message_text(message))
    return 0


def run_issue(context: Context, options: argparse.Namespace) -> int:
    """Issue a draft."""
    invoice = context.guru.invoicing.issue(options.number)
    if options.json:
        context.output.json(detail_json(invoice))
        return 0
    say_issued(context, invoice)
    return 0


def run_send(context: Context, options: argparse.Namespace) -> int:
    """Queue an invoice to be sent."""
    named = [name for name in ("email", "sms") if getattr(options, name)]
    if named and options.channels:
        raise UsageMistake("--channels takes the place of --email and --sms; give one or the other")
    context.guru.invoicing.send(options.number, ",".join(named) or options.channels)
    # Issuing has given a draft its number, so that its former name no longer finds it.
    invoice = context.guru.reads.invoice(_key(options.number))
    if options.json:
        context.output.json(detail_json(invoice))
        return 0
    say_sent(context, invoice)
    return 0


def _key(number: str) -> int | str:
    word = number.strip().lower()
    if word.startswith("draft-") and word[6:].isascii() and word[6:].isdigit():
        return int(word[6:])
    return number


def run_pdf(context: Context, options: argparse.Namespace) -> int:
    """Write the PDF, for its owner's eyes only."""
    name, content = context.guru.invoicing.pdf(options.number)
    path = in_folder(typed(options.output), name)
    write_private(path, content, replace=options.force)
    if options.json:
        context.output.json({"file": str(path), "bytes": len(content)})
        return 0
    context.output.line(f"Wrote {path}.")
    return 0


def run_pay(context: Context, options: argparse.Namespace) -> int:
    """Record a payment."""
    guru = context.guru
    before = guru.reads.invoice(options.number)
    amount = parse_amount(options.amount, before.row.currency) if options.amount is not None else None
    invoice = guru.payments.pay(
        before.row.id,
        amount_minor=amount,
        method=options.method,
        received_on=read_day(options.date, guru.reads.today()) if options.date is not None else None,
        token=secrets.token_hex(16),
    )
    if options.json:
        context.output.json(detail_json(invoice))
        return 0
    known = {payment.id for payment in before.payments}
    for payment in invoice.payments:
        if payment.id not in known:
            context.output.line(paid_text(invoice, payment.amount_minor, payment.credit_minor, payment.method))
    context.output.line("Take it back with: guru undo")
    return 0


def run_discard(context: Context, options: argparse.Namespace) -> int:
    """Throw a draft away."""
    summary = context.guru.invoicing.discard_draft(options.number)
    if options.json:
        context.output.json({"done": summary})
        return 0
    context.output.line(f"{summary}. Its appointments can be invoiced again; take it back with: guru undo")
    return 0
