"""`guru outbox`: every message with its state, its tries and the reason."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guru_tui.cli.output import add_json, confirm, number
from guru_tui.domain.message import MESSAGE_STATES
from guru_tui.errors import Invalid, UsageMistake

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.cli import Context
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.messages import AttemptRow, MessageRow

_THREAD = 10

_ID = "the message's number (guru outbox list shows it)"


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "Every message with its state, its tries and the reason: look at one, take it back, try it again, send it once "
        "more, change its text, or note that what went wrong was dealt with."
    )
    parser.epilog = (
        "example: guru outbox list --state failed\n         guru outbox show 17\n         guru outbox retry 17"
    )
    what = parser.add_subparsers(
        required=True, dest="what", metavar="list|show|retry|withdraw|resend|send-now|edit|done"
    )

    listing = what.add_parser(
        "list", help="the newest messages first", epilog="example: guru outbox list --state held --client sarah"
    )
    listing.add_argument(
        "--state", choices=MESSAGE_STATES, metavar="STATE", help=f"only one of: {', '.join(MESSAGE_STATES)}"
    )
    listing.add_argument("--client", metavar="CLIENT", help="only those to this client: a name or a number")
    listing.add_argument("--limit", type=number, default=500, metavar="N", help="at most N messages (500)")
    add_json(listing)
    listing.set_defaults(run=run_list)

    _one(what, "show", run_show, "one message with its text, its tries and what else went to the client")
    _one(what, "retry", run_retry, "queue again what failed, was blocked, came too late or was withdrawn")
    _one(what, "withdraw", run_withdraw, "take back a message that has not left")
    resend = _one(what, "resend", run_resend, "send a message that has left once more, as a new one")
    resend.add_argument("--yes", action="store_true", help="even if it may arrive twice; otherwise asks")
    _one(what, "send-now", run_send_now, "let a message that is held back leave with the next run")
    edit = _one(what, "edit", run_edit, "write another text for a message that has not left", "17 --body new.txt")
    edit.add_argument("--body", required=True, metavar="FILE", help="a file with the text, or - for standard input")
    edit.add_argument("--subject", metavar="TEXT", help="another subject, of a mail")

    done = what.add_parser(
        "done",
        help="note that a message that ended badly was dealt with",
        epilog="example: guru outbox done 17\n         guru outbox done --all",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    done.add_argument("id", type=number, nargs="?", metavar="ID", help=_ID)
    done.add_argument("--all", action="store_true", help="all of them")
    add_json(done)
    done.set_defaults(run=run_done)


def _one(
    what: Any,
    name: str,
    run: Callable[[Context, argparse.Namespace], int],
    help_text: str,
    example: str = "17",
) -> argparse.ArgumentParser:
    """A sub-command about one message."""
    parser: argparse.ArgumentParser = what.add_parser(
        name, help=help_text, epilog=f"example: guru outbox {name} {example}"
    )
    parser.add_argument("id", type=number, metavar="ID", help=_ID)
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def run_list(context: Context, options: argparse.Namespace) -> int:
    """Print the messages as a table or as JSON."""
    reads = context.guru.reads
    client = None
    if options.client is not None:
        from guru_tui.services.clients_lookup import resolve_client

        client = resolve_client(context.guru, options.client)
    rows = reads.messages(options.state, limit=max(options.limit, 0), client_id=client.id if client else None)
    zone = reads.practice().zone
    if options.json:
        context.output.json({"messages": [listed(row, zone) for row in rows]})
        return 0
    if not rows:
        to = f" to {client.name}" if client else ""
        context.output.line(f"No message{to} is {options.state}." if options.state else f"There are no messages{to}.")
        return 0
    _table(context, rows, zone)
    return 0


def _table(context: Context, rows: Sequence[MessageRow], zone: str) -> None:
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


def run_show(context: Context, options: argparse.Namespace) -> int:
    """Print one message with its text, its tries and the newest other messages to the client."""
    reads = context.guru.reads
    row, practice = reads.message(options.id), reads.practice()
    tries = context.guru.outbox.tries(row.id)
    thread = reads.thread(row.client_id, limit=_THREAD + 1) if row.client_id is not None else []
    thread = [other for other in thread if other.id != row.id][:_THREAD]
    if options.json:
        context.output.json(_shown(row, tries, thread, practice.zone))
        return 0
    output, zone = context.output, practice.zone
    for line in _head(row, practice):
        output.line(line)
    for one in tries:
        output.line(f"Try {moment(one.started_at, zone)}: {one.result or 'no result'} {one.reason}".rstrip())
    output.line()
    if row.subject:
        output.line(f"Subject: {row.subject}")
        output.line()
    output.line(row.body)
    if thread:
        output.line()
        output.line(f"Other messages to {row.recipient_name}, newest first:")
        _table(context, thread, zone)
    return 0


def _head(row: MessageRow, practice: Practice) -> Iterator[str]:
    zone = practice.zone
    yield f"{row.kind} by {_word(row.channel)} to {row.recipient_name} {row.recipient}: {row.state}"
    if row.reason:
        yield f"Reason: {row.reason}"
    if row.state in ("held", "queued"):
        yield f"Leaves: {moment(row.not_before, zone)}"
    if row.sent_at:
        yield f"Sent: {moment(row.sent_at, zone)}, provider's id {row.provider_id or 'none'}"
    if row.delivered_at:
        yield f"Delivered: {moment(row.delivered_at, zone)}"
    if row.acknowledged_at:
        yield f"Dealt with: {moment(row.acknowledged_at, zone)}"
    if row.channel == "sms":
        from guru_tui.domain.sms_text import note

        yield f"Size: {note(row.body, practice['sms_price'], practice.currency)}"
    if row.edited:
        yield "The text is your own; templates change nothing about it."
    if row.resend_sequence and row.kind not in ("reschedule", "cancellation"):
        yield f"Sent once more, number {row.resend_sequence}"


def _shown(row: MessageRow, tries: Sequence[AttemptRow], thread: Sequence[MessageRow], zone: str) -> dict[str, Any]:
    """A message in the shape of `guru outbox show --json`; segments are those of a text message, else null."""
    from guru_tui.domain.sms_text import measure

    size = measure(row.body) if row.channel == "sms" else None
    return {
        **listed(row, zone),
        "body": row.body,
        "appointment": row.appointment_id,
        "invoice": row.invoice_id,
        "expires_at": local(row.expires_at, zone),
        "delivered_at": local(row.delivered_at, zone),
        "created_at": local(row.created_at, zone),
        "segments": size.segments if size else None,
        "encoding": size.encoding if size else None,
        "tries": [
            {
                "started_at": local(one.started_at, zone),
                "ended_at": local(one.ended_at, zone),
                "result": one.result,
                "reason": one.reason,
            }
            for one in tries
        ],
        "thread": [listed(other, zone) for other in thread],
    }


def run_withdraw(context: Context, options: argparse.Namespace) -> int:
    """Take one message back."""
    row = context.guru.outbox.withdraw(options.id)
    return _did(context, options, row, f"Withdrawn: {_named(row)}. It will not be sent.")


def run_retry(context: Context, options: argparse.Namespace) -> int:
    """Queue one message again."""
    row = context.guru.outbox.retry(options.id)
    return _did(context, options, row, f"Queued again: {_named(row)}. It leaves with the next run (guru remind).")


def run_resend(context: Context, options: argparse.Namespace) -> int:
    """Send one message once more; asks where it may then arrive twice."""
    from guru_tui.services.outbox import Unsure

    outbox = context.guru.outbox
    try:
        row = outbox.resend(options.id, sure=options.yes)
    except Unsure as doubt:
        # A question would stand in the middle of a JSON document.
        if options.json or not confirm(f"{doubt} Send it?"):
            raise Unsure(f"{doubt} If you want that, say so with --yes.") from None
        row = outbox.resend(options.id, sure=True)
    return _did(
        context, options, row, f"Queued once more, as message {row.id}: {_named(row)}. It leaves with the next run."
    )


def run_send_now(context: Context, options: argparse.Namespace) -> int:
    """Let one message go."""
    row = context.guru.outbox.send_now(options.id)
    return _did(context, options, row, f"Held no longer: {_named(row)}. It leaves with the next run (guru remind).")


def run_edit(context: Context, options: argparse.Namespace) -> int:
    """Write another text for one message."""
    row = context.guru.outbox.edit(options.id, subject=options.subject, body=_text(options.body))
    return _did(context, options, row, f"Changed the text: {_named(row)}. See it with: guru outbox show {row.id}")


def run_done(context: Context, options: argparse.Namespace) -> int:
    """Note that one message, or every one, was dealt with."""
    if options.all == (options.id is not None):
        raise UsageMistake("name one message by its number, or give --all")
    outbox = context.guru.outbox
    if not options.all:
        row = outbox.acknowledge(options.id)
        return _did(context, options, row, f"Dealt with: {_named(row)}.")
    count = outbox.acknowledge_all()
    if options.json:
        context.output.json({"done": count})
    else:
        context.output.line(
            f"Dealt with {count} message{'' if count == 1 else 's'}." if count else "Nothing needs you."
        )
    return 0


def _did(context: Context, options: argparse.Namespace, row: MessageRow, sentence: str) -> int:
    if options.json:
        context.output.json(listed(row, context.guru.reads.practice().zone))
    else:
        context.output.line(sentence)
    return 0


def _named(row: MessageRow) -> str:
    return f"{row.kind} by {_word(row.channel)} to {row.recipient_name or row.recipient}"


def _text(source: str) -> str:
    """What a file, or standard input for `-`, holds."""
    try:
        return sys.stdin.read() if source == "-" else Path(source).expanduser().read_text("utf-8")
    except OSError as error:
        raise Invalid(f"{source} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise Invalid(f"{source} is not UTF-8 text; save it as UTF-8 and try again.") from None


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
        "client": {"id": row.client_id, "name": row.recipient_name} if row.client_id is not None else None,
        "edited": row.edited,
        "done": row.acknowledged_at is not None,
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
