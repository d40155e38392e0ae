"""`guru types`: what a client can be booked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Protocol, TypeVar

from guru_tui.cli import Context
from guru_tui.cli.output import add_json, number
from guru_tui.domain.money import Money, parse_amount
from guru_tui.domain.text import fold
from guru_tui.errors import NotFound, UsageMistake


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`types list`, `types add NAME --minutes N --fee AMOUNT …`, `types edit NAME …`."""
    parser.description = "Appointment types: name, length, fee and place. Fees are fixed when an appointment is booked."
    parser.epilog = (
        'example: guru types add "Follow-up" --minutes 60 --fee 450 --location "Sea Point"\n'
        '         guru types edit "Follow-up" --fee 480'
    )
    what = parser.add_subparsers(required=True, dest="what", metavar="list|add|edit")
    listing = what.add_parser("list", help="the types in your order")
    add_json(listing)
    listing.set_defaults(run=show)
    adding = what.add_parser("add", help="add a type")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--minutes", type=number, required=True, metavar="N", help="length in minutes")
    adding.add_argument("--fee", required=True, metavar="AMOUNT", help="fee, for example 450 or 450.50")
    adding.add_argument("--location", metavar="NAME", help="where it takes place")
    adding.add_argument("--before", type=number, default=0, metavar="N", help="minutes to keep free before it")
    adding.add_argument("--after", type=number, default=0, metavar="N", help="minutes to keep free after it")
    add_json(adding)
    adding.set_defaults(run=add)
    editing = what.add_parser("edit", help="change a type; appointments that exist keep their fee and length")
    editing.add_argument("type", metavar="NAME", help="its name or id")
    editing.add_argument("--name", help="a new name")
    editing.add_argument("--minutes", type=int, metavar="N", help="length in minutes")
    editing.add_argument("--fee", metavar="AMOUNT", help="fee of future bookings")
    editing.add_argument("--location", metavar="NAME", help="where it takes place")
    editing.add_argument("--before", type=int, metavar="N", help="minutes to keep free before it")
    editing.add_argument("--after", type=int, metavar="N", help="minutes to keep free after it")
    editing.add_argument("--off", action="store_true", help="offer it no more")
    editing.set_defaults(run=edit)


def show(context: Context, options: argparse.Namespace) -> int:
    """The types in the practitioner's order."""
    reads = context.guru.reads
    currency = reads.practice().currency
    types = reads.types()
    if options.json:
        context.output.json(
            {
                "types": [
                    {
                        "id": row.id,
                        "name": row.name,
                        "minutes": row.minutes,
                        "fee": Money(row.fee_minor, currency).as_json(),
                        "location": row.location or None,
                        "before": row.minutes_before,
                        "after": row.minutes_after,
                    }
                    for row in types
                ]
            }
        )
    elif not types:
        context.output.line('No appointment types yet. Add one: guru types add "Follow-up" --minutes 60 --fee 450')
    else:
        context.output.table(
            ("id", "name", "minutes", "fee", "location", "before", "after"),
            [
                (
                    row.id,
                    row.name,
                    row.minutes,
                    Money(row.fee_minor, currency).short(),
                    row.location or "-",
                    row.minutes_before,
                    row.minutes_after,
                )
                for row in types
            ],
            right=("id", "minutes", "fee", "before", "after"),
        )
    return 0


def add(context: Context, options: argparse.Namespace) -> int:
    """Add a type."""
    currency = context.guru.reads.practice().currency
    fee = parse_amount(options.fee, currency)
    key = context.guru.practice.add_type(
        options.name,
        options.minutes,
        fee,
        location_id=location_named(context, options.location) if options.location else None,
        minutes_before=options.before,
        minutes_after=options.after,
    )
    if options.json:
        context.output.json({"id": key})
    else:
        context.output.line(f"Added {options.name}: {options.minutes} min, {Money(fee, currency).short()}")
    return 0


def edit(context: Context, options: argparse.Namespace) -> int:
    """Change a type."""
    reads = context.guru.reads
    row = named(reads.types(), options.type, "appointment type", "guru types add")
    given: dict[str, str | int | None] = {
        "name": options.name,
        "minutes": options.minutes,
        "fee_minor": parse_amount(options.fee, reads.practice().currency) if options.fee is not None else None,
        "location_id": location_named(context, options.location) if options.location else None,
        "minutes_before": options.before,
        "minutes_after": options.after,
        "active": False if options.off else None,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        raise UsageMistake("say what to change, for example --fee 480; see guru types edit --help")
    context.guru.practice.edit_type(row.id, changes)
    context.output.line(f"Changed {options.name or row.name}")
    return 0


def location_named(context: Context, name: str) -> int:
    """The id of the location called `name`; raises `NotFound` with the names there are."""
    return named(context.guru.reads.locations(), name, "location", "guru locations add").id


class _Record(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


R = TypeVar("R", bound=_Record)


def named(records: Sequence[R], name: str, what: str, remedy: str) -> R:
    """The one of `records` that `name` (its name, the name's beginning, or its id) means; raises `NotFound`."""
    hits = [row for row in records if fold(row.name) == fold(name) or str(row.id) == name]
    hits = hits or [row for row in records if name.strip() and fold(row.name).startswith(fold(name))]
    if len(hits) != 1:
        known = ", ".join(row.name for row in records)
        raise NotFound(
            f"There is no one {what} {name!r}; "
            + (f"there are: {known}." if known else f'add it first: {remedy} "{name}"')
        )
    return hits[0]
