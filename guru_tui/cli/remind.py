"""`guru remind`: one run of the sender, as cron starts it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from guru_tui.cli.output import add_json, number

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.cli import Context
    from guru_tui.domain.views.messages import MessageRow
    from guru_tui.jobs.run_report import RunReport


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.description = "Queue the reminders that are due, send what waits, and report."
    parser.epilog = (
        "example: guru remind --json\n"
        '         guru remind --at "tomorrow 10:00" --dry-run\n\n'
        "status: 0 done; 3 a message failed, was missed or its fate is unknown; 75 run again (a server did not\n"
        "answer, or another guru is sending); 78 a setting is missing or refused"
    )
    parser.add_argument(
        "--at", metavar="TIME", help='plan as if it were TIME ("14:00", "tomorrow 10:00", ISO 8601); needs --dry-run'
    )
    parser.add_argument("--dry-run", action="store_true", help="only show what would be sent")
    parser.add_argument("--limit", type=number, metavar="N", help="send N messages at most")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Send, or plan, and report."""
    import gc

    from guru_tui.errors import UsageMistake

    gc.disable()  # the process ends in a moment; looking for cycles meanwhile is a tenth of an idle run
    if options.at is not None and not options.dry_run:
        raise UsageMistake("--at only plans: give it together with --dry-run")
    if options.limit is not None and options.limit < 1:
        raise UsageMistake(f"--limit is a number of messages from 1, not {options.limit}")
    guru = context.guru
    delivery = guru.delivery("remind")
    if options.dry_run:
        report = delivery.plan(_instant(options.at, context) if options.at is not None else guru.clock.now())
    else:
        report = delivery.run_once(options.limit)
    if options.json:
        context.output.json(as_json(report, guru.reads.practice().zone if report.messages else ""))
    elif options.dry_run:
        _print_plan(context, report)
    else:
        _print(context, report)
    for problem in report.problems:
        context.output.error(problem)
    return 0 if options.dry_run else report.status


def as_json(report: RunReport, zone: str) -> dict[str, Any]:
    """The report in the shape of `guru remind --json`; a message that is only planned has no id yet."""
    return {
        "planned": report.planned,
        "sent": report.sent,
        "failed": report.failed,
        "unknown": report.unknown,
        "missed": report.missed,
        "held": report.held,
        "messages": [_message(row, zone) for row in report.messages],
    }


def counts(report: RunReport) -> str:
    """What happened, without a name or a text: `2 sent, 1 failed, 3 waiting`."""
    blocked = sum(row.state == "blocked" for row in report.messages)
    parts = (
        (report.sent, "sent"),
        (report.failed, "failed"),
        (report.unknown, "of unknown fate"),
        (report.missed, "missed"),
        (blocked, "blocked"),
        (report.waiting, "waiting"),
        (report.held, "held"),
    )
    return ", ".join(f"{number} {word}" for number, word in parts if number) or "nothing to send"


def _message(row: MessageRow, zone: str) -> dict[str, Any]:
    from guru_tui.cli.outbox import local

    return {
        "id": row.id or None,
        "kind": row.kind,
        "channel": row.channel,
        "to": row.recipient,
        "state": row.state,
        "reason": row.reason,
        "appointment": row.appointment_id,
        "not_before": local(row.not_before, zone),
    }


def _print(context: Context, report: RunReport) -> None:
    if report.idle:
        context.output.line(f"Nothing to send{f' ({report.held} held)' if report.held else ''}.")
        return
    text = counts(report)
    context.output.line(f"{text[:1].upper()}{text[1:]}.")
    # What cron mails, or a file takes, is a log: nobody is named there. On a terminal somebody is looking.
    rows = [row for row in report.messages if row.state not in ("sent", "cancelled")]
    _table(context, rows, names=sys.stdout.isatty())
    if report.failed or report.unknown:
        context.output.line("Look at each with: guru outbox show ID")


def _print_plan(context: Context, report: RunReport) -> None:
    if not report.messages:
        context.output.line("Nothing would be sent.")
        return
    going = sum(row.state in ("queued", "held", "claimed") for row in report.messages)
    context.output.line(f"{going} would be sent; nothing was changed.")
    _table(context, report.messages, names=True)


def _table(context: Context, rows: Sequence[MessageRow], *, names: bool) -> None:
    from guru_tui.cli.outbox import moment

    if not rows:
        return
    zone = context.guru.reads.practice().zone
    context.output.table(
        ("id", "state", "kind", *(("to",) if names else ()), "leaves", "reason"),
        (
            (
                row.id or "new",
                row.state,
                f"{row.kind} by {'SMS' if row.channel == 'sms' else row.channel}",
                *((f"{row.recipient_name} {row.recipient}".strip(),) if names else ()),
                moment(row.not_before, zone),
                row.reason,
            )
            for row in rows
        ),
        right=("id",),
    )


def _instant(text: str, context: Context) -> datetime:
    from guru_tui.domain.moments import read_moment

    practice = context.guru.reads.practice()
    return read_moment(text, now=context.guru.clock.now(), zone=practice.zone, hour=practice.reminder_time)
