"""`guru rules`: which reminders go out, when and how, and what one appointment's come to."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from guru_tui.cli.outbox import local, moment
from guru_tui.cli.output import add_json, number
from guru_tui.domain.local_time import from_wall_text, short_date
from guru_tui.domain.message_rules import CHANNEL_WORDS, lead_words
from guru_tui.domain.practice import CHANNEL_RULES, CLIENT_KINDS
from guru_tui.errors import NotFound, UsageMistake

if TYPE_CHECKING:
    from datetime import datetime

    from guru_tui.cli import Context
    from guru_tui.domain.practice import Practice
    from guru_tui.domain.views.agenda import AgendaEntry
    from guru_tui.domain.views.messages import PlannedReminder
    from guru_tui.domain.views.rules import RuleRow

    Run = Callable[[Context, argparse.Namespace], int]

_KINDS = ", ".join(CLIENT_KINDS)
_CHANNELS = ", ".join(CHANNEL_RULES)
_ID = "the rule's number (guru rules list shows it)"
_APPOINTMENT = "the appointment's number (guru agenda shows it)"


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """The sub-commands and their arguments."""
    parser.description = (
        "Which reminders go out, when and how. A rule with --days or --hours is a reminder of its own; one without\n"
        "says only by which channels. One for everyone comes on top of the practice's own reminder. Otherwise the\n"
        "most specific rules hold: an appointment's, else its client's, else its type's, else everyone's. A change\n"
        "holds for all that has not left; guru undo takes it back."
    )
    parser.epilog = (
        "example:\n"
        "  guru rules add --hours 2 --channels sms              everyone, two hours before, on top of the day before\n"
        '  guru rules add --days 2 --at 16:00 --type "Intro"    this type: two days before, and nothing else\n'
        "  guru rules add --channels off --client sarah         no reminders for one client\n"
        "  guru rules choose 12 email                           one appointment\n"
        "  guru rules show 12                                   what it comes to"
    )
    commands = parser.add_subparsers(required=True, dest="what", metavar="list|add|change|remove|show|choose")

    def command(word: str, text: str, example: str, run: Run) -> Any:
        sub = commands.add_parser(
            word, help=text, description=f"{text[:1].upper()}{text[1:]}.", epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        sub.set_defaults(run=run)
        add_json(sub)
        return sub

    listing = command("list", "every rule, the practice's own reminder first", "guru rules list", _list)
    listing.add_argument("--all", action="store_true", help="those of appointments that are past, too")
    adding = command("add", "add a rule", "guru rules add --hours 2 --channels sms", _add)
    adding.add_argument(
        "kind", metavar="KIND", nargs="?", default="reminder", choices=CLIENT_KINDS,
        help=f"about which messages (default reminder): {_KINDS}",
    )  # fmt: skip
    _how(adding)
    adding.add_argument("--type", metavar="NAME", help="for this appointment type: its name or id")
    adding.add_argument("--client", metavar="CLIENT", help="for this client: a name or a number")
    adding.add_argument("--appointment", type=number, metavar="ID", help=f"for this one only: {_APPOINTMENT}")
    changing = command(
        "change", "change a rule; what is not given stays", "guru rules change 3 --days 2 --at 16:00", _change
    )
    changing.add_argument("id", type=number, metavar="ID", help=_ID)
    _how(changing)
    removing = command("remove", "remove a rule", "guru rules remove 3", _remove)
    removing.add_argument("id", type=number, metavar="ID", help=_ID)
    showing = command(
        "show", "the reminders of one appointment: when, where to and with which text, or why none",
        "guru rules show 12", _show,
    )  # fmt: skip
    showing.add_argument("id", type=number, metavar="APPOINTMENT-ID", help=_APPOINTMENT)
    choosing = command("choose", "how one appointment is reminded of", "guru rules choose 12 email", _choose)
    choosing.add_argument("id", type=number, metavar="APPOINTMENT-ID", help=_APPOINTMENT)
    choosing.add_argument("channels", metavar="CHANNELS", help=f"{_CHANNELS}; default: nothing of its own any more")


def _how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=number, metavar="N", help="calendar days before the appointment")
    parser.add_argument("--hours", type=number, metavar="N", help="hours before its start, instead of days")
    parser.add_argument(
        "--at", metavar="HH:MM", help="the time of day for --days; default: the practice's (reminder_time)"
    )
    parser.add_argument("--channels", metavar="RULE", help=f"{_CHANNELS}; default: as otherwise")


def _own(text: str | None) -> str | None:
    """An option's value; the word `default` is nothing of its own."""
    return "" if text is not None and text.strip().lower() == "default" else text


# ---- rules ------------------------------------------------------------------------------------------------


