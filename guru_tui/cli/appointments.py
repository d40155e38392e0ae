"""`guru move`, `guru cancel`, `guru status`: changing an appointment that exists."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.agenda import as_json
from guru_tui.cli.booking_output import messages_json, print_messages
from guru_tui.cli.charging import add_charge, add_late, charge, late_charges
from guru_tui.cli.choices import add_choices, add_scope
from guru_tui.cli.output import add_json, number
from guru_tui.cli.waitlist import fits_json, print_fits
from guru_tui.domain.booking import Change
from guru_tui.domain.policies import lateness
from guru_tui.errors import UsageMistake


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The arguments of the command `name`."""
    parser.add_argument("id", type=number, metavar="ID", help="the appointment's number (guru agenda shows it)")
    if name == "move":
        parser.description = "Move an appointment. The client is told; messages for the old time are withdrawn."
        parser.epilog = (
            'example: guru move 12 "fri 10:30"\n         guru move 12 14:00\n         guru move 12 11:00 --scope later'
        )
        parser.add_argument("when", nargs="+", metavar="WHEN", help="new day and time; only a time keeps the day")
        parser.add_argument("--force", action="store_true", help="move although it overlaps something")
        add_choices(parser)
        add_scope(parser)
        parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
        parser.set_defaults(run=move)
    elif name == "cancel":
        parser.description = "Cancel an appointment. The client is told; messages that have not left are withdrawn."
        parser.epilog = 'example: guru cancel 12 --reason "client asked"\n         guru cancel 12 --scope later --late'
        parser.add_argument("--reason", default="", help="why, for your own record")
        add_scope(parser)
        parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
        add_late(parser)
        parser.set_defaults(run=cancel)
    else:
        parser.description = "Mark what became of an appointment."
        parser.epilog = "example: guru status 12 attended\n         guru status 12 no-show --charge 200"
        parser.add_argument(
            "status", metavar="STATUS", choices=("attended", "confirmed", "no-show", "late-cancelled", "booked"),
            help="attended, confirmed, no-show, late-cancelled (or booked, to take it back)",
        )  # fmt: skip
        add_charge(parser)
        parser.set_defaults(run=status)
    add_json(parser)


def move(context: Context, options: argparse.Namespace) -> int:
    """Move it."""
    guru = context.guru
    entry = guru.reads.entry(options.id)
    start, minutes = guru.quick_add.read_move(" ".join(options.when), entry.starts.replace(tzinfo=None))
    if options.scope != "this":
        from guru_tui.cli import series

        return series.move(context, options, start, minutes)
    if options.skip or options.shift:
        raise UsageMistake("--skip and --shift are for several of a series; add --scope later or --scope all")
    change = guru.booking.move(options.id, start, minutes=minutes, force=options.force, notify=not options.no_notify)
    return _report(context, options, change)


def cancel(context: Context, options: argparse.Namespace) -> int:
    """Cancel it."""
    if options.scope != "this":
        from guru_tui.cli import series

        return series.cancel(context, options)
    guru = context.guru
    version = guru.reads.newest_change()
    entry = guru.reads.entry(options.id)
    stands = lateness(guru.reads.practice(), entry.id, entry.starts, entry.fee_minor, entry.currency, guru.clock.now())
    charges = late_charges(context, options, entry, [stands])
    change = guru.booking.cancel(
        options.id,
        reason=options.reason,
        notify=not options.no_notify,
        late=entry.id in charges,
        charge_minor=charges.get(entry.id),
        version=version,
    )
    return _report(context, options, change)


def status(context: Context, options: argparse.Namespace) -> int:
    """Mark it."""
    guru = context.guru
    cost = charge(options, guru.reads.entry(options.id))
    change = guru.booking.set_status(options.id, options.status, charge_minor=cost)
    return _report(context, options, change)


def _report(context: Context, options: argparse.Namespace, change: Change) -> int:
    """What was done and told, and who on the waiting list fits the time that it left free."""
    guru = context.guru
    found = guru.waiting.fits_freed(change.gone)
    if options.json:
        context.output.json(
            {
                "summary": change.summary,
                "appointment": as_json(guru.reads.entry(change.appointment_id)),
                "messages": messages_json(change.messages),
                "withdrawn": change.withdrawn,
                "fits": fits_json(guru, found),
            }
        )
    else:
        context.output.line(change.summary)
        print_messages(context, change)
        print_fits(context, found)
    return 0
