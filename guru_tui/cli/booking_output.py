"""What commands that book, move and offer print of a booking and of its messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from guru_tui.cli import Context
from guru_tui.domain.booking import Change
from guru_tui.domain.local_time import resolve, to_local
from guru_tui.domain.money import Money
from guru_tui.domain.quick_add import Reading
from guru_tui.domain.recurrence import as_json as repeat_json
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Misconfigured
from guru_tui.settings import Settings


def as_json(reading: Reading, zone: str, notify: bool, conflicts: tuple[Conflict, ...]) -> dict[str, object]:
    """How the line was understood, in the shape of the command line's contract."""
    begin = resolve(reading.start, zone, fold=reading.fold or 0) if reading.start else None
    return {
        "client": {"id": reading.client.id, "name": reading.client.name} if reading.client else None,
        "start": to_local(begin, zone) if begin else None,
        "end": to_local(begin + timedelta(minutes=reading.minutes), zone) if begin else None,
        "type": reading.type.name if reading.type else None,
        "location": reading.location.name if reading.location else None,
        "fee": Money(reading.fee_minor, reading.currency).as_json(),
        "repeat": repeat_json(reading.repeat, reading.start) if reading.repeat and reading.start else None,
        "note": reading.note,
        "notify": notify,
        "conflicts": [
            {"kind": row.kind, "id": row.id, "name": row.name, "start": row.starts, "end": row.ends}
            for row in conflicts
        ],
        "ambiguous": [
            {"field": field, "choices": [str(choice) for choice in choices]} for field, choices in reading.ambiguous
        ]
        + [
            {"field": problem.field, "choices": [str(choice) for choice in problem.choices]}
            for problem in reading.problems
            if problem.choices and problem.field not in {field for field, _ in reading.ambiguous}
        ],
        "problems": [problem.message for problem in reading.problems],
    }


def print_messages(context: Context, change: Change) -> None:
    """What the client will be told and when, or why not."""
    print_queued(context, change.messages)
    if change.withdrawn:
        plural = "s" if change.withdrawn > 1 else ""
        context.output.line(f"{change.withdrawn} earlier message{plural} withdrawn before leaving")


def print_queued(context: Context, messages: Sequence[MessageRow]) -> None:
    """What each message is, where it goes and when it leaves, or why it does not."""
    guru, output = context.guru, context.output
    for row in messages:
        where = f"{row.kind} by {row.channel} to {row.recipient or row.recipient_name}"
        if row.state not in ("held", "queued"):
            output.line(f"no {where}: {row.reason}")
            continue
        leaves = to_local(row.not_before, guru.reads.practice().zone)
        held = f", held until {leaves:%H:%M} (guru undo takes it back)" if row.not_before > guru.clock.now() else ""
        unset = "" if _is_set_up(guru.settings, row.channel) else f"; {row.channel} is not set up yet (guru doctor)"
        output.line(f"{where}{held}{unset}")


def _is_set_up(settings: Settings, channel: str) -> bool:
    try:
        return (settings.email_backend if channel == "email" else settings.sms_backend) != "none"
    except Misconfigured:
        return False  # the change is made; that its message cannot leave is for the sender and the doctor to say


def messages_json(messages: tuple[MessageRow, ...]) -> list[dict[str, object]]:
    """The queued messages of a change."""
    return [
        {"id": row.id, "kind": row.kind, "channel": row.channel, "to": row.recipient, "state": row.state,
         "reason": row.reason, "not_before": row.not_before}
        for row in messages
    ]  # fmt: skip
