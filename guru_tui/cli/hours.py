"""`guru hours`: when the practice is open, and on which days it is not."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, time, timedelta

from guru_tui.cli import Context
from guru_tui.cli.output import Output, add_json
from guru_tui.cli.types import location_named
from guru_tui.cli.unclear import not_settled
from guru_tui.domain.hours import clock_text, format_hours, parse
from guru_tui.domain.local_time import WEEKDAYS, short_date
from guru_tui.domain.views.agenda import LIVE
from guru_tui.domain.views.availability import ClosedDayRow
from guru_tui.errors import Invalid

_AHEAD = 365
"""Days ahead of which the closed ones are listed."""
_NEXT = 6
_DAYS = "24 dec - 2 jan, 16/12 or mon-wed"


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`hours show`, `hours set TEXT`, `hours close DAYS [--title]`, `hours open DAYS|ID`; each with `--location`."""
    parser.description = (
        "Weekly operating hours, of which anything not named is closed, and days on which it is closed besides.\n"
        "Public holidays of your country are closed days (guru settings set public_holidays shown: they are not)."
    )
    parser.epilog = (
        'example: guru hours set "Mon-Fri 08:00-12:30 13:30-17:00; Sat 09:00-12:00"\n'
        '         guru hours close "24 dec - 2 jan" --title Leave\n'
        "         guru hours open 30 dec"
    )
    what = parser.add_subparsers(required=True, dest="what", metavar="show|set|close|open")
    showing = what.add_parser("show", help="the hours as they are")
    add_json(showing)
    showing.set_defaults(run=show)
    setting = what.add_parser("set", help="replace the hours")
    setting.add_argument("text", metavar="HOURS", nargs="+", help="days and times, weekdays separated by ;")
    setting.add_argument("--location", metavar="NAME", help="hours of one place only")
    add_json(setting)
    setting.set_defaults(run=change)
    closing = what.add_parser("close", help="close days; what is booked on them stays")
    closing.add_argument("days", metavar="DAYS", nargs="+", help="24 dec - 2 jan, 16/12, mon-wed")
    closing.add_argument("--title", default="", help="what for: Leave, Conference")
    closing.add_argument("--location", metavar="NAME", help="one place only")
    add_json(closing)
    closing.set_defaults(run=close)
    opening = what.add_parser("open", help="open closed days again; a public holiday is then worked on")
    opening.add_argument("days", metavar="DAYS", nargs="+", help="days as for close, or the id of a closed time")
    opening.add_argument("--location", metavar="NAME", help="what is closed at one place only")
    add_json(opening)
    opening.set_defaults(run=reopen)


def show(context: Context, options: argparse.Namespace) -> int:
    """The hours, those for every place first; then the closed days and public holidays of the coming year."""
    reads = context.guru.reads
    intervals, places = reads.hours(), {row.id: row.name for row in reads.locations()}
    today = reads.today()
    closed = reads.closed_days(today, today + timedelta(days=_AHEAD))
    if options.json:
        context.output.json(
            {
                "hours": [
                    {
                        "day": WEEKDAYS[row.weekday],
                        "opens": clock_text(row.opens),
                        "closes": clock_text(row.closes),
                        "location": places.get(row.location_id) if row.location_id else None,
                    }
                    for row in intervals
                ],
                "closed": [
                    {
                        "id": row.id or None,
                        "first": row.first,
                        "last": row.last,
                        "title": row.title,
                        "location": row.location or None,
                        "holiday": row.holiday,
                        "closed": row.closes,
                    }
                    for row in closed
                ],
            }
        )
        return 0
    if not intervals:
        context.output.line('No operating hours yet. Set them: guru hours set "Mon-Fri 08:00-17:00"')
    for place in (None, *places):
        text = format_hours(row for row in intervals if row.location_id == place)
        if text:
            context.output.line(f"{places[place]}: {text}" if place else text)
    _show_closed(context.output, [row for row in closed if not row.holiday], "Closed")
    _show_closed(context.output, [row for row in closed if row.holiday][:_NEXT], "Public holidays")
    return 0


def _show_closed(output: Output, rows: Sequence[ClosedDayRow], title: str) -> None:
    if not rows:
        return
    output.line()
    output.line(title)
    for row in rows:
        days = in_days(row.first, row.last)
        where = f" at {row.location}" if row.location else ""
        name = f": {row.title}" if row.title else ""
        output.line(
            f"  {days}{where}{name}" + (f" (id {row.id})" if row.id else "" if row.closes else " (you are open)")
        )


def change(context: Context, options: argparse.Namespace) -> int:
    """Replace the hours of the practice, or of one place."""
    location_id = location_named(context, options.location) if options.location else None
    intervals = parse(" ".join(options.text), location_id=location_id)
    context.guru.practice.set_hours(intervals, location_id=location_id)
    if options.json:
        return show(context, options)
    context.output.line(f"Open {format_hours(intervals)}")
    return 0


def close(context: Context, options: argparse.Namespace) -> int:
    """Close days, and tell what is booked on them."""
    guru = context.guru
    first, last, said = _days(context, options.days)
    title = options.title or said
    location_id = location_named(context, options.location) if options.location else None
    key = guru.opening.close(first, last, title, location_id=location_id)
    booked = [
        entry
        for entry in guru.reads.agenda(first, (last - first).days + 1)
        if entry.kind == "appointment" and entry.status in LIVE and options.location in (None, entry.location)
    ]
    if options.json:
        context.output.json(
            {"id": key, "first": first, "last": last, "title": title, "appointments": [entry.id for entry in booked]}
        )
        return 0
    context.output.line(f"Closed {in_days(first, last)}{f': {title}' if title else ''} (id {key})")
    if booked:
        context.output.line(
            f"{len(booked)} appointment{'s are' if len(booked) > 1 else ' is'} booked then and stay"
            f"{'' if len(booked) > 1 else 's'}; see guru agenda {booked[0].starts:%Y-%m-%d}"
        )
    return 0


def reopen(context: Context, options: argparse.Namespace) -> int:
    """Open days again, or remove a closed time by its id."""
    opening, text = context.guru.opening, " ".join(options.days)
    if text.isascii() and text.isdigit():
        said = opening.reopen(int(text[:18]))
    else:
        first, last, title = _days(context, options.days)
        if title:
            raise Invalid(f"“{title}” is not understood; name only days, such as 30 dec or 24 dec - 2 jan.")
        location_id = location_named(context, options.location) if options.location else None
        said = opening.open(first, last, location_id=location_id)
    if options.json:
        context.output.json({"opened": said})
    else:
        context.output.line(said)
    return 0


def _days(context: Context, said: Sequence[str]) -> tuple[date, date, str]:
    """The first and the last day that the words name, and the words that name none; raises `Invalid`."""
    reading = context.guru.quick_add.read_block(" ".join(said))
    if not reading.complete or reading.start is None or reading.end is None:
        raise not_settled(reading.problems, reading.ambiguous, f"Which days? Write them like {_DAYS}.")
    if reading.start.time() != time() or reading.end.time() != time():
        raise Invalid(f"Closed days are whole ones, such as {_DAYS}; a part of a day is blocked with: guru block")
    return reading.start.date(), reading.end.date() - timedelta(days=1), reading.title


def in_days(first: date, last: date) -> str:
    """`Wed 16 Dec 2026`, `Thu 24 Dec 2026 to Sat 2 Jan 2027`."""
    begin, end = (f"{short_date(day)} {day.year}" for day in (first, last))
    return begin if first == last else f"{begin} to {end}"
