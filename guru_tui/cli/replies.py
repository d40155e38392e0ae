"""`guru replies`: what clients have answered by mail, and what was made of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from guru_tui.cli.outbox import local, moment
from guru_tui.cli.output import add_json, number
from guru_tui.errors import TryAgain, UsageMistake

if TYPE_CHECKING:
    from guru_tui.cli import Context
    from guru_tui.domain.views.messages import ReplyRow


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "List and show replies to your mails, as read from the mailbox that GURU_IMAP_HOST names. "
        "A clear yes confirms the appointment by itself; everything else waits here until you have dealt with it."
    )
    parser.epilog = "example: guru replies list\n         guru replies done 3"
    what = parser.add_subparsers(required=True, dest="what", metavar="list|show|done|undone|fetch")

    listing = what.add_parser("list", help="the replies that wait for you", epilog="example: guru replies list --all")
    listing.add_argument("--all", action="store_true", help="those that are dealt with too")
    listing.add_argument("--limit", type=number, default=500, metavar="N", help="at most N replies (500)")
    add_json(listing)
    listing.set_defaults(run=run_list)

    show = what.add_parser("show", help="one reply with its text", epilog="example: guru replies show 3")
    show.add_argument("id", type=number, metavar="ID", help="the reply's number (guru replies list shows it)")
    add_json(show)
    show.set_defaults(run=run_show)

    done = what.add_parser("done", help="say that a reply is dealt with", epilog="example: guru replies done --all")
    done.add_argument("id", type=number, metavar="ID", nargs="?", help="the reply's number")
    done.add_argument("--all", action="store_true", help="every reply that waits")
    add_json(done)
    done.set_defaults(run=run_done)

    undone = what.add_parser("undone", help="have a reply wait again", epilog="example: guru replies undone 3")
    undone.add_argument("id", type=number, metavar="ID", help="the reply's number")
    add_json(undone)
    undone.set_defaults(run=run_undone)

    fetch = what.add_parser("fetch", help="look into the mailbox now", epilog="example: guru replies fetch")
    add_json(fetch)
    fetch.set_defaults(run=run_fetch)


def run_list(context: Context, options: argparse.Namespace) -> int:
    """Print the replies as a table or as JSON."""
    reads = context.guru.reads
    rows = reads.replies(open_only=not options.all, limit=max(options.limit, 0))
    _print(context, rows, reads.practice().zone, as_json=options.json)
    if not rows and not options.json:
        context.output.line("There are no replies." if options.all else "No reply waits for you.")
        if not context.guru.settings.get("GURU_IMAP_HOST"):
            context.output.line("No mailbox is read: name it with GURU_IMAP_HOST, GURU_IMAP_USER, GURU_IMAP_PASSWORD.")
    return 0


def run_show(context: Context, options: argparse.Namespace) -> int:
    """Print one reply with its text."""
    reads = context.guru.reads
    row, zone = reads.reply(options.id), reads.practice().zone
    if options.json:
        context.output.json(listed(row, zone))
        return 0
    output = context.output
    output.line(f"{row.client or 'unknown'} <{row.sender}>, {moment(row.received, zone)}: {row.reading}")
    if row.appointment_id is not None:
        output.line(f"About appointment {row.appointment_id}, answering message {row.message_id}")
    if row.outcome:
        output.line(f"Outcome: {row.outcome}")
    output.line("Dealt with." if row.done else f"Waits for you; when dealt with: guru replies done {row.id}")
    output.line()
    output.line(f"Subject: {row.subject}")
    output.line()
    output.line(row.body)
    return 0


def run_done(context: Context, options: argparse.Namespace) -> int:
    """Say that one reply, or all, are dealt with."""
    if options.all == (options.id is not None):
        raise UsageMistake("Name one reply or --all, as in: guru replies done 3")
    if options.all:
        count = context.guru.replies.done_all()
        if options.json:
            context.output.json({"done": count})
        else:
            context.output.line(f"{count} {'reply is' if count == 1 else 'replies are'} dealt with.")
        return 0
    return _changed(context, options, context.guru.replies.done(options.id), "is dealt with")


def run_undone(context: Context, options: argparse.Namespace) -> int:
    """Have one reply wait again."""
    return _changed(context, options, context.guru.replies.undone(options.id), "waits again")


def run_fetch(context: Context, options: argparse.Namespace) -> int:
    """Look into the mailbox now and print what waits."""
    reads = context.guru.reads
    before = {row.id for row in reads.replies(open_only=False)}
    problem = context.guru.read_mailbox()
    rows = [row for row in reads.replies(open_only=False) if row.id not in before]
    _print(context, rows, reads.practice().zone, as_json=options.json)
    if problem:
        raise TryAgain(problem)
    if not rows and not options.json:
        context.output.line("No reply has come.")
    return 0


def _changed(context: Context, options: argparse.Namespace, row: ReplyRow, what: str) -> int:
    if options.json:
        context.output.json(listed(row, context.guru.reads.practice().zone))
    else:
        context.output.line(f"The reply of {row.client or row.sender} {what}.")
    return 0


def _print(context: Context, rows: list[ReplyRow], zone: str, *, as_json: bool) -> None:
    if as_json:
        context.output.json({"replies": [listed(row, zone) for row in rows]})
    elif rows:
        context.output.table(
            ("id", "when", "client", "reading", "text", "outcome"),
            (
                (
                    row.id,
                    moment(row.received, zone),
                    row.client,
                    row.reading,
                    " ".join((row.body or row.subject).split())[:60],
                    row.outcome,
                )
                for row in rows
            ),
            right=("id",),
        )


def listed(row: ReplyRow, zone: str) -> dict[str, Any]:
    """A reply in the shape of `guru replies list --json`."""
    return {
        "id": row.id,
        "client": {"id": row.client_id, "name": row.client} if row.client_id is not None else None,
        "appointment": row.appointment_id,
        "message": row.message_id,
        "received": local(row.received, zone),
        "from": row.sender,
        "reading": row.reading,
        "subject": row.subject,
        "body": row.body,
        "outcome": row.outcome,
        "done": row.done,
    }
