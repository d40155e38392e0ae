"""`guru export`: everything, in files that other programs read."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guru_tui.cli.output import add_json
from guru_tui.services.files import typed

if TYPE_CHECKING:
    from guru_tui.cli import Context


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`export DIR`."""
    parser.description = (
        "Write the practice into a new folder: the calendar as iCalendar, CSV and JSON, clients and invoices as CSV,\n"
        "and every invoice's PDF. All of it is for you alone (0600). A copy to go back to is made by guru backup."
    )
    parser.epilog = "example: guru export ~/practice-2026"
    parser.add_argument("folder", metavar="DIR", help="a new or empty folder")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Write the files and name them."""
    folder = typed(options.folder)
    written = context.guru.export.export(folder)
    names = [str(path.relative_to(folder)) for path in written]
    if options.json:
        context.output.json({"folder": str(folder), "files": names})
        return 0
    invoices = sum(name.startswith("invoices/") for name in names)
    context.output.line(f"Exported to {folder}: {', '.join(name for name in names if '/' not in name)}")
    if invoices:
        context.output.line(f"and {invoices} invoice{'' if invoices == 1 else 's'} as PDF in invoices/")
    return 0
