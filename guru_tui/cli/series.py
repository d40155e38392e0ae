"""What the commands share about series: the choices for occurrences that are not free, and how a plan is shown."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from guru_tui.cli import Context
from guru_tui.cli.agenda import as_json as entry_json
from guru_tui.cli.booking_output import as_json as booking_json
from guru_tui.cli.booking_output import messages_json, print_messages
from guru_tui.cli.charging import late_charges
from guru_tui.cli.choices import add_choices
from guru_tui.cli.output import Output, add_json, confirm, number
from guru_tui.cli.waitlist import fits_json, print_fits
from guru_tui.domain.local_time import resolve, short_date, to_local
from guru_tui.domain.money import Money
from guru_tui.domain.quick_add import BlockReading, Reading
from guru_tui.domain.recurrence import as_json as repeat_json
from guru_tui.domain.recurrence import told
from guru_tui.domain.series import Edit, Occurrence, SeriesChange, SeriesPlan, undecided_sentence
from guru_tui.domain.views.agenda import Conflict
from guru_tui.errors import GuruError, Invalid, SlotTaken

_NAMED = 12
"""How many appointments are named one by one."""


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`repeat ID PATTERN`: a series that goes on differently."""
    parser.description = (
        "Repeat an appointment differently from then on: of its series the later ones that the pattern gives too stay\n"
        "as they are, others are moved to its times (the Tuesday of a week to its Wednesday), and what it has no\n"
        "place for is cancelled; one that is in no series becomes the first of a new one. What is not said (the day,\n"
        "the time, the length) stays as it is at the appointment. The client gets one message about what changes."
    )
    parser.epilog = 'example: guru repeat 12 "every 2 weeks x6"\n         guru repeat 12 "every thu 11:00 until 12 dec"'
    parser.add_argument("id", type=number, metavar="ID", help="the first appointment that changes (guru agenda)")
    parser.add_argument("pattern", nargs="+", metavar="PATTERN", help="how it repeats from then on")
    parser.add_argument("--yes", action="store_true", help="change it without asking")
    parser.add_argument("--force", action="store_true", help="keep those that overlap something")
    parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
    add_choices(parser)
    add_json(parser)
    parser.set_defaults(run=change_pattern)


def decided(options: argparse.Namespace, plan: SeriesPlan) -> dict[datetime, str]:
    """What the options say about each occurrence that is not free; raises `SlotTaken` where they say nothing."""
    chosen = "skip" if options.skip else "shift" if options.shift else ""
    decisions = plan.decided("keep" if options.force else chosen, chosen)
    undecided = tuple(one for one in plan.troubled if one.start not in decisions)
    if undecided:
        conflicts = [conflict for one in undecided for conflict in one.conflicts]
        raise SlotTaken(undecided_sentence(undecided, len(plan.occurrences)), conflicts)
    return decisions


def book(context: Context, options: argparse.Namespace, reading: Reading, notify: bool) -> int:
    """Show what a repeating booking comes to, ask, and book it."""
    guru, output = context.guru, context.output
    request, repeat = reading.request, reading.repeat
    if request is None or repeat is None:
        raise Invalid("Say who, when and how it repeats.")
    zone = guru.reads.practice().zone
    plan = guru.series.plan(request, repeat)
    conflicts = tuple(conflict for one in plan.occurrences for conflict in one.conflicts)
    document = {**booking_json(reading, zone, notify, conflicts), "occurrences": plan_json(plan, zone)}
    if options.json and options.dry_run:
        output.json(document)
    if not options.json:
        output.line(f"client: {reading.client.name if reading.client else ''}")
        output.line(f"repeat: {told(repeat, [one.start for one in plan.occurrences])}")
        place = f" at {reading.location.name}" if reading.location else ""
        fee = Money(reading.fee_minor, reading.currency).short()
        output.line(f"what:   {request.title or 'no type'}, {reading.minutes} min, {fee} each{place}")
        if reading.note:
            output.line(f"note:   {reading.note}")
        if not notify:
            output.line("notify: no")
        show_plan(output, plan)
    decisions = decided(options, plan)
    if options.dry_run:
        return 0
    if not options.yes and not confirm("Book them?"):
        raise GuruError("Nothing was booked. To book without being asked add --yes.")
    change = guru.series.book(request, repeat, decisions, notify=notify)
    if options.json:
        output.json({"id": change.appointment_id, **document, **_made(change)})
        return 0
    output.line(f"{change.summary} (appointments {_numbers(change.ids)})")
    print_messages(context, change)
    return 0


def block(context: Context, options: argparse.Namespace, reading: BlockReading) -> int:
    """Block time again and again."""
    guru, output = context.guru, context.output
    start, end, repeat = reading.start, reading.end, reading.repeat
    if start is None or end is None or repeat is None:
        raise Invalid("Say when and how it repeats.")
    plan = guru.series.plan_block(start, end, repeat)
    zone = guru.reads.practice().zone
    if not options.json:
        show_plan(output, plan)
    change = guru.series.block(start, end, reading.title, repeat, decided(options, plan))
    if options.json:
        output.json(
            {
                "id": change.ids[0],
                "start": to_local(resolve(start, zone, fold=0), zone),
                "end": to_local(resolve(end, zone, fold=1), zone),
                "title": reading.title,
                "repeat": repeat_json(repeat, start),
                "occurrences": plan_json(plan, zone),
                **_made(change),
            }
        )
    else:
        output.line(change.summary)
    return 0


