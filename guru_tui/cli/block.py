"""`guru block`: time with no client in it."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.book import not_settled
from guru_tui.cli.choices import add_choices
from guru_tui.cli.output import add_json
from guru_tui.domain.local_time import resolve, span_text, to_local


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`block TEXT [--force]`."""
    parser.description = "Block time in the calendar, for lunch, leave, or anything of your own."
    parser.epilog = (
        'example: guru block "fri pm"\n'
        '         guru block "16/12 all day leave"\n'
        '         guru block "tomorrow 12:30-13:30 lunch"\n'
        '         guru block "every fri pm x8 admin" --skip'
    )
    parser.add_argument("text", nargs="+", metavar="TEXT", help="when, and what for")
    parser.add_argument("--force", action="store_true", help="block although something is booked then")
    add_choices(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Read the line and block the time."""
    guru = context.guru
    reading = guru.quick_add.read_block(" ".join(options.text))
    if not reading.complete or reading.start is None or reading.end is None:
        raise not_settled(
            reading.problems, reading.ambiguous, 'Say when, for example: guru block "fri 12:30-13:30 lunch"'
        )
    if reading.repeat is not None:
        from guru_tui.cli import series

        return series.block(context, options, reading)
    key = guru.booking.block(reading.start, reading.end, reading.title, force=options.force)
    if options.json:
        zone = guru.reads.practice().zone
        context.output.json(
            {
                "id": key,
                "start": to_local(resolve(reading.start, zone, fold=0), zone),
                "end": to_local(resolve(reading.end, zone, fold=1), zone),
                "title": reading.title,
            }
        )
    else:
        said = f": {reading.title}" if reading.title else ""
        context.output.line(f"Blocked {span_text(reading.start, reading.end)}{said}")
    return 0
