"""`guru book`: one line of text becomes an appointment."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta

from guru_tui.cli import Context
from guru_tui.cli.choices import add_choices
from guru_tui.cli.output import Output, add_json, confirm
from guru_tui.domain.booking import Change, taken_sentence
from guru_tui.domain.local_time import resolve, short_date, to_local
from guru_tui.domain.money import Money
from guru_tui.domain.quick_add import NEW_CLIENT, Checks, Open, Problem, Reading
from guru_tui.domain.recurrence import as_json as repeat_json
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import Against
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Ambiguous, GuruError, Invalid, Misconfigured, SlotTaken
from guru_tui.settings import Settings

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


def not_settled(problems: Sequence[Problem], ambiguous: Sequence[Open], missing: str) -> GuruError:
    """The first thing in a reading that is open, as the exception that fits it; `missing` where nothing is named."""
    for problem in problems:
        known = [choice for choice in problem.choices if choice != NEW_CLIENT]
        text = problem.message
        if NEW_CLIENT in problem.choices:
            text += " A new one is added with: guru clients add --first NAME --last NAME --mobile NUMBER"
        return Ambiguous(text, known) if problem.choices else Invalid(text)
    for field, choices in ambiguous:
        if field == "fold":
            return Ambiguous(
                "The clocks go back over that time, so it happens twice; choose one outside that hour.", choices
            )
        return Ambiguous(f"The {field} can be read in more than one way; say which.", choices)
    return Invalid(missing)


def warnings(checks: Checks | None) -> list[str]:
    """What speaks against a time that overlaps nothing: closing times, closed days, buffers, travel, the maximum."""
    if checks is None:
        return []
    return ([] if checks.in_hours else [Against("hours").text()]) + [each.text() for each in checks.against]


def as_json(reading: Reading, zone: str, notify: bool, conflicts: tuple[Conflict, ...]) -> dict[str, object]:
    """How the line was understood, in the shape of the command line's contract."""
    begin = resolve(reading.start, zone, fold=reading.fold or 0) if reading.start else None
    return {
        "client": {"id": reading.client.id, "name": reading.client.name} if reading.client else None,
        "start": to_local(begin, zone) if begin else None,
        "end": to_local(begin + timedelta(minutes=reading.minutes), zone) if begin else None,
        "type": reading.type.name if reading.type else None,
        "location": reading.location.name if reading.location else None,
        "fee": Money(reading.fee_minor, reading.currency).as_json(),
        "repeat": repeat_json(reading.repeat, reading.start) if reading.repeat and reading.start else None,
        "note": reading.note,
        "notify": notify,
        "conflicts": [
            {"kind": row.kind, "id": row.id, "name": row.name, "start": row.starts, "end": row.ends}
            for row in conflicts
        ],
        "ambiguous": [
            {"field": field, "choices": [str(choice) for choice in choices]} for field, choices in reading.ambiguous
        ]
        + [
            {"field": problem.field, "choices": [str(choice) for choice in problem.choices]}
            for problem in reading.problems
            if problem.choices and problem.field not in {field for field, _ in reading.ambiguous}
        ],
        "problems": [problem.message for problem in reading.problems],
    }


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


def print_messages(context: Context, change: Change) -> None:
    """What the client will be told and when, or why not."""
    print_queued(context, change.messages)
    if change.withdrawn:
        plural = "s" if change.withdrawn > 1 else ""
        context.output.line(f"{change.withdrawn} earlier message{plural} withdrawn before leaving")


def print_queued(context: Context, messages: Sequence[MessageRow]) -> None:
    """What each message is, where it goes and when it leaves, or why it does not."""
    guru, output = context.guru, context.output
    for row in messages:
        where = f"{row.kind} by {row.channel} to {row.recipient or row.recipient_name}"
        if row.state not in ("held", "queued"):
            output.line(f"no {where}: {row.reason}")
            continue
        leaves = to_local(row.not_before, guru.reads.practice().zone)
        held = f", held until {leaves:%H:%M} (guru undo takes it back)" if row.not_before > guru.clock.now() else ""
        unset = "" if _is_set_up(guru.settings, row.channel) else f"; {row.channel} is not set up yet (guru doctor)"
        output.line(f"{where}{held}{unset}")


def _is_set_up(settings: Settings, channel: str) -> bool:
    try:
        return (settings.email_backend if channel == "email" else settings.sms_backend) != "none"
    except Misconfigured:
        return False  # the change is made; that its message cannot leave is for the sender and the doctor to say


def messages_json(messages: tuple[MessageRow, ...]) -> list[dict[str, object]]:
    """The queued messages of a change."""
    return [
        {"id": row.id, "kind": row.kind, "channel": row.channel, "to": row.recipient, "state": row.state,
         "reason": row.reason, "not_before": row.not_before}
        for row in messages
    ]  # fmt: skip
