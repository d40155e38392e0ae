"""`guru block` and `guru unblock`: time with no client in it."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.choices import add_choices, add_scope
from guru_tui.cli.output import add_json, number
from guru_tui.cli.unclear import not_settled
from guru_tui.cli.waitlist import fits_json, print_fits
from guru_tui.domain.local_time import resolve, span_text, to_local


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`block TEXT [--force]`, `unblock ID`."""
    if name == "unblock":
        parser.description = "Remove blocked time, and say who on the waiting list fits what is free again."
        parser.epilog = "example: guru unblock b12\n         guru unblock b12 --scope later"
        parser.add_argument("id", type=_blocked, metavar="ID", help="the blocked time's number (guru agenda shows b12)")
        add_scope(parser)
        add_json(parser)
        parser.set_defaults(run=remove)
        return
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
        context.output.line(f"Blocked {span_text(reading.start, reading.end)}{said} (b{key})")
    return 0


def remove(context: Context, options: argparse.Namespace) -> int:
    """Remove it, or those of its series that are meant."""
    guru = context.guru
    version = guru.reads.newest_change()
    change = (
        guru.booking.unblock(options.id, version=version)
        if options.scope == "this"
        else guru.series.unblock(options.id, options.scope, version=version)
    )
    found = guru.waiting.fits_freed(change.gone)
    if options.json:
        removed = {"summary": change.summary, "removed": list(change.unblocked)}
        context.output.json({**removed, "fits": fits_json(guru, found)})
    else:
        context.output.line(change.summary)
        print_fits(context, found)
    return 0


def _blocked(text: str) -> int:
    """The number of a blocked time, with or without the letter that tells it from an appointment's."""
    return number(text.strip().lower().removeprefix("b"))
