"""`guru ics`: the calendar as a file for other programs."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guru_tui.cli.files import typed, write_private
from guru_tui.domain.practice import PRIVACY

if TYPE_CHECKING:
    from guru_tui.cli import Context

_OURS = b"BEGIN:VCALENDAR"


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`ics FILE [--privacy LEVEL] [--from DAY] [--to DAY]`."""
    parser.description = (
        "Write the calendar as RFC 5545, for a phone, a shared calendar or another program. Appointments and blocked\n"
        "times, past ones too; what is cancelled is left out. The file is for you alone (0600).\n"
        "To have it written after each change: guru settings set ics_path FILE"
    )
    parser.epilog = (
        "example: guru ics ~/calendar.ics --privacy first-name\n         guru ics - --from today | khal import"
    )
    parser.add_argument("file", metavar="FILE", help="where to write; - for standard output")
    parser.add_argument(
        "--privacy", choices=PRIVACY, help="how much of a client is told (default: the setting ics_privacy)"
    )
    parser.add_argument("--from", dest="first", metavar="DAY", help="nothing that is over before this day")
    parser.add_argument("--to", dest="last", metavar="DAY", help="nothing that begins after this day")
    parser.add_argument("--force", action="store_true", help="replace a file that is no calendar")
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the feed and write it."""
    guru = context.guru
    privacy = options.privacy or guru.reads.practice()["ics_privacy"]
    made = guru.feed.make(privacy, day(context, options.first), day(context, options.last))
    if options.file == "-":
        context.output.raw(made.content)
        return 0
    path = typed(options.file)
    write_private(path, made.content, replace=options.force or is_calendar(path))
    entries = f"{made.entries} {'entry' if made.entries == 1 else 'entries'}"
    context.output.line(f"Wrote {entries} to {path} (privacy: {privacy}).")
    return 0


def day(context: Context, text: str | None) -> date | None:
    """The day that was typed, in natural language; None where none was."""
    return context.guru.quick_add.read_day(text) if text else None


def is_calendar(path: Path) -> bool:
    """Whether a calendar lies there, which a newer one may replace."""
    try:
        with path.open("rb") as file:
            return file.read(len(_OURS)) == _OURS
    except (OSError, RuntimeError):
        return False
