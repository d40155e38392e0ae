"""`guru clients import` and `export`: client lists from and to CSV files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from guru_tui.domain.csv_reading import column_fields
from guru_tui.errors import Invalid, UsageMistake
from guru_tui.services.files import LARGEST, read_file, too_large, typed, write_private

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.services.transfer import ImportReport

_NEEDS_A_PERSON = 3
_REASONS_SHOWN = 50


def configure(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the two commands; `command(word, help, example, run)` makes a parser."""
    imports = command(
        "import",
        "import a client list from a CSV file (- reads standard input)",
        "guru clients import clients.csv --map 'Kontak=mobile' --dry-run",
        _import,
    )
    imports.add_argument("file", metavar="FILE", help="a CSV file with a row of headings; - for standard input")
    imports.add_argument("--dry-run", action="store_true", help="only report what the import would do")
    imports.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD",
        help="which field a column holds (heading, letter or number of the column; field: name, first_name, last_name, "
        "mobile, email, address, ... or ignore); may be repeated",
    )  # fmt: skip
    imports.add_argument("--skip-errors", action="store_true", help="import the good rows although others are rejected")

    export = command(
        "export",
        "export the client list as CSV (- writes standard output)",
        "guru clients export clients.csv",
        _export,
        json=False,
    )
    export.add_argument("file", metavar="FILE", help="where to write; - for standard output")
    export.add_argument("--archived", action="store_true", help="with the archived clients")
    export.add_argument("--force", action="store_true", help="replace the file if it exists")


def _import(context: Context, options: argparse.Namespace) -> int:
    mapping = read_mapping(options.map)
    data = read_input(options.file, "the CSV file")
    report = context.guru.transfer.import_csv(
        data, mapping=mapping, dry_run=options.dry_run, skip_errors=options.skip_errors
    )
    if options.json:
        context.output.json(_report_json(report))
    else:
        _print_report(context, report)
    return _NEEDS_A_PERSON if report.rejected else 0


def read_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """What `--map` says of columns; raises `UsageMistake` for what is no COLUMN=FIELD."""
    try:
        return column_fields(pairs)
    except Invalid as error:
        raise UsageMistake(f"--map: {error}") from None


def read_input(name: str, what: str) -> bytes:
    """The bytes of a file, or of standard input for `-`; raises like `files.read_file`."""
    if name != "-":
        return read_file(name, what)
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise too_large("What comes in", what)
    return data


def _report_json(report: ImportReport) -> dict[str, Any]:
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": [{"row": one.row, "reason": one.reason} for one in report.rejected],
        "applied": report.applied,
        "dry_run": report.dry_run,
        "would_create": report.would_create,
        "would_update": report.would_update,
        "columns": {field: list(headings) for field, headings in report.columns.items()},
        "ignored_columns": list(report.ignored),
    }


def _print_report(context: Context, report: ImportReport) -> None:
    output = context.output
    counts = report.counts
    rejected = len(report.rejected)
    if report.applied:
        output.line(f"Imported: {counts}, {rejected} rejected." if rejected else f"Imported: {counts}.")
    elif report.dry_run:
        output.line(f"Nothing written (dry run). The import would give: {counts}, {rejected} rejected.")
    else:
        output.line(f"Nothing imported, because {rejected} row{'s' if rejected > 1 else ''} cannot be.")
    for field, headings in () if report.applied else report.columns.items():
        output.line(f"  {field.replace('_', ' ')} from {', '.join(repr(heading) for heading in headings)}")
    if report.ignored:
        output.line(f"  not imported: {', '.join(repr(heading) for heading in report.ignored)}")
    for one in report.rejected[:_REASONS_SHOWN]:
        output.line(f"row {one.row}: {one.reason}")
    if rejected > _REASONS_SHOWN:
        output.line(f"... and {rejected - _REASONS_SHOWN} more rows; see them all with --json.")
    if rejected and not report.applied:
        output.line("Correct those rows and import again, or import the others with --skip-errors.")


def _export(context: Context, options: argparse.Namespace) -> int:
    text = context.guru.transfer.export_csv(archived=options.archived)
    if options.file == "-":
        context.output.raw(text.encode())
        return 0
    path = typed(options.file)
    write_private(path, text.encode("utf-8-sig"), replace=options.force)  # Excel knows UTF-8 by the mark only
    clients = len(context.guru.reads.client_sheet(archived=options.archived))
    context.output.line(f"Exported {clients} client{'' if clients == 1 else 's'} to {path}.")
    return 0
