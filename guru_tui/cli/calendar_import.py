"""`guru import`: appointments and blocked time from another calendar."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from guru_tui.cli.client_transfer import read_input, read_mapping
from guru_tui.cli.ics import day
from guru_tui.cli.output import add_json, confirm
from guru_tui.domain.local_time import short_date
from guru_tui.errors import GuruError

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.domain.events import Event
    from guru_tui.services.calendar_import import CalendarReport
    from guru_tui.services.calendar_import_plan import Line

_NEEDS_A_PERSON = 3
_SHOWN = 100
_REASONS_SHOWN = 50


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`import FILE`."""
    parser.description = (
        "Bring in another calendar, from iCalendar (.ics) or a table (.csv), as Google, Outlook and Apple export it.\n"
        "An event that names one client outright (mail address, mobile, whole name) becomes an appointment, any other\n"
        "blocked time; what repeats becomes single entries, a year ahead. Importing again changes only what has moved\n"
        "in it. Nobody is told; guru undo takes it back."
    )
    parser.epilog = (
        "example: guru import calendar.ics --dry-run\n"
        "         guru import bookings.csv --client-column Subject --dates dmy\n"
        "         guru import calendar.ics --from 2026-01-01 --type Follow-up"
    )
    parser.add_argument("file", metavar="FILE", help="an .ics or .csv file; - for standard input")
    parser.add_argument("--dry-run", action="store_true", help="only show what would become of it")
    parser.add_argument("--yes", action="store_true", help="import without asking")
    parser.add_argument("--skip-errors", action="store_true", help="import the others although some are rejected")
    parser.add_argument("--from", dest="first", metavar="DAY", help="with what has been since this day (default today)")
    parser.add_argument("--to", dest="last", metavar="DAY", help="nothing after this day (what repeats: a year ahead)")
    parser.add_argument("--type", default="", metavar="NAME", help="the type of appointments that name none")
    parser.add_argument("--new-clients", action="store_true", help="make a client of a guest who is not one yet")
    parser.add_argument("--with-free", action="store_true", help="block time for events shown as free, too")
    parser.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD",
        help="what a column of a table holds: title, start, start_date, start_time, end, end_date, end_time, minutes, "
        "client, mobile, email, type, location, note, fee, ... or ignore; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--client-column", metavar="COLUMN", help="the column with the client's name; who is not known is added"
    )
    parser.add_argument("--dates", choices=("dmy", "mdy"), default="", help="what comes first in 01/02/2026")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Show what becomes of the events, ask, import."""
    mapping = read_mapping(options.map)
    if options.client_column:
        mapping[options.client_column.strip()] = "client"
    data = read_input(options.file, "the .ics or .csv file")
    first, last = day(context, options.first), day(context, options.last)

    def imported(*, dry_run: bool) -> CalendarReport:
        from guru_tui.services.calendar_import_plan import Wishes

        return context.guru.calendar_import.import_file(
            data,
            wishes=Wishes(options.type, options.new_clients, options.with_free),
            mapping=mapping,
            dates=options.dates,
            first=first,
            last=last,
            dry_run=dry_run,
            skip_errors=options.skip_errors,
        )

    report = imported(dry_run=options.dry_run or not options.yes)
    if not options.json:
        _show(context, report)
    changes = report.would_create + report.would_update
    if not options.dry_run and not options.yes and changes and (options.skip_errors or not report.rejected):
        if not confirm("Import them?"):
            raise GuruError("Nothing was imported. To import without being asked add --yes.")
        report = imported(dry_run=False)
    if options.json:
        context.output.json(as_json(report))
    else:
        _conclude(context, report, dry_run=options.dry_run)
    return _NEEDS_A_PERSON if report.rejected else 0


def _show(context: Context, report: CalendarReport) -> None:
    output = context.output
    told = [line for line in report.lines if line.becomes != "unchanged" or line.remark]
    if told:
        output.table(
            ("row", "day", "time", "min", "event", "becomes", ""),
            [
                (line.event.row, _day(line.event), _time(line.event), line.event.minutes, line.event.title[:60],
                 _becomes(line), line.remark)
                for line in told[:_SHOWN]
            ],
            right=("row", "min"),
        )  # fmt: skip
    if len(told) > _SHOWN:
        output.line(f"... and {len(told) - _SHOWN} more; see them all with --dry-run --json.")
    for one in report.rejected[:_REASONS_SHOWN]:
        output.line(f"rejected: row {one.row}: {one.reason}")
    if len(report.rejected) > _REASONS_SHOWN:
        output.line(f"... and {len(report.rejected) - _REASONS_SHOWN} more; see them all with --dry-run --json.")
    if report.columns:
        output.line(f"Columns: {', '.join(f'{field} from {heading!r}' for field, heading in report.columns)}.")
    if report.ignored:
        output.line(f"Not imported: {', '.join(repr(heading) for heading in report.ignored)}.")
    if report.over:
        first = report.first
        output.line(
            f"{report.over} {'is' if report.over == 1 else 'are'} over before {short_date(first)} {first.year} and "
            "left out; bring them too with --from DAY."
        )


def _conclude(context: Context, report: CalendarReport, *, dry_run: bool) -> None:
    counts = report.counts
    rejected = len(report.rejected)
    if report.applied and report.would_create + report.would_update:
        context.output.line(
            f"Imported: {counts}{f', {rejected} rejected' if rejected else ''}. guru undo takes it back."
        )
    elif dry_run:
        context.output.line(f"Nothing written (dry run). The import would give: {counts}, {rejected} rejected.")
    elif rejected and not report.applied:
        are = "row is" if rejected == 1 else "rows are"
        context.output.line(
            f"Nothing imported, because {rejected} {are} rejected: mend the file, or import the others with "
            "--skip-errors."
        )
    else:
        context.output.line(f"Nothing to import: {counts}.")


def _becomes(line: Line) -> str:
    who = line.person.name if line.person is not None else ""
    return {"new client": f"new client {who}", "appointment": who}.get(line.becomes, line.becomes)


def _day(event: Event) -> str:
    return f"{short_date(event.starts.date())} {event.starts.year}"


def _time(event: Event) -> str:
    return "all day" if event.whole_days else f"{event.starts:%H:%M}-{event.ends:%H:%M}"


def as_json(report: CalendarReport) -> dict[str, Any]:
    """The report, with the names that `guru clients import --json` has."""
    return {
        "created": report.would_create if report.applied or report.dry_run else 0,
        "updated": report.would_update if report.applied or report.dry_run else 0,
        "unchanged": report.unchanged,
        "rejected": [{"row": one.row, "reason": one.reason} for one in report.rejected],
        "skipped": report.skipped(),
        "over": report.over,
        "beyond": report.beyond,
        "applied": report.applied,
        "dry_run": report.dry_run,
        "would_create": report.would_create,
        "would_update": report.would_update,
        "events": [
            {
                "row": line.event.row,
                "uid": line.event.uid,
                "title": line.event.title,
                "start": line.event.starts,
                "end": line.event.ends,
                "becomes": line.becomes,
                "client": line.person.name if line.person is not None else None,
                "client_id": line.person.id if line.person is not None else None,
                "remark": line.remark,
            }
            for line in report.lines
        ],
        "columns": {field: [heading] for field, heading in report.columns},
        "ignored_columns": list(report.ignored),
    }
