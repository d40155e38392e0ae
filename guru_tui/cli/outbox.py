"""`guru outbox`: every message with its state, its tries and the reason."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from guru_tui.cli.output import add_json, number
from guru_tui.domain.message import MESSAGE_STATES

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.cli import Context
    from guru_tui.domain.views.messages import MessageRow


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = "List and show the messages to clients, and take back one that has not left."
    parser.epilog = "example: guru outbox list --state failed\n         guru outbox show 17"
    what = parser.add_subparsers(required=True, dest="what", metavar="list|show|withdraw")

    listing = what.add_parser("list", help="the newest messages first", epilog="example: guru outbox list --state held")
    listing.add_argument(
        "--state", choices=MESSAGE_STATES, metavar="STATE", help=f"only one of: {', '.join(MESSAGE_STATES)}"
    )
    listing.add_argument("--limit", type=number, default=500, metavar="N", help="at most N messages (500)")
    add_json(listing)
    listing.set_defaults(run=run_list)

    show = what.add_parser(
        "show", help="one message with its text and its tries", epilog="example: guru outbox show 17"
    )
    show.add_argument("id", type=number, metavar="ID", help="the message's number (guru outbox list shows it)")
    add_json(show)
    show.set_defaults(run=run_show)

    withdraw = what.add_parser(
        "withdraw", help="take back a message that has not left", epilog="example: guru outbox withdraw 17"
    )
    withdraw.add_argument("id", type=number, metavar="ID", help="the message's number (guru outbox list shows it)")
    add_json(withdraw)
    withdraw.set_defaults(run=run_withdraw)


def run_list(context: Context, options: argparse.Namespace) -> int:
    """Print the messages as a table or as JSON."""
    reads = context.guru.reads
    rows = reads.messages(options.state, limit=max(options.limit, 0))
    zone = reads.practice().zone
    if options.json:
        context.output.json({"messages": [listed(row, zone) for row in rows]})
        return 0
    if not rows:
        context.output.line("There are no messages." if options.state is None else f"No message is {options.state}.")
        return 0
    context.output.table(
        ("id", "state", "kind", "to", "when", "reason"),
        (
            (
                row.id,
                row.state,
                f"{row.kind} by {_word(row.channel)}",
                f"{row.recipient_name} {row.recipient}".strip(),
                moment(row.sent_at or row.not_before, zone),
                row.reason,
            )
            for row in rows
        ),
        right=("id",),
    )
    return 0


def run_show(context: Context, options: argparse.Namespace) -> int:
    """Print one message with its text and its tries."""
    reads = context.guru.reads
    row, zone = reads.message(options.id), reads.practice().zone
    tries = context.guru.outbox.tries(row.id)
    if options.json:
        context.output.json(
            {
                **listed(row, zone),
                "body": row.body,
                "appointment": row.appointment_id,
                "invoice": row.invoice_id,
                "expires_at": local(row.expires_at, zone),
                "created_at": local(row.created_at, zone),
                "tries": [
                    {
                        "started_at": local(one.started_at, zone),
                        "ended_at": local(one.ended_at, zone),
                        "result": one.result,
                        "reason": one.reason,
                    }
                    for one in tries
                ],
            }
        )
        return 0
    output = context.output
    output.line(f"{row.kind} by {_word(row.channel)} to {row.recipient_name} {row.recipient}: {row.state}")
    if row.reason:
        output.line(f"Reason: {row.reason}")
    if row.state in ("held", "queued"):
        output.line(f"Leaves: {moment(row.not_before, zone)}")
    if row.sent_at:
        output.line(f"Sent: {moment(row.sent_at, zone)}, provider's id {row.provider_id or 'none'}")
    for one in tries:
        output.line(f"Try {moment(one.started_at, zone)}: {one.result or 'no result'} {one.reason}")
    output.line()
    if row.subject:
        output.line(f"Subject: {row.subject}")
        output.line()
    output.line(row.body)
    return 0


def run_withdraw(context: Context, options: argparse.Namespace) -> int:
    """Take one message back."""
    row = context.guru.outbox.withdraw(options.id)
    if options.json:
        context.output.json(listed(row, context.guru.reads.practice().zone))
    else:
        context.output.line(f"Withdrawn: {row.kind} to {row.recipient_name}. It will not be sent.")
    return 0


def listed(row: MessageRow, zone: str) -> dict[str, Any]:
    """A message in the shape of `guru outbox list --json`."""
    return {
        "id": row.id,
        "kind": row.kind,
        "channel": row.channel,
        "to": row.recipient,
        "state": row.state,
        "attempts": row.attempts,
        "reason": row.reason,
        "not_before": local(row.not_before, zone),
        "sent_at": local(row.sent_at, zone),
        "provider_id": row.provider_id,
        "subject": row.subject,
    }


def local(instant: datetime | None, zone: str) -> str | None:
    """An instant as ISO 8601 with the practice's offset; None stays None."""
    from guru_tui.domain.local_time import to_local

    return to_local(instant, zone).isoformat() if instant else None


def moment(instant: datetime, zone: str) -> str:
    """An instant for a person: `Wed 25 Nov 10:00`, in the practice's zone."""
    from guru_tui.domain.local_time import short_date, to_local

    there = to_local(instant, zone)
    return f"{short_date(there.date())} {there:%H:%M}"


def _word(channel: str) -> str:
    return "SMS" if channel == "sms" else channel
