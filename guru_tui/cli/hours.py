"""`guru hours`: when the practice is open."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json
from guru_tui.cli.types import location_named
from guru_tui.domain.hours import clock_text, format_hours, parse
from guru_tui.domain.local_time import WEEKDAYS


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`hours show`, `hours set TEXT [--location NAME]`."""
    parser.description = "Weekly operating hours. Anything not named is closed."
    parser.epilog = 'example: guru hours set "Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00"'
    what = parser.add_subparsers(required=True, dest="what", metavar="show|set")
    showing = what.add_parser("show", help="the hours as they are")
    add_json(showing)
    showing.set_defaults(run=show)
    setting = what.add_parser("set", help="replace the hours")
    setting.add_argument("text", metavar="HOURS", nargs="+", help="days and times, weekdays separated by ;")
    setting.add_argument("--location", metavar="NAME", help="hours of one place only")
    add_json(setting)
    setting.set_defaults(run=change)


def show(context: Context, options: argparse.Namespace) -> int:
    """The hours, those for every place first."""
    reads = context.guru.reads
    intervals, places = reads.hours(), {row.id: row.name for row in reads.locations()}
    if options.json:
        context.output.json(
            {
                "hours": [
                    {
                        "day": WEEKDAYS[row.weekday],
                        "opens": clock_text(row.opens),
                        "closes": clock_text(row.closes),
                        "location": places.get(row.location_id) if row.location_id else None,
                    }
                    for row in intervals
                ]
            }
        )
        return 0
    if not intervals:
        context.output.line('No operating hours yet. Set them: guru hours set "Mon-Fri 08:00-17:00"')
    for place in (None, *places):
        text = format_hours(row for row in intervals if row.location_id == place)
        if text:
            context.output.line(f"{places[place]}: {text}" if place else text)
    return 0


def change(context: Context, options: argparse.Namespace) -> int:
    """Replace the hours of the practice, or of one place."""
    location_id = location_named(context, options.location) if options.location else None
    intervals = parse(" ".join(options.text), location_id=location_id)
    context.guru.practice.set_hours(intervals, location_id=location_id)
    if options.json:
        return show(context, options)
    context.output.line(f"Open {format_hours(intervals)}")
    return 0
