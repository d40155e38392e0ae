"""`guru ics`: the calendar as a file for other programs."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import short_date
from guru_tui.domain.practice import PRIVACY
from guru_tui.services.files import typed

if TYPE_CHECKING:
    from guru_tui.cli import Context


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`ics FILE [--privacy LEVEL] [--from DAY] [--to DAY]`."""
    parser.description = (
        "Write the calendar as RFC 5545, for a phone, a shared calendar or another program: appointments and blocked\n"
        "times, as far back as the setting ics_days_back says; what is cancelled is left out. The file is for you\n"
        "alone (0600). To have it written after each change: guru settings set ics_path FILE"
    )
    parser.epilog = (
        "example: guru ics ~/calendar.ics --privacy first-name\n         guru ics - --from today | khal import"
    )
    parser.add_argument("file", metavar="FILE", help="where to write; - for standard output")
    parser.add_argument(
        "--privacy", choices=PRIVACY, help="how much of a client is told (default: the setting ics_privacy)"
    )
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--from", dest="first", metavar="DAY", help="nothing that is over before this day")
    begin.add_argument("--all", action="store_true", help="everything there has ever been")
    parser.add_argument("--to", dest="last", metavar="DAY", help="nothing that begins after this day")
    parser.add_argument("--force", action="store_true", help="replace a file that guru did not write")
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the feed and write it."""
    guru = context.guru
    privacy = options.privacy or guru.reads.practice()["ics_privacy"]
    first, last = day(context, options.first), day(context, options.last)
    if first is None and not options.all:
        first = guru.feed.first_day()
        if last is not None and last < first:
            first = None  # who asks for what has long been means that
    if options.file == "-":
        context.output.raw(guru.feed.make(privacy, first, last).content)
        return 0
    path = typed(options.file)
    number = guru.feed.write(path, privacy, first, last, force=options.force)
    entries = f"{number} {'entry' if number == 1 else 'entries'}"
    since = f"from {short_date(first)} {first.year} on, more with --all; " if first and not options.first else ""
    context.output.line(f"Wrote {entries} to {path} ({since}privacy: {privacy}).")
    return 0


def day(context: Context, text: str | None) -> date | None:
    """The day that was typed, in natural language; None where none was."""
    return context.guru.quick_add.read_day(text) if text else None