def _list(context: Context, options: argparse.Namespace) -> int:
    reads = context.guru.reads
    rows = reads.rules()
    now = reads.now().replace(tzinfo=None)
    shown = [row for row in rows if options.all or row.whom != "appointment" or _starts_after(row, now)]
    if options.json:
        context.output.json({"rules": [_rule_json(context, row) for row in shown]})
        return 0
    context.output.table(
        ("id", "kind", "for", "when", "channels"),
        [(row.id, row.kind, _whom(row), _lead(row) or "-", CHANNEL_WORDS[row.channels]) for row in shown],
        right=("id",),
    )
    context.output.line()
    context.output.line(
        "Rule 0 is the practice's own; it follows the settings reminder_lead_days, reminder_time and reminder_channels."
    )
    hidden = len(rows) - len(shown)
    if hidden:
        context.output.line(f"{hidden} more for past appointments: guru rules list --all")
    return 0


def _starts_after(row: RuleRow, now: datetime) -> bool:
    return bool(row.starts_local) and from_wall_text(row.starts_local) > now


def _add(context: Context, options: argparse.Namespace) -> int:
    guru = context.guru
    type_id = client_id = None
    if options.type is not None:
        from guru_tui.cli.types import named

        type_id = named(guru.reads.types(), options.type, "appointment type", "guru types add").id
    if options.client is not None:
        from guru_tui.services.clients_lookup import resolve_client

        client_id = resolve_client(guru, options.client).id
    key = guru.rules.add(
        options.kind,
        days=options.days,
        hours=options.hours,
        at=_own(options.at) or "",
        channels=_own(options.channels) or "",
        type_id=type_id,
        client_id=client_id,
        appointment_id=options.appointment,
    )
    rows = guru.reads.rules()
    row = _find(rows, key)
    if options.json:
        context.output.json(_rule_json(context, row))
        return 0
    context.output.line(f"Added rule {row.id}: {_sentence(row)}.")
    if _alone(row, rows):
        lead = "--hours 2" if row.lead_hours is None else "--days 1"
        context.output.line(
            f"It is the only reminder for {_whom(row)} now; another one needs a rule too, "
            f"such as: guru rules add {lead} --{row.whom} {row.appointment_id or row.client_id or row.type_id}"
        )
    return 0


def _alone(row: RuleRow, rows: Sequence[RuleRow]) -> bool:
    """Whether a rule takes the place of the less specific reminders all by itself, which may be a surprise."""
    others = [
        other
        for other in rows
        if (other.type_id, other.client_id, other.appointment_id) == (row.type_id, row.client_id, row.appointment_id)
        and other.id != row.id
        and _lead(other)
    ]
    return bool(row.whom and _lead(row)) and row.channels != "off" and not others


def _change(context: Context, options: argparse.Namespace) -> int:
    if all(getattr(options, option) is None for option in ("days", "hours", "at", "channels")):
        raise UsageMistake("say what to change, for example --hours 3; see guru rules change --help")
    guru = context.guru
    guru.rules.adjust(
        options.id, days=options.days, hours=options.hours, at=_own(options.at), channels=_own(options.channels)
    )
    row = _find(guru.reads.rules(), options.id)
    if options.json:
        context.output.json(_rule_json(context, row))
    else:
        context.output.line(f"Rule {row.id} reads now: {_sentence(row)}.")
    return 0


def _remove(context: Context, options: argparse.Namespace) -> int:
    guru = context.guru
    former = [row for row in guru.reads.rules() if row.id == options.id]
    documents = [_rule_json(context, row) for row in former] if options.json else []
    guru.rules.remove(options.id)
    if options.json:
        context.output.json(documents[0])
    else:
        context.output.line(f"Removed rule {options.id}: {_sentence(former[0])}. Take it back with: guru undo")
    return 0


def _find(rows: Sequence[RuleRow], rule_id: int) -> RuleRow:
    return next(row for row in rows if row.id == rule_id)


def _sentence(row: RuleRow) -> str:
    """`a reminder 2 hours before by SMS for everyone`, `no confirmation messages for client Sarah Botha`."""
    lead, by = _lead(row), CHANNEL_WORDS[row.channels]
    if lead and row.channels == "off":
        what = f"a reminder {lead}, switched off,"
    elif lead:
        what = f"a reminder {lead}{f' {by}' if row.channels else ''}"
    elif row.channels == "off":
        what = f"no {row.kind} messages"
    else:
        what = f"{row.kind} messages {by}"
    return f"{what} for {_whom(row)}"


def _lead(row: RuleRow) -> str:
    """How long before, in words; empty where the rule is only about channels."""
    if row.lead_days is None and row.lead_hours is None:
        return ""
    return lead_words(row.lead_days, row.lead_hours, row.at)


