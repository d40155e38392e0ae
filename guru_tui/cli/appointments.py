"""`guru move`, `guru cancel`, `guru status`: changing an appointment that exists."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.agenda import as_json
from guru_tui.cli.book import messages_json, print_messages
from guru_tui.cli.output import add_json, number
from guru_tui.domain.booking import Change


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The arguments of the command `name`."""
    parser.add_argument("id", type=number, metavar="ID", help="the appointment's number (guru agenda shows it)")
    if name == "move":
        parser.description = "Move an appointment. The client is told; messages for the old time are withdrawn."
        parser.epilog = 'example: guru move 12 "fri 10:30"\n         guru move 12 14:00'
        parser.add_argument("when", nargs="+", metavar="WHEN", help="new day and time; only a time keeps the day")
        parser.add_argument("--force", action="store_true", help="move although it overlaps something")
        parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
        parser.set_defaults(run=move)
    elif name == "cancel":
        parser.description = "Cancel an appointment. The client is told; messages that have not left are withdrawn."
        parser.epilog = 'example: guru cancel 12 --reason "client asked"'
        parser.add_argument("--reason", default="", help="why, for your own record")
        parser.add_argument("--no-notify", action="store_true", help="tell the client nothing")
        parser.set_defaults(run=cancel)
    else:
        parser.description = "Mark what became of an appointment."
        parser.epilog = "example: guru status 12 attended"
        parser.add_argument(
            "status", metavar="STATUS", choices=("attended", "confirmed", "no-show", "late-cancelled", "booked"),
            help="attended, confirmed, no-show, late-cancelled (or booked, to take it back)",
        )  # fmt: skip
        parser.set_defaults(run=status)
    add_json(parser)


def move(context: Context, options: argparse.Namespace) -> int:
    """Move it."""
    guru = context.guru
    entry = guru.reads.entry(options.id)
    start, minutes = guru.quick_add.read_move(" ".join(options.when), entry.starts.replace(tzinfo=None))
    change = guru.booking.move(options.id, start, minutes=minutes, force=options.force, notify=not options.no_notify)
    return _report(context, options, change)


def cancel(context: Context, options: argparse.Namespace) -> int:
    """Cancel it."""
    change = context.guru.booking.cancel(options.id, reason=options.reason, notify=not options.no_notify)
    return _report(context, options, change)


def status(context: Context, options: argparse.Namespace) -> int:
    """Mark it."""
    return _report(context, options, context.guru.booking.set_status(options.id, options.status))


def _report(context: Context, options: argparse.Namespace, change: Change) -> int:
    guru = context.guru
    if options.json:
        context.output.json(
            {
                "summary": change.summary,
                "appointment": as_json(guru.reads.entry(change.appointment_id)),
                "messages": messages_json(change.messages),
                "withdrawn": change.withdrawn,
            }
        )
    else:
        context.output.line(change.summary)
        print_messages(context, change)
    return 0
