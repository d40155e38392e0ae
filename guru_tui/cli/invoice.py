"""`guru invoice`: make invoices from what took place."""

from __future__ import annotations

import argparse
import re
from datetime import date

from guru_tui.cli import Context
from guru_tui.cli.invoice_output import detail_json, say_issued, say_sent
from guru_tui.cli.output import add_json, number
from guru_tui.domain.billing import read_day
from guru_tui.domain.local_time import MONTHS, YEARS
from guru_tui.domain.money import Money
from guru_tui.errors import UsageMistake

_NEEDS_A_PERSON = 3


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`invoice CLIENT` or `invoice --all --month`."""
    parser.description = (
        "Make an invoice from a client's appointments that took place and are on no invoice yet. It gets its number at "
        "once unless --draft is given."
    )
    parser.epilog = (
        'example: guru invoice "Sarah Botha" --from 1/11 --to 30/11 --send email\n'
        "         guru invoice 12 --appointment 340 --appointment 344 --draft\n"
        "         guru invoice --all --month 2026-11"
    )
    parser.add_argument("client", nargs="*", metavar="CLIENT", help="the client's name or number")
    parser.add_argument("--from", dest="date_from", metavar="DAY", help="first day (2026-11-01, 1/11, today)")
    parser.add_argument("--to", dest="date_to", metavar="DAY", help="last day, included")
    parser.add_argument(
        "--appointment",
        type=number,
        action="append",
        default=[],
        metavar="ID",
        help="this appointment; may be repeated",
    )
    parser.add_argument("--send", metavar="CHANNELS", help="send it too: email, sms or email,sms")
    parser.add_argument("--draft", action="store_true", help="only draft it; a draft has no number yet")
    parser.add_argument("--all", action="store_true", help="every client with something to invoice in --month")
    parser.add_argument("--month", default="", metavar="YYYY-MM", help="the month of --all")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the invoice or invoices."""
    _check(options)
    return _everyone(context, options) if options.all else _one(context, options)


def _check(options: argparse.Namespace) -> None:
    if options.all:
        if not options.month or options.client or options.appointment or options.date_from or options.date_to:
            raise UsageMistake("--all takes --month YYYY-MM and neither a client nor appointments nor days")
        if options.draft or options.send:
            raise UsageMistake("--all issues; send each with: guru invoices send NUMBER")
    elif not options.client or options.month:
        raise UsageMistake("name a client, or give --all --month YYYY-MM")
    if options.appointment and (options.date_from or options.date_to):
        raise UsageMistake("--appointment takes the place of --from and --to; give one or the other")
    if options.draft and options.send:
        raise UsageMistake("a draft is not sent; leave out --draft or --send")


def _one(context: Context, options: argparse.Namespace) -> int:
    from guru_tui.services.clients_lookup import resolve_client

    guru = context.guru
    today = guru.reads.today()
    client = resolve_client(guru, " ".join(options.client))
    invoice = guru.invoicing.invoice_client(
        client.id,
        date_from=read_day(options.date_from, today) if options.date_from is not None else None,
        date_to=read_day(options.date_to, today) if options.date_to is not None else None,
        appointment_ids=options.appointment,
        draft=options.draft,
        send=options.send,
    )
    if options.json:
        context.output.json(detail_json(invoice))
        return 0
    say_issued(context, invoice)
    if options.send:
        say_sent(context, invoice)
    return 0


def _everyone(context: Context, options: argparse.Namespace) -> int:
    month = _month(options.month)
    done = context.guru.invoicing.invoice_month(month)
    status = _NEEDS_A_PERSON if done.refused else 0
    if options.json:
        made = [detail_json(invoice) for invoice in done.invoices]
        context.output.json({"invoices": made, "refused": list(done.refused)})
        return status
    for row in (invoice.row for invoice in done.invoices):
        amount = Money(row.total_minor, row.currency).short()
        context.output.line(f"Issued invoice {row.number} to {row.client}, {amount}")
    name, count = f"{MONTHS[month.month - 1]} {month.year}", len(done.invoices)
    if count:
        context.output.line(f"{count} invoice{'' if count == 1 else 's'} for {name}.")
    elif not done.refused:
        context.output.line(f"Nothing to invoice in {name}.")
    for sentence in done.refused:
        context.output.error(sentence)
    return status


def _month(text: str) -> date:
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if match is None or int(match[1]) not in YEARS:
        raise UsageMistake(f"--month is written like 2026-11, not {text!r}")
    return date(int(match[1]), int(match[2]), 1)
