"""`guru slots`: free times."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import groupby

from guru_tui.cli import Context
from guru_tui.cli.output import Output, add_json, number
from guru_tui.domain.availability import stretches
from guru_tui.domain.local_time import short_date, span_text
from guru_tui.domain.quick_add.free import FreeReading
from guru_tui.domain.views.availability import Slot
from guru_tui.errors import Invalid, UsageMistake


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`slots [TEXT] [--limit N]`."""
    parser.description = (
        "Free times: inside the operating hours, clear of what is booked and blocked, of buffers, travel and closed\n"
        "days. TEXT says in your words how long, what, when and @where; without it the first type's length in the\n"
        "next seven days."
    )
    parser.epilog = (
        'example: guru slots "45 minutes tue afternoon"\n'
        "         guru slots massage next week\n"
        '         guru slots "@sea after 15:00"'
    )
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what to look for (default: the next seven days)")
    parser.add_argument("--limit", type=number, metavar="N", help="at most N times (default: all of them)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Read, look, print."""
    if options.limit is not None and options.limit < 1:
        raise UsageMistake(f"--limit takes a number from 1, not {options.limit}")
    guru = context.guru
    reading = guru.quick_add.read_free(" ".join(options.text))
    if reading.problems:
        raise Invalid(reading.problems[0].message)
    slots = guru.availability.slots(reading.search, limit=options.limit)
    if options.json:
        context.output.json(
            {"slots": [{"start": row.start, "end": row.end, "location": row.location or None} for row in slots]}
        )
        return 0
    context.output.line(reading.in_words())
    if slots:
        _show(context.output, slots, guru.reads.practice().slot_step)
    else:
        why = guru.availability.closing(reading.search)
        context.output.line(_nothing(reading, guru.availability.next_free(reading.search), why))
    return 0


def _show(output: Output, slots: Sequence[Slot], step: int) -> None:
    """A row for each day and place: from when to when something can be booked there."""
    places = len({slot.location_id for slot in slots}) > 1
    rows = []
    drawn = sorted(stretches(slots, step), key=lambda each: (each.start.date(), each.location, each.start))
    for (day, place), times in groupby(drawn, key=lambda each: (each.start.date(), each.location)):
        said = "  ".join(f"{each.start:%H:%M}-{each.end:%H:%M}" for each in times)
        rows.append((short_date(day), said, place) if places else (short_date(day), said))
    output.table(("day", "free", "where") if places else ("day", "free"), rows)


def _nothing(reading: FreeReading, after: Slot | None, why: str) -> str:
    """What to say where a search finds nothing, with the time that would do otherwise."""
    if after is None:
        return f"Nothing of {reading.minutes} minutes is free within a year; look at guru hours show."
    closed = f" ({why})" if why else ""
    return f"Nothing is free then{closed}; the next is {span_text(after.start, after.end)}."
