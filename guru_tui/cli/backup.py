"""`guru backup`: a verified copy of the practice."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.files import typed
from guru_tui.cli.output import add_json


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`backup [FILE]`."""
    parser.description = "Copy the practice, open the copy and check it. Works while guru is open elsewhere."
    parser.epilog = "example: guru backup /media/usb/practice.db"
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to (default: backups/ in the data directory)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Make the copy and say where it lies."""
    from guru_tui.services.backup import make_backup

    guru = context.guru
    saved = make_backup(guru.settings, guru.clock, typed(options.file) if options.file else None)
    if options.json:
        context.output.json({"file": str(saved), "bytes": saved.stat().st_size})
    else:
        context.output.line(f"Saved and verified: {saved} ({saved.stat().st_size / 1e6:.1f} MB)")
    return 0