def _whom(row: RuleRow) -> str:
    if row.whom != "appointment":
        return f"{row.whom} {row.name}" if row.whom else "everyone"
    if not row.starts_local:
        return f"appointment {row.appointment_id}, which is gone"
    start = from_wall_text(row.starts_local)
    return f"appointment {row.name} {short_date(start.date())} {start:%H:%M}"


def _rule_json(context: Context, row: RuleRow) -> dict[str, Any]:
    """A rule in the shape of `guru rules list --json`; null: everyone, no such lead, as otherwise."""
    about: dict[str, Any] | None = None
    if row.whom:
        about = {
            "what": row.whom,
            "id": row.appointment_id or row.client_id or row.type_id,
            "name": row.name or None,
            "start": _start(context, row.appointment_id) if row.appointment_id is not None else None,
        }
    return {
        "id": row.id,
        "kind": row.kind,
        "for": about,
        "days": row.lead_days,
        "hours": row.lead_hours,
        "at": row.at or None,
        "when": _lead(row) or None,
        "channels": row.channels or None,
    }


def _start(context: Context, appointment_id: int) -> str | None:
    try:
        return context.guru.reads.entry(appointment_id).starts.isoformat()
    except NotFound:
        return None  # a rule outlives an appointment whose booking was undone


# ---- one appointment --------------------------------------------------------------------------------------


def _show(context: Context, options: argparse.Namespace) -> int:
    reads = context.guru.reads
    entry, plan, practice = reads.entry(options.id), reads.reminders(options.id), reads.practice()
    if options.json:
        context.output.json(_plan_json(entry, plan, practice.zone))
        return 0
    output = context.output
    output.line(f"{entry.client} {short_date(entry.starts.date())} {entry.starts:%H:%M}, {entry.title}: {entry.status}")
    above = 0
    for reminder in plan:
        lines = _told(reminder, practice)
        if max(above, len(lines)) > 1:  # those without a text stand close together
            output.line()
        for line in lines:
            output.line(line)
        above = len(lines)
    return 0


def _told(reminder: PlannedReminder, practice: Practice) -> list[str]:
    """One reminder for a person, with its text where it has one that goes or has gone."""
    way = {"sms": "SMS", "email": "email"}.get(reminder.channel, "")
    lead = f" ({reminder.when})" if reminder.when else ""
    if reminder.state == "none":
        return [f"No reminder{f' by {way}' if way else ''}{lead}: {reminder.reason or 'no rule asks for one'}"]
    head = f"{moment(reminder.leaves, practice.zone)} by {way} to {_address(reminder)}{lead}: {reminder.state}"
    lines = [f"{head}, {reminder.reason}" if reminder.reason else head]
    if reminder.subject:
        lines += [f"    Subject: {reminder.subject}", ""]
    lines += [f"    {line}".rstrip() for line in reminder.body.splitlines()]
    if reminder.channel == "sms":
        from guru_tui.domain.sms_text import note

        lines.append(f"    ({note(reminder.body, practice['sms_price'], practice.currency)})")
    if reminder.message_id is not None:
        lines.append(f"    See it with: guru outbox show {reminder.message_id}")
    return lines


def _address(reminder: PlannedReminder) -> str:
    from guru_tui.domain.phone import national

    return national(reminder.recipient) if reminder.channel == "sms" else reminder.recipient


def _choose(context: Context, options: argparse.Namespace) -> int:
    from guru_tui.services.reminder_plan import in_words

    guru = context.guru
    done = guru.rules.choose(options.id, _own(options.channels) or "")
    plan, zone = guru.reads.reminders(options.id), guru.reads.practice().zone
    if options.json:
        context.output.json(_plan_json(guru.reads.entry(options.id), plan, zone))
    else:
        context.output.line(f"{done}.")
        context.output.line(f"{in_words(plan, zone)}.")
    return 0


def _plan_json(entry: AgendaEntry, plan: Sequence[PlannedReminder], zone: str) -> dict[str, Any]:
    """An appointment's reminders in the shape of `guru rules show --json`."""
    return {
        "appointment": {
            "id": entry.id,
            "client": {"id": entry.client_id, "name": entry.client},
            "type": entry.title,
            "start": entry.starts.isoformat(),
            "status": entry.status,
        },
        "reminders": [
            {
                "rule": each.rule_id,
                "when": each.when or None,
                "leaves": local(each.leaves, zone),
                "channel": each.channel or None,
                "to": each.recipient or None,
                "state": each.state,
                "reason": each.reason,
                "subject": each.subject,
                "body": each.body,
                "message": each.message_id,
            }
            for each in plan
        ],
    }
