"""`guru book`: one line of text becomes an appointment."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.booking_output import as_json, messages_json, print_messages
from guru_tui.cli.choices import add_choices
from guru_tui.cli.output import Output, add_json, confirm
from guru_tui.cli.unclear import not_settled
from guru_tui.domain.booking import Change, taken_sentence
from guru_tui.domain.local_time import short_date
from guru_tui.domain.money import Money
from guru_tui.domain.quick_add import Checks, Reading
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import Against
from guru_tui.errors import GuruError, SlotTaken

_MISSING = 'Say who, which day and what time, for example: guru book "sarah b tue 10:30"'


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`book TEXT`."""
    parser.description = (
        "Book an appointment from one line: client, day, time; then if you like a length, a type, @place,\n"
        "a fee (R450), ::a note, and ! for no message to the client. Shows how it was understood and asks.\n"
        "A repeat (every tue x6, every 2 weeks until 12 dec, monthly x3) books a series; each time is shown first."
    )
    parser.epilog = (
        'example: guru book "sarah b tue 10:30"\n         guru book "jan v fri 9-10:30 massage ::bring scans" --yes\n'
        '         guru book "thandi every tue 10am x6" --yes --skip'
    )
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to book, in your words")
    parser.add_argument("--yes", action="store_true", help="book without asking")
    parser.add_argument("--force", action="store_true", help="book although it overlaps something")
    parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
    parser.add_argument("--dry-run", action="store_true", help="only show how it is understood")
    add_choices(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Read, show, ask, book."""
    guru = context.guru
    reading = guru.quick_add.read(" ".join(options.text))
    notify = reading.notify and not options.no_notify
    if reading.complete and reading.repeat is not None:
        from guru_tui.cli import series

        return series.book(context, options, reading, notify)
    checks = guru.quick_add.checks(reading) if reading.start else None
    conflicts = tuple(checks.conflicts) if checks else ()
    if options.json and (options.dry_run or not reading.complete):
        document = as_json(reading, guru.reads.practice().zone, notify, conflicts)
        context.output.json({**document, "warnings": warnings(checks)})
    if not reading.complete:
        raise not_settled(reading.problems, reading.ambiguous, _MISSING)
    if not options.json:
        _show(context.output, reading, notify, conflicts)
        for warning in warnings(checks):
            context.output.line(f"note:   {warning}")
    if conflicts and not options.force:
        raise SlotTaken(taken_sentence(conflicts), conflicts)
    if options.dry_run:
        return 0
    if not options.yes and not confirm("Book it?"):
        raise GuruError("Nothing was booked. To book without being asked add --yes.")
    request = reading.request
    if request is None:
        raise not_settled(reading.problems, reading.ambiguous, _MISSING)
    change = guru.booking.book(request, force=options.force, notify=notify)
    _report(context, options, reading, notify, conflicts, change)
    return 0


def _report(
    context: Context,
    options: argparse.Namespace,
    reading: Reading,
    notify: bool,
    conflicts: tuple[Conflict, ...],
    change: Change,
) -> None:
    zone = context.guru.reads.practice().zone
    if options.json:
        document = as_json(reading, zone, notify, conflicts)
        context.output.json({"id": change.appointment_id, **document, "messages": messages_json(change.messages)})
        return
    context.output.line(f"{change.summary} (appointment {change.appointment_id})")
    print_messages(context, change)


def warnings(checks: Checks | None) -> list[str]:
    """What speaks against a time that overlaps nothing: closing times, closed days, buffers, travel, the maximum."""
    if checks is None:
        return []
    return ([] if checks.in_hours else [Against("hours").text()]) + [each.text() for each in checks.against]


def _show(output: Output, reading: Reading, notify: bool, conflicts: tuple[Conflict, ...]) -> None:
    if reading.client and reading.start and reading.end:
        output.line(f"client: {reading.client.name}")
        output.line(
            f"when:   {short_date(reading.start.date())} {reading.start.year} "
            f"{reading.start:%H:%M}-{reading.end:%H:%M} ({reading.distance})"
        )
    kind = reading.type.name if reading.type else "no type"
    place = f" at {reading.location.name}" if reading.location else ""
    output.line(f"what:   {kind}, {reading.minutes} min, {Money(reading.fee_minor, reading.currency).short()}{place}")
    if reading.note:
        output.line(f"note:   {reading.note}")
    if reading.past:
        output.line("note:   this lies in the past; the client is told nothing")
    elif not notify:
        output.line("notify: no")
    for conflict in conflicts:
        output.line(f"overlap: {conflict}")
