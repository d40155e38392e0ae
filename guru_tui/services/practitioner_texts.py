"""What the mails to the practitioner say: sentences for what failed, and her day on one page.

They carry names and times and nothing of what a client comes for, since they leave the machine as plain mail.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from guru_tui.domain.hours import clock_text
from guru_tui.domain.local_time import day_bounds, from_utc_text, long_date, short_date, to_local
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.agenda import OFF, AgendaEntry
from guru_tui.store.queries import agenda as calendar
from guru_tui.store.queries import hours, practitioner
from guru_tui.store.queries.practitioner import Trouble

_LISTED = 25
_LONGEST_REASON = 160
_SHORTEST_GAP = 15
_MIDNIGHT = 24 * 60
_WORDS = {"sms": "SMS"}
_KINDS = {"reschedule": "notice of a new time", "cancellation": "notice of cancellation", "offer": "offer of a time"}
_ENDS = {
    "failed": "failed",
    "undelivered": "was not delivered",
    "unknown": "may or may not have gone",
    "missed": "was missed",
    "blocked": "is held back",
}
_REMEDIES = {
    "failed": "Failed: put the number or address right and send it again (r, or: guru outbox retry NUMBER).",
    "undelivered": "Not delivered: put the number or address right and send it once more "
    "(R, or: guru outbox resend NUMBER).",
    "unknown": "May or may not have gone: ask the client before you send it once more "
    "(R, or: guru outbox resend NUMBER).",
    "missed": "Missed: it is too late for the message; call the client if it matters.",
    "blocked": "Held back: fill in what is missing, and it goes by itself.",
}


def alert(rows: Sequence[Trouble], paused: str, practice: Practice) -> tuple[str, str]:
    """Subject and body of an alert about messages that ended badly and about a channel that is paused."""
    heads, parts = [], []
    if paused:
        heads.append("sending is paused")
        parts.append(f"Sending is paused, messages wait:\n{paused}\nPut that right, and they go by themselves.")
    if rows:
        heads.append(f"{_count(len(rows), 'message')} to clients {'needs' if len(rows) == 1 else 'need'} you")
        lines = [_line(row, practice) for row in rows[:_LISTED]]
        if rows[_LISTED:]:
            numbers = ", ".join(str(row.id) for row in rows[_LISTED:])
            lines.append(f"- and {len(rows) - _LISTED} more ({numbers})")
        parts.append("These messages to clients did not get through:\n" + "\n".join(lines))
        states = {row.state for row in rows}
        todo = [f"- {remedy}" for state, remedy in _REMEDIES.items() if state in states]
        todo.append("- Dealt with: d, or guru outbox done NUMBER; then it no longer stands on Today.")
        parts.append(
            "What to do: open guru and press 6 for the outbox, or look at one with guru outbox show NUMBER\n"
            "(the number stands in brackets above).\n" + "\n".join(todo)
        )
    parts.append("You get such a mail once an hour at most. To get none: guru settings set alert_channels off")
    return f"guru: {' and '.join(heads)}", "\n\n".join(parts)


def named(body: str) -> set[int]:
    """The numbers of the messages that an alert has named."""
    return {
        int(number) for group in re.findall(r"^- .*\(([\d, ]+)\)$", body, re.MULTILINE) for number in group.split(",")
    }


def agenda(connection: sqlite3.Connection, practice: Practice, day: date, now: datetime) -> tuple[str, str] | None:
    """Subject and body of the agenda of a local day; None where there is nothing in it and nothing to do."""
    begin, end = day_bounds(day, practice.zone)
    entries = calendar.appointments(connection, begin, end, practice=practice, now=now)
    expected = [entry for entry in entries if entry.status not in OFF]
    todo = list(_todo(connection, expected))
    if not expected and not any(todo):
        return None
    shown = sorted([*expected, *calendar.blocks(connection, begin, end)], key=lambda entry: (entry.starts, entry.id))
    spans = [(_minutes(entry.starts, day, practice), _minutes(entry.ends, day, practice)) for entry in shown]
    several = len({entry.location for entry in expected}) > 1
    lines = [
        f"{clock_text(first)}-{clock_text(last)}  {_name(entry, several=several)}"
        for entry, (first, last) in zip(shown, spans, strict=True)
    ]
    parts = [f"{long_date(day)}: {_count(len(expected), 'appointment')}", "\n".join(lines)]
    free = ", ".join(f"{clock_text(first)}-{clock_text(last)}" for first, last in _gaps(connection, day, spans))
    if free and expected:
        parts.append(f"Free: {free}")
    if todo:
        parts.append("Needs you:\n" + "\n".join(f"- {line}" for line in todo))
    parts.append("To get no such mail: guru settings set agenda_channels off")
    return f"Your {long_date(day)}: {_count(len(expected), 'appointment')}", "\n\n".join(part for part in parts if part)


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _line(row: Trouble, practice: Practice) -> str:
    at = to_local(from_utc_text(row.at), practice.zone)
    what = f"{_KINDS.get(row.kind, row.kind.replace('-', ' '))} by {_WORDS.get(row.channel, row.channel)}"
    first, *others = row.name.split() or ["a client"]
    name = f"{first} {others[-1][0]}." if others else first
    reason = " ".join(row.reason.split())
    if len(reason) > _LONGEST_REASON:
        reason = f"{reason[:_LONGEST_REASON].rstrip()}…"
    ending = f"{_ENDS[row.state]}{f': {reason}' if reason else ''}"
    return f"- {short_date(at.date())} {at:%H:%M}: {what} to {name} {ending} ({row.id})"


def _todo(connection: sqlite3.Connection, expected: Sequence[AgendaEntry]) -> Iterator[str]:
    open_ended = sum(entry.status == "booked" for entry in expected)
    if open_ended:
        yield f"{_count(open_ended, 'appointment')} of {len(expected)} not confirmed yet"
    failed = len(practitioner.trouble(connection, ""))
    if failed:
        yield f"{_count(failed, 'message')} did not get through: press 6 in guru, or guru outbox list"
    replies = practitioner.open_replies(connection)
    if replies:
        yield f"{replies} {'reply' if replies == 1 else 'replies'} of clients to read: guru replies list"


def _name(entry: AgendaEntry, *, several: bool) -> str:
    if entry.kind == "block":
        return f"{entry.title or 'blocked'} (blocked)"
    place = f", {entry.location}" if several and entry.location else ""
    return f"{entry.client}{place}{' (confirmed)' if entry.status == 'confirmed' else ''}"


def _minutes(moment: datetime, day: date, practice: Practice) -> int:
    """Minutes after the local midnight that `day` begins with, within that day."""
    local = to_local(moment, practice.zone)
    if local.date() != day:
        return 0 if local.date() < day else _MIDNIGHT
    return local.hour * 60 + local.minute


def _gaps(connection: sqlite3.Connection, day: date, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of the day's hours (of its first to its last entry, where it has none), in minutes."""
    opened = sorted((one.opens, one.closes) for one in hours.hours(connection) if one.weekday == day.weekday())
    if not opened and spans:
        opened = [(min(first for first, _ in spans), max(last for _, last in spans))]
    free_from = 0
    for opens, closes in opened:
        free_from = max(free_from, opens)
        for first, last in sorted(spans):
            if last <= free_from or first >= closes:
                continue
            if first - free_from >= _SHORTEST_GAP:
                yield free_from, first
            free_from = max(free_from, last)
        if closes - free_from >= _SHORTEST_GAP:
            yield free_from, closes
        free_from = max(free_from, closes)
