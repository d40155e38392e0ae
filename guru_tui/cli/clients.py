"""`guru clients`: the client list and one record (`client_transfer` has import and export)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from guru_tui.cli import client_transfer
from guru_tui.cli.output import add_json
from guru_tui.domain import phone
from guru_tui.domain.local_time import full_date, short_date
from guru_tui.domain.money import Money
from guru_tui.domain.person_names import split_full_name
from guru_tui.domain.practice import LANGUAGES
from guru_tui.errors import UsageMistake
from guru_tui.services.clients_lookup import resolve_client

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.domain.views.clients import ClientDetail, ClientRow, ClientVisit

_PAGE = 500

# Option, field of a client, help; the same for `add` and `edit`.
_OPTIONS = (
    ("--mobile", "mobile", "mobile number, as dialled at home or with its country code"),
    ("--email", "email", "email address"),
    ("--address", "address", "postal address"),
    ("--birth-date", "birth_date", "date of birth, for example 1985-03-02"),
    ("--id-number", "id_number", "identity or passport number"),
    ("--language", "language", "language of messages: en or af; empty for the practice's"),
    ("--sms-allowed", "sms_allowed", "yes or no: may the client be sent SMS?"),
    ("--email-allowed", "email_allowed", "yes or no: may the client be sent email?"),
    ("--bill-to", "bill_to_name", "who pays, when not the client"),
    ("--bill-to-email", "bill_to_email", "where the invoices go then"),
    ("--bill-to-address", "bill_to_address", "the payer's postal address"),
)


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `guru clients`."""
    parser.description = "List, show, add, change, import and export clients."
    parser.epilog = (
        "example:\n  guru clients import clients.csv --dry-run\n  guru clients list bot\n  guru clients show 12"
    )
    commands = parser.add_subparsers(required=True, dest="what", metavar="COMMAND")

    def command(
        word: str, text: str, example: str, run: Callable[[Context, argparse.Namespace], int], *, json: bool = True
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            word, help=text, description=f"{text[:1].upper()}{text[1:]}.", epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        sub.set_defaults(run=run)
        if json:
            add_json(sub)
        return sub

    listing = command("list", "list clients, or those that fit a search", "guru clients list sar bot", _list)
    listing.add_argument(
        "search", nargs="*", metavar="SEARCH", help="starts of names, digits of the mobile, or part of the email"
    )
    listing.add_argument("--archived", action="store_true", help="list the archived ones")

    show = command("show", "show one client's record", "guru clients show sarah botha", _show)
    _client_argument(show)

    add = command("add", "add a client", "guru clients add Sarah Botha --mobile '082 555 0134'", _add)
    add.add_argument("name", nargs="*", metavar="NAME", help="first and last name; or use --first and --last")
    add.add_argument("--first", default="", help="first name")
    add.add_argument("--last", default="", help="last name")
    add.add_argument("--force", action="store_true", help="add a second client of the same name and number")
    _field_options(add)

    edit = command(
        "edit", "change a client; an empty text clears a field", "guru clients edit 12 --mobile '083 555 0199'", _edit
    )
    _client_argument(edit)
    edit.add_argument("--first", help="first name")
    edit.add_argument("--last", help="last name")
    _field_options(edit)

    archive = command("archive", "take a client off the lists, keeping the record", "guru clients archive 12", _archive)
    _client_argument(archive)
    archive.add_argument("--undo", action="store_true", help="put an archived client back on the lists")

    client_transfer.configure(command)


def _client_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("client", nargs="+", metavar="CLIENT", help="number or name of the client")


def _field_options(parser: argparse.ArgumentParser) -> None:
    for option, field, text in _OPTIONS:
        parser.add_argument(option, dest=field, help=text)


def _list(context: Context, options: argparse.Namespace) -> int:
    reads = context.guru.reads
    search = " ".join(options.search)
    rows: list[ClientRow] = []
    while page := reads.clients(search, archived=options.archived, limit=_PAGE, offset=len(rows)):
        rows += page
        if len(page) < _PAGE:
            break
    currency = reads.practice().currency
    if options.json:
        context.output.json({"clients": [_row_json(row, currency) for row in rows]})
    elif rows:
        context.output.table(
            ("id", "name", "mobile", "email", "owes", "next"),
            [_cells(row, currency) for row in rows],
            right=("id", "owes"),
        )
    else:
        context.output.line(_nothing(search, archived=options.archived))
    return 0


def _nothing(search: str, *, archived: bool) -> str:
    kind = "archived client" if archived else "client"
    if search:
        return f"No {kind} fits {search!r}."
    return f"There is no {kind} yet." + ("" if archived else " Add one with: guru clients add --first NAME --last NAME")


def _cells(row: ClientRow, currency: str) -> tuple[object, ...]:
    owes = Money(row.owes_minor, currency).short() if row.owes_minor else ""
    start = f"{short_date(row.next_start.date())} {row.next_start:%H:%M}" if row.next_start else ""
    return (
        row.id,
        row.list_name,
        phone.national(row.mobile),
        row.email,
        owes + (" overdue" if row.overdue else ""),
        start,
    )


def _row_json(row: ClientRow, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "mobile": row.mobile,
        "email": row.email,
        "owes": Money(row.owes_minor, currency).as_json(),
        "next": row.next_start,
        "archived": row.archived,
        "overdue": row.overdue,
    }


def _show(context: Context, options: argparse.Namespace) -> int:
    found = resolve_client(context.guru, " ".join(options.client))
    _print_record(context, context.guru.reads.client(found.id), json=options.json)
    return 0


def _print_record(context: Context, client: ClientDetail, *, json: bool) -> None:
    if json:
        context.output.json(_record_json(client))
        return
    row, output = client.row, context.output

    output.line(f"{row.name}  (number {row.id}{', archived' if row.archived else ''})")
    refused = [word for word, allowed in (("SMS", client.sms_allowed), ("email", client.email_allowed)) if not allowed]
    facts = (
        ("Mobile", phone.national(row.mobile)),
        ("Email", row.email),
        ("Address", ", ".join(client.address.splitlines())),
        ("Born", client.birth_date),
        ("Messages in", _language(client)),
        ("No messages by", " and ".join(refused)),
        ("Bill to", "  ".join(part for part in (client.bill_to_name, client.bill_to_email) if part)),
        ("Client since", full_date(client.since) if client.since else ""),
        ("Visits", f"{client.attended} attended, {client.no_shows} no-show"),
        ("Owes", Money(row.owes_minor, client.currency).short() + (" overdue" if row.overdue else "")),
        ("Not invoiced", Money(client.uninvoiced_minor, client.currency).short() if client.uninvoiced_minor else ""),
        ("Paid this year", Money(client.paid_this_year_minor, client.currency).short()),
        ("Last note", client.last_note),
    )
    for label, text in facts:
        if text:
            output.line(f"  {label + ':':<16}{' '.join(text.split())}")
    for title, visits in (("To come", client.upcoming), ("Before", client.recent)):
        if visits:
            output.line(title)
            for visit in visits:
                output.line(f"  {_visit_line(visit)}")
    if client.invoices:
        output.line("Invoices")
        for invoice in client.invoices:
            total = Money(invoice.total_minor, invoice.currency).short()
            output.line(
                f"  {invoice.number or 'draft':<12}{invoice.issued_on or ''!s:<12}{total:>10}  {invoice.status}"
            )


def _language(client: ClientDetail) -> str:
    """The language of the client's messages; empty where it is the practice's."""
    if not client.language:
        return ""
    return LANGUAGES.get(client.language, f"English ({client.language} is noted; there are no texts in it)")


def _visit_line(visit: ClientVisit) -> str:
    fee = Money(visit.fee_minor, visit.currency).short()
    when = f"{short_date(visit.starts.date())} {visit.starts:%Y %H:%M}"
    return f"{when:<23}{visit.title or '-':<16}  {visit.status:<14}{fee:>9}  {visit.invoice_number}".rstrip()


def _record_json(client: ClientDetail) -> dict[str, Any]:
    def money(minor: int) -> dict[str, str]:
        return Money(minor, client.currency).as_json()

    def visit(one: ClientVisit) -> dict[str, Any]:
        return {
            "id": one.id,
            "start": one.starts,
            "type": one.title,
            "status": one.status,
            "fee": Money(one.fee_minor, one.currency).as_json(),
            "invoice": one.invoice_number or None,
        }

    return {
        **_row_json(client.row, client.currency),
        "first_name": client.row.first_name,
        "last_name": client.row.last_name,
        "address": client.address,
        "birth_date": client.birth_date or None,
        "language": client.language or None,
        "sms_allowed": client.sms_allowed,
        "email_allowed": client.email_allowed,
        "bill_to": {"name": client.bill_to_name, "email": client.bill_to_email},
        "since": client.since,
        "attended": client.attended,
        "no_shows": client.no_shows,
        "uninvoiced": money(client.uninvoiced_minor),
        "paid_this_year": money(client.paid_this_year_minor),
        "last_note": client.last_note,
        "upcoming": [visit(one) for one in client.upcoming],
        "recent": [visit(one) for one in client.recent],
        "invoices": [
            {
                "number": one.number or None,
                "date": one.issued_on,
                "due": one.due_on,
                "total": Money(one.total_minor, one.currency).as_json(),
                "paid": Money(one.paid_minor, one.currency).as_json(),
                "due_amount": Money(one.due_minor, one.currency).as_json(),
                "status": one.status,
            }
            for one in client.invoices
        ],
    }


def _add(context: Context, options: argparse.Namespace) -> int:
    first, last = options.first, options.last
    if options.name and (first or last):
        raise UsageMistake("Give the name once: as NAME, or with --first and --last.")
    if options.name:
        first, last = split_full_name(" ".join(options.name))
    client_id = context.guru.clients.add(first, last, force=options.force, **_given(options))
    return _told(context, client_id, "Added", json=options.json)


def _edit(context: Context, options: argparse.Namespace) -> int:
    fields = _given(options)
    fields |= {
        name: value for name, value in (("first_name", options.first), ("last_name", options.last)) if value is not None
    }
    if not fields:
        raise UsageMistake("Say what to change, for example: guru clients edit 12 --mobile '083 555 0199'")
    client = resolve_client(context.guru, " ".join(options.client))
    context.guru.clients.update(client.id, **fields)
    return _told(context, client.id, "Changed", json=options.json)


def _given(options: argparse.Namespace) -> dict[str, str]:
    return {field: value for _, field, _ in _OPTIONS if (value := getattr(options, field)) is not None}


def _archive(context: Context, options: argparse.Namespace) -> int:
    client = resolve_client(context.guru, " ".join(options.client))
    if options.undo:
        context.guru.clients.unarchive(client.id)
        return _told(context, client.id, "Back on the lists:", json=options.json)
    context.guru.clients.archive(client.id)
    return _told(context, client.id, "Archived", json=options.json)


def _told(context: Context, client_id: int, word: str, *, json: bool) -> int:
    client = context.guru.reads.client(client_id)
    if json:
        context.output.json(_row_json(client.row, client.currency))
    else:
        address = phone.national(client.row.mobile) or client.row.email
        context.output.line(f"{word} {client.row.name} (number {client_id}{f', {address}' if address else ''}).")
    return 0
