"""`guru waitlist`: who would come sooner, whom a free time fits, and offering it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from guru_tui.cli.booking_output import messages_json, print_messages, print_queued
from guru_tui.cli.output import add_json, number
from guru_tui.cli.unclear import not_settled
from guru_tui.domain.local_time import WEEKDAYS, resolve, short_date, short_moment, to_local
from guru_tui.domain.waitlist import clock, fits
from guru_tui.errors import Invalid

if TYPE_CHECKING:
    from guru_tui.bootstrap import Guru
    from guru_tui.cli import Context
    from guru_tui.domain.quick_add.waiting import WaitingReading
    from guru_tui.domain.views.waitlist import Fit, WaitingChange, WaitingRow

_SHOWN = 3
_LINE = "thandi tue, thu mornings 45 min massage before 12 dec ::back is bad"


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "The waiting list: clients who would come sooner. When an appointment is cancelled or moved, guru says whom "
        "the time fits; offering it is a message that is held for some minutes, so that guru undo can take it back."
    )
    parser.epilog = f'example: guru waitlist add "{_LINE}"\n         guru waitlist offer 3 "tue 10:30"'
    what = parser.add_subparsers(required=True, dest="what", metavar="list|add|change|remove|fits|offer|book")

    listing = what.add_parser("list", help="who waits, the longest first", epilog="example: guru waitlist list")
    listing.set_defaults(run=run_list)

    adding = what.add_parser(
        "add", help="put a client on the list, in your words", epilog=f'example: guru waitlist add "{_LINE}"'
    )
    adding.add_argument(
        "text", nargs="+", metavar="TEXT", help="who, on which days, at what time, how long, until when"
    )
    adding.set_defaults(run=run_add)

    changing = what.add_parser(
        "change",
        help="have somebody wait for something else",
        epilog='example: guru waitlist change 3 "fri afternoons"',
    )
    changing.add_argument("id", type=number, metavar="ID", help="the entry's number (guru waitlist list shows it)")
    changing.add_argument("text", nargs="+", metavar="TEXT", help="as for add, without the client; the note is kept")
    changing.set_defaults(run=run_change)

    removing = what.add_parser("remove", help="take an entry off the list", epilog="example: guru waitlist remove 3")
    removing.add_argument("id", type=number, metavar="ID", help="the entry's number")
    removing.set_defaults(run=run_remove)

    fitting = what.add_parser(
        "fits", help="whom a free time fits", epilog='example: guru waitlist fits "tue 10:30-12"\n'
        "         guru waitlist fits friday",
    )  # fmt: skip
    fitting.add_argument("when", nargs="+", metavar="WHEN", help="a day and a time, or a day")
    fitting.set_defaults(run=run_fits)

    offering = what.add_parser(
        "offer", help="offer a time to somebody who waits", epilog='example: guru waitlist offer 3 "tue 10:30"'
    )
    offering.set_defaults(run=run_offer)
    booking = what.add_parser(
        "book", help="book what somebody waits for", epilog='example: guru waitlist book 3 "tue 10:30"'
    )
    booking.add_argument("--force", action="store_true", help="book although it overlaps something")
    booking.add_argument("--no-notify", action="store_true", help="tell the client nothing")
    booking.set_defaults(run=run_book)
    for sub in (offering, booking):
        sub.add_argument("id", type=number, metavar="ID", help="the entry's number (guru waitlist list shows it)")
        sub.add_argument("when", nargs="+", metavar="WHEN", help="the day and the time")
    for sub in (listing, adding, changing, removing, fitting, offering, booking):
        add_json(sub)


def run_list(context: Context, options: argparse.Namespace) -> int:
    """Who waits, as a table or as JSON."""
    reads, output = context.guru.reads, context.output
    rows = reads.waitlist()
    if options.json:
        output.json({"waiting": [as_json(row) for row in rows]})
    elif not rows:
        output.line(f'Nobody waits. Put somebody on the list: guru waitlist add "{_LINE}"')
    else:
        today = reads.today()
        output.table(
            ("id", "client", "wants", "since", "offered", "note"),
            [(row.id, row.client, row.wants, _since(row, today.year), _offered(row), row.note) for row in rows],
            right=("id",),
        )
    return 0


def run_add(context: Context, options: argparse.Namespace) -> int:
    """Read the line and put the client on the list."""
    guru = context.guru
    reading = _read(guru, " ".join(options.text))
    if reading.client is None:
        raise Invalid("Who waits? Begin with the client's name.")
    change = guru.waitlist.add(reading.client.id, reading.wish, reading.note)
    return _told(context, options, change)


def run_change(context: Context, options: argparse.Namespace) -> int:
    """Read the line and change the entry."""
    guru = context.guru
    entry = guru.reads.waiting(options.id)
    reading = _read(guru, f"#{entry.client_id} {' '.join(options.text)}")
    return _told(context, options, guru.waitlist.change(entry.id, reading.wish, reading.note or None))


def run_remove(context: Context, options: argparse.Namespace) -> int:
    """Take it off the list."""
    change = context.guru.waitlist.remove(options.id)
    if options.json:
        context.output.json({"summary": change.summary, "withdrawn": change.withdrawn})
    else:
        context.output.line(change.summary)
        if change.withdrawn:
            plural = "s" if change.withdrawn > 1 else ""
            context.output.line(f"{change.withdrawn} offer{plural} withdrawn before leaving")
    return 0


def run_fits(context: Context, options: argparse.Namespace) -> int:
    """Whom a time or a day fits."""
    guru, output, text = context.guru, context.output, " ".join(options.when)
    reading = guru.quick_add.read_when(text)
    if reading.start is None and reading.day is not None and not reading.time_given and not reading.ambiguous:
        found = guru.waiting.fits_on(reading.day)
    else:
        start, minutes = _start(guru, text)
        found = guru.waiting.fits(start, start + timedelta(minutes=minutes or 1))
    if options.json:
        output.json({"fits": fits_json(guru, found)})
    elif not found:
        output.line("Nobody on the waiting list fits; see them with: guru waitlist list")
    for fit in found if not options.json else ():
        output.line(f"{fit.entry.client}, {fit.entry.wants}; {_remedy(guru, fit)}")
    return 0


def run_offer(context: Context, options: argparse.Namespace) -> int:
    """Offer a time."""
    guru = context.guru
    start, _ = _start(guru, " ".join(options.when))
    entry = guru.reads.waiting(options.id)
    change = guru.waitlist.offer(options.id, start)
    if options.json:
        context.output.json(
            {
                "summary": change.summary,
                "entry": as_json(guru.reads.waiting(options.id)),
                "messages": messages_json(change.messages),
            }
        )
        return 0
    context.output.line(change.summary)
    if not fits(entry.wish, start):
        context.output.line(f"note: not what was asked for ({entry.wants})")
    print_queued(context, change.messages)
    return 0


def run_book(context: Context, options: argparse.Namespace) -> int:
    """Book it and close the entry."""
    guru = context.guru
    start, _ = _start(guru, " ".join(options.when))
    change = guru.waitlist.book(options.id, start, force=options.force, notify=not options.no_notify)
    if options.json:
        from guru_tui.cli.agenda import as_json as appointment_json

        context.output.json(
            {
                "summary": change.summary,
                "appointment": appointment_json(guru.reads.entry(change.appointment_id)),
                "messages": messages_json(change.messages),
                "withdrawn": change.withdrawn,
            }
        )
    else:
        context.output.line(f"{change.summary} (appointment {change.appointment_id})")
        print_messages(context, change)
    return 0


def print_fits(context: Context, found: Sequence[Fit]) -> None:
    """The first few whom what came free fits, each with the command that offers it."""
    for fit in found[:_SHOWN]:
        more = f", {fit.times} of the times" if fit.times > 1 else ""
        context.output.line(f"fits: {fit.entry.client}, {fit.entry.times}{more}; {_remedy(context.guru, fit)}")
    if len(found) > _SHOWN:
        context.output.line(f"and {len(found) - _SHOWN} more: guru waitlist list")


def fits_json(guru: Guru, found: Sequence[Fit]) -> list[dict[str, Any]]:
    """Whom a time fits, from when on, and how many of several times do."""
    zone = guru.reads.practice().zone
    return [
        {**as_json(fit.entry), "start": to_local(resolve(fit.start, zone, fold=0), zone), "times": fit.times}
        for fit in found
    ]


def as_json(row: WaitingRow) -> dict[str, Any]:
    """An entry; `from` and `to` are times of day, null for open."""
    wish = row.wish
    return {
        "id": row.id,
        "client": {"id": row.client_id, "name": row.client},
        "wants": row.wants,
        "minutes": wish.minutes,
        "type": row.type or None,
        "weekdays": [WEEKDAYS[day].lower() for day in wish.weekdays],
        "from": clock(wish.opens) if wish.opens else None,
        "to": clock(wish.closes) if wish.closes < 24 * 60 else None,
        "first": wish.first_on,
        "last": wish.last_on,
        "note": row.note,
        "state": row.state,
        "since": row.since,
        "offered": row.offered_start,
    }


def _told(context: Context, options: argparse.Namespace, change: WaitingChange) -> int:
    row = context.guru.reads.waiting(change.entry_id)
    if options.json:
        context.output.json(as_json(row))
    else:
        context.output.line(f"{row.client} (entry {row.id}): {row.wants}")
        if row.note:
            context.output.line(f"note: {row.note}")
    return 0


def _read(guru: Guru, text: str) -> WaitingReading:
    reading = guru.quick_add.read_waiting(text)
    if not reading.complete:
        raise not_settled(
            reading.problems, reading.ambiguous, f'Say who waits, for example: guru waitlist add "{_LINE}"'
        )
    return reading


def _start(guru: Guru, text: str) -> tuple[datetime, int | None]:
    """The naive local start that a text names, and its minutes where it names a range or a length."""
    reading = guru.quick_add.read_when(text)
    if not reading.complete or reading.start is None:
        raise not_settled(reading.problems, reading.ambiguous, "When? Write a day and a time such as tue 10:30.")
    return reading.start, reading.minutes


def _remedy(guru: Guru, fit: Fit) -> str:
    day = short_date(fit.start.date()).lower()
    ahead = (fit.start.date() - guru.reads.today()).days
    when = f"{'today' if not ahead else day[:3] if ahead < 7 else day} {fit.start:%H:%M}"
    return f"offer it with: guru waitlist offer {fit.entry.id} '{when}'"


def _since(row: WaitingRow, year: int) -> str:
    day = short_date(row.since.date())
    return day if row.since.year == year else f"{day} {row.since.year}"


def _offered(row: WaitingRow) -> str:
    start = row.offered_start
    return short_moment(start) if start else ""
