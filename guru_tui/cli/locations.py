"""`guru locations`: where appointments happen."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json
from guru_tui.domain.phone import national


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`locations list`, `locations add NAME …`."""
    parser.description = "Places where appointments happen."
    parser.epilog = 'example: guru locations add "Sea Point" --address "15 Flannery Road" --phone "021 555 0100"'
    what = parser.add_subparsers(required=True, dest="what", metavar="list|add")
    listing = what.add_parser("list", help="the places in your order")
    add_json(listing)
    listing.set_defaults(run=show)
    adding = what.add_parser("add", help="add a place")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--address", default="", help="street address, as clients see it")
    adding.add_argument("--instructions", default="", help="how to find the door, where to park")
    adding.add_argument("--phone", default="", help="number of this place")
    adding.add_argument("--video-link", default="", help="link for appointments held by video")
    add_json(adding)
    adding.set_defaults(run=add)


def show(context: Context, options: argparse.Namespace) -> int:
    """The places in the practitioner's order."""
    locations = context.guru.reads.locations()
    if options.json:
        context.output.json(
            {
                "locations": [
                    {
                        "id": row.id,
                        "name": row.name,
                        "address": row.address,
                        "phone": row.phone,
                        "instructions": row.instructions,
                        "video_link": row.video_link,
                    }
                    for row in locations
                ]
            }
        )
    elif not locations:
        context.output.line('No locations yet. Add one: guru locations add "Sea Point" --address "15 Flannery Road"')
    else:
        context.output.table(
            ("id", "name", "address", "phone", "instructions"),
            [
                (row.id, row.name, row.address or "-", national(row.phone) or "-", row.instructions or "-")
                for row in locations
            ],
            right=("id",),
        )
    return 0


def add(context: Context, options: argparse.Namespace) -> int:
    """Add a place."""
    key = context.guru.practice.add_location(
        options.name,
        address=options.address,
        phone=options.phone,
        instructions=options.instructions,
        video_link=options.video_link,
    )
    if options.json:
        context.output.json({"id": key})
    else:
        context.output.line(f"Added location {options.name}")
    return 0
