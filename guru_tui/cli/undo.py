"""`guru undo` and `guru log`: what was done last, and taking it back."""

from __future__ import annotations

import argparse

from guru_tui.cli import Context
from guru_tui.cli.output import add_json, number
from guru_tui.errors import Final


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`undo`, `log [--limit N]`."""
    add_json(parser)
    if name == "undo":
        parser.description = (
            "Take back your last action. Messages that have not left are withdrawn; one that has is named."
        )
        parser.epilog = "example: guru undo"
        parser.add_argument(
            "--further", action="store_true", help="take back the step before an invoice that was issued, which stays"
        )
        parser.set_defaults(run=undo)
        return
    parser.description = "Your last actions, newest first."
    parser.epilog = "example: guru log --limit 50"
    parser.add_argument("--limit", type=number, default=20, metavar="N", help="how many (default 20)")
    parser.set_defaults(run=log)


def undo(context: Context, options: argparse.Namespace) -> int:
    """Take back the newest action that can be."""
    try:
        undone = context.guru.undo.undo(further=options.further)
    except Final as error:
        raise Final(f"{error} Take back the step before it with: guru undo --further") from None
    if options.json:
        context.output.json(
            {
                "undone": undone.summary,
                "withdrawn": undone.withdrawn,
                "already_sent": [
                    {"id": row.id, "kind": row.kind, "channel": row.channel} for row in undone.already_sent
                ],
            }
        )
        return 0
    context.output.line(f"Undid: {undone.summary}")
    if undone.withdrawn:
        context.output.line(
            f"{undone.withdrawn} message{'s' if undone.withdrawn > 1 else ''} withdrawn before leaving."
        )
    for row in undone.already_sent:
        context.output.line(
            f"The {row.kind} to {row.recipient_name} ({row.channel}) had left already; tell them yourself what changed."
        )
    return 0


def log(context: Context, options: argparse.Namespace) -> int:
    """The last actions, newest first."""
    actions = context.guru.reads.actions(limit=options.limit)
    if options.json:
        context.output.json(
            {
                "actions": [
                    {
                        "id": row.id,
                        "at": row.at,
                        "name": row.name,
                        "summary": row.summary,
                        "origin": row.origin,
                        "undone": row.undone,
                    }
                    for row in actions
                ]
            }
        )
    elif not actions:
        context.output.line("Nothing has been done yet.")
    else:
        context.output.table(
            ("when", "what", "from", ""),
            [(f"{row.at:%Y-%m-%d %H:%M}", row.summary, row.origin, "undone" if row.undone else "") for row in actions],
        )
    return 0