def change_pattern(context: Context, options: argparse.Namespace) -> int:
    """Repeat it differently from then on."""
    guru, output = context.guru, context.output
    entry = guru.reads.entry(options.id)
    version = guru.reads.newest_change()
    start, repeat, minutes = guru.quick_add.read_pattern(" ".join(options.pattern), entry.starts.replace(tzinfo=None))
    plan = guru.series.plan_pattern(options.id, repeat, start, minutes, version=version)
    if not options.json:
        output.line(f"client: {entry.client}")
        output.line(f"repeat: {told(repeat, [one.start for one in plan.occurrences])}")
        output.line(f"then:   {plan.outcome}")
        show_plan(output, plan)
    decisions = decided(options, plan)
    if not options.yes and not confirm("Change it?"):
        raise GuruError("Nothing was changed. To change it without being asked add --yes.")
    change = guru.series.change_pattern(
        options.id, repeat, decisions, start=start, minutes=minutes, notify=not options.no_notify, version=version
    )
    return report(context, options, change)


def cancel(context: Context, options: argparse.Namespace) -> int:
    """Cancel the appointments of a scope."""
    guru = context.guru
    version = guru.reads.newest_change()
    lates = guru.series.short_notice(options.id, options.scope)
    change = guru.series.cancel(
        options.id,
        options.scope,
        reason=options.reason,
        notify=not options.no_notify,
        late=late_charges(context, options, guru.reads.entry(options.id), lates),
        version=version,
    )
    return report(context, options, change)


def move(context: Context, options: argparse.Namespace, start: datetime, minutes: int | None) -> int:
    """Move the appointments of a scope by as much as the named one."""
    guru = context.guru
    edit = Edit(start, minutes)
    decisions = decided(options, guru.series.plan_edit(options.id, options.scope, edit))
    change = guru.series.edit(options.id, options.scope, edit, decisions, notify=not options.no_notify)
    return report(context, options, change)


def report(context: Context, options: argparse.Namespace, change: SeriesChange) -> int:
    """What was done to a series, what stays as it is, and what the client is told."""
    guru, output = context.guru, context.output
    found = guru.waiting.fits_freed(change.gone)
    if options.json:
        entries = [entry_json(guru.reads.entry(key)) for key in change.ids]
        document = {"summary": change.summary, "appointments": entries, "left": list(change.left), **_made(change)}
        output.json({**document, "fits": fits_json(guru, found)})
        return 0
    output.line(change.summary)
    if change.left:
        output.line(f"left as they are: {', '.join(change.left)}")
    print_messages(context, change)
    print_fits(context, found)
    return 0


def _numbers(ids: Sequence[int]) -> str:
    """`4, 5, 6`; of many that follow one another `4 to 43`."""
    if len(ids) > _NAMED and ids[-1] - ids[0] == len(ids) - 1:
        return f"{ids[0]} to {ids[-1]}"
    return ", ".join(map(str, ids))


def _made(change: SeriesChange) -> dict[str, object]:
    return {
        "series": change.series_id,
        "ids": list(change.ids),
        "messages": messages_json(change.messages),
        "withdrawn": change.withdrawn,
    }


def show_plan(output: Output, plan: SeriesPlan) -> None:
    """Every occurrence, with what is in its way and where it could go."""
    for count, one in enumerate(plan.occurrences, start=1):
        notes = [_becomes(one)] if plan.of_existing else []
        notes += [one.trouble] if one.troubled else []
        notes += [f"next free that day {one.shifted:%H:%M}"] if one.shifted else []
        notes += ["the clocks show that time twice; the first is meant"] if one.twice else []
        notes += ["outside the operating hours"] if one.outside else []
        notes += ["in the past"] if one.past else []
        mark = "!" if one.troubled else " "
        day = f"{short_date(one.start.date())} {one.start.year}"
        output.line(f"{mark} {count:>3}  {day} {one.start:%H:%M}{'  ' + '; '.join(notes) if notes else ''}")


def _becomes(one: Occurrence) -> str:
    """What there is now in the place of an occurrence."""
    if one.stays:
        return one.fixed or "as it is now"
    return f"now {short_date(one.former.date())} {one.former:%H:%M}" if one.former else "new"


def plan_json(plan: SeriesPlan, zone: str) -> list[dict[str, object]]:
    """Every occurrence as JSON; `start` has no offset where its time does not exist."""
    return [_occurrence(one, zone) for one in plan.occurrences]


def _occurrence(one: Occurrence, zone: str) -> dict[str, object]:
    aware = None if one.missing else to_local(resolve(one.start, zone, fold=0), zone)
    return {
        "start": aware or one.start,
        "end": to_local(resolve(one.end, zone, fold=0), zone) if aware else one.end,
        "conflicts": [conflict_json(conflict) for conflict in one.conflicts],
        "closed": one.closed or None,
        "problem": one.trouble or None,
        "past": one.past,
        "in_hours": not one.outside,
        "shifted": to_local(resolve(one.shifted, zone, fold=0), zone) if one.shifted else None,
    }


def conflict_json(conflict: Conflict) -> dict[str, object]:
    """What is in the way."""
    return {
        "kind": conflict.kind,
        "id": conflict.id,
        "name": conflict.name,
        "start": conflict.starts,
        "end": conflict.ends,
    }
