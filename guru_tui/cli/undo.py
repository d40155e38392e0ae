"""`guru undo`, `guru redo` and `guru log`: what was done, taking it back, and doing it again."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from guru_tui.cli import Context
from guru_tui.cli.booking_output import messages_json, print_queued
from guru_tui.cli.output import add_json, confirm, number
from guru_tui.domain.booking import Undone
from guru_tui.domain.views.actions import ActionRow
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Final, UsageMistake

_NOW = 0
"""`--tell` without a number: about the step that is taken back, or done again, now."""


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`undo [--step ID] [--tell]`, `redo [--tell]`, `log [--limit N] [--undone]`."""
    add_json(parser)
    if name == "log":
        parser.description = "Your last actions, newest first."
        parser.epilog = "example: guru log --limit 50"
        parser.add_argument("--limit", type=number, default=20, metavar="N", help="how many (default 20)")
        parser.add_argument("--undone", action="store_true", help="only what was undone and not done again")
        parser.set_defaults(run=log)
        return
    if name == "redo":
        parser.description = (
            "Do again what was undone last, as often as it was undone and until something new is done. Its messages "
            "that had been withdrawn wait again."
        )
        parser.epilog = "example: guru redo"
        parser.set_defaults(run=redo)
    else:
        parser.description = (
            "Take back your last action. Messages that have not left are withdrawn; of one that has you are told, and "
            "can put it right with --tell."
        )
        parser.epilog = "example: guru undo\n         guru undo --tell\n         guru undo --step 41"
        parser.add_argument(
            "--further", action="store_true", help="take back the step before an invoice that was issued, which stays"
        )
        parser.add_argument(
            "--step", type=number, metavar="ID", help="take back this step of guru log, unless newer ones build on it"
        )
        parser.set_defaults(run=undo)
    parser.add_argument(
        "--tell",
        type=number,
        nargs="?",
        const=_NOW,
        metavar="STEP",
        help="queue a correction to who was told otherwise; with a number, about that undo or redo, and nothing else",
    )


def undo(context: Context, options: argparse.Namespace) -> int:
    """Take back the newest action that can be, or the one that is named."""
    if options.tell:
        return _tell(context, options)
    guru = context.guru
    try:
        undone = guru.undo.undo(further=options.further) if options.step is None else guru.undo.undo_step(options.step)
    except Final as error:
        raise Final(f"{error} Take back the step before it with: guru undo --further") from None
    return _report(context, options, undone)


def redo(context: Context, options: argparse.Namespace) -> int:
    """Do again what was undone last."""
    return _tell(context, options) if options.tell else _report(context, options, context.guru.undo.redo())


def _report(context: Context, options: argparse.Namespace, undone: Undone) -> int:
    """What was done, what became of its messages, and the correction where one is due."""
    output = context.output
    if not options.json:
        output.line(f"{'Redid' if undone.again else 'Undid'}: {undone.summary}")
        for count, became in (
            (undone.withdrawn, "withdrawn before leaving"),
            (undone.queued, f"waiting again{' (guru undo takes it back)' if undone.queued == 1 else ''}"),
        ):
            if count:
                output.line(f"{count} message{'s' if count > 1 else ''} {became}.")
        _say_sent(context, undone, told=options.tell is not None)
    told: tuple[MessageRow, ...] = ()
    if undone.corrections and (options.tell is not None or (not options.json and confirm("Send it?"))):
        told = context.guru.undo.tell(undone.id)
    if options.json:
        output.json(_json(undone, told))
    else:
        print_queued(context, told)
        if undone.corrections and not told:
            command = "redo" if undone.again else "undo"
            output.line(f"Nobody has been told. To send it: guru {command} --tell {undone.id}")
    return 0


def _say_sent(context: Context, undone: Undone, *, told: bool) -> None:
    """Name what had left, with the text that would put it right or that there is none."""
    output, uncorrected = context.output, undone.uncorrected
    for row in undone.already_sent:
        rest = "; tell them yourself what changed" if row in uncorrected else ""
        output.line(f"The {row.kind} to {row.recipient_name} ({row.channel}) had left already{rest}.")
    for each in undone.corrections:
        verb = "Correction" if told else "A correction can go"
        for preview in each.previews:
            output.line(f"{verb} to {each.name} ({preview.channel}, {each.kind}):")
            for line in (preview.problem or preview.body).strip().splitlines():
                output.line(f"  {line}".rstrip())


def _tell(context: Context, options: argparse.Namespace) -> int:
    messages = context.guru.undo.tell(options.tell)
    if options.json:
        context.output.json({"told": messages_json(messages)})
    elif messages:
        print_queued(context, messages)
    else:
        context.output.line("There is nothing to put right: everyone knows what holds now.")
    return 0


def _json(undone: Undone, told: Sequence[MessageRow]) -> dict[str, object]:
    return {
        "redone" if undone.again else "undone": undone.summary,
        "step": undone.id or None,
        "withdrawn": undone.withdrawn,
        "queued": undone.queued,
        "already_sent": [{"id": row.id, "kind": row.kind, "channel": row.channel} for row in undone.already_sent],
        "corrections": [
            {"appointment": each.appointment_id, "client": each.name, "kind": each.kind, "channels": each.channels}
            for each in undone.corrections
        ],
        "told": messages_json(tuple(told)),
    }


def log(context: Context, options: argparse.Namespace) -> int:
    """The last actions, newest first."""
    if options.limit < 1:
        raise UsageMistake(f"--limit takes a number from 1, not {options.limit}")
    actions = context.guru.reads.actions(limit=options.limit, undone_only=options.undone)
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
                        "undoable": row.undoable and row.undoes is None and not row.undone,
                        "undoes": row.undoes,
                    }
                    for row in actions
                ]
            }
        )
    elif not actions:
        context.output.line("Nothing is undone." if options.undone else "Nothing has been done yet.")
    else:
        context.output.table(
            ("step", "when", "what", "from", ""),
            [(row.id, f"{row.at:%Y-%m-%d %H:%M}", row.summary, row.origin, _state(row)) for row in actions],
            right=("step",),
        )
    return 0


def _state(row: ActionRow) -> str:
    if row.undone:
        return "undone" if row.undoes is None else "redone"
    return ""
