"""`guru locations`: where appointments happen."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json, number
from guru_tui.cli.types import named
from guru_tui.domain.phone import national
from guru_tui.errors import UsageMistake


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`locations list`, `locations add NAME …`, `locations edit NAME …`, `locations travel A B MINUTES`."""
    parser.description = "Places where appointments happen, and the minutes between them."
    parser.epilog = 'example: guru locations add "Sea Point" --address "15 Flannery Road" --phone "021 555 0100"'
    what = parser.add_subparsers(required=True, dest="what", metavar="list|add|edit|travel")
    listing = what.add_parser("list", help="the places in your order")
    add_json(listing)
    listing.set_defaults(run=show)
    for verb, line, run in (("add", "add a place", add), ("edit", "change a place", edit)):
        one = what.add_parser(verb, help=line)
        one.add_argument("place", metavar="NAME", help="its name" if verb == "add" else "its name or id")
        if verb == "edit":
            one.add_argument("--name", help="a new name")
        one.add_argument("--address", help="street address, as clients see it")
        one.add_argument("--instructions", help="how to find the door, where to park")
        one.add_argument("--phone", help="number of this place")
        one.add_argument("--video-link", help="link for appointments held by video")
        add_json(one)
        one.set_defaults(run=run)
    travel = what.add_parser("travel", help="say how many minutes lie between two places; 0 forgets it")
    travel.add_argument("one", metavar="A", help="a place, by name or id")
    travel.add_argument("other", metavar="B", help="another")
    travel.add_argument("minutes", type=number, metavar="MINUTES", help="minutes either way")
    add_json(travel)
    travel.set_defaults(run=set_travel)


def show(context: Context, options: argparse.Namespace) -> int:
    """The places in the practitioner's order."""
    locations = context.guru.reads.locations()
    ways = context.guru.reads.travel_times()
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
                ],
                "travel": [{"from": row.from_name, "to": row.to_name, "minutes": row.minutes} for row in ways],
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
        for way in ways:
            context.output.line(f"{way.from_name} - {way.to_name}: {way.minutes} min")
    return 0


def add(context: Context, options: argparse.Namespace) -> int:
    """Add a place."""
    key = context.guru.practice.add_location(options.place, **_given(options))
    if options.json:
        context.output.json({"id": key})
    else:
        context.output.line(f"Added location {options.place}")
    return 0


def edit(context: Context, options: argparse.Namespace) -> int:
    """Change a place."""
    row = named(context.guru.reads.locations(), options.place, "location", "guru locations add")
    changes = _given(options) | ({"name": options.name} if options.name is not None else {})
    if not changes:
        raise UsageMistake("say what to change, for example --address; see guru locations edit --help")
    context.guru.practice.edit_location(row.id, changes)
    if options.json:
        context.output.json({"id": row.id})
    else:
        context.output.line(f"Changed location {options.name or row.name}")
    return 0


def set_travel(context: Context, options: argparse.Namespace) -> int:
    """Say how many minutes lie between two places."""
    places = context.guru.reads.locations()
    one, other = (named(places, name, "location", "guru locations add") for name in (options.one, options.other))
    context.guru.opening.set_travel(one.id, other.id, options.minutes)
    if options.json:
        context.output.json({"from": one.name, "to": other.name, "minutes": options.minutes})
    elif options.minutes:
        context.output.line(f"{one.name} - {other.name}: {options.minutes} min")
    else:
        context.output.line(f"No way between {one.name} and {other.name} is kept free any more")
    return 0


def _given(options: argparse.Namespace) -> dict[str, str]:
    values = {key: getattr(options, key) for key in ("address", "instructions", "phone", "video_link")}
    return {key: value for key, value in values.items() if value is not None}
